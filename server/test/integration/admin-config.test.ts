// The configuration through the admin API: over a real file, a real vault, and settings that really swap.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashKey } from '../../src/config/resolve-clients.ts';
import { adminConfig } from '../kit/admin-config.ts';

const FILE = `{
  "clients": [
    { "id": "ada", "keyHash": "sha256:${'1'.repeat(64)}" }, // keep
  ],
  "upstreams": [
    // main
    { "id": "one", "provider": "openai-compatible", "baseUrl": "https://one.example/v1", "keys": ["sk-CANARY-literal-1"] },
    { "id": "two", "provider": "openai-compatible", "baseUrl": "https://two.example/v1", "keys": ["\${TWO}"] }, // spare
  ],
  "routes": [{ "id": "r1", "models": ["a*"] }, { "id": "r2", "models": ["b*"] }],
}
`;
const ENV = { TWO: 'sk-CANARY-env-0002' };

const served = () => adminConfig(FILE, ENV);

describe('12.4 the configuration as a whole', () => {
  test('is read with its version, without secrets, and put back only in that version', async () => {
    const { send, text } = await served();
    const read = await send('GET', '/config');
    expect(read).toMatchObject({ status: 200, etag: read.json.etag });
    expect(read.text).not.toContain('CANARY');
    const next = { text: read.json.text.replace('"r2"', '"r3"'), note: 'renamed' };
    expect((await send('PUT', '/config', next)).json.error.code).toBe('precondition_required');
    const put = await send('PUT', '/config', next, { 'if-match': read.json.etag });
    expect(put).toMatchObject({ status: 200, json: { written: true, inForce: true } });
    expect(text()).toBe(FILE.replace('"r2"', '"r3"'));
    const late = await send('PUT', '/config', next, { 'if-match': read.json.etag });
    expect(late).toMatchObject({ status: 412, json: { error: { code: 'changed_meanwhile' } } });
    expect(put.etag).toBe((await send('GET', '/config')).etag);
  });

  test('is judged and compared without being changed', async () => {
    const { send, text } = await served();
    const wrong = await send('POST', '/config/validate', { text: FILE.replace('"models"', '"modles"') });
    expect(wrong.json).toMatchObject({ ok: false, problems: [{ path: 'routes[0].modles', line: 10 }] });
    const diff = await send('POST', '/config/diff', { text: FILE.replace('CANARY-literal-1', 'CANARY-x') });
    expect(diff.json.changes).toMatchObject([{ path: 'upstreams[0].keys', takesEffect: 'now' }]);
    expect(diff.json.unified).toMatch(/-.*"••••a"[\s\S]*\+.*"••••b"/);
    expect(diff.text).not.toContain('CANARY');
    expect(text()).toBe(FILE);
  });

  test('keeps its history, and goes back', async () => {
    const { send, text, live, audited } = await served();
    await send('PATCH', '/config', { edits: [{ path: ['aliases'], value: { fast: 'm' } }], note: 'n' });
    expect(live.current().aliases).toEqual({ fast: 'm' });
    const { entries } = (await send('GET', '/config/history')).json;
    expect(entries).toMatchObject([{ by: 'key', note: 'n', changedPaths: ['aliases'] }, { by: 'file' }]);
    const past = await send('GET', `/config/history/${entries[1].id}`);
    expect(past.json.unified).toContain('-  "aliases"');
    expect(past.text).not.toContain('CANARY');
    expect((await send('POST', '/config/rollback', { id: entries[1].id })).status).toBe(200);
    expect(text()).toBe(FILE);
    expect((await send('POST', '/config/rollback', { id: 'nothing' })).status).toBe(404);
    expect(audited.map(({ action }) => action)).toEqual([
      'config.change',
      'config.rollback',
      'config.rollback',
    ]);
    expect(audited[0]?.detail).toContain('aliases');
  });

  test('says of every value where it came from', async () => {
    const { send } = await served();
    await send('PATCH', '/routes/r1', { order: 'random' });
    const { values } = (await send('GET', '/config/effective')).json;
    const from = (path: string) => values.find((one: { path: string }) => one.path === path)?.from;
    expect(from('routes[0].order')).toBe('api');
    expect(from('routes[0].models')).toBe('file');
    expect(from('upstreams[1].keys')).toBe('env');
    expect(from('timeouts.connectMs')).toBe('default');
    expect(from('server.port')).toBe('flag');
    expect(JSON.stringify(values)).not.toContain('CANARY');
  });
});

