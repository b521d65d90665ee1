// ChatGPT accounts behind the gateway, against a simulator of them: logins that end, rotate and are revoked, quotas that
// are used up, and clients of every format.

import { afterEach, describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { accountVault, gatewayWithAccounts } from '../kit/accounts.ts';
import { ask } from '../kit/client.ts';
import { type CodexSimulator, startCodexSimulator } from '../kit/codex-account.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { provider } from '../kit/setting.ts';
import { at, wires } from '../kit/wire.ts';

const simulators: CodexSimulator[] = [];
afterEach(async () => {
  for (const one of simulators.splice(0)) await one.close();
});

async function simulator(): Promise<CodexSimulator> {
  const made = await startCodexSimulator();
  simulators.push(made);
  return made;
}

const { request } = wires['openai-responses'];
const MODEL = 'gpt-5.2-codex';

interface Desk {
  readonly vendor: CodexSimulator;
  readonly vault: ReturnType<typeof accountVault>;
  readonly gateway: Gateway;
}

/** A gateway with accounts of the simulator, in the order of their names. */
async function desk(names: readonly string[], setup: Partial<GatewaySetup> = {}): Promise<Desk> {
  const vendor = await simulator();
  const vault = accountVault();
  for (const [index, name] of names.entries()) {
    const tokens = vendor.tokens(vendor.login(name));
    await vault.store({ id: idOf(index), kind: 'codex', tokens, priority: -index });
  }
  const gateway = await gatewayWithAccounts({
    vault,
    kind: 'codex',
    base: vendor.base,
    tokenUrl: vendor.tokenUrl,
    setup,
  });
  return { vendor, vault, gateway };
}

const idOf = (index: number): string => `k_0000000${index + 1}`;

/** The login as it stands at the vendor. */
function loginOf(vendor: CodexSimulator, name: string) {
  const login = vendor.logins.get(name);
  if (login === undefined) throw new Error(`no login ${name}`);
  return login;
}

/** Ends the access token at the vendor and, where told, in what the gateway knows. */
async function expire({ vendor, vault }: Desk, name: string, id: string, told: boolean): Promise<void> {
  const login = loginOf(vendor, name);
  login.expiresAtMs = Date.now() - 1_000;
  if (told) await vault.accounts.write(id, { status: 'active', tokens: vendor.tokens(login) });
}

describe('a ChatGPT account', () => {
  it.each(DIALECT_IDS.flatMap((id) => [false, true].map((stream) => [id, stream] as const)))(
    '2.7 serves a client of %s (stream: %s), always by a stream that it insists on',
    async (dialect, stream) => {
      const { vendor, gateway } = await desk(['one']);
      const wire = wires[dialect];
      const answer = await ask(gateway.port, wire.request(MODEL, stream, 'Hello'));
      expect(wire.understand(answer.text(), stream)).toEqual({
        text: vendor.text,
        complete: true,
        error: undefined,
      });
      expect(answer.header('content-type')).toMatch(stream ? /^text\/event-stream/ : /^application\/json/);
      expect(at(vendor.served, 0, 'body')).toMatchObject({ store: false, stream: true, model: MODEL });
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect([row.status, row.upstreamId, row.keyId]).toEqual([200, 'codex', 'k_00000001']);
      expect([row.usage?.input.uncached, row.usage?.output.text]).toEqual([11, 7]);
    },
  );

  it('2.7 takes a body that keeps to its rules byte for byte', async () => {
    const { vendor, gateway } = await desk(['one']);
    const body = `{ "model":"${MODEL}", "stream":true,"store":false, "input":"Hello",  "include":["x"] }`;
    const answer = await ask(gateway.port, {
      path: '/v1/responses',
      body,
      headers: ['originator', 'codex_cli_rs', 'chatgpt-account-id', 'of-the-client'],
    });
    expect(answer.status).toBe(200);
    const [served] = vendor.served;
    expect(served?.headers.text).toBe(body);
    expect(served?.headers.header('originator')).toBe('codex_cli_rs');
    expect(served?.headers.header('chatgpt-account-id')).toBe('one');
  });

  it('2.7 says which members of a request it could not carry', async () => {
    const { vendor, gateway } = await desk(['one']);
    const body = { model: MODEL, input: 'Hello', max_output_tokens: 50, temperature: 0.2 };
    const sending = { path: '/v1/responses', body: JSON.stringify(body) };
    const answer = await ask(gateway.port, sending);
    expect(answer.status).toBe(200);
    const told = answer.header('x-sluice-loss') ?? '';
    expect(told).toContain('max-output-tokens=dropped');
    expect(told).toContain('temperature=dropped');
    expect(Object.keys(vendor.served[0]?.body ?? {})).not.toContain('max_output_tokens');
    const strict = await ask(gateway.port, { ...sending, headers: ['x-sluice-strict', 'true'] });
    expect([strict.status, vendor.served.length]).toEqual([400, 1]);
  });

  it('2.7 is renewed once, however many requests wait for it, and the new login is on the disk', async () => {
    const one = await desk(['one']);
    const { vendor, vault, gateway } = one;
    await expire(one, 'one', 'k_00000001', true);
    let open: () => void = () => undefined;
    vendor.gate = new Promise((resolve) => {
      open = resolve;
    });
    const asked = Array.from({ length: 12 }, () => ask(gateway.port, request(MODEL, true, 'Hello')));
    await expect.poll(() => gateway.opened.length).toBe(12);
    await expect.poll(() => vendor.renewals.length).toBe(1);
    open();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect([vendor.renewals.length, vendor.asked]).toEqual([1, 12]);
    const { tokens, status } = await vault.state('k_00000001');
    const login = loginOf(vendor, 'one');
    expect([status, tokens.accessToken, tokens.refreshToken]).toEqual([
      'active',
      login.access,
      login.refresh,
    ]);
  });

  it('2.7 that is refused with 401 is renewed once and asked again in the same attempt', async () => {
    const one = await desk(['one']);
    const { vendor, gateway } = one;
    // The vendor ends it before its time: nobody has told the gateway.
    await expire(one, 'one', 'k_00000001', false);
    const answer = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect(answer.status).toBe(200);
    expect([vendor.renewals.length, vendor.asked, vendor.served.length]).toEqual([1, 2, 1]);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row.attempts).toBe(1);
  });

  it('2.7 keeps its rotated login over a restart', async () => {
    const one = await desk(['one']);
    const { vendor, vault, gateway } = one;
    await expire(one, 'one', 'k_00000001', true);
    expect((await ask(gateway.port, request(MODEL, false, 'Hello'))).status).toBe(200);
    await gateway.stop();
    const next = await gatewayWithAccounts({
      vault: accountVault(vault.folder),
      kind: 'codex',
      base: vendor.base,
      tokenUrl: vendor.tokenUrl,
    });
    loginOf(vendor, 'one').expiresAtMs = Date.now() - 1_000;
    expect((await ask(next.port, request(MODEL, false, 'Hello'))).status).toBe(200);
    // Each refresh token was shown once: one that is shown twice would be refused.
    expect(new Set(vendor.renewals).size).toBe(2);
  });

  it('2.7 is renewed once by two gateways that share a data folder', async () => {
    const one = await desk(['one']);
    const { vendor, vault, gateway } = one;
    await expire(one, 'one', 'k_00000001', true);
    const { base, tokenUrl } = vendor;
    const other = accountVault(vault.folder);
    const second = await gatewayWithAccounts({ vault: other, kind: 'codex', base, tokenUrl });
    const ports = [gateway.port, second.port, gateway.port, second.port];
    const answers = await Promise.all(ports.map((port) => ask(port, request(MODEL, false, 'Hello'))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(vendor.renewals).toHaveLength(1);
  });

  it('2.7 of the highest priority is used alone as long as it can be, and those of one priority by turns', async () => {
    const served = async ({ vendor, gateway }: Desk): Promise<string[]> => {
      for (let turn = 0; turn < 6; turn++) await ask(gateway.port, request(MODEL, false, `Hello ${turn}`));
      return vendor.served.map(({ accountId }) => accountId);
    };
    expect(new Set(await served(await desk(['one', 'two'])))).toEqual(new Set(['one']));
    const vendor = await simulator();
    const vault = accountVault();
    for (const [index, name] of ['one', 'two'].entries())
      await vault.store({ id: idOf(index), kind: 'codex', tokens: vendor.tokens(vendor.login(name)) });
    const { base, tokenUrl } = vendor;
    const gateway = await gatewayWithAccounts({ vault, kind: 'codex', base, tokenUrl });
    expect((await served({ vendor, vault, gateway })).toSorted()).toEqual([
      ...['one', 'one', 'one', 'two', 'two', 'two'],
    ]);
  });

  it('2.7 that is revoked becomes invalid, and the next account serves at once', async () => {
    const one = await desk(['one', 'two']);
    const { vendor, vault, gateway } = one;
    loginOf(vendor, 'one').revoked = true;
    const answer = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect(answer.status).toBe(200);
    expect(vendor.served.map(({ accountId }) => accountId)).toEqual(['two']);
    expect((await vault.state('k_00000001')).status).toBe('invalid');
    const asked = vendor.asked;
    const again = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect([again.status, vendor.asked, vendor.renewals.length]).toEqual([200, asked + 1, 1]);
    expect(gateway.logged.join('\n')).toContain('out of use until somebody logs in again');
  });

  it('2.7 that is revoked and alone tells the client so, and serves again after a new login', async () => {
    const one = await desk(['one'], { health: { quarantine: { onAuth: false, retestMs: 1 } } });
    const { vendor, vault, gateway } = one;
    loginOf(vendor, 'one').revoked = true;
    const refused = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect(refused.status).toBeGreaterThanOrEqual(400);
    const tokens = vendor.tokens(vendor.login('one'));
    await vault.store({ id: 'k_00000001', kind: 'codex', tokens });
    gateway.app.memory.pool.standings.reset('codex', 'k_00000001');
    expect((await ask(gateway.port, request(MODEL, false, 'Hello'))).status).toBe(200);
  });

  it('2.7 is expired while its login cannot be renewed, not invalid, and is renewed when that is possible', async () => {
    const one = await desk(['one'], {
      health: {
        cooldown: { honorHeaders: true, defaultMs: 0, maxMs: 0 },
        breaker: { failures: 0, openMs: 1 },
      },
    });
    const { vendor, vault, gateway } = one;
    await expire(one, 'one', 'k_00000001', true);
    vendor.tokenStatus = 503;
    const failed = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect(failed.status).toBeGreaterThanOrEqual(500);
    expect((await vault.state('k_00000001')).status).toBe('expired');
    vendor.tokenStatus = undefined;
    const asked = (): Promise<number> =>
      ask(gateway.port, request(MODEL, false, 'Hello')).then(({ status }) => status);
    await expect.poll(asked, { timeout: 10_000, interval: 200 }).toBe(200);
    expect(await vault.state('k_00000001')).toMatchObject({ status: 'active' });
  });

  it('2.7 whose quota is used up is asked nothing until the reset that its provider named, over a restart too', async () => {
    const { vendor, vault, gateway } = await desk(['one', 'two']);
    const untilMs = Date.now() + 6 * 86_400_000;
    loginOf(vendor, 'one').spentUntilMs = untilMs;
    const answer = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect(answer.status).toBe(200);
    expect(vendor.served.map(({ accountId }) => accountId)).toEqual(['two']);
    const kept = (): Promise<number | undefined> =>
      vault.state('k_00000001').then(({ spentUntilMs }) => spentUntilMs);
    await expect.poll(kept).toBeGreaterThan(untilMs - 2_000);
    await gateway.stop();
    const next = await gatewayWithAccounts({
      vault: accountVault(vault.folder),
      kind: 'codex',
      base: vendor.base,
      tokenUrl: vendor.tokenUrl,
    });
    const { asked } = vendor;
    expect((await ask(next.port, request(MODEL, false, 'Hello'))).status).toBe(200);
    // Nothing went to the account whose quota is gone.
    expect(vendor.asked).toBe(asked + 1);
    expect(vendor.served.at(-1)?.accountId).toBe('two');
  });

  it('2.7 whose quota is used up and that is alone names the reset to the client', async () => {
    const { vendor, gateway } = await desk(['one']);
    loginOf(vendor, 'one').spentUntilMs = Date.now() + 7_200_000;
    const answer = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect(answer.status).toBe(429);
    expect(answer.text()).toContain('usage limit has been reached');
  });

  it('2.7 goes through the proxy of its own', async () => {
    const vendor = await simulator();
    const vault = accountVault();
    const tokens = vendor.tokens(vendor.login('one'));
    // Nobody listens there, and its password must not be seen.
    const proxy = 'http://user:CANARY-proxy-word@127.0.0.1:9';
    await vault.store({ id: 'k_00000001', kind: 'codex', tokens, proxy });
    const { base, tokenUrl } = vendor;
    const gateway = await gatewayWithAccounts({ vault, kind: 'codex', base, tokenUrl });
    const answer = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect([answer.status >= 500, vendor.asked]).toEqual([true, 0]);
    expect(answer.text() + vault.text() + gateway.logged.join('\n')).not.toContain('CANARY-proxy-word');
  });

  it('2.7 shows its models in the gateway’s list', async () => {
    const { gateway } = await desk(['one']);
    const answer = await ask(gateway.port, { path: '/v1/models' });
    const ids = (JSON.parse(answer.text()) as { data: { id: string }[] }).data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['gpt-5.2-codex', 'gpt-5.2']));
  });

  it('2.7 has no files or batches: those go to an upstream with a key, or nowhere', async () => {
    const { vendor, gateway } = await desk(['one']);
    const none = await ask(gateway.port, { path: '/v1/files' });
    expect([none.status, vendor.asked]).toEqual([400, 0]);
  });

  it('2.7 stands beside ordinary upstreams, which serve when it cannot', async () => {
    const other = await provider();
    const one = await desk(['one'], {
      upstreams: [{ id: 'plain', origin: other.origin, priority: -1 }],
    });
    loginOf(one.vendor, 'one').revoked = true;
    const answer = await ask(one.gateway.port, request(MODEL, false, 'Hello'));
    expect([answer.status, answer.header('x-sluice-upstream')]).toEqual([200, 'plain']);
  });

  it('2.7 canary: no token is in any answer, log, row or file, also where the vendor repeats it', async () => {
    const one = await desk(['one', 'two']);
    const { vendor, vault, gateway } = one;
    const seen = new Set<string>();
    const note = (): void => {
      for (const { access, refresh } of vendor.logins.values())
        for (const word of [access, refresh]) seen.add(word);
    };
    note();
    const answers = [await ask(gateway.port, request(MODEL, true, 'Hello'))];
    // Both are renewed, whoever is asked first.
    for (const [index, name] of ['one', 'two'].entries()) await expire(one, name, idOf(index), false);
    for (let turn = 0; turn < 4; turn++)
      answers.push(await ask(gateway.port, request(MODEL, false, `Hello ${turn}`)));
    note();
    // Its 401 and the refusal of the token endpoint repeat what they were shown.
    for (const login of vendor.logins.values()) login.revoked = true;
    answers.push(await ask(gateway.port, request(MODEL, false, 'Hello')));
    await gateway.stop();
    const all = [
      ...answers.map((answer) => `${answer.rawHeaders.join('\n')}\n${answer.text()}`),
      gateway.logged.join('\n'),
      JSON.stringify(gateway.opened),
      JSON.stringify(gateway.closed),
      vault.text(),
    ].join('\n');
    expect(seen.size).toBeGreaterThanOrEqual(6);
    for (const word of seen) expect(all.includes(word)).toBe(false);
    expect(all).not.toContain('rt_CANARY');
    expect(new Set(vault.modes())).toEqual(new Set([0o600]));
  });

  it('2.7 stars a token out of an answer that repeats it in pieces', async () => {
    const { vendor, gateway } = await desk(['one']);
    const { access } = loginOf(vendor, 'one');
    vendor.text = `It is ${access}.`;
    const answer = await ask(gateway.port, {
      path: '/v1/responses',
      body: JSON.stringify({ model: MODEL, stream: true, store: false, input: 'Hello' }),
    });
    expect(answer.status).toBe(200);
    expect(answer.text()).toContain('It is ');
    expect(answer.text()).not.toContain(access);
  });
});
