import { describe, expect, test } from 'vitest';
import { checkConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { type Resolution, resolveSettings } from './resolve.ts';

function resolve(value: unknown, env: Readonly<Record<string, string>> = {}): Resolution {
  const checked = checkConfig(value);
  if (!checked.ok) throw new Error(checked.problems.map(formatProblem).join('\n'));
  return resolveSettings(checked.value, { env, home: '/home/me', platform: 'linux' });
}

describe('16.7 what several gateways share', () => {
  test('16.7 is nothing unless a server is named', () => {
    for (const value of [{}, { state: {} }, { state: { url: ' ' } }]) {
      const resolved = resolve(value, { REDIS_URL: 'redis://cache:6379' });
      expect(resolved.ok && resolved.settings.state).toBeUndefined();
    }
  });

  test('16.7 is in a Redis server, under names that begin alike', () => {
    const plain = resolve({ state: { url: 'redis://:pw@shared:6379/2' } });
    expect(plain.ok && plain.settings.state).toEqual({
      url: 'redis://:pw@shared:6379/2',
      prefix: 'sluice',
      timeoutMs: 50,
    });
    const named = resolve({ state: { url: 'rediss://shared', prefix: 'team.a:' } });
    expect(named.ok && named.settings.state?.prefix).toBe('team.a:');
  });

  test('16.7 how many gateways there are may be told to those that cannot ask', () => {
    const three = resolve({ state: { url: 'redis://shared', instances: 3 } });
    expect(three.ok && three.settings.state?.instances).toBe(3);
    for (const instances of [0, 1.5, 1_001]) expect(checkConfig({ state: { instances } }).ok).toBe(false);
  });

  test('P28 how long a request waits for it may be told', () => {
    const far = resolve({ state: { url: 'redis://far', timeoutMs: 400 } });
    expect(far.ok && far.settings.state?.timeoutMs).toBe(400);
    for (const timeoutMs of [0, 4, 10_001, 50.5])
      expect(checkConfig({ state: { timeoutMs } }).ok).toBe(false);
  });

  test('an address or a prefix that cannot be one is refused', () => {
    const refused = resolve({ state: { url: 'localhost:6379' } });
    expect(refused.ok ? [] : refused.problems.map(({ path }) => path)).toContain('state.url');
    // Drivers decode user and password, and fail with each connection where that is not possible.
    const undecoded = resolve({ state: { url: 'redis://:100%canary@shared:6379' } });
    expect(undecoded.ok ? '' : JSON.stringify(undecoded.problems)).toContain('written as %25');
    expect(JSON.stringify(undecoded)).not.toContain('canary');
    for (const prefix of ['', 'a b', 'x'.repeat(65), 'a*'])
      expect(checkConfig({ state: { url: 'redis://x', prefix } }).ok).toBe(false);
  });
});
