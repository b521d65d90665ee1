// `sluice accounts` from end to end: a real vault on disk, simulators of the vendors, and a browser that is a request.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import { accountsCommand } from '../../src/cli/commands/accounts.ts';
import { configCommand } from '../../src/cli/commands/config.ts';
import { keysCommand } from '../../src/cli/commands/keys.ts';
import type { LoginDialogue } from '../../src/cli/ui/ask-login.ts';
import { readSettings } from '../../src/config/live-settings.ts';
import { createGatewayVault } from '../../src/vault/gateway-vault.ts';
import { accountVault } from '../kit/accounts.ts';
import { type CodexSimulator, startCodexSimulator } from '../kit/codex-account.ts';
import { type KiroSimulator, startKiroSimulator } from '../kit/kiro-account.ts';
import { recordingTerminal, type Said } from '../kit/recording-terminal.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function codexVendor(): Promise<CodexSimulator> {
  const made = await startCodexSimulator();
  closers.push(() => made.close());
  return made;
}

async function kiroVendor(): Promise<KiroSimulator> {
  const made = await startKiroSimulator();
  closers.push(() => made.close());
  return made;
}

interface Desk {
  readonly cwd: string;
  readonly data: string;
  readonly config: string;
  run(
    args: readonly string[],
    more?: { dialogue?: LoginDialogue; env?: Record<string, string> },
  ): Promise<Said>;
  /** Everything that any command said. */
  readonly said: string[];
}

const NOBODY: LoginDialogue = { openBrowser: () => undefined, hear: () => () => undefined };

function desk(upstreams: readonly object[]): Desk {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-accounts-'));
  const config = join(cwd, 'sluice.jsonc');
  const file = { storage: { url: 'sqlite:data/sluice.db' }, server: { port: 1 }, upstreams };
  writeFileSync(config, JSON.stringify(file), { mode: 0o600 });
  const said: string[] = [];
  return {
    cwd,
    config,
    data: join(cwd, 'data'),
    said,
    run: async (args, { dialogue = NOBODY, env = {} } = {}) => {
      const { terminal, said: result } = recordingTerminal(cwd, { env });
      const program = new Command('sluice').exitOverride().addCommand(accountsCommand(terminal, dialogue));
      await program.parseAsync(['accounts', ...args], { from: 'user' });
      said.push(result.out, result.err);
      return result;
    },
  };
}

const codexUpstream = ({ base, tokenUrl }: CodexSimulator): object => ({
  id: 'codex',
  provider: 'codex',
  baseUrl: base,
  accounts: { tokenUrl },
});

const kiroUpstream = ({ origin, tokenUrl }: KiroSimulator): object => ({
  id: 'kiro',
  provider: 'kiro',
  baseUrl: origin,
  accounts: { tokenUrl },
});

/** Codex's file where Codex keeps it. */
function codexFile(cwd: string, text: string): void {
  mkdirSync(join(cwd, 'home', '.codex'), { recursive: true });
  writeFileSync(join(cwd, 'home', '.codex', 'auth.json'), text);
}

/** A browser whose person logs in at once. */
const browser = (url: string): Promise<number> => fetch(url).then(({ status }) => status);

