// `sluice rate --watch` beside a gateway whose upstream sends its answer piece by piece.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rateCommand } from '../../src/cli/commands/rate.ts';
import { createFeed } from '../../src/observe/feed.ts';
import { openVault } from '../../src/vault/vault.ts';
import { adminSetup, fakeQueries } from '../kit/admin.ts';
import { until } from '../kit/client.ts';
import { startGateway } from '../kit/gateway.ts';
import { recordingTerminal, type Said } from '../kit/recording-terminal.ts';

let folder: string;
const cleanup: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-rate-'));
  await writeFile(
    join(folder, 'sluice.jsonc'),
    JSON.stringify({ storage: { url: 'sqlite:data/sluice.db' } }),
    {
      mode: 0o600,
    },
  );
});
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
  await rm(folder, { recursive: true, force: true });
});

/** Watches the gateway on a port; what it says, and how to end it. */
function watch(port: number, format: string): { readonly said: Said; stop(): Promise<void> } {
  const { terminal, said } = recordingTerminal(folder);
  const stopped = new AbortController();
  const command = new Command('sluice').addCommand(rateCommand(terminal, stopped.signal));
  const running = command.parseAsync(['node', 'sluice', 'rate', '--watch', '-f', format, '-p', String(port)]);
  const stop = async (): Promise<void> => {
    stopped.abort();
    await running;
  };
  cleanup.push(stop);
  return { said, stop };
}

/** A stream that sends a piece whenever it is told to. */
async function slowUpstream(): Promise<{
  readonly origin: string;
  piece(): void;
  end(): void;
  asked(): boolean;
}> {
  let answer: ServerResponse | undefined;
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    answer = response;
    response.flushHeaders();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const event = (value: object): void => void answer?.write(`data: ${JSON.stringify(value)}\n\n`);
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => answer !== undefined,
    piece: () =>
      event({
        id: 'c',
        object: 'chat.completion.chunk',
        model: 'm',
        choices: [{ index: 0, delta: { content: 'word '.repeat(200) } }],
      }),
    end: () => void answer?.end('data: [DONE]\n\n'),
  };
}

describe('10.8 sluice rate --watch', () => {
  it('10.8 measures a stream while it is still running', async () => {
    const upstream = await slowUpstream();
    const vault = openVault(join(folder, 'data'));
    await vault.prepare();
    const { token } = await vault.read();
    const feed = createFeed((text) => text);
    const queries = fakeQueries({ exchanges: { rows: [], next: undefined } });
    const { outside } = adminSetup({ feed, queries }).admin;
    const gateway = await startGateway({
      upstreams: [{ origin: upstream.origin }],
      observers: [feed],
      admin: { outside, vault: { token: () => token, switchKey: () => Promise.resolve(undefined) } },
    });
    cleanup.push(() => gateway.stop());
    const { said } = watch(gateway.port, 'text');
    await until(() => said.out.includes('↑0 ↓0 tok/s'));
    const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
    const headers = { 'content-type': 'application/json' };
    const path = '/v1/chat/completions';
    const asking = request({
      port: gateway.port,
      host: '127.0.0.1',
      method: 'POST',
      path,
      headers,
      agent: false,
    });
    asking.on('response', (answer) => answer.resume());
    asking.on('error', () => undefined);
    asking.end(body);
    cleanup.push(() => asking.destroy());
    await until(() => upstream.asked());
    const pieces = setInterval(() => upstream.piece(), 100);
    cleanup.push(() => clearInterval(pieces));
    // Nothing has ended: the gateway's own count is all there is.
    await until(() => /↓[1-9]/.test(said.out));
    expect(gateway.closed).toEqual([]);
    expect(said.err).toBe('');
  });

  it('10.8 says once that no gateway runs, and goes on looking', async () => {
    const { said, stop } = watch(1, 'text');
    await until(() => said.err !== '');
    await stop();
    expect(said).toMatchObject({ out: '', err: 'No gateway runs at http://127.0.0.1:1.\n' });
  });
});
