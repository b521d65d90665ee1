// Where the configuration comes from, what it may say, and what happens when it changes: one test for each promise.

import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { configCommand } from '../../src/cli/commands/config.ts';
import { initCommand } from '../../src/cli/commands/init.ts';
import { findStart } from '../../src/cli/start-settings.ts';
import { checkExposure } from '../../src/config/exposure.ts';
import { readSettings } from '../../src/config/live-settings.ts';
import { locateConfig } from '../../src/config/locate.ts';
import { configSchemaText } from '../../src/config/reference/json-schema.ts';
import { hashKey } from '../../src/config/resolve-clients.ts';
import { configSetting } from '../kit/config-setting.ts';
import { recordingTerminal, type Said } from '../kit/recording-terminal.ts';

const GOOD = '{ "upstreams": [{ "id": "a", "provider": "ollama" }] }';

function folderWith(text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-rows-'));
  if (text !== undefined) writeFileSync(join(folder, 'sluice.jsonc'), text, { mode: 0o600 });
  return folder;
}

async function sluice(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  const { terminal, said } = recordingTerminal(cwd, { env: { XDG_DATA_HOME: join(cwd, 'data'), ...env } });
  const program = new Command('sluice').addCommand(configCommand(terminal)).addCommand(initCommand(terminal));
  await program.parseAsync([...args], { from: 'user' });
  return said;
}

