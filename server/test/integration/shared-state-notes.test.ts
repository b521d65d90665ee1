// Several gateways on one Redis are one to their clients (features 16.7, 1.2): a conversation goes on at any of them with the
// key that it began with, what was made through one is found through another, and nobody finds what is another client's.

import { describe, expect, test } from 'vitest';
import { askFor, secretOf } from '../kit/asking.ts';
import { ask, type Received } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { clientWithKey, type Gateway } from '../kit/gateway.ts';
import { connected, gatewaysOn, type Instance, PATIENT_MS, sharedRedis } from '../kit/notes-cluster.ts';
import { hasRedis } from '../kit/redis.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const there = hasRedis();
const ANN = 'sk-ann-0123456789abcdef';
const BOB = 'sk-bob-0123456789abcdef';
const CLIENTS = [clientWithKey('ann', ANN), clientWithKey('bob', BOB)];
const SECRETS = ['sk-upstream-0001', 'sk-upstream-0002', 'sk-upstream-0003', 'sk-upstream-0004'];
const AFFINITY = { affinity: { ttlMs: 60_000 } };

function send(gateway: Gateway, path: string, body?: object, key?: string): Promise<Received> {
  return ask(gateway.port, {
    path,
    ...(body === undefined ? { method: 'GET' } : { body: JSON.stringify(body) }),
    headers: key === undefined ? [] : ['authorization', `Bearer ${key}`],
  });
}

const respond = (gateway: Gateway, body: object, key?: string): Promise<Received> =>
  send(gateway, '/v1/responses', { model: 'm', ...body }, key);

const idOf = (answer: Received): string => String(JSON.parse(answer.text()).id);

/** Waits until what they have told has arrived. */
async function settled(instances: readonly Instance[]): Promise<void> {
  for (const instance of instances) await instance.settled();
}

/** At least so many gateways, for tests that name them. */
async function several(
  count: number,
  ...[url, setup]: [Parameters<typeof gatewaysOn>[0], Parameters<typeof gatewaysOn>[2]]
): Promise<[Instance, Instance, ...Instance[]]> {
  const [one, other, ...more] = await gatewaysOn(url, count, setup, PATIENT_MS);
  if (one === undefined || other === undefined) throw new Error('There are too few.');
  return [one, other, ...more];
}

