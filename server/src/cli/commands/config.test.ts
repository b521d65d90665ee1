import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { recordingTerminal } from '../../../test/kit/recording-terminal.ts';
import { openVault } from '../../vault/vault.ts';
import { configCommand } from './config.ts';

interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs `sluice config …` in a folder of its own that holds the given files. */
async function run(
  files: Record<string, string>,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Run> {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text, { mode: 0o600 });
  const { terminal, said } = recordingTerminal(cwd, { env });
  const program = new Command('sluice').addCommand(configCommand(terminal));
  await program.parseAsync(['config', ...args], { from: 'user' });
  return { out: said.out.replaceAll(cwd, '.'), err: said.err.replaceAll(cwd, '.'), code: said.code };
}

const GOOD = '{ "upstreams": [{ "id": "a", "provider": "ollama" }] }';

describe('sluice config path', () => {
  it('13.2 prints the file that is in use', async () => {
    expect(await run({ 'sluice.jsonc': GOOD }, ['path'])).toEqual({
      out: './sluice.jsonc\n',
      err: '',
      code: 0,
    });
    expect((await run({}, ['path', '--config', 'my.jsonc'])).out).toBe('./my.jsonc\n');
  });

  it('says where it looked when there is none', async () => {
    const { out, err, code } = await run({}, ['path']);
    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(err).toContain('  ./sluice.jsonc\n  ./home/.config/sluice/sluice.jsonc\n');
    expect(err).toContain('sluice init');
  });
});

describe('sluice config check', () => {
  it('13.2 accepts a good file', async () => {
    const { out, err, code } = await run({ 'sluice.jsonc': GOOD }, ['check']);
    expect({ out, err, code }).toEqual({
      out: './sluice.jsonc is valid: 1 upstream, 0 clients.\n',
      err: '',
      code: 0,
    });
  });

  it('knows of keys that are stored outside of the file', async () => {
    const data = mkdtempSync(join(tmpdir(), 'sluice-stored-'));
    const env = { XDG_DATA_HOME: data };
    const bare = { 'sluice.jsonc': '{ "upstreams": [{ "id": "mine", "provider": "openai" }] }' };
    expect((await run(bare, ['check'], env)).code).toBe(1);
    await openVault(join(data, 'sluice')).change((contents, seal) => {
      const sealed = seal('sk-stored-0123456789', 'mine', 'k_00000001');
      const entry = { upstream: 'mine', id: 'k_00000001', sealed, addedAt: '2026-11-21T00:00:00Z' };
      return { contents: { ...contents, keys: [...contents.keys, entry] }, value: undefined };
    }, true);
    const { err, code } = await run(bare, ['check'], env);
    expect({ err, code }).toEqual({ err: '', code: 0 });
  });

  it('does not miss an upstream where stored keys make one', async () => {
    const data = mkdtempSync(join(tmpdir(), 'sluice-stored-'));
    const env = { XDG_DATA_HOME: data };
    const none = { 'sluice.jsonc': '{ "clients": [] }' };
    expect((await run(none, ['check'], env)).err).toContain('No upstream is in use.');
    await openVault(join(data, 'sluice')).change((contents, seal) => {
      const sealed = seal('sk-stored-0123456789', 'openai', 'k_00000001');
      const entry = { upstream: 'openai', id: 'k_00000001', sealed, addedAt: '2026-11-21T00:00:00Z' };
      return { contents: { ...contents, keys: [...contents.keys, entry] }, value: undefined };
    }, true);
    const { err, code } = await run(none, ['check'], env);
    expect({ err, code }).toEqual({ err: '', code: 0 });
  });

  it('13.2 prints every problem with its place and remedy, and fails', async () => {
    const { out, err, code } = await run({ 'sluice.jsonc': '{\n  "upstream": [],\n  "log": 1\n}' }, [
      'check',
    ]);
    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(err).toBe(
      [
        'error sluice.jsonc:2:3 upstream',
        '  There is no such field.',
        '  → Did you mean "upstreams"?',
        'error sluice.jsonc:3:10 log',
        '  Must be an object, but is a number.',
        './sluice.jsonc: 2 errors.',
        '',
      ].join('\n'),
    );
  });

  it('refuses a gateway that everyone could use', async () => {
    const { err, code } = await run({ 'sluice.jsonc': GOOD }, ['check'], { HOST: '0.0.0.0' });
    expect(code).toBe(1);
    expect(err).toContain('no client key protects the gateway');
  });

  it.skipIf(process.platform === 'win32')('warns of keys that other users can read', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'sluice-config-'));
    const file = join(cwd, 'open.jsonc');
    writeFileSync(file, '{ "upstreams": [{ "id": "a", "provider": "openai", "keys": ["sk-written-out"] }] }');
    chmodSync(file, 0o644);
    expect((await run({}, ['check', '-c', file])).err).toContain('chmod 600');
    chmodSync(file, 0o600);
    expect((await run({}, ['check', '-c', file])).err).toBe('');
  });
});

