// What is held against keys, as events and as numbers.

import { describe, expect, test } from 'vitest';
import { keyChanges } from '../../src/config/key-changes.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Verdict } from '../../src/core/routing/verdict.ts';
import type { KeyEvent } from '../../src/core/telemetry/key-event.ts';
import { poolGauges } from '../../src/exchange/pool/gauges.ts';
import { keyEventOf } from '../../src/exchange/pool/key-events.ts';
import { Pool } from '../../src/exchange/pool/pool.ts';
import { settingsOf } from '../kit/gateway.ts';

interface Setting {
  readonly settings: Settings;
  readonly pool: Pool;
  readonly events: KeyEvent[];
  pass(byMs: number): void;
  learn(model: string, verdict: Partial<Verdict>): void;
}

const FAILED: Verdict = {
  reason: 'rate-limited',
  blame: 'key',
  retry: true,
  scope: 'model',
  coolMs: 5_000,
  told: true,
  quarantine: false,
  final: false,
  status: 429,
  message: 'Slow down',
};
const ANSWERED: Partial<Verdict> = { reason: 'answered', scope: undefined };

function start(): Setting {
  let nowMs = 1_000;
  const clock = { monotonicMs: () => nowMs, epochMs: () => 1_700_000_000_000 + nowMs };
  const settings = settingsOf({
    upstreams: [{ origin: 'http://x', secrets: ['sk-one-0001', 'sk-two-0002'], keyLimits: { rpm: 4 } }],
  });
  const pool = new Pool(clock, () => 0.5);
  const events: KeyEvent[] = [];
  pool.standings.heard = (change) => {
    const event = keyEventOf(change, pool.now());
    if (event !== undefined) events.push(event);
  };
  const [upstream] = settings.upstreams;
  const [key] = upstream?.keys ?? [];
  if (upstream === undefined || key === undefined) throw new Error('no key');
  const learn = (model: string, verdict: Partial<Verdict>): void => {
    const target = { upstream, key, model, dialect: 'openai-chat', native: true } as const;
    const [member] = pool.members(settings, [target as never]);
    if (member === undefined) throw new Error('no member');
    const lease = pool.take({ tokens: 1 }, settings, member);
    pool.end(lease, settings.health, { verdict: { ...FAILED, ...verdict }, usedTokens: 1, learns: true });
  };
  return {
    settings,
    pool,
    events,
    learn,
    pass: (byMs) => {
      nowMs += byMs;
    },
  };
}

describe('events of keys', () => {
  test('10.3 a key that rests for a model, is refused and answers again is told of each time, once', () => {
    const { events, learn, pass } = start();
    learn('m', {});
    learn('m', { coolMs: 1 });
    pass(5);
    learn('m', {});
    pass(5_995);
    learn('m', ANSWERED);
    learn('m', { reason: 'bad-key', scope: 'key', quarantine: true, status: 401 });
    learn('m', ANSWERED);
    expect(events).toEqual([
      {
        event: 'cooling',
        atMs: 1_700_000_001_000,
        upstreamId: 'one',
        keyId: 'k1',
        model: 'm',
        reason: 'rate-limited',
        status: 429,
        untilAtMs: 1_700_000_006_000,
      },
      { event: 'reactivated', atMs: 1_700_000_007_000, upstreamId: 'one', keyId: 'k1', model: 'm' },
      expect.objectContaining({ event: 'quarantined', keyId: 'k1', reason: 'bad-key', status: 401 }),
      { event: 'reactivated', atMs: 1_700_000_007_000, upstreamId: 'one', keyId: 'k1' },
    ]);
    expect(JSON.stringify(events)).not.toContain('Slow down');
  });

  test('what the operator forgets is a reset, and a failure that changes nothing is no event', () => {
    const { events, learn, pool } = start();
    learn('m', { reason: 'server-error', coolMs: 0, told: false, status: 500 });
    expect(events).toEqual([]);
    learn('m', {});
    pool.standings.reset('one', 'k1');
    expect(events.map(({ event }) => event)).toEqual(['cooling', 'reset']);
  });

  test('10.3 keys that are new, gone, taken out of use and back in it are told of after a reload', () => {
    const before = settingsOf({
      upstreams: [{ origin: 'http://x', secrets: ['sk-one-0001', 'sk-two-0002'] }],
    });
    const [upstream] = before.upstreams;
    if (upstream === undefined) throw new Error('no upstream');
    const [first] = upstream.keys;
    if (first === undefined) throw new Error('no key');
    const keys = [
      { ...first, disabled: true as const },
      { id: 'k3', secret: 'sk-three-0003' },
    ];
    const after: Settings = { ...before, upstreams: [{ ...upstream, keys }] };
    expect(keyChanges(after, before, 5)).toEqual([
      { event: 'disabled', atMs: 5, upstreamId: 'one', keyId: 'k1' },
      { event: 'added', atMs: 5, upstreamId: 'one', keyId: 'k3' },
      { event: 'removed', atMs: 5, upstreamId: 'one', keyId: 'k2' },
    ]);
    expect(keyChanges(before, after, 5).map(({ event }) => event)).toEqual(['enabled', 'added', 'removed']);
    expect(keyChanges(before, before, 5)).toEqual([]);
  });
});

describe('gauges of the pool', () => {
  test('10.9 tell the state of upstreams and keys, models that rest, and used parts of limits', () => {
    const { settings, pool, learn, pass } = start();
    learn('m', ANSWERED);
    learn('m', {});
    learn('n', { reason: 'bad-key', scope: 'key', quarantine: true, status: 401 });
    expect(poolGauges(settings, pool)).toEqual({
      upstreams: [{ upstreamId: 'one', state: 'free', inFlight: 0 }],
      keys: [
        { upstreamId: 'one', keyId: 'k1', state: 'quarantined' },
        { upstreamId: 'one', keyId: 'k2', state: 'free' },
      ],
      keyModels: [{ upstreamId: 'one', state: 'cooling', count: 1 }],
      limits: [{ upstreamId: 'one', level: 'key', kind: 'rpm', usedRatio: 0.5 }],
      clients: [],
    });
    pass(settings.health.quarantine.retestMs + 1);
    const later = poolGauges(settings, pool);
    expect(later.keys[0]?.state).toBe('half-open');
    expect(later.keyModels).toEqual([]);
  });

  test('an upstream that is out of use takes its keys with it', () => {
    const { settings, pool } = start();
    const off: Settings = {
      ...settings,
      upstreams: settings.upstreams.map((one) => ({ ...one, enabled: false })),
    };
    const { upstreams, keys } = poolGauges(off, pool);
    expect([...upstreams, ...keys].map(({ state }) => state)).toEqual(['disabled', 'disabled', 'disabled']);
  });
});
