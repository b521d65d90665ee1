import { describe, expect, test } from 'vitest';
import { FlowMeter } from '../../live/live-flow.ts';
import type { InFlightExchange } from '../../live/live-types.ts';
import { liveFits, liveRows, wordsOf } from './rows.ts';

const running = (more: Partial<InFlightExchange> = {}): InFlightExchange => ({
  id: 'req_1',
  receivedAtMs: 1_000,
  route: 'messages',
  client: 'alice',
  dialect: 'anthropic-messages',
  model: 'smart',
  modelSent: 'claude-sonnet-4-5',
  upstream: 'steady',
  streamed: true,
  phase: 'streaming',
  attempts: 1,
  bytesIn: 10,
  bytesOut: 0,
  ...more,
});

function after(more: Partial<InFlightExchange>, learned?: number) {
  const flow = new FlowMeter();
  flow.observe(2_000, [
    running({ bytesOut: 0, ...(more.outputTokens === undefined ? {} : { outputTokens: 0 }) }),
  ]);
  const last = [running(more)];
  flow.observe(4_000, last);
  return liveRows(4_000, last, flow, () => learned)[0];
}

describe('A request on its way', () => {
  test('is as old as the gateway says, and never younger than nothing', () => {
    expect(after({})?.ageMs).toBe(3_000);
    expect(after({ receivedAtMs: 9_000 })?.ageMs).toBe(0);
  });

  test('has the speed of the tokens that the gateway counts', () => {
    expect(after({ bytesOut: 9_999, outputTokens: 90 }, 10)?.tokensPerSecond).toBe(45);
  });

  test('has the speed that bytes teach where no tokens are counted, and none where nothing was learned', () => {
    expect(after({ bytesOut: 1_000 }, 10)?.tokensPerSecond).toBe(50);
    expect(after({ bytesOut: 1_000 })?.tokensPerSecond).toBeUndefined();
  });

  test('has no speed before it streams', () => {
    expect(after({ phase: 'asked', bytesOut: 1_000 }, 10)?.tokensPerSecond).toBeUndefined();
  });
});

test('The filter wants all words, in any place and any case', () => {
  expect(liveFits(running(), wordsOf('  SONNET alice '))).toBe(true);
  expect(liveFits(running(), wordsOf('sonnet bob'))).toBe(false);
  expect(liveFits(running(), wordsOf(''))).toBe(true);
});
