import { describe, expect, test } from 'vitest';
import { type Paced, tokensPerSecond } from './output-pace.ts';

const answer = (more: Partial<Paced>, text = 101): Paced => ({
  streamed: true,
  firstOutputAtMs: 1_000,
  endedAtMs: 3_000,
  usage: {
    input: { uncached: 9, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: 0, audio: 0 },
    output: { text, reasoning: 0, audio: 0 },
    clamped: false,
  },
  ...more,
});

describe('10.7 tokens per second', () => {
  test('are those after the first, to a tenth', () => {
    expect(tokensPerSecond(answer({}))).toBe(50);
    expect(tokensPerSecond(answer({ endedAtMs: 4_000 }))).toBe(33.3);
  });

  test.each([
    ['a whole answer', answer({ streamed: false })],
    ['an answer that never began', answer({ firstOutputAtMs: undefined })],
    ['an answer without usage', answer({ usage: undefined })],
    ['a single token', answer({}, 1)],
    ['an answer that came at once', answer({ endedAtMs: 1_000 })],
    ['a clock that was put back', answer({ endedAtMs: 500 })],
  ])('are not told of %s', (_, one) => {
    expect(tokensPerSecond(one)).toBeUndefined();
  });
});
