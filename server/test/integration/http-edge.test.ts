// The edge as a client meets it: strictness, browsers, bodies, slow and vanishing clients, shutting down.

import { afterEach, describe, expect, it } from 'vitest';
import {
  clientWithKey,
  type EdgeSetup,
  eventually,
  type Kept,
  keep,
  type RunningEdge,
  raw,
  runEdge,
} from './http-kit.ts';

let running: RunningEdge | undefined;
async function start(setup: EdgeSetup = {}): Promise<RunningEdge> {
  running = await runEdge(setup);
  return running;
}
afterEach(async () => {
  await running?.close();
  running = undefined;
});

function head(edge: RunningEdge, path: string, lines: readonly string[] = [], method = 'GET'): string {
  return [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${edge.port}`, ...lines, '', ''].join('\r\n');
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

describe('a request head', () => {
  it.each([
    ['a second Host', 'GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n', 400],
    ['a Host that is none', 'GET /health HTTP/1.1\r\nHost: a b/c@d\r\n\r\n', 400],
    ['no Host', 'GET /health HTTP/1.1\r\n\r\n', 400],
    [
      'a second Authorization',
      'GET /health HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nauthorization: b\r\n\r\n',
      400,
    ],
    [
      'a second Content-Type',
      'POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nCONTENT-TYPE: text/plain\r\nContent-Length: 2\r\n\r\n{}',
      400,
    ],
    [
      'length and chunks',
      'POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'chunks in HTTP/1.0',
      'POST /v1/messages HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['HTTP/0.9', 'GET /\r\n\r\n', 505],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
    ['CONNECT', 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
    [
      'another expectation',
      'POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n{}',
      417,
    ],
    ['too many headers', `GET /health HTTP/1.1\r\nHost: localhost\r\n${'A: b\r\n'.repeat(300)}\r\n`, 431],
    ['a long header', `GET /health HTTP/1.1\r\nHost: localhost\r\nA: ${'b'.repeat(40_000)}\r\n\r\n`, 431],
    [
      'a foreign absolute form',
      'GET http://169.254.169.254/latest/meta-data/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
      403,
    ],
  ])('with %s is refused, and the connection closed', async (_name, bytes, status) => {
    const edge = await start();
    expect(statusOf(await raw(edge.port, bytes, status === 403 ? /\r\n\r\n/ : undefined))).toBe(status);
    expect(edge.handed).toHaveLength(0);
  });

  it('in absolute form is taken for its path when it names the gateway', async () => {
    const edge = await start();
    expect(
      statusOf(
        await raw(edge.port, head(edge, `http://localhost:${edge.port}/health`, ['Connection: close'])),
      ),
    ).toBe(200);
  });

  it('that does not become complete is answered with 408', async () => {
    const edge = await start({ limits: { headersMs: 50, checkIntervalMs: 20 } });
    expect(statusOf(await raw(edge.port, 'GET /health HTTP/1.1\r\nHost: loc'))).toBe(408);
  });

  it('with hostile header names harms nothing', async () => {
    const edge = await start();
    const bytes = head(edge, '/health', [
      '__proto__: x',
      'constructor: y',
      'toString: z',
      'Connection: close',
    ]);
    expect(statusOf(await raw(edge.port, bytes))).toBe(200);
  });

  it('that asks for a WebSocket gets 426 at once', async () => {
    const edge = await start();
    const lines = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ];
    expect(statusOf(await raw(edge.port, head(edge, '/v1/responses', lines)))).toBe(426);
  });
});

describe('headers that are handed on', () => {
  it('keep case and order, without credentials, hop-by-hop headers and those that Connection names', async () => {
    const edge = await start();
    const lines = [
      'X-First: 1',
      'Cookie: c',
      'Connection: close, X-Hop',
      'X-Hop: h',
      'TE: trailers',
      'X-Sluice-Strict: true',
      'X-Forwarded-For: 1.2.3.4',
      'Accept-Encoding: gzip',
      'X-Request-Id: mine',
      'anthropic-beta: b',
    ];
    await raw(edge.port, head(edge, '/v1/models', lines));
    expect(edge.handed[0]?.inbound.headers).toEqual([
      'X-First',
      '1',
      'X-Request-Id',
      'mine',
      'anthropic-beta',
      'b',
    ]);
    expect(edge.handed[0]?.inbound.header('x-sluice-strict')).toBe('true');
    expect(edge.handed[0]?.inbound.bodyLength).toBe(0);
  });
});

