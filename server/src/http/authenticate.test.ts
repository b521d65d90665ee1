// Guests beside the clients of the configuration; clients themselves are tested over the socket (http-access.test.ts).

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { clientWithKey, settingsOf } from '../../test/kit/gateway.ts';
import type { Client } from '../config/settings.ts';
import { createGuests, GUEST_MS } from '../exchange/guests.ts';
import { createAuthenticator, type Identity } from './authenticate.ts';

const KEY = 'sk-sluice-guest-canary-01';

function door(clients: readonly Client[]) {
  const time = { monotonicMs: 0, epochMs: 1_000_000 };
  const [monotonicMs, epochMs] = [() => time.monotonicMs, () => time.epochMs];
  const guests = createGuests({ monotonicMs, epochMs });
  const authenticator = createAuthenticator(monotonicMs, epochMs, guests);
  const settings = settingsOf({ upstreams: [], clients });
  guests.admit(createHash('sha256').update(KEY).digest('hex'));
  const identify = (key: string, address = '127.0.0.1'): Identity =>
    authenticator.identify({ authorization: `Bearer ${key}` }, [], settings, address);
  return { time, identify };
}

const me = clientWithKey('me', 'sk-mine');

describe('a guest', () => {
  test('is known by its key, in time', () => {
    const { identify, time } = door([me]);
    expect(identify(KEY)).toMatchObject({ ok: true, client: { id: 'playground' } });
    expect(identify('sk-mine')).toMatchObject({ ok: true, client: { id: 'me' } });
    expect(identify('sk-other')).toMatchObject({ ok: false, error: { status: 401 } });
    time.monotonicMs += GUEST_MS;
    expect(identify(KEY)).toMatchObject({ ok: false, error: { status: 401 } });
  });

  test('is told that its hour is over where the machine has slept meanwhile', () => {
    const { identify, time } = door([me]);
    time.epochMs += GUEST_MS;
    const message = expect.stringContaining('expired');
    expect(identify(KEY)).toMatchObject({ ok: false, error: { status: 401, message } });
  });

  test('opens no gateway to other machines that serves its own alone', () => {
    const { identify } = door([]);
    expect(identify(KEY)).toMatchObject({ ok: true, client: { id: 'playground' } });
    expect(identify('sk-other')).toEqual({ ok: true, client: undefined });
    for (const key of [KEY, 'sk-other'])
      expect(identify(key, '10.0.0.9')).toMatchObject({ ok: false, error: { status: 403 } });
  });
});
