// What operators see and set while the gateway runs (features 10.5, 10.8, 10.12, 10.13, 12.1, 12.7): one test for each promise.

import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolveLog } from '../../src/config/resolve-observability.ts';
import { logSchema } from '../../src/config/schema/log.ts';
import { serverSchema } from '../../src/config/schema/server.ts';
import { createAuthenticator } from '../../src/http/authenticate.ts';
import { createFeed } from '../../src/observe/feed.ts';
import { createLog } from '../../src/observe/log.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { ADMIN_KEY, AS_ADMIN, adminSetup, send } from '../kit/admin.ts';
import { ask, begin, until } from '../kit/client.ts';
import { clientWithKey, settingsOf } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';
import { closing, opening } from '../stores/exchanges.ts';

const KEY = 'key-of-alice-1234567';

describe('the log', () => {
  test('10.5 has a level, and another one for parts of the gateway', () => {
    const config = logSchema.parse({ level: 'info', levels: { exchanges: 'warn', storage: 'debug' } });
    expect(logSchema.safeParse({ levels: { nobody: 'warn' } }).success).toBe(false);
    expect(logSchema.safeParse({ levels: { storage: 'loud' } }).success).toBe(false);
    const document = { file: '/etc/sluice.jsonc' } as unknown as Parameters<typeof resolveLog>[1];
    const lines: { level: string; msg: string; module?: string }[] = [];
    const sink = {
      write: (line: string) => void lines.push(JSON.parse(line)),
      flush: () => undefined,
      reopen: () => undefined,
      close: () => Promise.resolve(),
    };
    const settings = resolveLog(config, document, '/home/me');
    const created = createLog({ ...settings, terminal: false, redactor: createRedactor(), sink });
    if (!created.ok) throw new Error(created.message);
    const { log } = created;
    const said = (): string[] => lines.splice(0).map(({ module = '', msg }) => `${module}:${msg}`);
    const sayAll = (): void => {
      log.exchange(opening('a'), closing('a'));
      log.exchange(opening('b'), closing('b', { status: 500 }));
      log.of('storage').debug('d');
      log.of('config').debug('d');
      log.of('config').info('i');
      log.debug('d');
      log.info('i');
    };
    sayAll();
    expect(said()).toEqual([':exchange', 'storage:d', 'config:i', ':i']);
    // The switch of the admin API is for everything that has no level of its own.
    log.setLevel('error');
    sayAll();
    expect(said()).toEqual([':exchange', 'storage:d']);
    log.setLevel('info', {});
    sayAll();
    expect(said()).toEqual([':exchange', ':exchange', 'config:i', ':i']);
  });
});

describe('the live feed', () => {
  test('10.8 tells tokens on their way and tokens per second of what has ended, by server-sent events', async () => {
    let release = (): void => undefined;
    const upstream = await provider((turn) => {
      const events = wires['openai-chat'].events(turn.model, turn.text);
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      for (const event of events.slice(0, 2)) turn.piece(event);
      release = () => {
        for (const event of events.slice(2)) turn.piece(event);
        turn.end();
      };
    });
    const feed = createFeed((text) => text);
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      observers: [feed],
      ...adminSetup({ feed }),
    });
    let heard = '';
    const listener = get({
      ...{ port: gateway.port, host: '127.0.0.1', path: '/admin/v1/events', agent: false },
      headers: AS_ADMIN,
    });
    listener.on('error', () => undefined);
    listener.on('response', (answer) =>
      answer.setEncoding('utf8').on('data', (part: string) => {
        heard += part;
      }),
    );
    onTestFinished(() => void listener.destroy());
    await until(() => feed.listeners === 1);
    const underway = begin(gateway.port, wires['openai-chat'].request('m', true, 'Hello'));
    await until(() => heard.includes('"phase":"streaming"'));
    const sample = /event: in-flight\ndata: (.*"phase":"streaming".*)\n/.exec(heard)?.[1] ?? '{}';
    expect(JSON.parse(sample)).toMatchObject({
      exchanges: [{ model: 'm', upstream: 'one', bytesOut: expect.any(Number), ttftMs: expect.any(Number) }],
    });
    const seenMs = Date.now();
    await until(() => Date.now() >= seenMs + 5);
    release();
    await underway.done;
    await until(() => heard.includes('event: exchange\n'));
    const event = JSON.parse(/event: exchange\ndata: (.*)\n/.exec(heard)?.[1] ?? '{}') as Record<
      string,
      number
    >;
    expect(event).toMatchObject({ inputTokens: 11, outputTokens: 7, tokensPerSecond: expect.any(Number) });
    const streamedMs = (event['durationMs'] ?? 0) - (event['firstOutputMs'] ?? 0);
    expect(event['tokensPerSecond']).toBeCloseTo(6_000 / streamedMs, 0);
  });
});