describe('web pages', () => {
  const call = async (
    edge: RunningEdge,
    path: string,
    lines: readonly string[],
    method = 'POST',
  ): Promise<string> =>
    raw(edge.port, head(edge, path, [...lines, 'Content-Length: 0', 'Connection: close'], method));

  it('cannot reach the gateway under a name of their own (DNS rebinding)', async () => {
    const edge = await start({ server: { allowedHosts: ['gateway.example', '*.lan'] } });
    const under = async (host: string): Promise<number> =>
      statusOf(await raw(edge.port, `GET /v1/models HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '169.254.169.254',
      'lan',
    ])
      expect(await under(host), host).toBe(403);
    for (const host of [
      'localhost',
      'LOCALHOST:9',
      '127.0.0.1',
      '[::1]:9208',
      'gateway.example:1',
      'box.lan',
    ])
      expect(await under(host), host).toBe(200);
  });

  it.each([
    ['Origin: https://evil.example'],
    ['Origin: null'],
    ['Origin: http://localhost:3000'],
    ['Sec-Fetch-Site: cross-site'],
    ['Sec-Fetch-Site: same-site'],
  ])('of another origin are refused by default (%s)', async (line) => {
    const edge = await start();
    for (const [method, path] of [
      ['POST', '/v1/messages'],
      ['GET', '/v1/models'],
      ['OPTIONS', '/v1/messages'],
      ['DELETE', '/v1/files/f'],
    ] as const) {
      const answer = await call(edge, path, [line], method);
      expect(statusOf(answer), `${method} ${path}`).toBe(403);
      expect(answer.toLowerCase()).not.toContain('access-control-allow');
    }
    expect(edge.handed).toHaveLength(0);
    expect(statusOf(await call(edge, '/health', [line], 'GET'))).toBe(200);
  });

  it('of the gateway itself may call it', async () => {
    const edge = await start();
    expect(
      statusOf(
        await call(
          edge,
          '/v1/models',
          [`Origin: http://127.0.0.1:${edge.port}`, 'Sec-Fetch-Site: same-origin'],
          'GET',
        ),
      ),
    ).toBe(200);
  });

  it('of a listed origin may call it and read the answer', async () => {
    const edge = await start({ server: { corsOrigins: ['https://app.example'] } });
    const preflight = await call(
      edge,
      '/v1/messages',
      [
        'Origin: https://app.example',
        'Access-Control-Request-Method: POST',
        'Access-Control-Request-Headers: X-Api-Key, anthropic-version, x-evil, cache-control, content-type',
      ],
      'OPTIONS',
    );
    expect(statusOf(preflight)).toBe(204);
    expect(preflight).toContain('access-control-allow-origin: https://app.example');
    expect(preflight).toContain(
      'access-control-allow-headers: x-api-key, anthropic-version, cache-control, content-type\r\n',
    );
    const answer = await call(edge, '/v1/models', ['Origin: https://app.example'], 'GET');
    expect(statusOf(answer)).toBe(200);
    expect(answer).toContain('vary: Origin');
    const exposed = (/^access-control-expose-headers: (.*)$/m.exec(answer)?.[1] ?? '').trim().split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining([
        '*',
        'retry-after',
        'x-request-id',
        'x-sluice-attempts',
        'x-sluice-budget-remaining-usd',
        'x-sluice-cache',
        'x-sluice-cost-usd',
        'x-sluice-error',
        'x-sluice-request-id',
        'x-sluice-tried',
        'x-ratelimit-remaining-requests',
        'anthropic-ratelimit-tokens-reset',
      ]),
    );
    expect(statusOf(await call(edge, '/v1/models', ['Origin: https://app.example.evil'], 'GET'))).toBe(403);
  });
});

