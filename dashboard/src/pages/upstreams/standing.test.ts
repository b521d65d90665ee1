import { describe, expect, test } from 'vitest';
import type { KeyView, StandingView, UpstreamView } from '../../../../server/src/admin/contract.ts';
import { grouped, keyVerdict, standingsOf, unwellOf, upstreamVerdict } from './standing.ts';

const NOW = 1_000_000;

function key(keyId: string, standings: readonly Partial<StandingView>[] = [], disabled = false): KeyView {
  return {
    upstreamId: 'up',
    keyId,
    last4: '1234',
    disabled,
    inFlight: 0,
    use: [],
    standings: standings.map((one) => ({
      scope: 'key',
      state: 'cooling',
      reason: 'rate-limited',
      why: 'The rate limit is reached.',
      sinceAtMs: NOW - 1_000,
      ...one,
    })),
  };
}

function upstream(id: string, priority = 0, enabled = true): UpstreamView {
  return {
    id,
    inFile: true,
    enabled,
    provider: 'openai',
    providerName: 'OpenAI',
    priority,
    weight: 1,
    dialects: [],
    baseUrls: {},
    models: [],
    keys: [],
    inFlight: 0,
  };
}

describe('how a key stands', () => {
  test('a key against which nothing stands is well, one that was switched off is off', () => {
    expect(keyVerdict(key('a'), NOW)).toEqual({ condition: 'well' });
    expect(keyVerdict(key('a', [{ state: 'quarantined' }], true), NOW)).toEqual({ condition: 'off' });
  });

  test('11.7 a key that rests says until when, and once that has passed it is not called resting', () => {
    const resting = key('a', [{ untilAtMs: NOW + 42_000 }]);
    expect(keyVerdict(resting, NOW)).toMatchObject({ condition: 'resting', untilAtMs: NOW + 42_000 });
    const later = keyVerdict(resting, NOW + 42_000);
    expect(later.condition).toBe('watched');
    expect(later).not.toHaveProperty('untilAtMs');
  });

  test('the worst of several standings is the one that is told', () => {
    const { condition, because } = keyVerdict(key('a', [{ state: 'closed' }, { state: 'quarantined' }]), NOW);
    expect(condition).toBe('refused');
    expect(because?.state).toBe('quarantined');
  });

  test('a key of which one model rests still serves: partly', () => {
    const one = key('a', [{ scope: 'model', model: 'm', state: 'open', untilAtMs: NOW + 1_000 }]);
    expect(keyVerdict(one, NOW).condition).toBe('partly');
  });

  test('what stands against the upstream is not held against the key', () => {
    expect(keyVerdict(key('a', [{ scope: 'upstream', state: 'open' }]), NOW).condition).toBe('well');
  });
});

describe('how an upstream stands', () => {
  test('one key that works is enough to serve: partly, with the reason of the other', () => {
    const verdict = upstreamVerdict(upstream('up'), [key('a'), key('b', [{ state: 'quarantined' }])], NOW);
    expect(verdict.condition).toBe('partly');
    expect(verdict.because?.state).toBe('quarantined');
  });

  test('where no key serves, it comes back with the first of them', () => {
    const keys = [key('a', [{ untilAtMs: NOW + 9_000 }]), key('b', [{ untilAtMs: NOW + 3_000 }])];
    expect(upstreamVerdict(upstream('up'), keys, NOW)).toMatchObject({
      condition: 'resting',
      untilAtMs: NOW + 3_000,
    });
  });

  test('its own standing counts for all of its keys', () => {
    const keys = [key('a', [{ scope: 'upstream', state: 'open', untilAtMs: NOW + 5_000 }])];
    expect(upstreamVerdict(upstream('up'), keys, NOW).condition).toBe('failing');
  });

  test('switched off is off, whatever its keys are like; without the key that it needs it is keyless', () => {
    const refused = [key('a', [{ state: 'quarantined' }])];
    expect(upstreamVerdict(upstream('up', 0, false), refused, NOW).condition).toBe('off');
    expect(upstreamVerdict(upstream('up'), [], NOW, true).condition).toBe('keyless');
    expect(upstreamVerdict(upstream('up'), [], NOW, false).condition).toBe('well');
  });
});

describe('the order of the cards', () => {
  const list = [upstream('c', 0), upstream('b', 10), upstream('a', 10)];
  const refused = { ...key('k', [{ state: 'quarantined' }]), upstreamId: 'c' };
  const standings = standingsOf(list, [refused, { ...key('k2'), upstreamId: 'b' }], NOW);
  const ids = (order: 'priority' | 'unwell' | 'name'): readonly (readonly string[])[] =>
    grouped(standings, order).map(({ members }) => members.map((one) => one.upstream.id));

  test('by priority: those that are tried first stand first, equals together', () => {
    expect(ids('priority')).toEqual([['b', 'a'], ['c']]);
  });

  test('unwell first, by name', () => {
    expect(ids('unwell')).toEqual([['c', 'b', 'a']]);
    expect(ids('name')).toEqual([['a', 'b', 'c']]);
    expect(unwellOf(standings)).toBe(1);
  });

  test('an upstream of accounts stands as their logins do', () => {
    const codex = { ...upstream('up'), accounts: 'codex' };
    const of = (keys: readonly KeyView[], logins: Parameters<typeof standingsOf>[4]): string | undefined =>
      standingsOf([codex], keys, NOW, undefined, logins)[0]?.verdict.condition;
    const lost = new Map([['a', { condition: 'refused' } as const]]);
    expect(of([key('a')], lost)).toBe('refused');
    expect(of([key('a'), key('b')], lost)).toBe('partly');
    expect(of([key('a'), key('b')], new Map())).toBe('well');
    const spent = new Map([['a', { condition: 'resting', untilAtMs: NOW + 5 } as const]]);
    expect(standingsOf([codex], [key('a')], NOW, undefined, spent)[0]?.verdict).toMatchObject({
      condition: 'resting',
      untilAtMs: NOW + 5,
    });
    expect(of([{ ...key('k_none'), disabled: true }], undefined)).toBe('accountless');
    expect(of([], undefined)).toBe('accountless');
    const off = { ...codex, enabled: false, written: { enabled: false } };
    expect(standingsOf([off], [], NOW)[0]?.verdict.condition).toBe('off');
  });
});
