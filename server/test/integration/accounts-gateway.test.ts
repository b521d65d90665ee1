// A whole gateway with a configuration, a ledger, a log and a vault on disk, and an account that is stored while it runs.

import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import { accountsCommand } from '../../src/cli/commands/accounts.ts';
import { openGateway } from '../../src/cli/open-gateway.ts';
import { findStart } from '../../src/cli/start-settings.ts';
import { watchConfig } from '../../src/config/watch.ts';
import { ask } from '../kit/client.ts';
import { startCodexSimulator } from '../kit/codex-account.ts';
import { recordingTerminal } from '../kit/recording-terminal.ts';
import { wires } from '../kit/wire.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Starts a gateway on the configuration of a folder. */
async function served(cwd: string): Promise<number> {
  const options = { config: join(cwd, 'sluice.jsonc'), overrides: {}, env: {}, cwd };
  const start = await findStart(options);
  const reading = await start.read();
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const opening = await openGateway(start, reading, options);
  if (!opening.ok) throw new Error(opening.message);
  const { app, live, close } = opening.gateway;
  const onChange = async (): Promise<void> => void (await live.reload());
  const watch = watchConfig({ lastRead: () => start.vault.lastRead(), onChange });
  closers.push(async () => {
    watch.close();
    await app.stop(0);
    await close();
  });
  return (await app.edge.listen()).port;
}

/** What stands in the files below a folder. */
function textsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'));
}

describe('a running gateway', () => {
  it('2.7 serves an account that is stored while it runs, and no file of it shows a token, log and ledger included', async () => {
    const vendor = await startCodexSimulator();
    closers.push(() => vendor.close());
    const cwd = mkdtempSync(join(tmpdir(), 'sluice-accounts-gateway-'));
    const config = {
      server: { port: 0 },
      storage: { url: 'sqlite:data/sluice.db' },
      log: { file: 'data/sluice.log', level: 'debug' },
      upstreams: [
        { id: 'mine', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: ['other'] },
        { id: 'codex', provider: 'codex', baseUrl: vendor.base, accounts: { tokenUrl: vendor.tokenUrl } },
      ],
    };
    writeFileSync(join(cwd, 'sluice.jsonc'), JSON.stringify(config), { mode: 0o600 });
    const port = await served(cwd);
    const sending = wires['openai-responses'].request('gpt-5.2-codex', false, 'Hello');
    const status = (): Promise<number> => ask(port, sending).then((answer) => answer.status);
    expect(await status()).toBeGreaterThanOrEqual(400);

    const login = vendor.login('acc-1');
    const words = new Set([login.access, login.refresh]);
    // Outside of the folder that is searched below.
    const file = join(mkdtempSync(join(tmpdir(), 'sluice-codex-home-')), 'auth.json');
    writeFileSync(file, vendor.authFile(login));
    const { terminal, said } = recordingTerminal(cwd, { env: {} });
    const program = new Command('sluice').exitOverride().addCommand(accountsCommand(terminal));
    await program.parseAsync(['accounts', 'import', 'codex', file], { from: 'user' });
    expect([said.code, said.err]).toEqual([0, expect.stringContaining('Stored codex/')]);
    await expect.poll(status, { timeout: 10_000, interval: 100 }).toBe(200);

    login.expiresAtMs = Date.now() - 1_000;
    expect(await status()).toBe(200);
    for (const word of [login.access, login.refresh]) words.add(word);
    login.revoked = true;
    expect(await status()).toBeGreaterThanOrEqual(400);
    for (const close of closers.splice(1).reverse()) await close();
    const texts = textsBelow(cwd);
    expect(texts.some((text) => text.includes('out of use until somebody logs in again'))).toBe(true);
    for (const word of words) expect(texts.filter((text) => text.includes(word))).toEqual([]);
    expect(texts.filter((text) => text.includes('rt_CANARY'))).toEqual([]);
  });
});
