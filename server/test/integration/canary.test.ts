// Promise 24: the whole program with a secret in every place that takes one, a provider that repeats what it was sent,
// and then everything that anybody can read: answers, pages, events, the command line, and the files on disk.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Command } from 'commander';
import picocolors from 'picocolors';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { captureCommand } from '../../src/cli/commands/capture.ts';
import { clientsCommand } from '../../src/cli/commands/clients.ts';
import { configCommand } from '../../src/cli/commands/config.ts';
import { explainCommand } from '../../src/cli/commands/explain.ts';
import { keysCommand } from '../../src/cli/commands/keys.ts';
import { logsCommand } from '../../src/cli/commands/logs.ts';
import { pricesCommand } from '../../src/cli/commands/prices.ts';
import { replayCommand } from '../../src/cli/commands/replay.ts';
import { usageCommand } from '../../src/cli/commands/usage.ts';
import { serve } from '../../src/cli/serve.ts';
import type { Terminal } from '../../src/cli/ui/terminal.ts';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { openVault } from '../../src/vault/vault.ts';
import { type AdminAnswer, send } from '../kit/admin.ts';
import { ask, until } from '../kit/client.ts';
import { type FaultUpstream, startFaultUpstream } from '../kit/fault-upstream.ts';
import { freePort } from '../kit/redis.ts';
import { wires } from '../kit/wire.ts';
import { temporaryFolder } from '../stores/folder.ts';

const ADMIN = 'CANARY-admin-key-0123456789abcdef';
const CLIENT = 'CANARY-client-key-0123456789';
const HASHED = 'CANARY-of-no-configured-client';
const PLAIN = 'CANARYplain-upstream+key/0001';
const FROM_ENV = 'CANARY-from-environment-0001';
const STORED = 'CANARY-stored-in-the-vault-0001';
const IN_HEADER = 'CANARY-header-0123456789';
const IN_QUERY = 'CANARYquery0123456789';
const METRICS = 'CANARY-metrics-token-0123456789';

const KEYS = [PLAIN, FROM_ENV, STORED];

/** A provider that repeats every key it was sent in its errors and headers, and answers as the model is named. */
function gossip(): Promise<FaultUpstream> {
  return startFaultUpstream((turn) => {
    const { request, dialect, model } = turn;
    const heard = request.headers.filter((value) => KEYS.some((key) => value.includes(key))).join(' ');
    const said = `You sent ${heard}`;
    const told = { 'x-heard': heard, 'x-request-id': heard, 'set-cookie': `a=${IN_QUERY}` };
    const status = /^m-(\d+)$/.exec(model)?.[1];
    if (model === 'm-cut') return void turn.socket.destroy();
    if (status !== undefined)
      return turn.whole(Number(status), wires[dialect].error(Number(status), said), told);
    if (!turn.stream) return turn.whole(200, wires[dialect].json(model, 'Hello'), told);
    turn.head(200, { 'Content-Type': 'text/event-stream', ...told });
    for (const event of wires[dialect].events(model, 'Hello')) turn.piece(event);
    turn.end();
  });
}

