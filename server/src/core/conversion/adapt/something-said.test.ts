import { describe, expect, test } from 'vitest';
import { ask, pass, targets, turn } from '../../../../test/kit/adapting.ts';
import type { Part } from '../../model/content.ts';
import { somethingSaid } from './something-said.ts';

const told = (content: string | readonly Part[], target: keyof typeof targets): readonly string[] =>
  pass(somethingSaid, ask({ turns: [turn('user', content)] }), targets[target]).told;

describe('a conversation', () => {
  test.each(['budget', 'gemini3', 'gpt5'] as const)('that says nothing is told by name, for %s', (target) => {
    for (const content of ['', ' \n', []])
      expect(told(content, target)).toEqual(['empty-conversation dropped semantic']);
  });

  test('that says anything is left alone', () => {
    expect(told('Hi', 'budget')).toEqual([]);
    expect(told([{ type: 'tool-result', callId: 'c', kind: 'function', content: [] }], 'budget')).toEqual([]);
    expect(
      told([{ type: 'media', kind: 'image', source: { type: 'base64', data: 'AA==' } }], 'gemini3'),
    ).toEqual([]);
  });

  test('in the format of the target is for the provider to judge', () => {
    expect(told('', 'gpt4')).toEqual([]);
  });

  test('is named in the words of the origin', () => {
    const request = ask({ origin: 'gemini', turns: [] });
    expect(pass(somethingSaid, request, targets.gpt5).losses[0]?.path).toBe('contents');
  });
});