describe('the configuration', () => {
  test('14.1 is JSON with comments and trailing commas, has a JSON Schema, and refers to the environment', async () => {
    const folder = folderWith(
      '{ // mine\n "upstreams": [{ "id": "a", "provider": "openai", "keys": ["${K}"], },], }',
    );
    const read = await readSettings(join(folder, 'sluice.jsonc'), {
      env: { K: 'sk-from-env' },
      home: folder,
    });
    expect(read.ok && read.settings.upstreams[0]?.keys[0]?.secret).toBe('sk-from-env');
    expect(JSON.parse(configSchemaText()).properties).toHaveProperty('upstreams');
  });

  test('14.2 is that of --config, of SLUICE_CONFIG, of the working directory or of XDG_CONFIG_HOME, in this order', () => {
    const there = new Set(['/cwd/sluice.jsonc', '/xdg/sluice/sluice.jsonc']);
    const find = (flag: string | undefined, env: Record<string, string>) =>
      locateConfig({ flag, env, cwd: '/cwd', home: '/home/me', exists: (path) => there.has(path) })?.path;
    const env = { SLUICE_CONFIG: 'env.jsonc', XDG_CONFIG_HOME: '/xdg' };
    expect(find('flag.jsonc', env)).toBe('/cwd/flag.jsonc');
    expect(find(undefined, env)).toBe('/cwd/env.jsonc');
    expect(find(undefined, { XDG_CONFIG_HOME: '/xdg' })).toBe('/cwd/sluice.jsonc');
    there.delete('/cwd/sluice.jsonc');
    expect(find(undefined, { XDG_CONFIG_HOME: '/xdg' })).toBe('/xdg/sluice/sluice.jsonc');
  });

  test('14.3 listens on 9208 unless file, PORT or --port say otherwise; 14.4 on loopback alone', async () => {
    const listens = async (text: string, env: Record<string, string>, port?: number) => {
      const cwd = folderWith(text);
      const start = await findStart({
        ...{ config: undefined, cwd, overrides: { port } },
        env: { XDG_DATA_HOME: cwd, ...env },
      });
      const read = await start.read();
      return read.ok ? `${read.settings.server.host}:${read.settings.server.port}` : 'invalid';
    };
    const other = GOOD.replace('{', '{ "server": { "port": 4000 },');
    expect(await listens(GOOD, {})).toBe('127.0.0.1:9208');
    expect(await listens(other, {})).toBe('127.0.0.1:4000');
    expect(await listens(other, { PORT: '5000' })).toBe('127.0.0.1:5000');
    expect(await listens(other, { PORT: '5000' }, 6000)).toBe('127.0.0.1:6000');
  });

  test('14.6 is taken over as a whole while the gateway runs, or not at all', async () => {
    const { live, file } = await configSetting(GOOD);
    const before = live.current();
    writeFileSync(file, '{ "upstreams": [{ "id": "b", "provider": "nobody" }] }');
    expect(await live.reload()).toMatchObject({
      swapped: false,
      problems: [{ path: 'upstreams[0].provider' }],
    });
    expect(live.current()).toBe(before);
    writeFileSync(file, GOOD.replace('"a"', '"b"'));
    expect((await live.reload()).swapped).toBe(true);
    expect(before.upstreams[0]?.id).toBe('a');
    expect(live.current().upstreams[0]?.id).toBe('b');
  });

  test('14.7 says of a mistake where it is and what to do, and "config check" ends with 1', async () => {
    const wrong = await sluice(folderWith(GOOD.replace('"ollama"', '"olama"')), ['config', 'check']);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/sluice\.jsonc:1:\d+.*upstreams\[0\]\.provider.*Did you mean "ollama"/s);
    expect((await sluice(folderWith(GOOD), ['config', 'check'])).code).toBe(0);
  });

  test('14.8 may name the version of its format; a newer one is refused, and changes keep what was there', async () => {
    const versioned = (version: number) => GOOD.replace('{', `{ "version": ${version},`);
    expect((await sluice(folderWith(versioned(1)), ['config', 'check'])).code).toBe(0);
    const newer = await sluice(folderWith(versioned(2)), ['config', 'check']);
    expect(newer.code).toBe(1);
    expect(newer.err).toContain('version');
    const { editor, text } = await configSetting(versioned(1));
    await editor.change([{ path: ['aliases'], value: { x: 'y' } }], { by: 'test' });
    const [, first] = await editor.history();
    await editor.rollback(first?.id ?? '', { by: 'test' });
    expect(text()).toBe(versioned(1));
  });

  test('14.9 holds no default secret: init makes a key, and one that everybody knows is refused off loopback', async () => {
    const folder = folderWith();
    const made = await sluice(folder, ['init', '--yes']);
    const key = made.out.trim();
    expect(key).toMatch(/^sk-sluice-/);
    const file = readFileSync(join(folder, 'sluice.jsonc'), 'utf8');
    expect(file).toContain(hashKey(key));
    expect(file).not.toContain(key);
    expect(statSync(join(folder, 'sluice.jsonc')).mode & 0o777).toBe(0o600);
    const known = folderWith(
      '{ "server": { "host": "0.0.0.0" }, "clients": [{ "id": "me", "key": "sk-123" }], "upstreams": [] }',
    );
    expect((await sluice(known, ['config', 'check'])).err).toContain('easy to guess');
    expect(
      checkExposure({
        server: { host: '0.0.0.0', allowOpen: false },
        clients: [],
        origin: { file: undefined, notices: [] },
      } as unknown as Parameters<typeof checkExposure>[0]),
    ).toBeDefined();
  });

  test('its history is shown, compared and gone back to on the command line', async () => {
    const folder = folderWith(GOOD);
    const file = join(folder, 'sluice.jsonc');
    expect((await sluice(folder, ['config', 'history'])).out).toBe('');
    expect((await sluice(folder, ['config', 'rollback', 'nothing'])).code).toBe(1);
    const next = join(folder, 'next.jsonc');
    writeFileSync(next, GOOD.replace('"a"', '"b"'));
    const diff = await sluice(folder, ['config', 'diff', next]);
    expect(diff.out).toContain('+{ "upstreams": [{ "id": "b"');
    const put = await sluice(folder, ['config', 'put', next]);
    expect([put.code, readFileSync(file, 'utf8')]).toEqual([0, GOOD.replace('"a"', '"b"')]);
    const history = await sluice(folder, ['config', 'history', '--json']);
    const [newest, oldest] = JSON.parse(history.out);
    expect([newest.by, oldest.by]).toEqual(['cli', 'file']);
    expect((await sluice(folder, ['config', 'diff', oldest.id])).out).toContain(
      '+{ "upstreams": [{ "id": "a"',
    );
    expect((await sluice(folder, ['config', 'rollback', oldest.id])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(GOOD);
    writeFileSync(next, '{ "upstreams": 1 }');
    expect((await sluice(folder, ['config', 'put', next])).code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(GOOD);
    expect(existsSync(join(folder, 'data', 'sluice', 'config-history'))).toBe(true);
  });
});
