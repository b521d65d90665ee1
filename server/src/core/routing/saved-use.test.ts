import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Meter, type Moment } from './limits.ts';

const START = Date.parse('2026-11-21T09:00:00Z');
const HOUR = 3_600_000;
const policy = { window: 'sliding', timeZone: 'UTC' } as const;

/** A process whose monotonic clock began at `originMs`, `laterMs` after START. */
const at = (originMs: number, laterMs: number): Moment => ({
  ms: originMs + laterMs,
  epochMs: START + laterMs,
});

function saved(requests: number, tokens: number): string {
  const meter = new Meter(policy);
  for (let taken = 0; taken < requests; taken += 1) meter.take(tokens / requests, at(5_000_000, 0));
  return meter.save(at(5_000_000, 0)) ?? '';
}

function restored(text: string, now: Moment): Meter {
  const meter = new Meter(policy);
  meter.restore(text, now);
  return meter;
}

describe('a meter over a restart', () => {
  test('7.4 uses of the day are there again, on another monotonic clock', () => {
    const meter = restored(saved(4, 400), at(3, HOUR));
    expect(meter.remaining({ rpd: 10, tpd: 1_000 }, at(3, HOUR))).toMatchObject({
      rpd: { remaining: 6 },
      tpd: { remaining: 600 },
    });
    expect(meter.inFlight).toBe(0);
    expect(meter.shortage({ rpm: 1, concurrency: 1 }, 0, at(3, HOUR))).toBeUndefined();
  });

  test('7.4 uses of a day that is over are not', () => {
    const tomorrow = at(3, 15 * HOUR);
    expect(restored(saved(4, 400), tomorrow).save(tomorrow)).toBeUndefined();
    expect(restored(saved(4, 400), tomorrow).remaining({ rpd: 10 }, tomorrow).rpd?.remaining).toBe(10);
  });

  test('7.4 they add to what was used before they were read', () => {
    const meter = new Meter(policy);
    meter.take(10, at(0, 0));
    meter.restore(saved(4, 400), at(0, 1));
    expect(meter.remaining({ rpd: 10, tpd: 1_000 }, at(0, 2))).toMatchObject({
      rpd: { remaining: 5 },
      tpd: { remaining: 590 },
    });
  });

  test('7.4 a clock that was ahead before the restart does not make the day begin anew', () => {
    const meter = new Meter(policy);
    meter.take(1, at(0, 15 * HOUR));
    const text = meter.save(at(0, 15 * HOUR)) ?? '';
    expect(restored(text, at(0, 13 * HOUR)).shortage({ rpd: 1 }, 1, at(0, 13 * HOUR))).toBeDefined();
  });

  test('7.4 what a provider said is believed until the reset that it named', () => {
    const meter = new Meter(policy);
    const said = { limit: 50, remaining: 0, resetMs: 8 * HOUR };
    meter.correct({ requestsPerDay: said }, at(777, 0));
    const text = meter.save(at(777, HOUR)) ?? '';
    expect(restored(text, at(0, 2 * HOUR)).shortage({}, 0, at(0, 2 * HOUR))).toEqual({
      kind: 'rpd',
      limit: 50,
      remaining: 0,
      freeInMs: 6 * HOUR,
    });
    expect(restored(text, at(0, 8 * HOUR)).shortage({}, 0, at(0, 8 * HOUR))).toBeUndefined();
  });

  test('7.4 nothing used is nothing saved', () => {
    const meter = new Meter(policy);
    expect(meter.save(at(0, 0))).toBeUndefined();
    meter.take(5, at(0, 0));
    meter.giveBack(5, at(0, 0), at(0, 1));
    expect(meter.save(at(0, 2))).toBeUndefined();
  });

  test('7.4 text that nobody saved changes nothing and does no harm', () => {
    const texts = [
      '',
      'null',
      '[]',
      '{"day":null}',
      '{"day":{"untilAt":1e999,"requests":5}}',
      '{"day":{"untilAt":9e15,"requests":-5,"tokens":"7"}}',
      '{"rpm":{"left":"0","said":0,"untilAt":9e15}}',
      '{"__proto__":{"day":{"untilAt":9e15,"requests":9}}}',
    ];
    for (const text of texts) {
      const meter = restored(text, at(0, 0));
      expect(meter.shortage({ rpd: 1, tpd: 1, rpm: 1 }, 1, at(0, 0))).toBeUndefined();
    }
    const far = restored('{"rpm":{"left":0,"said":0,"untilAt":9e15}}', at(0, 0));
    expect(far.shortage({}, 1, at(0, 0))).toMatchObject({ freeInMs: HOUR });
    const huge = restored('{"day":{"untilAt":9e15,"requests":1e300,"tokens":1e300}}', at(0, 0));
    expect(huge.shortage({ rpd: 5 }, 1, at(0, 0))).toMatchObject({ freeInMs: 15 * HOUR });
  });

  test('7.4 any text at all can be read without harm', () => {
    const member = fc.constantFrom('untilAt', 'requests', 'tokens', 'left', 'said', 'limit');
    const value = fc.oneof(fc.double(), fc.jsonValue({ maxDepth: 2 }));
    const part = fc.dictionary(member, value);
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .dictionary(fc.constantFrom('day', 'rpm', 'rpd', 'tpm', 'tpd'), part)
        .map((json) => JSON.stringify(json)),
    );
    fc.assert(
      fc.property(text, (any) => {
        const meter = restored(any, at(0, 0));
        const shortage = meter.shortage({ rpd: 5, tpd: 5 }, 1, at(0, 0));
        expect(Number.isNaN(shortage?.freeInMs)).toBe(false);
        expect(shortage?.freeInMs ?? 0).toBeLessThanOrEqual(90_000_000);
        meter.take(1, at(0, 0));
        expect(() => JSON.parse(meter.save(at(0, 0)) ?? 'null')).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
