import { describe, expect, test } from 'vitest';
import type { StreamEvent } from '../model/event.ts';
import { checkGrammar } from '../model/grammar.ts';
import { malformedCallsFail } from './malformed-call.ts';

const start: StreamEvent = { type: 'start', id: 'a', model: 'm' };
const end: StreamEvent = { type: 'end' };
const malformed = (choice: number): StreamEvent => ({
  type: 'stop',
  choice,
  stop: { reason: 'malformed-call', native: 'MALFORMED_FUNCTION_CALL', explanation: 'weather(' },
});
const text = (block: number, choice: number): StreamEvent[] => [
  { type: 'open', block, choice, part: { type: 'text', text: '' } },
  { type: 'delta', block, text: 'hi' },
  { type: 'close', block, part: { type: 'text', text: 'hi' } },
];

function through(events: readonly StreamEvent[]): StreamEvent[] {
  const seen: StreamEvent[] = [];
  const stage = malformedCallsFail(checkGrammar((event) => seen.push(event)));
  for (const event of events) stage(event);
  return seen;
}

describe('malformedCallsFail', () => {
  test('G30 an answer of nothing but a malformed call is an error', () => {
    const seen = through([start, malformed(0), end]);
    expect(seen.map(({ type }) => type)).toEqual(['start', 'error']);
    expect(seen[1]).toMatchObject({ error: { code: 'upstream_answer', status: 502 } });
    expect(JSON.stringify(seen[1])).toContain('(MALFORMED_FUNCTION_CALL). weather(');
  });

  test('keeps what was said before it, and the stop', () => {
    const events = [start, ...text(0, 0), malformed(0), end];
    expect(through(events)).toEqual(events);
  });

  test('keeps the stop of one choice when another says something later', () => {
    const events = [
      start,
      malformed(0),
      ...text(0, 1),
      { type: 'stop', choice: 1, stop: { reason: 'stop' } },
      end,
    ];
    const seen = through(events as StreamEvent[]);
    expect(seen).toHaveLength(events.length);
    expect(seen.at(-2)).toEqual(malformed(0));
  });

  test('leaves other answers as they are', () => {
    const events: StreamEvent[] = [start, { type: 'stop', choice: 0, stop: { reason: 'stop' } }, end];
    expect(through(events)).toEqual(events);
  });
});
