import { describe, expect, test } from 'vitest';
import { compareAnswers, isMoreThanTime } from './compare.ts';
import type { ReplayAnswer } from './report.ts';

const ANSWER: ReplayAnswer = {
  exchangeId: 'a',
  status: 200,
  model: 'm',
  upstreamId: 'one',
  text: 'Hello',
  reasoning: '',
  toolCalls: [{ name: 'f', arguments: '{"a":1,"b":[2]}' }],
  stop: 'tool-calls',
  readable: true,
  durationMs: 10,
};

describe('two answers', () => {
  test('that say the same are the same, however their arguments are written and whatever they are called', () => {
    const toolCalls = [{ name: 'f', arguments: '{ "b": [2], "a": 1 }' }];
    const diff = compareAnswers(ANSWER, { ...ANSWER, exchangeId: 'b', toolCalls });
    expect(diff).toEqual({ same: true, differences: [] });
  });

  test('of which one took longer differ in time alone', () => {
    const diff = compareAnswers(ANSWER, { ...ANSWER, durationMs: 11, firstOutputMs: 4 });
    expect(diff.differences.map(({ member }) => member)).toEqual(['duration', 'firstOutput']);
    expect([diff.same, isMoreThanTime(diff)]).toEqual([true, false]);
  });

  test('in other words differ, but not in what matters', () => {
    const diff = compareAnswers(ANSWER, { ...ANSWER, text: 'Hi' }, (before, after) => `${before}>${after}`);
    expect(diff).toMatchObject({
      same: true,
      text: 'Hello>Hi',
      differences: [{ member: 'text', matters: false }],
    });
    expect(isMoreThanTime(diff)).toBe(true);
  });

  test.each([
    ['status', { status: 500 }],
    ['error', { error: 'no' }],
    ['stop', { stop: 'stop' }],
    ['toolCalls', { toolCalls: [] }],
    ['toolCalls', { toolCalls: [{ name: 'g', arguments: '{"a":1,"b":[2]}' }] }],
    ['text', { text: '' }],
  ] as const)('that differ in what the client acts upon (%s) are not the same', (member, change) => {
    const diff = compareAnswers(ANSWER, { ...ANSWER, ...change });
    expect(diff.same).toBe(false);
    expect(diff.differences).toMatchObject([{ member, matters: true }]);
  });
});
