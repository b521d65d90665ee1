// `sluice keys` and `sluice explain` from end to end: a real vault on disk, a provider on loopback, a gateway's edge.

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import { explainCommand } from '../../src/cli/commands/explain.ts';
import { keysCommand } from '../../src/cli/commands/keys.ts';
import type { KeyDialogue } from '../../src/cli/ui/ask-key.ts';
import { createOperator, type OperatorPort } from '../../src/exchange/operator/operator.ts';
import { openVault } from '../../src/vault/vault.ts';
import { settingsOf } from '../kit/gateway.ts';
import { recordingTerminal } from '../kit/recording-terminal.ts';
import { runEdge } from './http-kit.ts';

const GOOD = 'sk-canary-good-key-1234';
const BAD = 'sk-canary-bad-key-5678';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A provider that knows one key, and repeats every other in its refusal, as some do. */
async function provider(): Promise<string> {
  const server = createServer((request, response) => {
    const key = (request.headers.authorization ?? '').replace('Bearer ', '');
    const good = key === GOOD && request.url === '/v1/models';
    response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(good ? { data: [] } : { error: { message: `Incorrect API key: ${key}` } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

interface Desk {
  readonly cwd: string;
  readonly data: string;
  run(
    args: readonly string[],
    more?: { piped?: string; typed?: string; env?: Record<string, string> },
  ): Promise<Run>;
}

/** A user with a configuration, and everything that any command said. */
function desk(config: object): Desk & { readonly said: string[] } {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
  const data = join(cwd, 'data');
  writeFileSync(
    join(cwd, 'sluice.jsonc'),
    JSON.stringify({ storage: { url: 'sqlite:data/sluice.db' }, ...config }),
    {
      mode: 0o600,
    },
  );
  const said: string[] = [];
  const run: Desk['run'] = async (args, { piped, typed, env = {} } = {}) => {
    const { terminal, said: result } = recordingTerminal(cwd, { env, interactive: typed !== undefined });
    const dialogue: KeyDialogue = {
      chooseUpstream: (choices) => Promise.resolve(choices[0]?.id),
      askSecret: (_upstream, fault) => Promise.resolve(fault(typed ?? '') === undefined ? typed : undefined),
      piped: () => Promise.resolve(piped),
    };
    const program = new Command('sluice')
      .exitOverride()
      .addCommand(keysCommand(terminal, dialogue))
      .addCommand(explainCommand(terminal));
    await program.parseAsync([...args], { from: 'user' });
    said.push(result.out, result.err);
    return result;
  };
  return { cwd, data, run, said };
}

const mine = (origin: string, more: object = {}): object => ({
  // Nothing listens there, unless a test says so.
  server: { port: 1 },
  upstreams: [{ id: 'mine', provider: 'openai-compatible', baseUrl: `${origin}/v1` }],
  ...more,
});

/** The edge of a gateway with this desk's secret.key and one key. */
async function gatewayFor(data: string, pool: Partial<OperatorPort>): Promise<number> {
  const token = (await openVault(data).read()).token;
  const vault = { token: () => token, switchKey: () => Promise.resolve(undefined) };
  const settings = settingsOf({ upstreams: [{ id: 'mine', origin: 'http://127.0.0.1:1' }] });
  const known = settings.upstreams.map((upstream) => {
    const { keys } = readContents(data) as { keys: { id: string }[] };
    return { ...upstream, keys: keys.map(({ id }) => ({ id, secret: GOOD })) };
  });
  const operator = createOperator({
    settings: () => ({ ...settings, upstreams: known }),
    vault,
    pool: {
      keys: () => [],
      reset: () => true,
      test: () => Promise.resolve({ ok: true, status: 200, message: 'The gateway asked.' }),
      explain: () => ({ candidates: [], passedOver: [] }),
      ...pool,
    },
  });
  const edge = await runEdge({ operator: { ...operator, token: vault.token } });
  closers.push(() => edge.close());
  return edge.port;
}

const readContents = (data: string): unknown => JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8'));

describe('sluice keys', () => {
  it('13.3 add stores a piped key after its provider has accepted it, and list, disable, enable and rm follow', async () => {
    const { run, data, said } = desk(mine(await provider()));
    const added = await run(['keys', 'add', 'mine', '--name', 'main'], { piped: `${GOOD}\n` });
    expect([added.code, added.err]).toEqual([0, expect.stringContaining('OpenAI-compatible')]);
    const place = added.out.trim();
    expect(place).toMatch(/^mine\/k_[0-9a-f]{8}$/);
    const id = place.slice('mine/'.length);
    const list = await run(['keys', 'list']);
    expect(list.out).toMatch(new RegExp(`^mine +${id} +main +…1234 +stored +–$`, 'm'));
    expect(list.err).toContain('No gateway runs at http://127.0.0.1:1');
    expect((await run(['keys', 'disable', 'main'])).code).toBe(0);
    const disabled = JSON.parse((await run(['keys', 'list', '--json'])).out);
    expect(disabled).toMatchObject({
      gateway: { running: false },
      keys: [
        {
          upstream: 'mine',
          id,
          name: 'main',
          last4: '1234',
          source: 'stored',
          disabled: true,
          state: 'disabled',
        },
      ],
    });
    const again = await run(['keys', 'add', 'mine', '--json', '--no-test'], { piped: GOOD });
    expect(JSON.parse(again.out)).toEqual({
      upstream: 'mine',
      id,
      name: null,
      what: 'renewed',
      configured: false,
      test: null,
    });
    expect(JSON.parse((await run(['keys', 'list', '--json'])).out).keys).toMatchObject([
      { disabled: false, state: null },
    ]);
    expect((await run(['keys', 'rm', place])).code).toBe(0);
    expect(readContents(data)).toEqual({ version: 1, keys: [], disabled: [] });
    expect((await run(['keys', 'rm', place])).code).toBe(1);
    expect(readdirSync(data).sort()).toEqual(['keys.json', 'secret.key']);
    expect(said.join('')).not.toContain('canary');
  });

  it('13.3 add asks a person for upstream and key, and tells when it is there already', async () => {
    const { run, data, said } = desk(mine(await provider()));
    expect((await run(['keys', 'add'], { typed: GOOD })).code).toBe(0);
    expect((await run(['keys', 'add'], { typed: '' })).code).toBe(1);
    const again = await run(['keys', 'add', 'mine'], { typed: GOOD });
    expect(again.err).toContain('is here already; it stays in use.');
    expect((readContents(data) as { keys: unknown[] }).keys).toHaveLength(1);
    expect(readFileSync(join(data, 'keys.json'), 'utf8') + said.join('')).not.toContain('canary');
  });

  it('5.12 a key that its provider refuses is not stored, unless it is wanted all the same', async () => {
    const { run, data, said } = desk(mine(await provider()));
    const refused = await run(['keys', 'add', 'mine'], { piped: BAD });
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('refuses the key (401): Incorrect API key: ****');
    expect(readdirSync(join(data, '..'))).not.toContain('data');
    expect((await run(['keys', 'add', 'mine', '--no-test'], { piped: BAD })).code).toBe(0);
    const tested = await run(['keys', 'test', 'mine', '--json']);
    expect([tested.code, JSON.parse(tested.out)]).toMatchObject([
      1,
      { ok: false, status: 401, by: 'command' },
    ]);
    expect(said.join('')).not.toContain('canary');
  });

  it.each([
    ['nothing', ''],
    ['two lines', 'sk-canary-1\nsk-canary-2'],
    ['a header', `Bearer ${GOOD}`],
    ['quotes', `"${GOOD}"`],
    ['a reference', '${OPENAI_API_KEY}'],
    ['an assignment', `OPENAI_API_KEY=${GOOD}`],
    ['a space inside', 'sk-canary 1'],
    ['a character no header carries', 'sk-canary-…'],
  ])('add refuses %s, repeating none of it', async (_what, piped) => {
    const { run, cwd, said } = desk(mine('http://127.0.0.1:1'));
    expect((await run(['keys', 'add', 'mine', '--no-test'], { piped })).code).toBe(1);
    expect(readdirSync(cwd)).not.toContain('data');
    expect(said.join('')).not.toContain('canary');
  });

  it('does not repeat a key that stands on the command line', async () => {
    const { run, said } = desk(mine('http://127.0.0.1:1'));
    for (const args of [
      ['add', GOOD],
      ['rm', GOOD],
      ['test', `mine/${GOOD}`],
      ['disable', GOOD],
    ])
      expect((await run(['keys', ...args], { piped: GOOD })).code).toBe(1);
    expect(said.join('')).not.toContain('canary');
  });

  it('5.2 a reference stores the name of the variable alone', async () => {
    const { run, data } = desk(mine(await provider()));
    const added = await run(['keys', 'add', 'mine', '--env', 'MY_KEY'], { env: { MY_KEY: GOOD } });
    expect([added.code, added.err]).toEqual([0, expect.stringContaining('accepts the key')]);
    expect(readContents(data)).toMatchObject({ keys: [{ upstream: 'mine', env: 'MY_KEY' }] });
    expect(readdirSync(data)).toEqual(['keys.json']);
    const there = JSON.parse((await run(['keys', 'list', '--json'], { env: { MY_KEY: GOOD } })).out);
    expect(there.keys).toMatchObject([{ source: 'env', variable: 'MY_KEY', last4: '1234', fault: null }]);
    const away = JSON.parse((await run(['keys', 'list', '--json'])).out);
    expect(away.keys).toMatchObject([{ state: 'unusable', fault: 'MY_KEY is not set here.' }]);
    expect((await run(['keys', 'add', 'mine', '--env', 'not a name'])).code).toBe(1);
  });

  it('disables a key of the configuration, and removes only what it stored', async () => {
    const upstream = {
      id: 'mine',
      provider: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:1/v1',
      keys: [GOOD],
    };
    const { run } = desk({ server: { port: 1 }, upstreams: [upstream] });
    const removed = await run(['keys', 'rm', 'mine']);
    expect([removed.code, removed.err]).toEqual([1, expect.stringContaining('is not a stored key')]);
    expect((await run(['keys', 'disable', 'mine'])).code).toBe(0);
    const { keys } = JSON.parse((await run(['keys', 'list', '--json'])).out);
    expect(keys).toMatchObject([{ source: 'config', disabled: true }]);
    const same = await run(['keys', 'add', 'mine', '--no-test', '--json'], { piped: GOOD });
    expect(JSON.parse(same.out)).toMatchObject({ what: 'renewed', configured: true });
    expect(JSON.parse((await run(['keys', 'list', '--json'])).out).keys).toMatchObject([{ disabled: false }]);
  });

  it('reset needs a gateway and says so', async () => {
    const { run } = desk(mine(await provider()));
    await run(['keys', 'add', 'mine', '--no-test'], { piped: GOOD });
    const { code, err } = await run(['keys', 'reset', 'mine']);
    expect([code, err]).toEqual([1, expect.stringContaining('No gateway runs at http://127.0.0.1:1')]);
  });
});

describe('with a gateway that runs', () => {
  it('list shows how keys stand, what they have used and their last error; reset and test go through it', async () => {
    const { run, data } = desk(mine(await provider()));
    const id = (await run(['keys', 'add', 'mine', '--no-test'], { piped: GOOD })).out
      .trim()
      .slice('mine/'.length);
    const resets: string[] = [];
    const port = await gatewayFor(data, {
      keys: () => [
        {
          upstreamId: 'mine',
          keyId: id,
          disabled: false,
          standings: [
            {
              scope: 'model',
              model: 'gpt-5',
              state: 'cooling',
              reason: 'rate-limited',
              why: 'The provider asked to wait.',
              sinceAtMs: 0,
              untilAtMs: Date.UTC(2030, 0, 1, 12),
              status: 429,
              message: 'Slow\u001b[31m down',
            },
          ],
          inFlight: 2,
          use: [{ kind: 'rpm', level: 'key', limit: 60, remaining: 57, resetInMs: 10 }],
        },
      ],
      reset: (upstream, key) => resets.push(`${upstream}/${key}`) > 0,
    });
    const list = await run(['keys', 'list', '--port', String(port)]);
    expect(list.out).toMatch(new RegExp(`^mine +${id} +– +…1234 +stored +cooling$`, 'm'));
    expect(list.out).toMatch(
      /gpt-5: cooling, rate-limited \(429\) until 2030-.*The provider asked to wait\. – Slow \[31m down/,
    );
    expect(list.out).toContain('rpm 3/60, 2 in flight');
    const reset = await run(['keys', 'reset', id, '--port', String(port), '--json']);
    expect(JSON.parse(reset.out)).toEqual({ upstream: 'mine', id, reset: true });
    await run(['keys', 'add', 'mine', '--no-test', '--port', String(port)], { piped: GOOD });
    expect(resets).toEqual([`mine/${id}`, `mine/${id}`]);
    const tested = await run(['keys', 'test', '--port', String(port), '--json']);
    expect(JSON.parse(tested.out)).toMatchObject([
      { ok: true, message: 'The gateway asked.', by: 'gateway' },
    ]);
  });

  it('explain prints the candidates in their order and who was passed over', async () => {
    const { run, data } = desk(mine(await provider()));
    await run(['keys', 'add', 'mine', '--no-test'], { piped: GOOD });
    const questions: unknown[] = [];
    const port = await gatewayFor(data, {
      explain: (question) => {
        questions.push(question);
        return {
          notes: ['Order: round_robin.'],
          candidates: [
            { upstreamId: 'mine', keyId: 'k_1', keyName: 'main', model: 'gpt-5-mini', why: 'It is free.' },
          ],
          passedOver: [{ upstreamId: 'other', why: 'It lists other models.' }],
        };
      },
    });
    const args = [
      'explain',
      'gpt-5',
      '--dialect',
      'anthropic-messages',
      '--client',
      'me',
      '--port',
      String(port),
    ];
    const { out, code } = await run(args);
    expect([code, out.trim().split('\n')]).toEqual([
      0,
      [
        'gpt-5: 1 candidate.',
        '  Order: round_robin.',
        '1. mine/k_1 (main) gpt-5-mini: It is free.',
        'Passed over:',
        '–  other: It lists other models.',
      ],
    ]);
    expect(questions).toMatchObject([
      { model: 'gpt-5', dialect: 'anthropic-messages', client: 'me', stream: false },
    ]);
    expect(JSON.parse((await run([...args, '--json'])).out)).toMatchObject({
      candidates: [{ keyId: 'k_1' }],
    });
    expect((await run(['explain', 'gpt-5'])).code).toBe(1);
  });

  it('of another user, it is told that the token is not the right one', async () => {
    const one = desk(mine(await provider()));
    await one.run(['keys', 'add', 'mine', '--no-test'], { piped: GOOD });
    const port = await gatewayFor(one.data, {});
    const two = desk(mine(await provider()));
    await two.run(['keys', 'add', 'mine', '--no-test'], { piped: GOOD });
    const { err } = await two.run(['keys', 'list', '--port', String(port)]);
    expect(err).toContain('does not take this user for its operator');
    expect((await two.run(['keys', 'reset', 'mine', '--port', String(port)])).code).toBe(1);
  });
});
