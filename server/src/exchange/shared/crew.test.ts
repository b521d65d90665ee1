import { describe, expect, test } from 'vitest';
import { shareOf } from '../../core/routing/share-of.ts';
import type { CaptureStatus } from '../detail/capture-control.ts';
import type { KeyReport } from '../operator/operator.ts';
import type { CacheStats } from '../ports.ts';
import {
  type CrewReport,
  nameOfKeeper,
  togetherBudgets,
  togetherCache,
  togetherCapture,
  togetherKeys,
} from './crew.ts';

const key = (more: Partial<KeyReport> = {}): KeyReport => ({
  upstreamId: 'u',
  keyId: 'k',
  disabled: false,
  standings: [],
  inFlight: 0,
  use: [],
  ...more,
});

const NOTHING: CaptureStatus = {
  open: false,
  maxBytes: 1,
  filter: {},
  captured: 0,
  running: 0,
  recent: [],
};

const report = (more: Partial<CrewReport>): CrewReport => ({
  inFlight: [],
  keys: [],
  budgets: [],
  clients: [],
  count: 0,
  waiting: 0,
  capture: NOTHING,
  cache: undefined,
  ...more,
});

const rpm = (remaining: number, resetInMs: number) =>
  ({ kind: 'rpm', level: 'key', limit: 60, remaining, resetInMs }) as const;

test('16.7 what cannot be parted while the store is away goes to a process that relays', () => {
  const lives = [nameOfKeeper('0b'), 'fc', '1a'].sort();
  const partOf = (life: string): number => shareOf(1, { fellows: lives.length, rank: lives.indexOf(life) });
  expect([partOf('1a'), partOf('fc'), partOf(nameOfKeeper('0b'))]).toEqual([1, 0, 0]);
});

describe('what several processes capture', () => {
  const window: CaptureStatus = { ...NOTHING, open: true, openedAtMs: 1_000, requestsLeft: 5 };
  const has = (captured: number, openedAtMs: number): CrewReport =>
    report({
      capture: { ...window, openedAtMs, captured, requestsLeft: 5 - captured, recent: [`req_${openedAtMs}`] },
    });

  test('is counted together, and what is left is of all of them', () => {
    const told = togetherCapture(window, [has(2, 1_001), has(1, 1_000)]);
    expect(told).toMatchObject({
      open: true,
      captured: 3,
      requestsLeft: 2,
      recent: ['req_1001', 'req_1000'],
    });
    expect(togetherCapture(window, [has(2, 1_001), has(3, 1_000)])).toMatchObject({
      open: false,
      captured: 5,
    });
  });

  test('leaves out what was captured in an earlier window, or before there was any', () => {
    expect(togetherCapture(window, [has(4, 900), report({})])).toEqual(window);
    expect(togetherCapture(NOTHING, [has(4, 900)])).toEqual(NOTHING);
  });
});

describe('what several processes know of keys', () => {
  test('is added up where each has done its part, and is the latest or the least where that counts', () => {
    const own = [key({ use: [rpm(55, 1_000)], inFlight: 1, ttftMs: 80 }), key({ keyId: 'other' })];
    const reports = [
      report({ keys: [key({ use: [rpm(50, 3_000)], inFlight: 4, lastUsedAtMs: 7, ttftMs: 90 })] }),
      report({ keys: [key({ use: [rpm(60, 0)], inFlight: 2, lastUsedAtMs: 9, ttftMs: 60 })] }),
    ];
    expect(togetherKeys(own, reports)).toEqual([
      key({ use: [rpm(45, 3_000)], inFlight: 7, lastUsedAtMs: 9, ttftMs: 60 }),
      key({ keyId: 'other' }),
    ]);
  });

  test('has limits that only one of them has counted, and never less than nothing left', () => {
    const tpm = { kind: 'tpm', level: 'model', model: 'm', limit: 10, remaining: 4, resetInMs: 5 } as const;
    const together = togetherKeys(
      [key({ use: [rpm(10, 1)] })],
      [report({ keys: [key({ use: [rpm(5, 1), tpm] })] })],
    );
    expect(together[0]?.use).toEqual([rpm(0, 1), tpm]);
  });

  test('shows a standing that one of them has been told of first', () => {
    const standing = { scope: 'key', state: 'cooling', reason: 'r', why: 'w', sinceAtMs: 1 } as const;
    const together = togetherKeys([key()], [report({ keys: [key({ standings: [standing] })] })]);
    expect(together[0]?.standings).toEqual([standing]);
  });

  test('takes the last word of a provider', () => {
    const word = (saidAtMs: number, remaining: number) =>
      ({ kind: 'rpm', model: 'm', remaining, saidAtMs, resetInMs: 1 }) as const;
    const together = togetherKeys(
      [key({ reported: [word(5, 50)] })],
      [
        report({ keys: [key({ reported: [word(9, 20)] })] }),
        report({ keys: [key({ reported: [word(7, 30)] })] }),
      ],
    );
    expect(together[0]?.reported).toEqual([word(9, 20)]);
  });
});

test('budgets show what was last known to be spent, and all that is held', () => {
  const budget = (spentNanoUsd: number, reservedNanoUsd: number, per = 'day') => ({
    client: 'c',
    per,
    limitNanoUsd: 100,
    spentNanoUsd,
    reservedNanoUsd,
    resetsAtMs: undefined,
  });
  const reports = [
    report({ budgets: [budget(30, 5)] }),
    report({ budgets: [budget(40, 2), budget(9, 9, 'week')] }),
  ];
  expect(togetherBudgets([budget(10, 1)], reports)).toEqual([budget(40, 8)]);
});

test('the figures of the cache are those of all processes together', () => {
  const stats = (hits: number, misses: number, more: Partial<CacheStats> = {}): CacheStats => ({
    store: 'redis',
    connected: true,
    entries: 1,
    bytes: 10,
    hits,
    misses,
    stored: misses,
    ...more,
  });
  const reports = [report({ cache: stats(5, 2) }), report({ cache: stats(7, 1) }), report({})];
  expect(togetherCache(stats(0, 0), reports)).toEqual(stats(12, 3, { entries: 3, bytes: 30 }));
  expect(togetherCache(stats(1, 0), [report({ cache: stats(0, 0, { connected: false }) })]).connected).toBe(
    false,
  );
  expect(togetherCache(stats(1, 2), [])).toEqual(stats(1, 2));
});
