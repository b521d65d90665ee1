// `sluice capture` and `sluice replay` from end to end: a gateway with a capture, and the part of its admin API that the
// commands use in front of it.

import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Command } from 'commander';
import { afterEach, describe, expect, test } from 'vitest';
import { captureCommand } from '../../src/cli/commands/capture.ts';
import { replayCommand } from '../../src/cli/commands/replay.ts';
import { gatherBundle } from '../../src/exchange/replay/bundle.ts';
import { openVault } from '../../src/vault/vault.ts';
import { type Capturing, capturingGateway } from '../kit/capturing.ts';
import { ask } from '../kit/client.ts';
import { ANSWER, type FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { recordingTerminal } from '../kit/recording-terminal.ts';
import { provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const KEY = 'key-of-me-1234';
const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

interface Desk extends Capturing {
  readonly cwd: string;
  readonly upstream: FaultUpstream;
  readonly asked: { readonly what: string; readonly body: unknown }[];
  run(...args: string[]): Promise<Run>;
  /** Sends a chat whose exchange is captured; answers its id. */
  send(): Promise<string>;
}

/** What the admin API does with these requests. */
async function answerOf(
  { capture, details, gateway }: Capturing,
  what: string,
  body: unknown,
): Promise<unknown> {
  const [, id] = /^GET \/admin\/v1\/exchanges\/(.*)\/bundle$/.exec(what) ?? [];
  if (id !== undefined)
    return gatherBundle(details, [id], { version: '1.0.0', nowMs: 1, settings: gateway.settings });
  switch (what) {
    case 'GET /health':
      return { status: 'ok' };
    case 'POST /admin/v1/capture':
      return capture.control.open(body ?? {});
    case 'GET /admin/v1/capture':
      return capture.control.status();
    case 'DELETE /admin/v1/capture':
      return capture.control.close();
    case 'POST /admin/v1/replays': {
      const { record, ...to } = body as { readonly record: Awaited<ReturnType<Capturing['kept']>> };
      return gateway.app.replayer.replayRecord(record, to);
    }
    default:
      return undefined;
  }
}

/** The admin API of a gateway. */
async function adminOf(
  capturing: Capturing,
  asked: Desk['asked'],
  token: () => string | undefined,
): Promise<number> {
  const server = createServer(async (request, response) => {
    const text = (await buffer(request)).toString();
    const what = `${request.method} ${request.url}`;
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const known = what === 'GET /health' || request.headers.authorization === `Bearer ${token()}`;
    if (what !== 'GET /health') asked.push({ what, body });
    const answer = known ? await answerOf(capturing, what, body) : undefined;
    const error = { error: { code: 'not_found', message: 'Nothing was captured of this exchange.' } };
    const failed = answer === undefined ? error : undefined;
    response.writeHead(!known ? 401 : failed === undefined ? 200 : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(failed ?? answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function desk(): Promise<Desk> {
  const upstream = await provider();
  const capturing = await capturingGateway({
    upstreams: [{ id: 'mine', origin: upstream.origin }],
    clients: [clientWithKey('me', KEY)],
  });
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-replay-'));
  const vault = openVault(join(cwd, 'data'));
  await vault.prepare();
  const { token } = await vault.read();
  const asked: Desk['asked'] = [];
  const port = await adminOf(capturing, asked, () => token);
  const upstreams = [
    { id: 'mine', provider: 'openai-compatible', baseUrl: `${upstream.origin}/v1`, keys: ['sk-x-00000001'] },
  ];
  const config = { storage: { url: 'sqlite:data/sluice.db' }, server: { port }, upstreams };
  writeFileSync(join(cwd, 'sluice.jsonc'), JSON.stringify(config), { mode: 0o600 });
  const run = async (...args: string[]): Promise<Run> => {
    const { terminal, said: result } = recordingTerminal(cwd);
    const program = new Command('sluice').exitOverride();
    program.addCommand(captureCommand(terminal)).addCommand(replayCommand(terminal));
    await program.parseAsync(args, { from: 'user' });
    return result;
  };
  const send = async (): Promise<string> => {
    const request = wires['openai-chat'].request('m', true, 'Hello');
    const answer = await ask(capturing.gateway.port, {
      ...request,
      headers: ['authorization', `Bearer ${KEY}`],
    });
    return (await capturing.kept(answer.header('x-sluice-request-id'))).id;
  };
  return Object.assign(capturing, { cwd, upstream, asked, run, send });
}

describe('sluice capture', () => {
  test('opens a window as told, says how it stands, closes it and exports what was kept', async () => {
    const { run, asked, send, cwd } = await desk();
    const opened = await run(
      'capture',
      'start',
      '--seconds',
      '5',
      '--requests',
      '3',
      '--model',
      'm*',
      '--errors',
      '--max-kib',
      '1024',
    );
    expect(opened.err).toBe('');
    expect(asked[0]).toEqual({
      what: 'POST /admin/v1/capture',
      body: { seconds: 5, requests: 3, maxBytes: 1_048_576, filter: { model: 'm*', errorsOnly: true } },
    });
    expect(opened.out).toMatch(
      /A window is open for 3 more exchanges\.\n0 kept, 0 on their way\.\nOnly: model m\*, errorsOnly true\./,
    );
    await run('capture', 'start', '--requests', '2');
    const id = await send();
    expect((await run('capture', 'status')).out).toContain(
      `for 1 more exchanges.\n1 kept, 0 on their way.\n  ${id}`,
    );
    expect(JSON.parse((await run('capture', 'stop', '--json')).out)).toMatchObject({
      open: false,
      captured: 1,
      recent: [id],
    });
    expect((await run('capture', 'status')).out).toContain('No window is open');
    const { code, err } = await run('capture', 'export', id, '-o', 'bundle.json');
    expect([code, err]).toEqual([0, '1 exchanges are in bundle.json.\n']);
    expect(JSON.parse(readFileSync(join(cwd, 'bundle.json'), 'utf8'))).toMatchObject({
      sluiceBundle: 1,
      exchanges: [{ id }],
    });
    expect(statSync(join(cwd, 'bundle.json')).mode & 0o777).toBe(0o600);
    expect(await run('capture', 'export', 'req_nobody')).toMatchObject({ code: 1, out: '' });
  });

  test('refuses what is no number or time before it asks', async () => {
    const { run, asked } = await desk();
    for (const flags of [
      ['--seconds', 'x'],
      ['--requests', '0'],
      ['--until', 'soon'],
    ])
      expect(await run('capture', 'start', ...flags)).toMatchObject({ code: 1, out: '' });
    expect(asked).toEqual([]);
  });
});

describe('sluice replay', () => {
  test('sends a bundle through the gateway as its operator, and its exit code tells whether it matters', async () => {
    const { run, send, capture, upstream, asked } = await desk();
    capture.control.open({});
    await run('capture', 'export', await send(), '-o', 'bundle.json');
    const same = await run('replay', 'bundle.json', '--upstream', 'mine', '--model', 'm');
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toMatch(/^same req_\w+ chat\.completions m → req_\w+/);
    expect(asked.at(-1)).toMatchObject({
      what: 'POST /admin/v1/replays',
      body: { upstream: 'mine', model: 'm' },
    });
    upstream.script = (turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      for (const event of wires[turn.dialect].events(turn.model, 'Other words.')) turn.piece(event);
      turn.end();
    };
    const words = await run('replay', 'bundle.json');
    expect(words.code).toBe(0);
    expect(words.out).toContain(`    -${ANSWER}`);
    expect(words.out).toContain('    +Other words.');
    expect((await run('replay', 'bundle.json', '--strict')).code).toBe(1);
    upstream.script = (turn) => turn.whole(400, wires[turn.dialect].error(400, 'No such thing.'));
    const failed = await run('replay', 'bundle.json');
    expect(failed.code).toBe(1);
    expect(failed.out).toContain('! status: 200 → 400');
    expect(failed.out).toContain('! error: none → No such thing.');
  });

  test('sends it to any gateway as a client, with a key and another model', async () => {
    const { run, send, capture, gateway, upstream } = await desk();
    capture.control.open({});
    await run('capture', 'export', await send(), '-o', 'bundle.json');
    capture.control.close();
    const url = `http://127.0.0.1:${gateway.port}`;
    const refused = await run('replay', 'bundle.json', '--url', url);
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('! status: 200 → 401');
    const { code, out } = await run(
      'replay',
      'bundle.json',
      '--url',
      url,
      '--key',
      KEY,
      '--model',
      'other',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      { request: { to: { model: 'other' } }, after: { model: 'other', text: ANSWER, upstreamId: 'mine' } },
    ]);
    expect(upstream.turns.at(-1)?.model).toBe('other');
    expect(gateway.opened.at(-1)).toMatchObject({ route: 'chat.completions', clientId: 'me' });
    expect(await run('replay', 'bundle.json', '--url', url, '--upstream', 'mine')).toMatchObject({
      code: 1,
      out: '',
    });
    expect((await run('replay', 'bundle.json', '--url', 'http://127.0.0.1:1')).out).toMatch(
      /^failed .*did not answer/,
    );
  });

  test('says what is wrong with a file that is no bundle', async () => {
    const { run, cwd } = await desk();
    writeFileSync(join(cwd, 'odd.json'), '{}');
    expect(await run('replay', 'odd.json')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no bundle'),
    });
    expect(await run('replay', 'nowhere.json')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nowhere.json'),
    });
  });
});
