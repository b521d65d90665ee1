// The live events of the admin API: what ends, what is on its way, and that listening neither leaks nor holds up a stop.

import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClosedEvent } from '../../src/admin/contract.ts';
import { AS_ADMIN, adminSetup, send } from '../kit/admin.ts';
import { until } from '../kit/client.ts';
import { type Gateway, startGateway } from '../kit/gateway.ts';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
});

interface Listener {
  readonly answer: IncomingMessage;
  readonly text: () => string;
  readonly ended: () => boolean;
}

function listen(port: number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/admin/v1/events', headers: AS_ADMIN, agent: false }, (answer) => {
      let text = '';
      let ended = false;
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => {
        ended = true;
      });
      answer.on('error', () => undefined);
      resolve({ answer, text: () => text, ended: () => ended });
    }).on('error', reject);
  });
}

/** An upstream that answers when it is told to. */
async function slowUpstream(): Promise<{
  readonly origin: string;
  readonly release: () => void;
  asked: () => number;
}> {
  const held: (() => void)[] = [];
  const server: Server = createServer((request, response) => {
    request.resume();
    held.push(() => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          id: 'c',
          object: 'chat.completion',
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }],
        }),
      );
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked: () => held.length,
    release: () => {
      for (const answer of held) answer();
    },
  };
}

interface Feed {
  readonly listeners: Set<(event: ClosedEvent) => void>;
  subscribe(listener: (event: ClosedEvent) => void): () => void;
}

const ENDED: ClosedEvent = {
  type: 'exchange',
  id: 'req_9',
  receivedAtMs: 1_000,
  atMs: 1_400,
  route: 'chat.completions',
  attempts: 1,
  status: 200,
  streamed: false,
  aborted: false,
  durationMs: 400,
};

function fakeFeed(): Feed {
  const listeners = new Set<(event: ClosedEvent) => void>();
  return {
    listeners,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

describe('live events', () => {
  it('tell what is on its way and what has ended, and are forgotten when the listener leaves', async () => {
    const upstream = await slowUpstream();
    const feed = fakeFeed();
    const gateway: Gateway = await startGateway({
      upstreams: [{ origin: upstream.origin }],
      ...adminSetup({ feed }),
    });
    cleanup.push(() => gateway.stop());
    const asked = send(gateway.port, 'POST', '/v1/chat/completions', {}, { model: 'm', messages: [] });
    await until(() => upstream.asked() === 1);

    const listener = await listen(gateway.port);
    expect(listener.answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    await until(() => listener.text().includes('event: in-flight'));
    const data = /event: in-flight\ndata: (.*)\n/.exec(listener.text())?.[1] ?? '';
    expect(JSON.parse(data)).toMatchObject({
      exchanges: [
        { route: 'chat.completions', model: 'm', upstream: 'one', key: 'k1', phase: 'asked', attempts: 1 },
      ],
    });
    for (const hear of feed.listeners) hear(ENDED);
    await until(() => listener.text().includes(`event: exchange\ndata: ${JSON.stringify(ENDED)}\n\n`));

    upstream.release();
    expect((await asked).status).toBe(200);
    await until(() => listener.text().includes('"exchanges":[]'));
    listener.answer.destroy();
    await until(() => feed.listeners.size === 0);
  });

  it('end in good order when the gateway stops', async () => {
    const gateway = await startGateway({ upstreams: [{ origin: 'http://127.0.0.1:1' }], ...adminSetup() });
    const listener = await listen(gateway.port);
    await until(() => listener.text().includes('retry:'));
    await gateway.stop();
    await until(() => listener.ended());
  });
});
