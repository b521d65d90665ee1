// `sluice dashboard` from end to end: the key file of a user on disk, a running gateway, its link opened once.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import picocolors from 'picocolors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dashboardCommand } from '../../src/cli/commands/dashboard.ts';
import type { Terminal } from '../../src/cli/ui/terminal.ts';
import { openAdminKey } from '../../src/vault/admin-key.ts';
import { openVault } from '../../src/vault/vault.ts';
import { adminSetup, send } from '../kit/admin.ts';
import { type Gateway, startGateway } from '../kit/gateway.ts';

let folder: string;
let gateway: Gateway | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-dashboard-'));
  const config = {
    storage: { url: 'sqlite:data/sluice.db' },
    upstreams: [{ id: 'one', provider: 'openai', keys: ['sk-canary-upstream-0001'] }],
  };
  await writeFile(join(folder, 'sluice.jsonc'), JSON.stringify(config), { mode: 0o600 });
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** A gateway of the user, with the key that lies in the user's folder. */
async function start(): Promise<Gateway> {
  const vault = openVault(join(folder, 'data'));
  await vault.prepare();
  const { token } = await vault.read();
  const opened = await openAdminKey(join(folder, 'data'), undefined);
  if (!opened.ok) throw new Error(opened.message);
  const { outside } = adminSetup({ key: opened.key }).admin;
  const operator = { token: () => token, switchKey: () => Promise.resolve(undefined) };
  return startGateway({ upstreams: [{ origin: 'http://127.0.0.1:1' }], admin: { outside, vault: operator } });
}

interface Run {
  out: string;
  err: string;
  code: number;
  opened: string[];
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const result: Run = { out: '', err: '', code: 0, opened: [] };
  const terminal: Terminal = {
    env,
    cwd: folder,
    home: join(folder, 'home'),
    interactive: false,
    colours: picocolors.createColors(false),
    out: (line) => {
      result.out += line;
    },
    err: (line) => {
      result.err += line;
    },
    exitCode: (code) => {
      result.code = code;
    },
  };
  const command = new Command('sluice').addCommand(
    dashboardCommand(terminal, (url) => void result.opened.push(url)),
  );
  await command.parseAsync(['node', 'sluice', 'dashboard', ...args]);
  return result;
}

describe('sluice dashboard', () => {
  it('prints a link that opens once, and opens it where asked', async () => {
    gateway = await start();
    const port = String(gateway.port);
    const { out, code } = await run(['--port', port]);
    expect([out, code]).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/dashboard#login=[\w-]+$/),
      0,
    ]);
    const token = out.split('=')[1];
    expect((await send(gateway.port, 'POST', '/admin/v1/session', {}, { token })).status).toBe(200);
    expect((await send(gateway.port, 'POST', '/admin/v1/session', {}, { token })).status).toBe(401);
    const opened = await run(['--port', port, '--open']);
    expect(opened.opened).toEqual([opened.out]);
  });

  it('makes a new admin key, whether the gateway runs or not', async () => {
    gateway = await start();
    const { port } = gateway;
    const status = (key: string): Promise<number> =>
      send(port, 'GET', '/admin/v1/status', { authorization: `Bearer ${key}` }).then(
        (answer) => answer.status,
      );
    const renewed = await run(['--new-key', '--port', String(port)]);
    expect(renewed.out).toMatch(/^sk-sluice-admin-[\w-]{32}$/);
    expect(await status(renewed.out)).toBe(200);
    await gateway.stop();

    const replaced = await run(['--new-key', '--port', String(port)]);
    expect(replaced.out).not.toBe(renewed.out);
    gateway = await start();
    const headers = { authorization: `Bearer ${replaced.out}` };
    expect((await send(gateway.port, 'GET', '/admin/v1/status', headers)).status).toBe(200);
  });

  it('says so when no gateway runs, and when the key comes from the environment', async () => {
    const none = await run(['--port', '1']);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('No gateway runs')]);
    const set = await run(['--new-key'], { SLUICE_ADMIN_KEY: 'x'.repeat(30) });
    expect([set.code, set.out, set.err]).toEqual([1, '', expect.stringContaining('SLUICE_ADMIN_KEY')]);
  });
});
