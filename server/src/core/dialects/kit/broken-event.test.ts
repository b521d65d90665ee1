import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../model/dialect-id.ts';
import type { StreamEvent } from '../../model/event.ts';
import { dialects } from '../index.ts';

/** What a decoder makes of some events. */
function decoded(id: DialectId, events: readonly string[]): StreamEvent['type'][] {
  const seen: StreamEvent['type'][] = [];
  const decoder = dialects[id].codec.decodeStream((event) => seen.push(event.type));
  for (const data of events) decoder.event('', data);
  decoder.end();
  return seen;
}

const CHAT = '{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"So"},"finish_reason":"stop"}]}';

describe('an event that should be an object and is cut or broken', () => {
  test.each(DIALECT_IDS)('6.6 ends the answer with an error: a part of it is lost (%s)', (id) => {
    expect(decoded(id, ['{"id": broken', '{"id": broken'])).toEqual(['error']);
  });

  test('6.6 also between complete events', () => {
    expect(decoded('openai-chat', [CHAT.slice(0, -9), CHAT, '[DONE]'])).toEqual(['error']);
    expect(decoded('openai-chat', [CHAT, '{"choices":[{"ind', '[DONE]']).at(-1)).toBe('error');
  });

  test('6.11 data that were never meant to be one are read over', () => {
    expect(decoded('openai-chat', ['ping', '', 'null', CHAT, '[DONE]'])).not.toContain('error');
  });
});