describe('the address of a client', () => {
  const settings = settingsOf({
    upstreams: [],
    clients: [clientWithKey('alice', KEY)],
    server: { trustedProxies: ['10.0.0.0/8', 'fd00::1'] },
  });
  const wrongFrom = (caller: string, headers: Record<string, string> = {}) => {
    const authenticator = createAuthenticator(
      () => 1_000,
      () => 1_000,
    );
    return (forwarded: string | undefined, key = 'wrong'): number => {
      const sent = { ...headers, 'x-api-key': key, ...(forwarded && { 'x-forwarded-for': forwarded }) };
      const identity = authenticator.identify(sent, [], settings, caller);
      return identity.ok ? 200 : identity.error.status;
    };
  };

  test('10.12 is believed of proxies that are trusted: one who guesses slows down no other', () => {
    const proxied = wrongFrom('10.1.2.3');
    for (let i = 0; i < 5; i++) expect(proxied('203.0.113.7')).toBe(401);
    expect(proxied('203.0.113.7')).toBe(429);
    // Whatever the caller claims before it, and through however many proxies.
    expect(proxied('198.51.100.1, 203.0.113.7, 10.9.9.9')).toBe(429);
    expect(proxied('203.0.113.8')).toBe(401);
    expect(proxied('203.0.113.7', KEY)).toBe(200);
  });

  test('10.12 is that of the connection for everybody else, whatever the header says', () => {
    const direct = wrongFrom('203.0.113.99');
    for (let i = 0; i < 5; i++) expect(direct(`198.51.100.${i}`)).toBe(401);
    expect(direct('198.51.100.77')).toBe(429);
  });

  test('10.12 makes nobody local: that is said of the connection alone', () => {
    const open = { ...settings, clients: [] };
    const authenticator = createAuthenticator(() => 0);
    const claims = { 'x-forwarded-for': '127.0.0.1' };
    expect(authenticator.identify(claims, [], open, '10.1.2.3')).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    expect(authenticator.identify(claims, [], open, '203.0.113.7').ok).toBe(false);
  });

  test('10.12 stands in the audit log as the trusted proxy told it', async () => {
    for (const [trustedProxies, address] of [
      [['127.0.0.1'], '203.0.113.7'],
      [[], '127.0.0.1'],
    ] as const) {
      const setup = adminSetup();
      const gateway = await gatewayWith({ upstreams: [], server: { trustedProxies }, admin: setup.admin });
      const headers = { ...AS_ADMIN, 'x-forwarded-for': '192.0.2.1, 203.0.113.7' };
      await send(gateway.port, 'POST', '/admin/v1/cache/purge', headers, {});
      expect(setup.audited.map((entry) => entry.address)).toEqual([address]);
    }
  });

  test('10.12 is configured by addresses and networks, and nothing else is taken for one', () => {
    const accepted = (entry: string): boolean => serverSchema.safeParse({ trustedProxies: [entry] }).success;
    for (const good of ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']) expect(accepted(good), good).toBe(true);
    for (const bad of ['proxy', '10.0.0.0/33', '10.0.0.1/', '::1/129', '1.2.3.4/8/8', '*', '300.1.1.1'])
      expect(accepted(bad), bad).toBe(false);
  });
});

describe('programs that watch', () => {
  test('10.13 GET /health says that it lives, GET /ready whether it takes requests, also with clients configured', async () => {
    const gateway = await gatewayWith({ upstreams: [], clients: [clientWithKey('alice', KEY)] });
    const ready = await send(gateway.port, 'GET', '/ready');
    expect([ready.status, ready.body]).toEqual([200, { status: 'ready' }]);
    for (const path of ['/health', '/ready', '/']) {
      expect((await send(gateway.port, 'GET', path)).headers['cache-control'], path).toBe('no-store');
      expect((await send(gateway.port, 'HEAD', path)).status, path).toBe(200);
    }
  });

  test('10.13 GET /ready is 503 while the gateway stops, and a request in flight is finished all the same', async () => {
    let release = (): void => undefined;
    const upstream = await provider((turn) => {
      release = () => turn.healthy();
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const probe = await halfAsked(gateway.port, '/ready');
    const underway = begin(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    await until(() => upstream.turns.length === 1);
    const stopping = gateway.app.stop(60_000);
    const told = await probe.finish();
    release();
    expect((await underway.done).status).toBe(200);
    await stopping;
    expect(told).toMatch(/^HTTP\/1\.1 503 [\s\S]*not ready/);
  });

  test('12.1 status of the admin API and of other gateways tell the same upstreams', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { origin: upstream.origin },
        { id: 'two', enabled: false, origin: upstream.origin, secrets: ['sk-two-canary-0001'] },
      ],
      ...adminSetup(),
    });
    await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    const listed = await send(gateway.port, 'GET', '/admin/v1/upstreams', AS_ADMIN);
    const status = await send(gateway.port, 'GET', '/v1/status', AS_ADMIN);
    expect(ids(listed.body, 'upstreams')).toEqual(['one', 'two']);
    expect(ids(status.body, 'apis')).toEqual(['one', 'two']);
    expect(listed.text + status.text).not.toContain('canary');
  });

  test('12.7 there is no management of MCP yet: its paths are not found, and go nowhere', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }], ...adminSetup() });
    for (const path of ['/v1/mcp/tools', '/v1/mcp/servers', '/v1/mcp/x/tools', '/admin/v1/mcp'])
      for (const headers of [{}, AS_ADMIN, { 'x-api-key': ADMIN_KEY }]) {
        const answer = await send(gateway.port, 'GET', path, headers);
        expect([404, 401], path).toContain(answer.status);
        expect(answer.body, path).toHaveProperty('error');
      }
    expect(upstream.turns).toEqual([]);
  });
});

function ids(body: unknown, list: string): string[] {
  return ((body as Record<string, { id: string }[]>)[list] ?? []).map(({ id }) => id);
}

/** A question whose head is complete only when it is finished: its connection is not idle in between. */
async function halfAsked(port: number, path: string): Promise<{ finish(): Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await once(socket, 'connect');
  await new Promise<void>((resolve) =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`, () => resolve()),
  );
  return {
    async finish() {
      const closed = once(socket, 'close');
      socket.write('Connection: close\r\n\r\n');
      await closed;
      return text;
    },
  };
}