describe('sluice accounts', () => {
  it('2.7 import codex stores the login of Codex, sealed, and list and quota show it', async () => {
    const vendor = await codexVendor();
    const { cwd, data, run } = desk([codexUpstream(vendor)]);
    const login = vendor.login('acc-1');
    codexFile(cwd, vendor.authFile(login));
    const stored = await run(['import', 'codex', '--name', 'mine', '--priority', '3']);
    expect([stored.code, stored.out]).toEqual([0, expect.stringMatching(/^codex\/k_[0-9a-f]{8}\n$/)]);
    expect(stored.err).toContain('5 hours: 12 % used');
    expect(stored.err).toContain('shared with Codex');
    const { accounts } = JSON.parse((await run(['list', '--json'])).out) as { accounts: object[] };
    expect(accounts).toMatchObject([
      {
        kind: 'codex',
        upstream: 'codex',
        name: 'mine',
        email: 'user-acc-1@example.org',
        plan: 'plus',
        state: 'active',
        priority: 3,
      },
    ]);
    expect((await run(['list'])).out).toContain('user-acc-1@example.org');
    expect((await run(['list', '--quota'])).out).toContain('5 hours: 12 % used, reset in ');
    const quota = await run(['quota', 'mine']);
    expect([quota.code, quota.out]).toEqual([0, expect.stringContaining('week: 30 % used')]);
    // The same login once more is the same account.
    const again = await run(['import', 'codex', join('home', '.codex', 'auth.json'), '--json']);
    expect(JSON.parse(again.out)).toMatchObject({ what: 'renewed' });
    expect(readdirSync(join(data, 'accounts')).filter((name) => name.endsWith('.json'))).toHaveLength(1);
  });

  it('2.7 import honours CODEX_HOME, and says what is wrong with a file that is no login', async () => {
    const vendor = await codexVendor();
    const { cwd, run } = desk([codexUpstream(vendor)]);
    writeFileSync(join(cwd, 'auth.json'), vendor.authFile(vendor.login('acc-1')));
    expect((await run(['import', 'codex'], { env: { CODEX_HOME: cwd } })).code).toBe(0);
    writeFileSync(join(cwd, 'auth.json'), JSON.stringify({ OPENAI_API_KEY: 'sk-CANARY-key-000' }));
    const key = await run(['import', 'codex', 'auth.json']);
    expect([key.code, key.err]).toEqual([1, expect.stringContaining('sluice keys add openai')]);
    expect(key.err).not.toContain('CANARY');
    const none = await run(['import', 'codex', 'nowhere.json']);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('there is no such file')]);
    const kind = await run(['import', 'claude']);
    expect([kind.code, kind.err]).toEqual([1, expect.stringContaining('codex, kiro')]);
  });

  it.each(['social', 'aws'] as const)(
    '2.7 import kiro stores a %s login with what renews it',
    async (kind) => {
      const vendor = await kiroVendor();
      const { cwd, data, run } = desk([kiroUpstream(vendor)]);
      const login = vendor.login('me', kind);
      const cache = join(cwd, 'home', '.aws', 'sso', 'cache');
      mkdirSync(cache, { recursive: true });
      writeFileSync(join(cache, 'kiro-auth-token.json'), vendor.tokenFile(login));
      if (kind === 'aws') {
        const without = await run(['import', 'kiro']);
        expect([without.code, without.err]).toEqual([1, expect.stringContaining('clientIdHash')]);
        const hash = JSON.parse(vendor.tokenFile(login)) as { clientIdHash: string };
        writeFileSync(join(cache, `${hash.clientIdHash}.json`), vendor.clientFile(login));
      }
      const stored = await run(['import', 'kiro']);
      expect([stored.code, stored.err]).toEqual([0, expect.stringContaining('Credits: 10 % used (5 of 50)')]);
      const id = stored.out.trim().split('/')[1] ?? '';
      const before = login.refresh;
      expect((await run(['refresh', id])).code).toBe(0);
      expect(login.refresh).not.toBe(before);
      expect((await accountVault(data).state(id)).tokens.refreshToken).toBe(login.refresh);
    },
  );

  it('2.7 login codex takes the code that comes back to loopback with the right state, and no other', async () => {
    const vendor = await codexVendor();
    const { run, data } = desk([codexUpstream(vendor)]);
    const login = vendor.login('acc-2');
    const statuses: number[] = [];
    const dialogue: LoginDialogue = {
      openBrowser: (url) => {
        const back = vendor.consent(url, login);
        const forged = new URL(back);
        forged.searchParams.set('state', 'another');
        void browser(forged.href)
          .then((status) => statuses.push(status))
          .then(() => browser(back))
          .then((status) => statuses.push(status));
      },
      hear: () => () => undefined,
    };
    const done = await run(['login', 'codex', '--open', '--callback-port', '0'], { dialogue });
    expect([done.code, statuses[0]]).toEqual([0, 400]);
    expect(done.err).toContain('/oauth/authorize?');
    const id = done.out.trim().split('/')[1] ?? '';
    const { tokens } = await accountVault(data).state(id);
    expect(tokens).toMatchObject({ accountId: 'acc-2', refreshToken: login.refresh, plan: 'plus' });
  });

  it('2.7 login codex takes a pasted address, gives up in time, and stores nothing then', async () => {
    const vendor = await codexVendor();
    const { run } = desk([codexUpstream(vendor)]);
    const login = vendor.login('acc-3');
    let address = '';
    const pasting: LoginDialogue = {
      openBrowser: (url) => {
        address = vendor.consent(url, login);
      },
      hear: (line) => {
        line('http://localhost:1455/auth/callback?code=x&state=wrong');
        line(address);
        return () => undefined;
      },
    };
    const pasted = await run(['login', 'codex', '--open', '--callback-port', '0'], { dialogue: pasting });
    expect([pasted.code, pasted.err]).toEqual([0, expect.stringContaining('not the answer to this login')]);
    const late = await run(['login', 'codex', '--callback-port', '0', '--timeout', '1']);
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('Nobody has logged in')]);
    const kiro = await run(['login', 'kiro']);
    expect([kiro.code, kiro.err]).toEqual([1, expect.stringContaining('accounts import kiro')]);
    expect(JSON.parse((await run(['list', '--json'])).out)).toMatchObject({
      accounts: [{ state: 'active' }],
    });
  });

  it('2.7 refresh of a revoked login makes the account invalid; disable, enable, priority and remove follow', async () => {
    const vendor = await codexVendor();
    const { cwd, data, run } = desk([codexUpstream(vendor)]);
    const login = vendor.login('acc-1');
    codexFile(cwd, vendor.authFile(login));
    await run(['import', 'codex', '--name', 'mine']);
    login.revoked = true;
    const refused = await run(['refresh', 'mine']);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('sluice accounts login codex')]);
    const listed = async (): Promise<unknown> => JSON.parse((await run(['list', '--json'])).out);
    expect(await listed()).toMatchObject({ accounts: [{ state: 'invalid' }] });
    expect((await run(['quota'])).code).toBe(1);
    await run(['disable', 'mine']);
    await run(['priority', 'mine', '-2']);
    expect(await listed()).toMatchObject({ accounts: [{ state: 'disabled', priority: -2 }] });
    await run(['enable', 'mine']);
    expect(await listed()).toMatchObject({ accounts: [{ state: 'invalid' }] });
    expect((await run(['remove', 'mine'])).code).toBe(0);
    expect(await listed()).toEqual({ accounts: [] });
    expect(readdirSync(data)).not.toContain('accounts.json');
    expect(readdirSync(join(data, 'accounts'))).toEqual([]);
    expect((await run(['remove', 'mine'])).code).toBe(1);
  });

  it('2.7 "sluice keys enable", and the gateway, put back what "sluice accounts disable" took out of use', async () => {
    const vendor = await codexVendor();
    const { cwd, run, config } = desk([codexUpstream(vendor)]);
    codexFile(cwd, vendor.authFile(vendor.login('acc-1')));
    await run(['import', 'codex', '--name', 'mine']);
    const listed = async (): Promise<{ id: string; state: string }[]> =>
      JSON.parse((await run(['list', '--json'])).out).accounts;
    const id = (await listed())[0]?.id ?? '';
    const keys = async (...args: readonly string[]): Promise<Said> => {
      const { terminal, said } = recordingTerminal(cwd);
      await new Command('sluice')
        .addCommand(keysCommand(terminal))
        .parseAsync(['keys', ...args], { from: 'user' });
      return said;
    };
    for (const text of ['mine', id, `codex/${id}`]) {
      await run(['disable', 'mine']);
      expect((await keys('enable', text)).code).toBe(0);
      expect((await listed())[0]?.state).not.toBe('disabled');
    }
    expect((await keys('disable', 'mine')).err).toContain('is out of use');
    expect(await listed()).toMatchObject([{ state: 'disabled' }]);
    const vault = createGatewayVault();
    const read = () =>
      vault.merged({
        env: {},
        read: (hasKeysElsewhere) => readSettings(config, { overrides: {}, env: {}, hasKeysElsewhere }),
      });
    expect(await read()).toMatchObject({ settings: { upstreams: [{ keys: [{ disabled: true }] }] } });
    expect(await vault.switchKey('codex', id, false)).toBeUndefined();
    expect(await read()).toMatchObject({ settings: { upstreams: [{ enabled: true, keys: [{ id }] }] } });
    expect((await listed())[0]?.state).not.toBe('disabled');
    const refused = await keys('rm', 'mine');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('sluice accounts') });
  });

  it('2.7 an account is a key of its upstream for the gateway, in the order of priority, without a restart', async () => {
    const vendor = await codexVendor();
    const { cwd, run, config } = desk([codexUpstream(vendor)]);
    const vault = createGatewayVault();
    const read = () =>
      vault.merged({
        env: {},
        read: (hasKeysElsewhere) => readSettings(config, { overrides: {}, env: {}, hasKeysElsewhere }),
      });
    const before = await read();
    expect(before).toMatchObject({ ok: true, settings: { upstreams: [{ id: 'codex', enabled: false }] } });
    expect(JSON.stringify(before)).toContain('no account is stored');
    for (const [name, priority] of [
      ['low', '1'],
      ['high', '2'],
    ] as const) {
      codexFile(cwd, vendor.authFile(vendor.login(name)));
      await run(['import', 'codex', '--name', name, '--priority', priority]);
    }
    const fingerprint = vault.lastRead().fingerprint;
    const after = await read();
    expect(vault.lastRead().fingerprint).not.toBe(fingerprint);
    if (!after.ok) throw new Error('not ok');
    const [upstream] = after.settings.upstreams;
    expect([upstream?.enabled, upstream?.streaming]).toEqual([true, 'always']);
    expect(upstream?.keys).toMatchObject([
      { name: 'high', secret: '', account: expect.stringMatching(/^k_/) },
      { name: 'low', secret: '' },
    ]);
  });

  it('2.7 without any configuration the preset becomes the upstream', async () => {
    const vendor = await codexVendor();
    const { cwd, run } = desk([
      { id: 'other', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' },
    ]);
    codexFile(cwd, vendor.authFile(vendor.login('acc-1')));
    // The vendor is not asked: the preset's own address is not the simulator's.
    const stored = await run(['import', 'codex', '--no-test']);
    expect([stored.code, stored.out]).toEqual([0, expect.stringMatching(/^codex\//)]);
  });

  it('2.7 config check misses accounts where there are none, once and in their own words, and knows those that are stored', async () => {
    const vendor = await codexVendor();
    const { cwd, run } = desk([codexUpstream(vendor)]);
    const check = async (): Promise<string> => {
      const { terminal, said } = recordingTerminal(cwd);
      const program = new Command('sluice').addCommand(configCommand(terminal));
      await program.parseAsync(['config', 'check'], { from: 'user' });
      expect(said.code).toBe(0);
      return said.err;
    };
    const lacking = await check();
    expect(lacking.match(/^warning/gm)).toHaveLength(1);
    expect(lacking).toContain('no account is stored for it');
    codexFile(cwd, vendor.authFile(vendor.login('acc-1')));
    expect((await run(['quota'])).err).toContain('There are no accounts.');
    await run(['import', 'codex', '--no-test']);
    expect(await check()).toBe('');
  });

  it('2.7 takes a proxy with a password from a variable alone, and refuses keys beside accounts', async () => {
    const vendor = await codexVendor();
    const { cwd, data, run, said } = desk([codexUpstream(vendor)]);
    codexFile(cwd, vendor.authFile(vendor.login('acc-1')));
    const open = await run(['import', 'codex', '--no-test', '--proxy', 'http://me:CANARY-word@127.0.0.1:9']);
    expect([open.code, open.err]).toEqual([1, expect.stringContaining('--proxy-env')]);
    const env = { MY_PROXY: 'http://me:CANARY-word@127.0.0.1:9' };
    expect((await run(['import', 'codex', '--no-test', '--proxy-env', 'MY_PROXY'], { env })).code).toBe(0);
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).map((name) => join(data, name));
    const texts = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'utf8'));
    expect([...texts, ...said].join('\n')).not.toContain('CANARY');
    const both = desk([{ ...codexUpstream(vendor), keys: ['sk-something-1234'] }]);
    const refused = await both.run(['list']);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('takes no keys')]);
  });

  it('2.7 says when the list of accounts or the key that seals them is damaged, and writes over neither', async () => {
    const vendor = await codexVendor();
    const { cwd, data, run } = desk([codexUpstream(vendor)]);
    codexFile(cwd, vendor.authFile(vendor.login('acc-1')));
    await run(['import', 'codex']);
    writeFileSync(join(data, 'secret.key'), `${'00'.repeat(32)}\n`);
    expect((await run(['list'])).out).toContain('sealed with another secret.key');
    writeFileSync(join(data, 'accounts.json'), 'not json');
    const list = await run(['list']);
    expect([list.code, list.err]).toEqual([1, expect.stringContaining('accounts.json')]);
    const stored = await run(['import', 'codex', '--no-test']);
    expect([stored.code, readFileSync(join(data, 'accounts.json'), 'utf8')]).toEqual([1, 'not json']);
  });

  it('2.7 canary: no command shows a token', async () => {
    const vendor = await codexVendor();
    const { cwd, run, said } = desk([codexUpstream(vendor)]);
    const login = vendor.login('acc-1');
    const words = new Set([login.access, login.refresh]);
    codexFile(cwd, vendor.authFile(login));
    for (const args of [
      ['import', 'codex', '--json'],
      ['list'],
      ['list', '--json'],
      ['quota'],
      ['quota', '--json'],
    ])
      await run(args);
    const [id = ''] = (await run(['list', '--json'])).out.match(/k_[0-9a-f]{8}/) ?? [];
    await run(['refresh', id]);
    for (const word of [login.access, login.refresh]) words.add(word);
    login.revoked = true;
    await run(['refresh', id]);
    await run(['quota']);
    const all = said.join('\n');
    for (const word of words) expect(all.includes(word)).toBe(false);
    expect(all).not.toContain('CANARY');
  });
});