interface Program {
  readonly folder: string;
  readonly port: number;
  /** What only the operator knows. */
  readonly token: string;
  /** Everything that went to the terminal. */
  said(): string;
  run(...words: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** The program, as `sluice serve` runs it, with its data in a folder of its own. */
async function start(upstream: FaultUpstream): Promise<Program> {
  const folder = temporaryFolder();
  const port = await freePort();
  const env = {
    HOME: folder,
    SLUICE_ADMIN_KEY: ADMIN,
    OTHER_KEY: FROM_ENV,
    CLIENT_KEY: CLIENT,
  };
  const { writeFileSync } = await import('node:fs');
  const file = join(folder, 'sluice.jsonc');
  const plain = { provider: 'openai-compatible', dialects: DIALECT_IDS };
  const settings = {
    server: { port },
    storage: { url: 'sqlite:data/sluice.db' },
    log: { level: 'debug', file: 'logs/sluice.log', folder: 'logs/files' },
    metrics: { token: METRICS },
    // Every exchange is to reach the provider.
    cooldown: { maxMs: 0, defaultMs: 0 },
    breaker: { failures: 0 },
    quarantine: { onAuth: false },
    retry: { sameUpstream: 0 },
    clients: [
      { id: 'me', key: '${CLIENT_KEY}' },
      { id: 'literal', key: HASHED },
    ],
    upstreams: [
      {
        ...plain,
        id: 'one',
        baseUrl: `${upstream.origin}/v1?api_key=${IN_QUERY}`,
        keys: [PLAIN, '${OTHER_KEY}'],
        headers: { 'x-secret-header': IN_HEADER },
      },
    ],
  };
  writeFileSync(file, JSON.stringify(settings, undefined, 2), { mode: 0o600 });
  const said: string[] = [];
  for (const stream of [process.stderr, process.stdout])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      said.push(String(chunk));
      return true;
    });
  vi.stubEnv('SLUICE_ADMIN_KEY', ADMIN);
  const before = new Set(process.listeners('SIGTERM'));
  const ended = serve({ config: file, overrides: {}, env, cwd: folder });
  const failed = ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${said.join('')}`)));
  failed.catch(() => undefined);
  await Promise.race([until(() => said.join('').includes(`:${port}`)), failed]);
  const program: Program = {
    folder,
    port,
    token: (await openVault(join(folder, 'data')).read()).token ?? '',
    said: () => said.join(''),
    run: (...words) => run(words, folder, file, env),
    stop: async () => {
      for (const listener of process.listeners('SIGTERM'))
        if (!before.has(listener)) (listener as () => void)();
      await ended;
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
        for (const listener of process.listeners(signal))
          if (signal === 'SIGHUP' || !before.has(listener)) process.removeListener(signal, listener);
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    },
  };
  return program;
}

/** One command; answers everything that it said. */
async function run(
  words: readonly string[],
  cwd: string,
  config: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const said: string[] = [];
  const terminal: Terminal = {
    env,
    cwd,
    home: cwd,
    interactive: false,
    colours: picocolors.createColors(false),
    out: (line) => void said.push(line),
    err: (line) => void said.push(line),
    exitCode: () => undefined,
  };
  const program = new Command('sluice').exitOverride();
  const all = [
    keysCommand,
    clientsCommand,
    configCommand,
    captureCommand,
    replayCommand,
    explainCommand,
    pricesCommand,
    usageCommand,
    logsCommand,
  ];
  for (const command of all) program.addCommand(command(terminal));
  await program.parseAsync([...words, '--config', config], { from: 'user' });
  return said.join('\n');
}

/** The live events, as they come. */
function listen(port: number, authorization: string): Promise<{ text(): string; leave(): void }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization };
    get({ port, host: '127.0.0.1', path: '/admin/v1/events', headers }, (answer: IncomingMessage) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      resolve({ text: () => text, leave: () => answer.destroy() });
    }).on('error', reject);
  });
}

/** The conversation that all requests belong to. */
const RUN = 'run-1';

/** Sends what goes well and what does not, in every format; answers the ids of the exchanges and what clients were told. */
async function use({ port }: Program): Promise<{ ids: string[]; heard: string[] }> {
  const ids: string[] = [];
  const heard: string[] = [];
  for (const dialect of DIALECT_IDS)
    for (const [model, stream] of [
      ['m', false],
      ['m', true],
      ['m-400', false],
      ['m-401', false],
      ['m-500', true],
      ['m-cut', false],
    ] as const) {
      const request = wires[dialect].request(model, stream, 'Hello');
      const path = `${request.path}${request.path.includes('?') ? '&' : '?'}key=${CLIENT}`;
      const headers = ['x-api-key', CLIENT, 'x-goog-api-key', CLIENT, 'cookie', `a=${CLIENT}`];
      headers.push('x-session-id', RUN);
      const answer = await ask(port, { ...request, path, headers });
      ids.push(answer.header('x-sluice-request-id') ?? '');
      heard.push(answer.rawHeaders.join('\n'), answer.text());
    }
  const wrong = await ask(port, { path: '/v1/models', headers: ['authorization', `Bearer ${CLIENT}x`] });
  heard.push(wrong.text());
  return { ids: ids.filter((id) => id !== ''), heard };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Where a secret stands in a text, with what is around it. */
function leaksIn(text: string, secrets: readonly string[]): string[] {
  return secrets.flatMap((secret) => {
    const at = text.indexOf(secret);
    return at < 0 ? [] : [`${text.slice(Math.max(0, at - 60), at + 30)}`];
  });
}

describe('24 a secret', () => {
  test('24 10.11 is in nothing that anybody can read of a gateway that runs', {
    timeout: 90_000,
  }, async () => {
    const upstream = await gossip();
    const program = await start(upstream);
    onTestFinished(async () => {
      await program.stop();
      await upstream.close();
    });
    const { port, folder, token } = program;
    expect(token.length).toBeGreaterThan(20);
    const as = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
    const admin = (method: string, path: string, body?: object): Promise<AdminAnswer> =>
      send(port, method, path.startsWith('/') ? path : `/admin/v1/${path}`, as(ADMIN), body);
    /** What was read, and where. */
    const read = new Map<string, string>();

    // The operator at work: a session by link, a stored key, a capture window, changes that are kept in the history.
    const link = await admin('POST', 'session/link');
    const { url } = link.body as { url: string };
    const login = url.split('=')[1] ?? '';
    const begun = await send(port, 'POST', '/admin/v1/session', {}, { token: login });
    const session = /sluice_session=([^;]+)/.exec(String(begun.headers['set-cookie']))?.[1] ?? '';
    const { csrfToken } = begun.body as { csrfToken: string };
    expect([login.length, session.length, csrfToken.length]).toEqual([32, 32, 32]);
    expect((await admin('POST', 'upstreams/one/keys', { key: STORED })).status).toBe(201);
    const made = await admin('POST', 'clients', { id: 'made' });
    expect(made.status).toBe(201);
    const { key: madeKey } = made.body as { key: string };
    const priority = [{ path: ['upstreams', 0, 'priority'], value: 3 }];
    expect((await admin('PATCH', 'config', { edits: priority })).status).toBe(200);
    expect((await admin('POST', 'capture', { requests: 1_000 })).status).toBe(200);
    const events = await listen(port, `Bearer ${ADMIN}`);
    const { ids, heard } = await use(program);
    expect(ids.length).toBeGreaterThan(20);
    for (const [at, text] of heard.entries()) read.set(`answer ${at}`, text);

    // Every question that the admin API can be asked, with every id that there is.
    const described = await admin('GET', '/admin/openapi.json');
    const { paths } = described.body as { paths: Record<string, Record<string, unknown>> };
    const [history] = ((await admin('GET', 'config/history')).body as { entries: { id: string }[] }).entries;
    expect(history).toBeDefined();
    const asked: string[] = ['/admin/docs', '/admin/openapi.json', '/metrics', '/dashboard/', '/'];
    for (const [path, methods] of Object.entries(paths)) {
      if (!('get' in methods) || path === '/admin/v1/events') continue;
      if (path.startsWith('/admin/v1/exchanges/')) asked.push(...ids.map((id) => path.replace('{id}', id)));
      else if (path.endsWith('/groups')) asked.push(`${path}?by=client`);
      else if (path.endsWith('/conversation')) asked.push(`${path}?id=${RUN}`);
      else if (path.includes('/conversations/')) asked.push(path.replace('{id}', RUN));
      // Who came with a key has no session.
      else if (path !== '/admin/v1/session') asked.push(path.replace('{id}', history?.id ?? ''));
    }
    await until(() => (events.text().match(/event: exchange/g)?.length ?? 0) >= ids.length);
    const refused: string[] = [];
    for (const path of asked) {
      const answer = await send(port, 'GET', path, path === '/metrics' ? as(METRICS) : as(ADMIN));
      if (answer.status !== 200) refused.push(`${path} ${answer.status}`);
      read.set(`GET ${path}`, `${JSON.stringify(answer.headers)} ${answer.text}`);
    }
    expect(refused).toEqual([]);
    for (const text of [...read.values()].filter((one) => one.includes('"error":{"message"')))
      expect(text).not.toContain('CANARY');
    read.set('events', events.text());
    events.leave();

    // Questions with a body, and what went wrong.
    const [id = ''] = ids;
    for (const [path, body] of [
      [
        'config/validate',
        { text: `{"upstreams":[{"id":"x","provider":"openai","keys":["${PLAIN}"],"a":1}]}` },
      ],
      ['config/diff', { text: `{"upstreams":[{"id":"one","provider":"openai","keys":["${PLAIN}"]}]}` }],
      [`exchanges/${id}/replay`, {}],
      ['upstreams/nobody/keys', { key: STORED }],
      ['upstreams/one/keys', { key: STORED }],
      ['session', { key: `${ADMIN}x` }],
      ['explain', { model: 'm' }],
    ] as const)
      read.set(`POST ${path}`, (await admin('POST', path, body)).text);
    read.set('replay', (await admin('POST', `exchanges/${ids.at(-1)}/replay`, {})).text);

    // The command line.
    const bundle = join(folder, 'bundle.json');
    const few = ids.slice(0, 8);
    for (const words of [
      ['keys', 'list'],
      ['keys', 'list', '--json'],
      ['clients', 'list'],
      ['clients', 'list', '--json'],
      ['config', 'show'],
      ['config', 'check'],
      ['config', 'history'],
      ['capture', 'status'],
      ['capture', 'export', ...few],
      ['capture', 'export', ...few, '-o', bundle],
      ['replay', bundle],
      ['replay', bundle, '--json'],
      ['explain', 'm'],
      ['prices'],
      ['usage', '--json'],
      ['logs', '--requests'],
      ['logs', '--errors', '--json'],
      ['logs', '--keys'],
    ]) {
      const said = await program.run(...words);
      read.set(`sluice ${words.join(' ')}`, said);
      if (words[0] === 'keys') expect(said).toContain('one');
    }
    const exported = readFileSync(bundle, 'utf8');
    expect(exported).toContain('[redacted]');
    await program.stop();
    read.set('terminal', program.said());
    for (const path of filesBelow(folder)) {
      const name = path.slice(folder.length + 1);
      // What is written by hand, and what it was before, may hold secrets: nobody else may read it.
      if (name === 'sluice.jsonc' || name.startsWith('data/config-history/'))
        expect(statSync(path).mode & 0o077, name).toBe(0);
      else read.set(name, readFileSync(path, 'latin1'));
    }
    expect([...read.keys()].filter((name) => name.startsWith('data/')).length).toBeGreaterThanOrEqual(4);
    expect([...read.keys()].filter((name) => name.startsWith('logs/')).length).toBeGreaterThan(2);

    const shownOnce = new Set(['POST clients']);
    const leaks = [...read].flatMap(([where, text]) => {
      if (shownOnce.has(where)) return [];
      const secrets = ['CANARY', token, session, login, madeKey];
      // A page gets the CSRF token of its own session, and no other.
      return leaksIn(text, [...secrets, csrfToken]).map((leak) => `${where}: ${leak}`);
    });
    expect(leaks).toEqual([]);
  });
});
