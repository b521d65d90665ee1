import { describe, expect, test } from 'vitest';
import { FlowMeter } from './live-flow.ts';

const sample = (bytesOut: number, outputTokens?: number) => [
  { id: 'a', bytesOut, ...(outputTokens === undefined ? {} : { outputTokens }) },
];

describe('The growth of an answer', () => {
  test('is not known from one sample, nor from two that are too near', () => {
    const flow = new FlowMeter();
    flow.observe(1_000, sample(100));
    expect(flow.growth('a')).toBeUndefined();
    flow.observe(1_500, sample(200));
    expect(flow.growth('a')).toBeUndefined();
  });

  test('is that of the last three seconds', () => {
    const flow = new FlowMeter();
    for (let second = 0; second <= 10; second++)
      flow.observe(1_000 + second * 1_000, sample(second < 7 ? 0 : (second - 7) * 600, second * 10));
    expect(flow.growth('a')).toEqual({ bytes: 600, tokens: 10 });
  });

  test('has no tokens where the gateway counts none', () => {
    const flow = new FlowMeter();
    flow.observe(1_000, sample(0));
    flow.observe(2_000, sample(500));
    expect(flow.growth('a')).toEqual({ bytes: 500, tokens: undefined });
  });

  test('is never below nought, and the same sample twice changes nothing', () => {
    const flow = new FlowMeter();
    flow.observe(1_000, sample(900));
    flow.observe(2_000, sample(0));
    flow.observe(2_000, sample(5_000));
    expect(flow.growth('a')?.bytes).toBe(0);
  });

  test('forgets what has ended, and begins anew when the clock was set back', () => {
    const flow = new FlowMeter();
    flow.observe(1_000, sample(0));
    flow.observe(2_000, sample(100));
    flow.observe(1_500, sample(200));
    expect(flow.growth('a')).toBeUndefined();
    flow.observe(2_500, []);
    flow.observe(3_500, sample(300));
    expect(flow.growth('a')).toBeUndefined();
  });
});