describe('upstreams', () => {
  test('are added with their keys sealed, changed in place, switched, and removed', async () => {
    const { send, text, live, folder } = await served();
    const added = await send('POST', '/upstreams', {
      ...{ id: 'three', provider: 'openai-compatible', baseUrl: 'https://three.example/v1' },
      keys: ['sk-CANARY-sealed-3333'],
    });
    expect(added).toMatchObject({
      status: 201,
      json: { id: 'three', sealedKeys: 1, change: { inForce: true } },
    });
    expect(text()).not.toContain('sealed');
    expect(live.current().upstreams[2]?.keys[0]?.secret).toBe('sk-CANARY-sealed-3333');
    expect(readFileSync(join(folder, 'data', 'sluice', 'keys.json'), 'utf8')).not.toContain('CANARY');
    expect((await send('POST', '/upstreams', { id: 'three' })).status).toBe(409);
    await send('PATCH', '/upstreams/two', { priority: 9 });
    expect(text()).toContain('"keys": ["${TWO}"], "priority": 9 }, // spare');
    const list = await send('GET', '/upstreams');
    expect(list.json.upstreams[2].keys).toMatchObject([{ last4: '3333', disabled: false }]);
    expect(list.text).not.toContain('CANARY');
    await send('POST', '/upstreams/two/disable');
    expect(live.current().upstreams[1]?.enabled).toBe(false);
    await send('POST', '/upstreams/two/enable');
    expect(live.current().upstreams[1]?.enabled).toBe(true);
    expect(text()).not.toContain('"enabled"');
    const order = await send('POST', '/upstream-order', { ids: ['three', ['one', 'two']] });
    expect(order.status).toBe(200);
    expect(live.current().upstreams.map(({ priority }) => priority)).toEqual([0, 0, 10]);
    expect((await send('POST', '/upstream-order', { ids: ['three'] })).status).toBe(400);
    expect((await send('DELETE', '/upstreams/three')).json.change.inForce).toBe(true);
    expect(readFileSync(join(folder, 'data', 'sluice', 'keys.json'), 'utf8')).not.toContain('three');
    expect((await send('DELETE', '/upstreams/three')).status).toBe(404);
    expect(text()).toContain('    // main\n');
  });

  test('24 lose their stored keys with their address, unless keys are sent again', async () => {
    const { send, live } = await served();
    expect((await send('POST', '/upstreams/two/keys', { key: 'sk-CANARY-stored-4444' })).json.last4).toBe(
      '4444',
    );
    expect(live.current().upstreams[1]?.keys).toHaveLength(2);
    const moved = await send('PATCH', '/upstreams/two', { baseUrl: 'https://evil.example/v1' });
    expect(moved.json.change.forgottenKeys).toHaveLength(1);
    expect(live.current().upstreams[1]?.keys.map(({ secret }) => secret)).toEqual([ENV.TWO]);
    const refused = await send('PATCH', '/upstreams/one', { baseUrl: 'https://evil.example/v1' });
    expect(refused).toMatchObject({
      status: 422,
      json: { error: { issues: [{ path: 'upstreams[0].keys[0]' }] } },
    });
    const again = await send('PATCH', '/upstreams/one', {
      ...{ baseUrl: 'https://other.example/v1', keys: ['sk-CANARY-again-5555'] },
    });
    expect(again).toMatchObject({ status: 200, json: { sealedKeys: 1, change: { inForce: true } } });
    expect(live.current().upstreams[0]?.keys.map(({ secret }) => secret)).toEqual(['sk-CANARY-again-5555']);
    expect(live.current().upstreams[0]?.baseUrls['openai-chat']).toContain('other.example');
    for (const url of ['http://169.254.169.254/latest', 'http://metadata.google.internal/'])
      expect((await send('PATCH', '/upstreams/two', { baseUrl: url })).status).toBe(422);
  });

  test('say how much they still serve when they are taken out', async () => {
    const { send, busy, live } = await served();
    busy.push('two', 'two');
    expect((await send('POST', '/upstreams/two/disable')).json.inFlight).toBe(2);
    setTimeout(() => busy.splice(0), 250);
    expect((await send('POST', '/upstreams/two/drain')).json.inFlight).toBe(0);
    expect((await send('DELETE', '/upstreams/two')).json.inFlight).toBe(0);
    expect(live.current().upstreams.map(({ id }) => id)).toEqual(['one']);
  });

  test('5.9 keys are added and removed while the gateway runs, and never shown again', async () => {
    const { send, live, audited } = await served();
    const added = await send('POST', '/upstreams/groq/keys', { key: 'sk-CANARY-groq-7777', name: 'mine' });
    expect(added).toMatchObject({ status: 201, json: { upstream: 'groq', last4: '7777', what: 'added' } });
    expect(added.text).not.toContain('CANARY');
    expect(live.current().upstreams.map(({ id }) => id)).toContain('groq');
    expect((await send('POST', '/upstreams/nobody/keys', { key: 'sk-CANARY-0000' })).status).toBe(404);
    const wrong = await send('POST', '/upstreams/one/keys', { key: 'Bearer sk-CANARY-0000' });
    expect(wrong).toMatchObject({ status: 400, json: { error: { code: 'invalid' } } });
    expect(wrong.text).not.toContain('CANARY');
    const configured = live.current().upstreams[0]?.keys[0]?.id ?? '';
    expect((await send('DELETE', `/upstreams/one/keys/${configured}`)).status).toBe(409);
    expect((await send('DELETE', `/upstreams/groq/keys/${added.json.id}`)).status).toBe(200);
    expect((await send('DELETE', `/upstreams/groq/keys/${added.json.id}`)).status).toBe(404);
    expect(live.current().upstreams.map(({ id }) => id)).not.toContain('groq');
    expect(JSON.stringify(audited)).not.toContain('CANARY');
  });
});

