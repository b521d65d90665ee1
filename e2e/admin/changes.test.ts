// Everything that an operator changes while the gateway runs, changed once through the admin API of a real process, and
// seen in the next request of a client.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../kit/until.ts';
import { type Administered, administered, type Provider, startProvider } from './admin-client.ts';

const BOSS = 'sk-boss-0000000000001';
const FIRST = 'sk-first-secret-00001';
const SECOND = 'sk-second-secret-0002';

let first: Provider;
let second: Provider;
let one: Administered;
let ada = '';
let beginning = '';

beforeAll(async () => {
  [first, second] = await Promise.all([startProvider(), startProvider()]);
  one = await administered({
    upstreams: [
      {
        id: 'first',
        provider: 'openai-compatible',
        baseUrl: `${first.origin}/v1`,
        keys: [FIRST],
        models: ['m'],
      },
    ],
    clients: [{ id: 'boss', key: BOSS }],
  });
});
afterAll(async () => {
  await one?.gateway.stop();
  first?.stop();
  second?.stop();
});

const entryOf = async (upstream: string): Promise<{ keyId: string }> =>
  (await one.admin('GET', '/keys')).json.keys.find(
    ({ upstreamId }: { upstreamId: string }) => upstreamId === upstream,
  );

describe('changes through the admin API are in force with the next request', () => {
  test('an upstream with its key, which is sealed and not in the file', async () => {
    expect((await one.chat(BOSS, 'other')).status).toBeGreaterThanOrEqual(400);
    const made = await one.admin('POST', '/upstreams', {
      id: 'second',
      provider: 'openai-compatible',
      baseUrl: `${second.origin}/v1`,
      keys: [SECOND],
      models: ['other'],
    });
    expect([made.status, made.json.sealedKeys, made.json.change.inForce]).toEqual([201, 1, true]);
    beginning = (await one.admin('GET', '/config/history')).json.entries.at(-1).id;
    expect((await one.chat(BOSS, 'other')).status).toBe(200);
    expect(second.asked).toEqual([`Bearer ${SECOND}`]);
    expect(readFileSync(`${one.gateway.folder}/sluice.jsonc`, 'utf8')).not.toContain(SECOND);
  });

  test('a client, and its key when it gets another one', async () => {
    const made = await one.admin('POST', '/clients', { id: 'ada' });
    expect((await one.chat(made.json.key, 'm')).status).toBe(200);
    ada = (await one.admin('POST', '/clients/ada/regenerate')).json.key;
    expect((await one.chat(ada, 'm')).status).toBe(200);
    expect((await one.chat(made.json.key, 'm')).status).toBe(401);
  });

  test('a price and a budget', async () => {
    await one.admin('PATCH', '/upstreams/second', { prices: { other: { input: 1, output: 2 } } });
    const paid = await one.chat(ada, 'other');
    expect(Number(paid.headers.get('x-sluice-cost-usd'))).toBe(0.002);
    // The budget is told by the ledger what was spent before it.
    await until(
      async () => {
        const { clients } = (await one.admin('GET', '/client-use')).json;
        return clients.find(({ id }: { id: string }) => id === 'ada').costNanoUsd > 0 ? true : undefined;
      },
      () => 'the ledger does not know the cost',
    );
    const limited = await one.admin('PATCH', '/clients/ada', { budgets: [{ period: 'day', usd: 0.003 }] });
    expect(limited.status, limited.text).toBe(200);
    expect((await one.chat(ada, 'other')).status).toBe(200);
    const refused = await one.chat(ada, 'other');
    expect([refused.status, refused.json.error.code]).toEqual([429, 'insufficient_quota']);
    await one.admin('PATCH', '/clients/ada', { budgets: null });
    expect((await one.chat(ada, 'other')).status).toBe(200);
  });

  test('the cache of a route', async () => {
    const made = await one.admin('POST', '/routes', { id: 'kept', models: ['other'], cache: true });
    expect(made.status, made.text).toBe(201);
    const asked = second.asked.length;
    const answers = [
      await one.chat(ada, 'other', { temperature: 0 }),
      await one.chat(ada, 'other', { temperature: 0 }),
    ];
    expect(answers.map(({ headers }) => headers.get('x-sluice-cache'))).toEqual(['miss', 'hit']);
    expect(second.asked.length).toBe(asked + 1);
  });

  test('a key that is taken out of use, and put back', async () => {
    const { keyId } = await entryOf('second');
    for (let round = 0; round < 3; round += 1) {
      expect((await one.admin('POST', `/keys/second/${keyId}/disable`)).json).toMatchObject({
        disabled: true,
      });
      const asked = second.asked.length;
      expect((await one.chat(ada, 'other', { temperature: 1 })).status).toBeGreaterThanOrEqual(400);
      expect(second.asked.length).toBe(asked);
      expect((await one.admin('POST', `/keys/second/${keyId}/enable`)).json).toMatchObject({
        disabled: false,
      });
      expect((await one.chat(ada, 'other', { temperature: 1 })).status).toBe(200);
    }
  });

  test('the way back to how it was', async () => {
    const back = await one.admin('POST', '/config/rollback', { id: beginning });
    expect([back.status, back.json.inForce]).toEqual([200, true]);
    expect((await one.chat(ada, 'm')).status).toBe(401);
    expect((await one.chat(BOSS, 'other')).status).toBeGreaterThanOrEqual(400);
    expect((await one.chat(BOSS, 'm')).status).toBe(200);
  });
});

describe('sessions over the socket', () => {
  const session = async (cookie: string): Promise<number> => {
    const answer = await fetch(`${one.gateway.origin}/admin/v1/session`, { headers: { cookie } });
    return answer.status;
  };

  test('a link opens once, logging out ends one of two sessions, and only that', async () => {
    const begin = async (): Promise<{ cookie: string; csrf: string; token: string }> => {
      const link = await one.admin('POST', '/session/link');
      const token = new URL(link.json.url).hash.replace('#login=', '');
      const begun = await one.send('POST', '/admin/v1/session', { token }, { authorization: '' });
      const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
      return { cookie, csrf: begun.json.csrfToken, token };
    };
    const [left, right] = [await begin(), await begin()];
    const again = await one.send('POST', '/admin/v1/session', { token: left.token }, { authorization: '' });
    expect([again.status, again.json.error.code]).toEqual([401, 'unauthenticated']);
    const out = (csrf: string): Promise<Response> =>
      fetch(`${one.gateway.origin}/admin/v1/session`, {
        method: 'DELETE',
        headers: { cookie: left.cookie, 'x-csrf-token': csrf },
      });
    expect((await out(right.csrf)).status).toBe(403);
    expect((await out(left.csrf)).status).toBe(204);
    expect([await session(left.cookie), await session(right.cookie)]).toEqual([401, 200]);
  });

  test('of two who change one version of the file, one is told that it is another by now', async () => {
    const etag = (await one.admin('GET', '/config')).headers.get('etag') ?? '';
    const change = (priority: number) =>
      one.admin(
        'PATCH',
        '/config',
        { edits: [{ path: ['upstreams', 0, 'priority'], value: priority }] },
        { 'if-match': etag },
      );
    const ended = await Promise.all([3, 4, 5, 6].map(change));
    expect(ended.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
    const won = ended.findIndex(({ status }) => status === 200) + 3;
    const { json } = await one.admin('GET', '/upstreams');
    expect(json.upstreams[0].priority).toBe(won);
  });
});
