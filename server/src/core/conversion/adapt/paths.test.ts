import { describe, expect, test } from 'vitest';
import { turn } from '../../../../test/kit/adapting.ts';
import type { Turn } from '../../model/request.ts';
import { pathOf, pathOfMember } from './paths.ts';

const result: Turn = turn('user', [
  { type: 'tool-result', callId: 'c', kind: 'function', content: [{ type: 'text', text: 'x' }] },
]);

describe('pathOf', () => {
  const turns = [turn('system', 'Be kind'), turn('user', 'Hi'), result];

  test.each([
    ['openai-chat', 'messages[1].content[0]', 'messages[2].content[0]'],
    ['openai-responses', 'input[0].content[0]', 'input[1].output[0]'],
    ['anthropic-messages', 'messages[0].content[0]', 'messages[1].content[0].content[0]'],
    ['gemini', 'contents[0].parts[0]', 'contents[1].parts[0].functionResponse'],
  ] as const)('finds parts and what is within results, for %s', (origin, part, within) => {
    expect(pathOf(origin, turns, 1, [0])).toBe(part);
    expect(pathOf(origin, turns, 2, [0, 0])).toBe(within);
  });

  test('instructions apart from the conversation are not counted, marked ones are messages', () => {
    expect(pathOf('anthropic-messages', turns, 0, [0])).toBe('system[0]');
    expect(pathOf('gemini', turns, 0, [1])).toBe('systemInstruction.parts[1]');
    const marked = [{ ...turn('system', 'x'), ext: {} }, turn('user', 'Hi')];
    expect(pathOf('anthropic-messages', marked, 1)).toBe('messages[1]');
    expect(pathOf('openai-chat', turns, 0)).toBe('messages[0]');
  });
});

describe('pathOfMember', () => {
  test('names settings as the client has written them', () => {
    expect(pathOfMember('anthropic-messages', 'topK')).toBe('top_k');
    expect(pathOfMember('gemini', 'topK')).toBe('generationConfig.topK');
    expect(pathOfMember('openai-responses', 'effort')).toBe('reasoning.effort');
    expect(pathOfMember('openai-chat', 'effort')).toBe('reasoning_effort');
  });
});