describe('clients', () => {
  test('get a key that is shown once and stands in the file as its hash', async () => {
    const { send, text, live } = await served();
    const made = await send('POST', '/clients', { id: 'bob', limits: { rpm: 5 } });
    expect(made).toMatchObject({ status: 201, json: { id: 'bob' } });
    const { key } = made.json;
    expect(key).toMatch(/^sk-sluice-[\w-]{32}$/);
    expect(text()).not.toContain(key);
    const bob = () => live.current().clients.find(({ id }) => id === 'bob');
    expect(bob()?.keyHash).toBe(hashKey(key));
    const again = await send('POST', '/clients/bob/regenerate');
    expect(again.json.key).not.toBe(key);
    expect(bob()?.keyHash).toBe(hashKey(again.json.key));
    expect((await send('GET', '/clients')).text).not.toContain(again.json.key);
    await send('PUT', '/clients/bob', { enabled: false });
    expect(bob()).toMatchObject({ enabled: false, keyHash: hashKey(again.json.key) });
    expect(bob()?.limits).toBeUndefined();
    await send('PATCH', '/clients/bob', { enabled: null });
    expect(bob()?.enabled).toBe(true);
    for (const body of [{ id: 'x', key: 'sk-mine-000000000000' }, { id: 'ada' }])
      expect((await send('POST', '/clients', body)).status).toBeGreaterThanOrEqual(400);
    expect((await send('PATCH', '/clients/bob', { key: 'sk-mine-000000000000' })).status).toBe(400);
    const wrong = await send('PATCH', '/clients/bob', { limits: { rpm: 'many' } });
    expect(wrong).toMatchObject({
      status: 422,
      json: { error: { issues: [{ path: 'clients[1].limits.rpm' }] } },
    });
    expect((await send('DELETE', '/clients/bob')).status).toBe(200);
    expect(text()).toBe(FILE);
  });
});

describe('routes and aliases', () => {
  test('are added, changed, put into another order and removed', async () => {
    const { send, text, live } = await served();
    const ids = () =>
      live
        .current()
        .routes.slice(0, -1)
        .map(({ id }) => id);
    expect((await send('POST', '/routes', { id: 'r3', models: ['c*'] })).status).toBe(201);
    expect((await send('POST', '/routes', { id: 'r3' })).status).toBe(409);
    await send('POST', '/route-order', { ids: ['r3', 'r1'] });
    expect(ids()).toEqual(['r3', 'r1', 'r2']);
    expect((await send('POST', '/route-order', { ids: ['nobody'] })).status).toBe(400);
    await send('PUT', '/routes/r1', { models: ['z*'], upstreams: ['two'] });
    expect(live.current().routes[1]).toMatchObject({ models: ['z*'], upstreams: ['two'] });
    const used = await send('DELETE', '/upstreams/two');
    expect(used).toMatchObject({
      status: 422,
      json: { error: { issues: [{ path: 'routes[1].upstreams[0]' }] } },
    });
    for (const id of ['r1', 'r3']) await send('DELETE', `/routes/${id}`);
    expect(ids()).toEqual(['r2']);
    await send('PATCH', '/aliases', { 'vendor/fast*': 'm1', old: 'm2' });
    await send('PATCH', '/aliases', { old: null });
    expect((await send('GET', '/aliases')).json.aliases).toEqual({ 'vendor/fast*': 'm1' });
    expect(text()).toContain('// spare');
  });

  test('changes at the same time are made one after the other, and none is lost', async () => {
    const { send, live } = await served();
    const all = Array.from({ length: 20 }, (_, i) => send('PATCH', '/aliases', { [`a${i}`]: 'm' }));
    expect((await Promise.all(all)).every(({ status }) => status === 200)).toBe(true);
    expect(Object.keys(live.current().aliases)).toHaveLength(20);
  });
});

describe('a gateway that was started without a file', () => {
  test('writes one with the first change, from which it goes on, here and after a restart', async () => {
    const gateway = await adminConfig(undefined, { GROQ_API_KEY: 'sk-CANARY-groq-0001', HTTP_REFERER: 'x' });
    const { send, live, folder } = gateway;
    const before = live.current().upstreams.find(({ id }) => id === 'groq');
    const read = await send('GET', '/config');
    expect(read.json).toMatchObject({ exists: false, etag: '"none"' });
    const made = await send('PATCH', '/aliases', { fast: 'llama' }, { 'if-match': '"none"' });
    expect(made).toMatchObject({ status: 200, json: { created: true, inForce: true } });
    const file = join(folder, 'config', 'sluice', 'sluice.jsonc');
    expect(live.current().origin.file).toBe(file);
    expect(readFileSync(file, 'utf8')).toContain('"keys": ["${GROQ_API_KEY}"]');
    expect(readFileSync(file, 'utf8')).not.toContain('CANARY');
    expect(live.current().upstreams.find(({ id }) => id === 'groq')?.keys).toEqual(before?.keys);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"fast": "llama"', '"fast": "llama-2"'));
    await live.reload();
    expect(live.current().aliases).toEqual({ fast: 'llama-2' });
  });
});
