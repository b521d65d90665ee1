import { describe, expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { createGate, type Gate, type Shown } from './gate.ts';
import { LINK_MS } from './login-links.ts';
import { SESSION_MS } from './sessions.ts';

const KEY = 'sk-sluice-admin-one';

function gateAt(
  time: { nowMs: number },
  key: string | undefined = KEY,
  token: string | undefined = 'op',
): Gate {
  return createGate({
    keyDigest: () => (key === undefined ? undefined : digestOf(key)),
    operatorToken: () => token,
    clock: { monotonicMs: () => time.nowMs, epochMs: () => 1_000_000 + time.nowMs },
  });
}

const shown = (more: Partial<Shown>): Shown => {
  return {
    method: 'GET',
    authorization: undefined,
    cookie: undefined,
    csrf: undefined,
    address: 'a',
    ...more,
  };
};

describe('the gate', () => {
  test('lets nobody in while there is no key and no token, whatever is sent', () => {
    for (const [key, token] of [
      [undefined, undefined],
      [undefined, ''],
    ] as const) {
      const gate = createGate({
        keyDigest: () => key,
        operatorToken: () => token,
        clock: { monotonicMs: () => 0, epochMs: () => 0 },
      });
      for (const authorization of ['Bearer ', 'Bearer undefined', 'Bearer', `Bearer ${'0'.repeat(64)}`])
        expect(gate.judge(shown({ authorization }), true).ok, authorization).toBe(false);
      expect(gate.login({ key: '' }, 'a').ok).toBe(false);
    }
  });

  test('12.6 counts failures by address, for five in a second, and lets right credentials pass', () => {
    const time = { nowMs: 0 };
    const gate = gateAt(time);
    const wrong = (address: string): number => {
      const verdict = gate.judge(shown({ authorization: 'Bearer no', address }), true);
      return verdict.ok ? 200 : verdict.error.status;
    };
    expect(Array.from({ length: 7 }, () => wrong('a'))).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(wrong('b')).toBe(401);
    expect(gate.judge(shown({ authorization: `Bearer ${KEY}` }), true)).toMatchObject({ ok: true });
    expect(gate.judge(shown({ authorization: 'Bearer op' }), true)).toMatchObject({
      who: { kind: 'operator' },
    });
    time.nowMs += 1_000;
    expect(wrong('a')).toBe(401);
  });

  test('does not count what may be right for somebody else, nor callers who send nothing', () => {
    const gate = gateAt({ nowMs: 0 });
    for (let n = 0; n < 20; n++) {
      gate.judge(shown({ authorization: 'Bearer sk-client' }), false);
      gate.judge(shown({}), true);
    }
    expect(gate.judge(shown({ authorization: 'Bearer no' }), true)).toMatchObject({ error: { status: 401 } });
  });

  test('counts failed logins too', () => {
    const gate = gateAt({ nowMs: 0 });
    const statuses = Array.from({ length: 6 }, () => {
      const told = gate.login({ key: 'no' }, 'a');
      return told.ok ? 200 : told.error.status;
    });
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect(gate.login({ key: KEY }, 'a').ok).toBe(true);
  });

  test('ends a session twelve hours after it was last used', () => {
    const time = { nowMs: 0 };
    const gate = gateAt(time);
    const begun = gate.login({ key: KEY }, 'a');
    if (!begun.ok) throw new Error('no session');
    const { token: cookie } = begun.body;
    const isIn = (): boolean => gate.judge(shown({ cookie }), true).ok;
    time.nowMs += SESSION_MS - 1;
    expect(isIn()).toBe(true);
    time.nowMs += SESSION_MS - 1;
    expect(isIn()).toBe(true);
    time.nowMs += SESSION_MS;
    expect(isIn()).toBe(false);
  });

  test('asks a session for its own CSRF token with everything that is no question', () => {
    const gate = gateAt({ nowMs: 0 });
    const [one, other] = [gate.sessions.begin(), gate.sessions.begin()];
    const judged = (method: string, csrf: string | undefined): unknown => {
      const verdict = gate.judge(shown({ method, cookie: one.token, csrf }), true);
      return verdict.ok ? 'in' : verdict.error.code;
    };
    expect(judged('GET', undefined)).toBe('in');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(judged(method, undefined)).toBe('csrf');
      expect(judged(method, '')).toBe('csrf');
      expect(judged(method, other.csrfToken)).toBe('csrf');
      expect(judged(method, one.csrfToken)).toBe('in');
    }
  });

  test('takes a link for fifteen minutes, once', () => {
    const time = { nowMs: 0 };
    const gate = gateAt(time);
    const [used, late] = [gate.links.make(), gate.links.make()];
    expect(gate.login({ token: used.token }, 'a').ok).toBe(true);
    expect(gate.login({ token: used.token }, 'a').ok).toBe(false);
    time.nowMs += LINK_MS;
    expect(gate.login({ token: late.token }, 'a').ok).toBe(false);
  });
});
