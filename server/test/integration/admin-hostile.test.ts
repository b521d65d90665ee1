// The admin API with a real file and a real vault, sent what it must not choke on: every answer is a refusal in its own
// shape, nothing of it is a failure of the gateway, and neither file nor vault is the worse for it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContents } from '../../src/vault/contents.ts';
import { type AdminAnswer, type AdminConfig, adminConfig } from '../kit/admin-config.ts';

const FILE = `{
  // stays
  "upstreams": [{ "id": "one", "provider": "openai-compatible", "baseUrl": "http://127.0.0.1:9/v1", "keys": ["\${K:-sk-one-00000001}"] }],
  "routes": [{ "id": "r", "models": ["m"] }],
}
`;
const DEEP = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;

function expectRefused(answer: AdminAnswer, what: string): void {
  expect(answer.status, `${what} ${answer.text.slice(0, 200)}`).toBeGreaterThanOrEqual(400);
  expect(answer.status, `${what} ${answer.text.slice(0, 200)}`).toBeLessThan(500);
  expect(Object.keys(answer.json), what).toEqual(['error']);
  const { code, message } = answer.json.error;
  expect([typeof code, typeof message], what).toEqual(['string', 'string']);
}

const stored = (admin: AdminConfig): string =>
  readFileSync(join(admin.folder, 'data', 'sluice', 'keys.json'), 'utf8');

describe('hostile input', () => {
  it('texts and bodies that are nested without end are refused, and nothing is written', async () => {
    const admin = await adminConfig(FILE);
    const { etag = '' } = await admin.send('GET', '/admin/v1/config');
    expectRefused(await admin.send('PUT', '/admin/v1/config', { text: DEEP }, { 'if-match': etag }), 'put');
    const judged = await admin.send('POST', '/admin/v1/config/validate', { text: DEEP });
    expect(judged.json).toMatchObject({
      ok: false,
      problems: [{ message: 'Nested deeper than 64 levels.' }],
    });
    expect((await admin.send('POST', '/admin/v1/config/diff', { text: DEEP })).json).toMatchObject({
      ok: false,
    });
    for (const [method, path, body] of [
      ['PATCH', '/config', `{"edits":[{"path":["x"],"value":${DEEP}}]}`],
      ['POST', '/upstreams', `{"id":"deep","keys":${DEEP}}`],
      ['PATCH', '/upstreams/one', `{"traits":${DEEP}}`],
      ['POST', '/clients', `{"id":"deep","name":${DEEP}}`],
      ['PUT', '/routes/r', `{"models":${DEEP}}`],
      ['POST', '/convert', `{"from":"openai-chat","body":{"model":"m","messages":${DEEP}}}`],
      ['POST', '/replays', `{"record":${DEEP}}`],
    ] as const)
      expectRefused(await admin.send(method, `/admin/v1${path}`, body), `${method} ${path}`);
    expect(admin.text()).toBe(FILE);
  });

  it('paths that the router cannot read are refused like all others', async () => {
    const admin = await adminConfig(FILE);
    for (const id of ['%ff', '%zz', 'a'.repeat(600), '__proto__', '%27%3B--', 'constructor'])
      expectRefused(await admin.send('GET', `/admin/v1/config/history/${id}`), id.slice(0, 20));
  });

  it('keys and names that the vault could not read again are not stored, by whichever way they come', async () => {
    const admin = await adminConfig(FILE);
    const good = await admin.send('POST', '/admin/v1/upstreams/one/keys', {
      key: 'sk-good-00000001',
      name: 'Größe 1',
    });
    expect(good.status, good.text).toBe(201);
    const before = stored(admin);
    for (const name of ['two\r\nlines', ' blank', 'nul\0', '\u2028', 'x'.repeat(65), ''])
      for (const [path, body] of [
        ['/admin/v1/upstreams/one/keys', { key: 'sk-other-0000001', name }],
        ['/admin/keys', { key: 'sk-other-0000001', upstream: 'one', name }],
        ['/admin/v1/upstreams', { id: 'two', provider: 'openai', keys: [{ key: 'sk-other-0000001', name }] }],
      ] as const)
        expectRefused(await admin.send('POST', path, body), `${path} ${JSON.stringify(name)}`);
    for (const key of ['sk-a\r\nx-evil: 1', 'sk-äöü', 'Bearer sk-1', 'x'.repeat(9_000)])
      for (const [path, body] of [
        ['/admin/v1/upstreams/one/keys', { key }],
        ['/admin/keys', { key, upstream: 'one' }],
      ] as const)
        expectRefused(await admin.send('POST', path, body), `${path} ${JSON.stringify(key).slice(0, 30)}`);
    expect(stored(admin)).toBe(before);
    expect(readContents(before)).toMatchObject({ keys: [{ name: 'Größe 1' }] });
    expect(admin.text()).toBe(FILE);
  });
});
