import { describe, expect, it } from 'vitest';
import { checkConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { resolveSettings } from './resolve.ts';
import { limitsOf, ownLimits } from './resolve-limits.ts';
import type { Settings, Upstream } from './settings.ts';

function settingsOf(value: object): Settings {
  const checked = checkConfig(value);
  const resolved = checked.ok ? resolveSettings(checked.value, { env: {}, home: '/home/me' }) : checked;
  if (!resolved.ok) throw new Error(resolved.problems.map(formatProblem).join('\n'));
  return resolved.settings;
}

function upstreamOf(upstream: object): Upstream {
  const [first] = settingsOf({
    upstreams: [{ id: 'a', provider: 'openai', keys: ['k1'], ...upstream }],
  }).upstreams;
  if (first === undefined) throw new Error('no upstream was resolved');
  return first;
}

describe('limits', () => {
  it('7.1 of -1 are none, of 0 let nothing through, and absent ones are none', () => {
    expect(limitsOf({ rpm: -1, rpd: 0, tpm: 5 })).toEqual({ rpd: 0, tpm: 5 });
    expect(limitsOf({ rpm: -1 })).toBeUndefined();
    expect(limitsOf({})).toBeUndefined();
    expect(limitsOf(undefined)).toBeUndefined();
  });

  it('7.1 can stand on an upstream, on each of its keys, on models of a key, and on models over all', () => {
    const upstream = upstreamOf({
      limits: { concurrency: 4 },
      keyLimits: { rpm: 20, rpd: -1 },
      modelLimits: { 'gpt-4*': { rpm: 1 }, 'gpt-5*': { rpm: -1 }, '*': { rpm: 5 } },
    });
    expect(upstream.limits).toEqual({ concurrency: 4 });
    expect(upstream.keyLimits).toEqual({ rpm: 20 });
    expect(upstream.modelLimits).toEqual([
      { models: ['gpt-4*'], limits: { rpm: 1 } },
      { models: ['gpt-5*'], limits: {} },
      { models: ['*'], limits: { rpm: 5 } },
    ]);
    expect(settingsOf({ limits: { models: { m: { tpd: 9 } } } }).limits.models).toEqual([
      { models: ['m'], limits: { tpd: 9 } },
    ]);
  });

  it('of one key are its own, and those of all keys where it says nothing', () => {
    expect(ownLimits({ rpm: 5 }, { rpm: 20, rpd: 200 })).toEqual({ rpm: 5, rpd: 200 });
    expect(ownLimits({ rpm: -1 }, { rpm: 20 })).toEqual({});
    expect(ownLimits({ rpm: 0 }, undefined)).toEqual({ rpm: 0 });
    const { keys } = upstreamOf({
      keyLimits: { rpm: 20, rpd: 200 },
      keys: ['k1', { key: 'k2', limits: { rpm: -1 } }],
    });
    expect(keys.map((key) => key.limits)).toEqual([undefined, { rpd: 200 }]);
  });

  it('of a client are kept with it', () => {
    const key = 'sk-sluice-0123456789abcdef';
    const clients = [
      { id: 'me', key, limits: { rpm: 5, tpm: -1 } },
      { id: 'you', key: `${key}2` },
    ];
    const [me, you] = settingsOf({ clients }).clients;
    expect(me?.limits).toEqual({ rpm: 5 });
    expect(you).not.toHaveProperty('limits');
  });

  it('count in a window and by a zone, which may be that of the machine', () => {
    expect(settingsOf({}).limits).toEqual({ window: 'sliding', timeZone: 'UTC', models: [] });
    const limits = { window: 'fixed', timeZone: 'Asia/Kolkata' };
    expect(settingsOf({ limits }).limits).toEqual({ ...limits, models: [] });
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(settingsOf({ limits: { timeZone: 'local' } }).limits.timeZone).toBe(here);
  });
});

describe('weights and prices', () => {
  it('are those of the file', () => {
    const upstream = upstreamOf({
      weight: 0.5,
      prices: { 'gpt-*': { input: 2.5, output: 10 }, '*': { input: 0, output: 0 } },
    });
    expect(upstream.weight).toBe(0.5);
    expect(upstream.prices).toMatchObject([
      { models: ['gpt-*'], price: { rates: { input: 2_500_000, output: 10_000_000 } } },
      { models: ['*'], price: { rates: { input: 0, output: 0 } } },
    ]);
    expect(upstreamOf({})).toMatchObject({ weight: 1, prices: [], limits: undefined, modelLimits: [] });
  });
});
