// The key of the playground: a client that lives in memory for an hour and calls the same endpoints as everybody else.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { keyHeaderFor } from '../../src/core/providers/credential.ts';
import { GUEST_MS } from '../../src/exchange/guests.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { type AdminSetup, AS_ADMIN, adminSetup, OPERATOR_TOKEN, send } from '../kit/admin.ts';
import { askFor, understood } from '../kit/asking.ts';
import type { FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway, type GatewaySetup } from '../kit/gateway.ts';
import { openSocket } from '../kit/responses-socket.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const MINE = clientWithKey('me', 'sk-client-canary-000001');

interface Made {
  readonly key: string;
  readonly client: string;
  readonly expiresAt: number;
}

interface Setting extends AdminSetup {
  readonly gateway: Gateway;
  readonly upstream: FaultUpstream;
}

afterEach(() => {
  vi.restoreAllMocks();
});

async function setting(more: Partial<GatewaySetup> = {}): Promise<Setting> {
  const upstream = await provider();
  const setup = adminSetup();
  const gateway = await gatewayWith({
    upstreams: [{ origin: upstream.origin }],
    clients: [MINE],
    admin: setup.admin,
    ...more,
  });
  return { ...setup, gateway, upstream };
}

async function made(gateway: Gateway, headers = AS_ADMIN): Promise<Made> {
  const answer = await send(gateway.port, 'POST', '/admin/v1/playground/key', headers);
  expect([answer.status, answer.headers['cache-control']]).toEqual([201, 'no-store']);
  return answer.body as Made;
}

/** Time goes on for both clocks of the gateway. */
function advance(delayMs: number): void {
  const [now, epoch] = [performance.now.bind(performance), Date.now];
  vi.spyOn(performance, 'now').mockImplementation(() => now() + delayMs);
  vi.spyOn(Date, 'now').mockImplementation(() => epoch() + delayMs);
}

describe('a playground key', () => {
  test.each(DIALECT_IDS)(
    '11.10 sends real requests in %s, where a client key is asked for',
    async (dialect) => {
      const { gateway, upstream } = await setting();
      const { key, client } = await made(gateway);
      const header = keyHeaderFor({}, dialect);
      const credential = header === 'authorization' ? `Bearer ${key}` : key;
      const asking = { dialect, headers: [header, credential] };
      expect((await askFor(gateway, { dialect })).status).toBe(401);
      const answer = await askFor(gateway, asking);
      expect(answer.status).toBe(200);
      expect(understood(answer, asking).text).not.toBe('');
      expect(gateway.opened.map(({ clientId }) => clientId)).toEqual([client]);
      expect(client).toBe('playground');
      expect(JSON.stringify(upstream.turns.map(({ request }) => request))).not.toContain(key);
    },
  );

  test('is refused after an hour, and one that was never made is refused', async () => {
    const { gateway, upstream } = await setting();
    const { key, expiresAt } = await made(gateway);
    expect(Math.abs(expiresAt - Date.now() - GUEST_MS)).toBeLessThan(60_000);
    expect((await askFor(gateway, { client: `${key}x` })).status).toBe(401);
    expect((await askFor(gateway, { client: key })).status).toBe(200);
    advance(GUEST_MS);
    expect((await askFor(gateway, { client: key })).status).toBe(401);
    expect(upstream.turns).toHaveLength(1);
  });

  test('is one of sixteen at most: the oldest is refused when another one is made', async () => {
    const { gateway } = await setting();
    const keys: string[] = [];
    for (let n = 0; n < 17; n += 1) keys.push((await made(gateway)).key);
    expect(new Set(keys).size).toBe(17);
    const statuses: number[] = [];
    for (const key of [keys[0], keys[1], keys[16]])
      statuses.push((await askFor(gateway, { client: key ?? '' })).status);
    expect(statuses).toEqual([401, 200, 200]);
  });

  test('is made for whoever administers, and for no client, itself among them', async () => {
    const { gateway } = await setting();
    const { key } = await made(gateway, { authorization: `Bearer ${OPERATOR_TOKEN}` });
    const { token, csrfToken } = gateway.app.admin?.gate.sessions.begin() ?? { token: '', csrfToken: '' };
    const cookie = `sluice_session=${token}`;
    await made(gateway, { cookie, 'x-csrf-token': csrfToken });
    const path = '/admin/v1/playground/key';
    expect((await send(gateway.port, 'POST', path, { cookie })).status).toBe(403);
    for (const secret of [key, 'sk-client-canary-000001'])
      expect((await send(gateway.port, 'POST', path, { authorization: `Bearer ${secret}` })).status).toBe(
        401,
      );
    expect((await send(gateway.port, 'POST', path)).status).toBe(401);
  });

  test('is named in the audit log by its client, and stands in no log itself', async () => {
    const { gateway, audited } = await setting();
    const { key } = await made(gateway);
    await askFor(gateway, { client: key });
    await askFor(gateway, { client: `${key}x` });
    expect(audited).toEqual([
      expect.objectContaining({
        action: 'playground.key',
        who: 'key',
        status: 201,
        detail: expect.stringMatching(/^playground, until \d{4}-/),
      }),
    ]);
    expect(JSON.stringify([audited, gateway.logged, gateway.opened, gateway.closed])).not.toContain(key);
    expect(createRedactor().redact(`somebody wrote ${key} down`)).toBe('somebody wrote [redacted] down');
  });

  test('gives way to a configured client of its id, now or later', async () => {
    const { gateway } = await setting();
    const { key } = await made(gateway);
    const theirs = clientWithKey('playground', 'sk-client-canary-000002');
    gateway.settings = { ...gateway.settings, clients: [MINE, theirs] };
    expect((await askFor(gateway, { client: key })).status).toBe(401);
    expect((await askFor(gateway, { client: 'sk-client-canary-000002' })).status).toBe(200);
    const answer = await send(gateway.port, 'POST', '/admin/v1/playground/key', AS_ADMIN);
    expect([answer.status, answer.body]).toEqual([
      409,
      { error: expect.objectContaining({ code: 'conflict', suggestion: expect.any(String) }) },
    ]);
  });

  test('names its requests also where nobody is asked for a key', async () => {
    const { gateway } = await setting({ clients: [] });
    expect((await askFor(gateway)).status).toBe(200);
    const { key } = await made(gateway);
    for (const client of [key, 'sk-some-other-key-0001'])
      expect((await askFor(gateway, { client })).status).toBe(200);
    expect(gateway.opened.map(({ clientId }) => clientId)).toEqual([undefined, 'playground', undefined]);
  });

  test('holds a conversation over a WebSocket until it ends', async () => {
    const { gateway } = await setting();
    const { key } = await made(gateway);
    const client = await openSocket(gateway.port, { authorization: `Bearer ${key}` });
    const last = async (): Promise<string | undefined> =>
      (await client.ask({ model: 'm', input: 'Hi' })).at(-1)?.type;
    expect(await last()).toBe('response.completed');
    advance(GUEST_MS);
    expect(await last()).toBe('error');
    expect(gateway.opened.map(({ clientId }) => clientId)).toEqual(['playground', 'playground']);
  });
});