describe('the routes of the gateway itself', () => {
  it('answer without a key', async () => {
    let ready = true;
    const edge = await start({ clients: [clientWithKey('me', 'k')], ready: () => ready });
    expect(await (await fetch(`${edge.base}/`)).json()).toMatchObject({ name: 'sluice', version: '1.2.3' });
    expect((await fetch(`${edge.base}/api/hello`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${edge.base}/health`)).status).toBe(200);
    expect((await fetch(`${edge.base}/ready`)).status).toBe(200);
    ready = false;
    expect((await fetch(`${edge.base}/ready`)).status).toBe(503);
  });

  it('leave pages to the page hook', async () => {
    const edge = await start({
      page: (request, response) =>
        request.url?.startsWith('/v1') !== true && response.end('<html>') !== undefined,
    });
    expect(await (await fetch(`${edge.base}/`, { headers: { accept: 'text/html,*/*' } })).text()).toBe(
      '<html>',
    );
    expect(await (await fetch(`${edge.base}/`)).json()).toMatchObject({ name: 'sluice' });
    expect(await (await fetch(`${edge.base}/anything`)).text()).toBe('<html>');
    expect((await fetch(`${edge.base}/v1/nothing`)).status).toBe(404);
  });

  it('and every error carry a request id in the format of the caller', async () => {
    const edge = await start();
    const answer = await fetch(`${edge.base}/v1/messages`);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(answer.headers.get('x-sluice-request-id')).toMatch(/^req_[0-9a-f]{24}$/);
    expect(await answer.json()).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('POST') },
    });
  });
});

describe('closing', () => {
  it('refuses new connections at once and lets answers under way finish', async () => {
    const edge = await start({ handle: (inbound) => inbound.reply.head(200, []) });
    const answer = raw(edge.port, head(edge, '/v1/models'));
    await eventually(() => edge.handed.length === 1);
    const closed = edge.edge.close();
    await expect(raw(edge.port, head(edge, '/health'))).rejects.toThrow();
    edge.handed[0]?.inbound.reply.end('done');
    expect(await answer).toContain('done');
    await closed;
  });

  /** Longer than any test: what ends before has not waited for it. */
  const FOREVER_MS = 3_600_000;

  async function connected(edge: RunningEdge): Promise<Kept> {
    const kept = await keep(edge.port);
    kept.send(head(edge, '/health'));
    await eventually(() => kept.received().includes('HTTP/1.1 200'));
    return kept;
  }

  it('P15 answers what comes on a connection that was to be kept, and says that nothing more is taken there', async () => {
    const edge = await start();
    const [one, other] = [await connected(edge), await connected(edge)];
    const closed = edge.edge.close(FOREVER_MS);
    await expect(raw(edge.port, head(edge, '/health'))).rejects.toThrow();
    for (const kept of [one, other]) {
      const before = kept.received().length;
      kept.send(head(edge, '/health'));
      expect(await kept.ended).toBe('clean');
      expect(statusOf(kept.received().slice(before))).toBe(200);
      expect(kept.received().slice(before)).toMatch(/\r\nconnection: close\r\n/i);
    }
    await closed;
  });

  it('P15 closes connections on which nothing comes any more', async () => {
    const edge = await start();
    const kept = await connected(edge);
    const closed = edge.edge.close(20);
    expect(await kept.ended).toBe('clean');
    await closed;
  });

  it('P15 takes one more request where an answer had begun before, and had promised it', async () => {
    const edge = await start({ handle: (inbound) => inbound.reply.head(200, ['content-length', '4']) });
    const kept = await keep(edge.port);
    kept.send(head(edge, '/v1/models'));
    await eventually(() => kept.received().includes('HTTP/1.1 200'));
    const closed = edge.edge.close(FOREVER_MS);
    edge.handed[0]?.inbound.reply.end('done');
    await eventually(() => kept.received().endsWith('done'));
    const before = kept.received().length;
    kept.send(head(edge, '/health'));
    expect(await kept.ended).toBe('clean');
    expect(statusOf(kept.received().slice(before))).toBe(200);
    await closed;
  });
});