describe('sluice config show', () => {
  const canaries = {
    'sluice.jsonc': `{
      "server": { "host": "\${CANARY_HOST}" },
      "clients": [{ "id": "me", "key": "canary-client-0123456789" }, { "id": "you", "key": "\${CANARY_CLIENT}" }],
      "upstreams": [{
        "id": "a", "provider": "openai", "baseUrl": "https://x.example/v1?key=canary-query&api-version=1",
        "keys": ["canary-key-1,canary-key-2", "\${CANARY_KEY}", "{file:key}", "canary-mixed-\${CANARY_KEY}", "\${NO:-canary-default}"],
        "headers": { "authorization": "Bearer canary-header", "x-b": "Bearer \${CANARY_KEY}", "x-c": null },
        "proxy": "socks5h://me:canary-password@10.0.0.1:1080",
        "aliases": { "fast": "m" },
      }, { "id": "b", "provider": "openai", "enabled": false, "keys": ["canary-off"] }],
    }`,
    key: 'canary-file\n',
  };
  const env = {
    CANARY_HOST: '127.7.7.7',
    CANARY_CLIENT: 'canary-client-abcdef',
    CANARY_KEY: 'canary-env',
    PORT: '7000',
  };

  it('never prints a secret, wherever it was written', async () => {
    const { out, err, code } = await run(canaries, ['show'], env);
    expect(code).toBe(0);
    expect(out + err).not.toContain('canary');
    expect(out).not.toContain('127.7.7.7');
  });

  it('prints references as written, and what was resolved', async () => {
    const shown = JSON.parse((await run(canaries, ['show'], env)).out);
    expect(shown.config.server).toMatchObject({ host: '${CANARY_HOST}', port: 7000 });
    expect(shown.config.clients.map((client: { key: string }) => client.key)).toEqual([
      '••••',
      '${CANARY_CLIENT}',
    ]);
    const [upstream, off] = shown.config.upstreams;
    expect(upstream.keys.map((key: { value: string }) => key.value)).toEqual([
      '••••',
      '${CANARY_KEY}',
      '{file:key}',
      '••••${CANARY_KEY}',
      '${NO:-••••}',
    ]);
    expect(upstream.keys[0].ids).toHaveLength(2);
    expect(upstream.headers).toEqual({ authorization: '••••', 'x-b': '••••${CANARY_KEY}', 'x-c': null });
    expect(upstream.proxy).toBe('socks5h://••••@10.0.0.1:1080');
    expect(upstream.baseUrls['openai-chat']).toBe('https://x.example/v1?key=••••&api-version=1');
    expect(off).toMatchObject({ id: 'b', enabled: false });
  });

  it('says where each part came from', async () => {
    const { from } = JSON.parse((await run(canaries, ['show'], env)).out);
    expect(from).toMatchObject({
      server: 'line 2',
      clients: 'line 3',
      retry: 'default',
      'server.port': 'PORT',
    });
  });

  it('keeps secrets out of the problems of a bad file as well', async () => {
    const bad = {
      'sluice.jsonc': `{ "clients": [{ "id": "me", "key": "\${C}" }], "upstreams": [
        { "id": "a", "provider": "\${C}", "keys": ["canary \${C}"], "baseUrl": "\${C}", "proxy": "canary://\${C}" },
        { "id": "\${C} ", "provider": "openai", "dialects": ["\${C}"], "headers": { "a": "canary\\n" } },
      ], "storage": { "url": "\${C}" }, "log": { "level": "\${C}" }, "server": { "cors": { "origins": ["\${C}"] } } }`,
    };
    const unresolved = {
      'sluice.jsonc': `{ "clients": [{ "id": "me", "key": "\${C} x" }], "storage": { "url": "\${C}" }, "upstreams": [
        { "id": "\${C}", "provider": "\${C}" }, { "id": "\${C}", "provider": "openai", "keys": ["canary \${C}"] },
        { "id": "x", "provider": "openai", "baseUrl": "\${C}", "proxy": "canary://\${C}" } ] }`,
    };
    for (const files of [bad, unresolved]) {
      const { out, err, code } = await run(files, ['check'], { C: 'canary' });
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(err).not.toContain('canary');
      expect(err.split('\n').length).toBeGreaterThan(10);
    }
  });
});

describe('sluice config schema', () => {
  it('prints the JSON Schema', async () => {
    expect(JSON.parse((await run({}, ['schema'])).out).properties.upstreams.type).toBe('array');
  });
});
