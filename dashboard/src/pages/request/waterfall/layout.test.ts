import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttemptView, ExchangeView } from '../../../../../server/src/admin/contract.ts';
import { ticksOf, waterfallOf } from './layout.ts';

const AT = 1_700_000_000_000;

function exchange(more: Partial<ExchangeView> = {}): ExchangeView {
  return {
    id: 'req_1',
    receivedAtMs: AT,
    route: 'messages',
    use: 'generate',
    state: 'done',
    attempts: 1,
    upstreamId: 'one',
    keyId: 'k_1',
    headersAtMs: AT + 120,
    firstByteAtMs: AT + 130,
    firstOutputAtMs: AT + 150,
    endedAtMs: AT + 1_000,
    durationMs: 1_000,
    tries: [],
    ...more,
  };
}

function attempt(ordinal: number, more: Partial<AttemptView> = {}): AttemptView {
  return {
    ordinal,
    cause: ordinal === 1 ? 'first' : 'retry',
    upstreamId: `up${ordinal}`,
    keyId: 'k',
    model: 'm',
    dialect: 'openai-chat',
    startedAtMs: AT + ordinal * 100,
    endedAtMs: AT + ordinal * 100 + 90,
    end: 'failed',
    ...more,
  };
}

const widths = (view: ExchangeView): readonly string[][] =>
  waterfallOf(view).bars.map(({ segments }) =>
    segments.map(({ stage, fromMs, toMs }) => `${stage} ${fromMs}-${toMs}`),
  );

describe('The waterfall', () => {
  test('of a single attempt is made of the times of the exchange; what came before the headers is one stage', () => {
    expect(widths(exchange())).toEqual([
      ['merged 0-120', 'byte 120-130', 'output 130-150', 'stream 150-1000'],
    ]);
  });

  test('of a single attempt that was captured knows when it was sent', () => {
    const { bars } = waterfallOf(exchange(), [{ ordinal: 1, startedAtMs: AT + 7 }]);
    expect(bars[0]?.segments.slice(0, 2)).toEqual([
      { stage: 'arrival', fromMs: 0, toMs: 7 },
      { stage: 'headers', fromMs: 7, toMs: 120 },
    ]);
  });

  test('has a bar for each attempt on one axis, and the wait of the gateway before the first', () => {
    const view = exchange({
      tries: [
        attempt(2, {
          headersAtMs: AT + 220,
          firstOutputAtMs: AT + 230,
          endedAtMs: AT + 900,
          end: 'answered',
        }),
        attempt(1),
      ],
    });
    expect(widths(view)).toEqual([
      ['arrival 0-100', 'headers 100-190'],
      ['headers 200-220', 'byte 220-230', 'stream 230-900'],
    ]);
    expect(waterfallOf(view).bars.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
  });

  test('ends a stage that was not completed where the attempt ended', () => {
    const view = exchange({ tries: [attempt(1, { headersAtMs: AT + 150, end: 'failed' })] });
    expect(widths(view)).toEqual([['arrival 0-100', 'headers 100-150', 'byte 150-190']]);
  });

  test('holds an attempt that ended after the exchange, such as one that lost', () => {
    const view = exchange({ durationMs: 300, tries: [attempt(1), attempt(2, { endedAtMs: AT + 5_000 })] });
    expect(waterfallOf(view).totalMs).toBe(5_000);
  });

  test('of an exchange that nobody was asked for, or that a kept answer served, has no bars', () => {
    expect(waterfallOf(exchange({ attempts: 0, upstreamId: undefined })).bars).toEqual([]);
    expect(waterfallOf(exchange({ cache: 'hit' })).bars).toEqual([]);
    expect(waterfallOf(exchange({ state: 'open', endedAtMs: undefined })).bars).toEqual([]);
  });

  test('of length nought still has an axis', () => {
    const none = {
      headersAtMs: undefined,
      firstByteAtMs: undefined,
      firstOutputAtMs: undefined,
      endedAtMs: AT,
      durationMs: 0,
    };
    expect(waterfallOf(exchange(none))).toMatchObject({ totalMs: 1, bars: [{ fromMs: 0, toMs: 0 }] });
  });

  test('stays in order whatever the clock did: no stage runs backwards or begins before the last one ended', () => {
    const moment = fc.integer({ min: AT - 5_000, max: AT + 5_000 });
    const maybe = fc.option(moment, { nil: undefined });
    const times = fc.record({
      startedAtMs: moment,
      headersAtMs: maybe,
      firstByteAtMs: maybe,
      firstOutputAtMs: maybe,
      endedAtMs: moment,
    });
    fc.assert(
      fc.property(fc.array(times, { maxLength: 10 }), (list) => {
        const view = exchange({ tries: list.map((one, index) => attempt(index + 1, one)) });
        const { bars, totalMs } = waterfallOf(view);
        for (const { segments, fromMs, toMs } of bars) {
          let lastMs = fromMs;
          for (const segment of segments) {
            expect(segment.fromMs).toBe(lastMs);
            expect(segment.toMs).toBeGreaterThanOrEqual(segment.fromMs);
            lastMs = segment.toMs;
          }
          expect(lastMs).toBe(toMs);
          expect(fromMs).toBeGreaterThanOrEqual(0);
          expect(toMs).toBeLessThanOrEqual(totalMs);
        }
      }),
    );
  });
});

test('The axis has round places, some but not many, for every length', () => {
  expect(ticksOf(1_000)).toEqual([0, 200, 400, 600, 800, 1_000]);
  expect(ticksOf(1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e8 }), (totalMs) => {
      const ticks = ticksOf(totalMs);
      expect(ticks[0]).toBe(0);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks.at(-1)).toBeLessThanOrEqual(totalMs * 1.000001);
    }),
  );
});