describe.skipIf(!there)('16.7 conversations over several gateways', () => {
  test('16.7 stay with the key that has their prompt cache, through whichever gateway they come', async () => {
    const redis = await sharedRedis();
    const upstream = await provider();
    const instances = await several(3, redis, {
      upstreams: [{ origin: upstream.origin, secrets: SECRETS }],
      route: AFFINITY,
    });
    const names = Array.from({ length: 12 }, (_, at) => `conversation-${at}`);
    const homes = new Map<string, string>();
    for (const [at, name] of names.entries()) {
      const asked = await askFor((instances[at % 3] as Instance).gateway, {
        headers: ['x-session-id', name],
      });
      expect(asked.status).toBe(200);
      homes.set(name, secretOf(upstream.turns.at(-1) ?? fail()));
    }
    expect(new Set(homes.values()).size).toBeGreaterThan(1);
    await settled(instances);
    for (const { gateway } of instances) {
      for (const name of names) {
        await askFor(gateway, { headers: ['x-session-id', name] });
        expect([name, secretOf(upstream.turns.at(-1) ?? fail())]).toEqual([name, homes.get(name)]);
      }
    }
  });

  test('16.7 are asked about once by a gateway, and not at all where nothing ties them to a key', async () => {
    const upstream = await provider();
    const asked: string[] = [];
    const sharedNotes = {
      find: async (kind: string, keys: readonly string[]) => {
        asked.push(`${kind} ${keys.length}`);
        return new Map<string, string>();
      },
      put: () => undefined,
      putFirst: () => undefined,
      lead: async () => undefined,
      close: () => undefined,
    };
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: SECRETS }],
      route: AFFINITY,
      routes: [{ id: 'loose', models: ['loose'], affinity: undefined }],
      parts: { sharedNotes },
    });
    for (let at = 0; at < 3; at++) await askFor(gateway, { headers: ['x-session-id', 'one'] });
    expect(asked).toEqual(['affinity 1']);
    await askFor(gateway, { model: 'loose', headers: ['x-session-id', 'other'] });
    expect(asked).toHaveLength(1);
  });

  test('1.2 a stored response is continued at another gateway, for an upstream that knows no ids', async () => {
    const redis = await sharedRedis();
    const upstream = await provider();
    const [one, other] = await several(2, redis, {
      upstreams: [{ origin: upstream.origin, dialects: ['openai-chat'] }],
      clients: CLIENTS,
    });
    const first = await respond(one.gateway, { input: 'say:one', store: true }, ANN);
    await settled([one]);
    const second = await respond(
      other.gateway,
      { input: 'say:two', store: true, previous_response_id: idOf(first) },
      ANN,
    );
    expect(second.status).toBe(200);
    const body = upstream.turns.at(-1)?.request.body.toString() ?? '';
    expect([...body.matchAll(/say:one|"one"|say:two/g)].map(([word]) => word)).toEqual([
      'say:one',
      '"one"',
      'say:two',
    ]);
    await settled([other]);
    // Another client does not find it, at either of them.
    const turns = upstream.turns.length;
    for (const { gateway } of [one, other]) {
      const stolen = await respond(gateway, { input: 'x', previous_response_id: idOf(second) }, BOB);
      expect(stolen.status).toBeGreaterThanOrEqual(400);
      expect(stolen.text()).not.toContain('say:');
    }
    expect(upstream.turns.length).toBe(turns);
  });

  test('1.2 a stored response is continued at another gateway by the account that has it', async () => {
    const redis = await sharedRedis();
    let made = 0;
    const upstream = await provider((turn) => {
      const previous = /resp_stored_\d+/.exec(turn.request.body.toString())?.[0];
      const id = `resp_stored_${++made}`;
      const text = previous === undefined ? 'begun' : `continued ${previous}`;
      const content = [{ type: 'output_text', text, annotations: [] }];
      const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content };
      const response = { id, object: 'response', status: 'completed', model: 'm', output: [message] };
      turn.whole(200, JSON.stringify(response));
    });
    const instances = await several(3, redis, {
      upstreams: [{ origin: upstream.origin, secrets: SECRETS }],
    });
    const homes = new Set<string>();
    for (let begun = 0; begun < 4; begun++) {
      const [one, other, third] = instances;
      let last = await respond(one.gateway, { input: 'Hello', store: true });
      const home = secretOf(upstream.turns.at(-1) ?? fail());
      homes.add(home);
      for (const next of [other, third ?? fail(), one]) {
        const id = idOf(last);
        await settled(instances);
        last = await respond(next.gateway, { input: 'And?', store: true, previous_response_id: id });
        expect([last.status, last.text().includes(`continued ${id}`)]).toEqual([200, true]);
        expect(secretOf(upstream.turns.at(-1) ?? fail())).toBe(home);
      }
    }
    expect(homes.size).toBeGreaterThan(1);
  });

  test('1.2 what was made through one gateway is found at its account through another', async () => {
    const redis = await sharedRedis();
    let made = 0;
    const upstream = await provider((turn) => {
      const id = /\/files\/(file-\d+)/.exec(turn.request.target)?.[1] ?? `file-${++made}`;
      turn.whole(200, JSON.stringify({ id, object: 'file' }));
    });
    const [one, other] = await several(2, redis, {
      upstreams: [
        { id: 'first', origin: upstream.origin, secrets: SECRETS.slice(0, 2), priority: 1 },
        { id: 'second', origin: upstream.origin, secrets: SECRETS.slice(2) },
      ],
      clients: CLIENTS,
    });
    const file = await send(one.gateway, '/v1/files', { purpose: 'batch' }, ANN);
    const owner = secretOf(upstream.turns.at(-1) ?? fail());
    expect(idOf(file)).toBe('file-1');
    await settled([one]);
    // Where nobody knows better the first key is asked: it has to have been another one to show anything.
    const { owners } = one.gateway.app.memory;
    expect(owners.find('file-1')).toEqual({ upstreamId: 'first', keyId: 'k1', clientId: 'ann' });
    expect(owner).toBe(SECRETS[0]);
    owners.remember('file-9', { upstream: { id: 'second' }, key: { id: 'k2' } }, 'ann');
    await settled([one]);
    const got = await send(other.gateway, '/v1/files/file-9', undefined, ANN);
    expect(got.status).toBe(200);
    expect(secretOf(upstream.turns.at(-1) ?? fail())).toBe(SECRETS[3]);
    const turns = upstream.turns.length;
    for (const id of ['file-1', 'file-9'])
      expect((await send(other.gateway, `/v1/files/${id}`, undefined, BOB)).status).toBe(404);
    expect(upstream.turns.length).toBe(turns);
  });

  test('1.2 a response is another client’s at every gateway, also at one that has only seen it in a list', async () => {
    const redis = await sharedRedis();
    const upstream = await provider((turn) => {
      const response = { id: 'resp_anns_own_1', object: 'response', status: 'completed', output: [] };
      const listed = turn.request.target.endsWith('/batches');
      turn.whole(200, JSON.stringify(listed ? { object: 'list', data: [response] } : response));
    });
    const [one, other] = await several(2, redis, {
      upstreams: [{ origin: upstream.origin }],
      clients: CLIENTS,
    });
    expect((await respond(one.gateway, { input: 'Hello', store: true }, ANN)).status).toBe(200);
    await settled([one]);
    await send(other.gateway, '/v1/batches', undefined, BOB);
    await settled([other]);
    const { owners } = other.gateway.app.memory;
    expect(owners.find('resp_anns_own_1')?.clientId).toBeUndefined();
    const turns = upstream.turns.length;
    expect((await send(other.gateway, '/v1/responses/resp_anns_own_1', undefined, BOB)).status).toBe(404);
    const continued = { input: 'And?', previous_response_id: 'resp_anns_own_1' };
    expect((await respond(other.gateway, continued, BOB)).status).toBe(404);
    expect(upstream.turns.length).toBe(turns);
    expect((await send(other.gateway, '/v1/responses/resp_anns_own_1', undefined, ANN)).status).toBe(200);
    expect((await respond(other.gateway, continued, ANN)).status).toBe(200);
  });

  test('1.2 answers that nobody can come back to are not told of', async () => {
    const redis = await sharedRedis();
    const upstream = await provider();
    const [one, other] = await several(2, redis, { upstreams: [{ origin: upstream.origin }] });
    for (const dialect of ['openai-chat', 'anthropic-messages', 'gemini'] as const)
      for (const stream of [false, true]) await askFor(one.gateway, { dialect, stream });
    await respond(one.gateway, { input: 'x', store: false });
    await settled([one]);
    const names = await one.shared.connection?.ask((client) => client.keys('*owner*'));
    expect(names).toEqual([]);
    await askFor(other.gateway, { members: { store: true } });
    await eventually(async () => {
      const after = await one.shared.connection?.ask((client) => client.keys('*owner*'));
      return Array.isArray(after) && after.length === 1;
    });
  });

  test('P28 go on at each gateway when Redis goes, and over all of them when it is back', async () => {
    const redis = await sharedRedis();
    const upstream = await provider();
    const instances = await several(2, redis, {
      upstreams: [{ origin: upstream.origin, dialects: ['openai-chat'] }],
      clients: CLIENTS,
    });
    const [one, other] = instances;
    const first = await respond(one.gateway, { input: 'say:one', store: true }, ANN);
    await redis.kill();
    await eventually(() => instances.every(({ alone }) => alone));
    const next = { input: 'say:two', store: true, previous_response_id: idOf(first) };
    const second = await respond(one.gateway, next, ANN);
    expect(second.status).toBe(200);
    expect(upstream.turns.at(-1)?.request.body.toString()).toContain('say:one');
    await redis.start();
    await connected(instances);
    await settled([one]);
    // The server has come back empty; what was said meanwhile was told to it.
    const third = { input: 'say:three', store: true, previous_response_id: idOf(second) };
    await eventually(async () => (await respond(other.gateway, third, ANN)).status === 200);
    expect(upstream.turns.at(-1)?.request.body.toString()).toContain('say:two');
  });
});

function fail(): never {
  throw new Error('Nobody was asked.');
}
