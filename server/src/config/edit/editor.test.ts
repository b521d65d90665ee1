import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSetting } from '../../../test/kit/config-setting.ts';
import { createConfigEditor, type PutResult } from './editor.ts';

const GOOD = `{
  // where requests go
  "upstreams": [{ "id": "a", "provider": "ollama", "priority": 1 }], // only one
}
`;

function done(result: PutResult | undefined): PutResult & { readonly ok: true } {
  if (result?.ok !== true) throw new Error(JSON.stringify(result));
  return result;
}

describe('a change of the configuration', () => {
  test('12.4 is in force when it is answered, with the comments of the file kept', async () => {
    const { editor, live, text } = await configSetting(GOOD);
    const result = done(
      await editor.change([{ path: ['upstreams', 0, 'priority'], value: 5 }], { by: 'key' }),
    );
    expect(text()).toBe(GOOD.replace('"priority": 1', '"priority": 5'));
    expect(result.reload.swapped).toBe(true);
    expect(live.current().upstreams[0]?.priority).toBe(5);
    expect(result.changes).toEqual([
      { path: 'upstreams[0].priority', before: 1, after: 5, takesEffect: 'now' },
    ]);
  });

  test('12.4 names the version that it changes: another one is a conflict, and nothing is written over', async () => {
    const { editor, file, text } = await configSetting(GOOD);
    const { etag } = await editor.read();
    writeFileSync(file, GOOD.replace('"a"', '"by-hand"'));
    const late = await editor.put(GOOD.replace('"a"', '"by-api"'), { etag, by: 'key' });
    expect(late).toMatchObject({ ok: false, why: 'conflict' });
    expect(text()).toContain('by-hand');
    const { etag: now } = await editor.read();
    done(await editor.put(GOOD.replace('"a"', '"by-api"'), { etag: now, by: 'key' }));
    expect(text()).toContain('by-api');
  });

  test('that is not valid is refused with its place, and the file stays', async () => {
    const { editor, text, live } = await configSetting(GOOD);
    const before = live.current();
    const wrong = await editor.change([{ path: ['upstreams', 0, 'priority'], value: 'x' }], { by: 'key' });
    expect(wrong).toMatchObject({
      ok: false,
      why: 'invalid',
      problems: [{ path: 'upstreams[0].priority', line: 3 }],
    });
    const open = await editor.change([{ path: ['server'], value: { host: '0.0.0.0' } }], { by: 'key' });
    expect(open).toMatchObject({ ok: false, why: 'invalid', problems: [{ path: 'clients' }] });
    expect(text()).toBe(GOOD);
    expect(live.current()).toBe(before);
  });

  test('keeps mode, byte order mark, line breaks and the link that leads to the file', async () => {
    const windows = `\uFEFF${GOOD.replaceAll('\n', '\r\n')}`;
    const { editor, file, folder } = await configSetting(windows);
    chmodSync(file, 0o640);
    const link = join(folder, 'link.jsonc');
    symlinkSync(file, link);
    const linked = createConfigEditor({
      file: () => link,
      env: {},
      home: folder,
      reload: () => Promise.resolve({ swapped: true, problems: [] }),
      dataFolder: join(folder, 'data'),
    });
    const { text } = await editor.read();
    done(await linked.put(text.replaceAll('\r\n', '\n').replace('1', '9'), { by: 'key' }));
    expect(readFileSync(file, 'utf8')).toBe(windows.replace('1', '9'));
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('of a value that belongs to the start says so', async () => {
    const { editor } = await configSetting(GOOD);
    const { changes } = await editor.diff(GOOD.replace('{\n', '{\n  "server": { "port": 1234 },\n'));
    expect(changes).toMatchObject([{ path: 'server', after: { port: 1234 } }]);
    const { changes: one, unified } = await editor.diff(GOOD.replace('"priority": 1', '"priority": 2'));
    expect(one).toMatchObject([{ path: 'upstreams[0].priority', takesEffect: 'now' }]);
    expect(unified).toContain('-  "upstreams": [{ "id": "a", "provider": "ollama", "priority": 1 }]');
  });
});

describe('the history', () => {
  test('14.8 keeps what was there before every change, changes by hand too, and goes back to it', async () => {
    const { editor, file, folder, text } = await configSetting(GOOD);
    done(await editor.change([{ path: ['aliases'], value: { x: 'y' } }], { by: 'key', note: 'first' }));
    writeFileSync(file, text().replace('"y"', '"by hand"'));
    done(await editor.change([{ path: ['aliases', 'x'], value: 'z' }], { by: 'session s1' }));
    const entries = await editor.history();
    expect(entries.map(({ by, note }) => [by, note])).toEqual([
      ['session s1', undefined],
      ['file', 'Changed in the file.'],
      ['key', 'first'],
      ['file', 'As it was before the first change.'],
    ]);
    expect(entries[1]?.changedPaths).toEqual(['aliases.x']);
    const back = done(await editor.rollback(entries[1]?.id ?? '', { by: 'key' }));
    expect(back.reload.swapped).toBe(true);
    expect(text()).toContain('by hand');
    const names = readdirSync(join(folder, 'data', 'config-history'));
    for (const name of names)
      expect(statSync(join(folder, 'data', 'config-history', name)).mode & 0o777).toBe(0o600);
    expect(await editor.rollback('../../etc/passwd', { by: 'key' })).toBeUndefined();
  });

  test('is the way back from a file that was broken by hand, with its secrets', async () => {
    const secret = GOOD.replace('"priority": 1', '"keys": ["sk-CANARY-000001"]');
    const { editor, file, text } = await configSetting(secret);
    done(await editor.change([{ path: ['aliases'], value: { x: 'y' } }], { by: 'key' }));
    const good = text();
    const [state] = await editor.history();
    const broken = good.replace('"id": "a",', '"id": "a"');
    writeFileSync(file, broken);
    const edit = { path: ['aliases', 'x'], value: 'z' };
    expect(await editor.change([edit], { by: 'key' })).toMatchObject({ ok: false, why: 'invalid' });
    const read = await editor.read();
    expect(read.text).not.toContain('CANARY');
    done(await editor.put(read.text.replace('"id": "a"', '"id": "a",'), { etag: read.etag, by: 'key' }));
    expect(text()).toBe(good);
    writeFileSync(file, broken);
    done(await editor.rollback(state?.id ?? '', { by: 'key' }));
    expect(text()).toBe(good);
  });

  test('holds at most 200 states, the newest', { timeout: 60_000 }, async () => {
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const { editor } = await configSetting(GOOD, {
      nowMs: () => nowMs,
      reload: () => Promise.resolve({ swapped: true, problems: [] }),
    });
    for (let round = 0; round < 210; round++) {
      nowMs -= 1_000; // A clock that is set back changes no order.
      done(await editor.change([{ path: ['upstreams', 0, 'priority'], value: round + 10 }], { by: 'key' }));
    }
    const entries = await editor.history();
    expect(entries).toHaveLength(200);
    expect(await editor.historyText(entries[0]?.id ?? '')).toContain('"priority": 219');
  });
});

describe('where a value came from', () => {
  test('bifrost#3722 the file is the one truth: each value says default, file, env, flag or api', async () => {
    const text = GOOD.replace('"priority": 1', '"priority": 1, "proxy": "${PROXY}", "models": ["m"]');
    const env = { PROXY: 'http://proxy:1', PORT: '7777' };
    const { editor, file, text: now } = await configSetting(text, { env, overrides: { host: '127.0.0.2' } });
    done(await editor.change([{ path: ['upstreams', 0, 'priority'], value: 3 }], { by: 'key' }));
    const from = async (path: string) =>
      (await editor.effective()).values.find((one) => one.path === path)?.from;
    expect(await from('upstreams[0].priority')).toBe('api');
    expect(await from('upstreams[0].models')).toBe('file');
    expect(await from('upstreams[0].proxy')).toBe('env');
    expect(await from('upstreams[0].weight')).toBe('default');
    expect(await from('server.port')).toBe('env');
    expect(await from('server.host')).toBe('flag');
    writeFileSync(file, now().replace('"priority": 3', '"priority": 4'));
    expect(await from('upstreams[0].priority')).toBe('file');
  });
});

describe('secrets in the file', () => {
  const SECRET = `{
  "upstreams": [
    { "id": "a", "provider": "openai-compatible", "baseUrl": "https://good.example/v1", "keys": ["sk-CANARY-0001"] },
    { "id": "b", "provider": "openai-compatible", "baseUrl": "https://b.example/v1", "keys": ["sk-CANARY-0002"] },
  ],
}
`;

  test('24 are in no answer, and stay when the hidden text is put back', async () => {
    const { editor, text } = await configSetting(SECRET);
    const read = await editor.read();
    const put = done(await editor.put(read.text.replace('"a"', '"c"'), { etag: read.etag, by: 'key' }));
    expect(text()).toBe(SECRET.replace('"a"', '"c"'));
    const answers = JSON.stringify([
      read,
      put,
      await editor.written(),
      await editor.effective(),
      await editor.diff(SECRET.replace('0001', '0003')),
      await editor.historyText(put.entry?.id ?? ''),
      await editor.historyDiff(put.entry?.id ?? ''),
      await editor.history(),
    ]);
    expect(answers).not.toContain('CANARY');
  });

  test('24 do not follow an upstream to another address, and not to another upstream', async () => {
    const { editor, text } = await configSetting(SECRET);
    const read = await editor.read();
    const evil = read.text.replace('good.example', 'evil.example');
    expect(await editor.put(evil, { by: 'key' })).toMatchObject({ ok: false, why: 'invalid' });
    const swapped = read.text.replace('••••1', '••••x').replace('••••2', '••••1').replace('••••x', '••••2');
    expect(await editor.put(swapped, { by: 'key' })).toMatchObject({ ok: false, why: 'invalid' });
    const edit = { path: ['upstreams', 0, 'baseUrl'], value: 'https://evil.example/v1' };
    expect(await editor.change([edit], { by: 'key' })).toMatchObject({
      ok: false,
      problems: [{ path: 'upstreams[0].keys[0]' }],
    });
    expect(text()).toBe(SECRET);
    const keys = { path: ['upstreams', 0, 'keys'], value: ['sk-new-00000001'] };
    done(await editor.change([edit, keys], { by: 'key' }));
    done(
      await editor.change([{ path: ['upstreams', 1, 'baseUrl'], value: 'https://b.example/v2' }], {
        by: 'key',
      }),
    );
  });

  test('24 link-local addresses are refused for upstreams, also by name', async () => {
    const { editor } = await configSetting(SECRET, {
      lookup: (host) => Promise.resolve(host === 'rebind.example' ? ['169.254.169.254'] : ['203.0.113.1']),
    });
    const at = (baseUrl: string, more = {}) =>
      editor.change([{ path: ['upstreams', 2], value: { id: 'm', provider: 'ollama', baseUrl, ...more } }], {
        by: 'key',
      });
    for (const url of [
      'http://169.254.169.254/',
      'http://0xA9FEA9FE/',
      'http://[fe80::1]/',
      'http://rebind.example/',
    ])
      expect(await at(url)).toMatchObject({ ok: false, problems: [{ path: 'upstreams[2].baseUrl' }] });
    done(await at('http://169.254.1.2:8080/', { allowLinkLocal: true }));
  });
});

describe('a gateway without a file', () => {
  test('gets one with the first change, which keeps what was found and refers to the environment', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-first-'));
    const path = join(folder, 'config', 'sluice.jsonc');
    let adopted: string | undefined;
    const editor = createConfigEditor({
      file: () => adopted,
      first: {
        path,
        text: () =>
          '{\n  "upstreams": [{ "id": "openai", "provider": "openai", "keys": ["${OPENAI_API_KEY}"] }],\n}\n',
        adopt: (file) => {
          adopted = file;
        },
      },
      env: { OPENAI_API_KEY: 'sk-CANARY-000001' },
      home: folder,
      reload: () => Promise.resolve({ swapped: true, problems: [] }),
      dataFolder: join(folder, 'data'),
    });
    const read = await editor.read();
    expect(read).toMatchObject({ exists: false, etag: '"none"', file: path });
    expect(existsSync(path)).toBe(false);
    const result = done(
      await editor.change([{ path: ['aliases'], value: { x: 'y' } }], { etag: read.etag, by: 'key' }),
    );
    expect(result.created).toBe(true);
    expect(adopted).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('${OPENAI_API_KEY}');
    expect(readFileSync(path, 'utf8')).not.toContain('CANARY');
  });
});
