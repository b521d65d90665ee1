// Native resources: bytes flow both ways without being held, to and from the account that owns the resource.

import { createHash, randomBytes } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, begin, until } from '../kit/client.ts';
import { gatewayWith } from '../kit/setting.ts';

const MIB = 1024 * 1024;
const KEY_A = 'AIza-account-a-0001';
const KEY_B = 'AIza-account-b-0002';
const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

interface FileServer {
  readonly origin: string;
  /** "METHOD path key" of each request. */
  readonly seen: string[];
}

const keyOf = (request: IncomingMessage): string =>
  String(
    request.headers['x-goog-api-key'] ??
      request.headers['x-api-key'] ??
      request.headers.authorization?.replace('Bearer ', '') ??
      '',
  );

/** A provider on node:http: what matters here is not the wire but the size. */
async function fileServer(answer: Answer, whole = true): Promise<FileServer> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${keyOf(request)}`);
    if (!whole) return answer(request, response, Buffer.alloc(0));
    const parts: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(request, response, Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const json = (response: ServerResponse, status: number, value: unknown): void => {
  const body = JSON.stringify(value);
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
};

describe('large bodies', () => {
  it('a multipart upload of 60 MB flows through and is held nowhere: when the upstream stops reading, the client must wait', async () => {
    const piece = randomBytes(64 * 1024);
    const count = 960;
    const boundary = 'multipart/form-data; boundary=xyz';
    let received = 0;
    let type: string | undefined;
    let readOn = (): void => {};
    const digest = createHash('sha256');
    const upstream = await fileServer((request, response) => {
      type = request.headers['content-type'];
      readOn = () => {
        request.on('data', (part: Buffer) => {
          received += part.length;
          digest.update(part);
        });
        request.on('end', () => json(response, 200, { id: 'file-abcdef123', object: 'file' }));
      };
    }, false);
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const expected = createHash('sha256');
    let sent = 0;
    let lastMs = performance.now();
    const status = new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': boundary };
      const request = httpRequest({
        port: gateway.port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/v1/files',
        headers,
      });
      request.on('error', reject);
      request.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
      const push = (): void => {
        while (sent < count) {
          sent++;
          lastMs = performance.now();
          expected.update(piece);
          if (!request.write(piece)) return void request.once('drain', push);
        }
        request.end();
      };
      push();
    });
    await until(() => upstream.seen.length === 1 && performance.now() - lastMs > 300);
    // What is on its way lies in the buffers of the operating system.
    expect(sent).toBeLessThan(count / 2);
    readOn();
    expect([await status, type, received]).toEqual([200, boundary, piece.length * count]);
    expect(digest.digest('hex')).toBe(expected.digest('hex'));
    expect(gateway.closed.map((row) => [row.status, row.errorCode])).toEqual([[200, undefined]]);
  });

  it('a download arrives as it was sent, also a compressed one', async () => {
    const content = randomBytes(8 * MIB);
    const upstream = await fileServer((_, response) => {
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        'Content-Length': content.length,
        'Content-Encoding': 'br',
        'Content-Disposition': 'attachment',
      });
      response.end(content);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const answer = await ask(gateway.port, { path: '/v1/files/file-1/content' });
    expect(answer.body.equals(content)).toBe(true);
    expect([
      answer.header('content-length'),
      answer.header('content-encoding'),
      answer.header('content-disposition'),
    ]).toEqual([String(content.length), 'br', 'attachment']);
  });

  it('a download that breaks off is cut, not ended', async () => {
    for (const length of [{ 'Content-Length': 1000 }, {}]) {
      const upstream = await fileServer((_, response) => {
        response.writeHead(200, length);
        response.write('half');
        setTimeout(() => response.destroy(), 30);
      });
      const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
      const answer = await ask(gateway.port, { path: '/v1/files/file-1/content' });
      expect([answer.status, answer.end]).toEqual([200, 'cut']);
      await until(() => gateway.closed.length === 1);
      expect(gateway.closed[0]?.errorCode).toBe('upstream_closed');
    }
  });

  it('an upload to an upstream that stops reading ends in time', async () => {
    const upstream = await fileServer((request) => void request.pause(), false);
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, timeouts: { idleMs: 300 } }],
    });
    const answer = await ask(gateway.port, {
      path: '/v1/files',
      body: Buffer.alloc(24 * MIB),
      headers: ['content-type', 'application/octet-stream'],
    });
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed[0]?.errorCode).toBe('upstream_timeout');
    expect(answer.tookMs).toBeLessThan(3_000);
  });

  it('a client that leaves during an upload frees the upstream', async () => {
    let freed = false;
    const upstream = await fileServer((request) => {
      request.on('error', () => {});
      request.on('close', () => {
        freed = true;
      });
      request.resume();
    }, false);
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const { connect } = await import('node:net');
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\nhalf`,
    );
    await until(() => upstream.seen.length === 1);
    socket.resetAndDestroy();
    await until(() => freed && gateway.closed.length === 1);
    expect(gateway.closed.map((row) => [row.status, row.errorCode, row.aborted])).toEqual([
      [499, 'client_closed', true],
    ]);
  });
});

describe('a resumable upload to Gemini', () => {
  it.each([true, false])(
    'goes on through the gateway, with no key in sight (key in the URL: %s)',
    async (keyInUrl) => {
      const stored: Buffer[] = [];
      const upstream = await fileServer((request, response, body) => {
        if (request.headers['x-goog-upload-command'] === 'start') {
          const key = keyInUrl ? `key=${keyOf(request)}&` : '';
          const url = `${upstream.origin}/upload/v1beta/files?${key}upload_id=up-0815-4711&upload_protocol=resumable`;
          response
            .writeHead(200, {
              'X-Goog-Upload-URL': url,
              'X-Goog-Upload-Control-URL': url,
              'X-Goog-Upload-Status': 'active',
            })
            .end();
          return;
        }
        if (request.url?.startsWith('/upload/')) {
          stored.push(body);
          json(response, 200, {
            file: { name: 'files/made-by-b', uri: `${upstream.origin}/v1beta/files/made-by-b` },
          });
          return;
        }
        json(response, 200, { name: 'files/made-by-b' });
      });
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, dialects: ['gemini'], secrets: [KEY_A, KEY_B] }],
      });
      const headers = ['X-Goog-Upload-Protocol', 'resumable', 'X-Goog-Upload-Command', 'start'];
      const started = await ask(gateway.port, { path: '/upload/v1beta/files', body: '{"file":{}}', headers });
      const url = started.header('x-goog-upload-url') ?? '';
      expect(url.startsWith(`http://127.0.0.1:${gateway.port}/upload/v1beta/files?`)).toBe(true);
      expect(started.header('x-goog-upload-control-url')).toBe(url);
      expect(started.header('x-goog-upload-status')).toBe('active');
      expect(started.rawHeaders.join('\n')).not.toMatch(new RegExp(`${KEY_A}|${KEY_B}|${upstream.origin}`));

      const more = [
        'X-Goog-Upload-Command',
        'upload, finalize',
        'X-Goog-Upload-Offset',
        '0',
        'content-type',
        'image/png',
      ];
      const done = await ask(gateway.port, {
        path: url.slice(url.indexOf('/upload')),
        body: 'the bytes',
        headers: more,
      });
      expect([done.status, stored.map(String)]).toEqual([200, ['the bytes']]);
      expect(await ask(gateway.port, { path: '/v1beta/files/made-by-b' })).toMatchObject({ status: 200 });
      // All three came with the same key.
      expect(new Set(upstream.seen.map((line) => line.split(' ')[2]))).toEqual(new Set([KEY_A]));
      expect(JSON.stringify([gateway.opened, gateway.closed, gateway.logged])).not.toContain(KEY_A);
    },
  );
});

describe('the owner of a resource', () => {
  it('is asked for what it made, though keys take turns', async () => {
    const upstream = await fileServer((request, response, body) => {
      if (request.method === 'POST')
        json(response, 200, {
          id: `resp_of_${keyOf(request).slice(-4)}_${upstream.seen.length}`,
          object: 'response',
          status: 'completed',
          model: 'm',
          output: [{ type: 'message', content: [{ type: 'output_text', text: body.toString() }] }],
        });
      else json(response, 200, { id: request.url?.split('/').at(-1), object: 'response' });
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [KEY_A, KEY_B] }] });
    const made: string[] = [];
    for (let i = 0; i < 4; i++) {
      const answer = await ask(gateway.port, { path: '/v1/responses', body: '{"model":"m","input":"x"}' });
      made.push(JSON.parse(answer.text()).id);
    }
    for (const id of made) {
      for (const method of ['GET', 'DELETE']) {
        const answer = await ask(gateway.port, { method, path: `/v1/responses/${id}` });
        expect(answer.status).toBe(200);
        expect(upstream.seen.at(-1)).toMatch(new RegExp(`${id} .*${id.split('_')[2]}$`));
      }
    }
    expect(new Set(made.map((id) => id.split('_')[2])).size).toBe(2);
  });

  it('is looked for among all accounts where it is not known', async () => {
    const upstream = await fileServer((request, response) => {
      if (keyOf(request) === KEY_B) json(response, 200, { id: 'file-old-0001' });
      else json(response, 404, { error: { message: 'No such file' } });
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [KEY_A, KEY_B] }] });
    for (const round of [1, 2]) {
      const answer = await ask(gateway.port, { path: '/v1/files/file-old-0001' });
      expect(answer.status).toBe(200);
      // The second time it is known.
      expect(upstream.seen.length).toBe(round + 1);
    }
    const row = gateway.closed[0];
    expect([row?.attempts, row?.keyId, row?.status]).toEqual([2, 'k2', 200]);
  });

  it('that nobody has is answered with the provider’s own 404', async () => {
    const upstream = await fileServer((_, response) =>
      json(response, 404, { error: { message: 'No such file' } }),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [KEY_A, KEY_B] }] });
    const answer = await ask(gateway.port, { path: '/v1/files/file-none' });
    expect([answer.status, answer.text()]).toEqual([404, '{"error":{"message":"No such file"}}']);
  });

  it('gets what has a body once only, whatever it answers', async () => {
    const upstream = await fileServer((_, response) => json(response, 503, { error: { message: 'no' } }));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [KEY_A, KEY_B] }] });
    const answer = await ask(gateway.port, { path: '/v1/files', body: '{}' });
    expect([answer.status, upstream.seen.length]).toEqual([503, 1]);
  });
});

describe('other things that pass through', () => {
  it('HEAD tells the length of what GET would give', async () => {
    const upstream = await fileServer((_, response) =>
      response.writeHead(200, { 'Content-Length': 12345, ETag: '"x"' }).end(),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const answer = await ask(gateway.port, { method: 'HEAD', path: '/v1/files/file-1/content' });
    expect([answer.status, answer.header('content-length'), answer.header('etag'), answer.end]).toEqual([
      200,
      '12345',
      '"x"',
      'clean',
    ]);
  });

  it('a key that the upstream repeats in an error is starred out', async () => {
    const upstream = await fileServer((request, response) =>
      json(response, 401, { error: { message: `bad key ${keyOf(request)}` } }),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [KEY_A] }] });
    const answer = await ask(gateway.port, { path: '/v1/files' });
    expect(answer.text()).toBe(`{"error":{"message":"bad key ${'*'.repeat(KEY_A.length)}"}}`);
  });

  it('a family that nobody serves is an error of that family', async () => {
    const gateway = await gatewayWith({
      upstreams: [{ origin: 'http://127.0.0.1:1', dialects: ['openai-chat'] }],
    });
    const answer = await ask(gateway.port, { path: '/v1beta/cachedContents' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text()).error.status).toBe('INVALID_ARGUMENT');
    expect(gateway.closed.map((row) => [row.status, row.errorCode])).toEqual([[400, 'dialect_unavailable']]);
  });

  it('a stopping gateway cuts what it cannot wait for and asks nobody else', async () => {
    const upstream = await fileServer(() => {});
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [KEY_A, KEY_B] }] });
    const call = begin(gateway.port, { path: '/v1/files/file-1' });
    await until(() => upstream.seen.length === 1);
    await gateway.app.stop(0);
    expect((await call.done).status).toBe(503);
    expect(upstream.seen.length).toBe(1);
    expect(gateway.closed.map((row) => row.errorCode)).toEqual(['shutting_down']);
  });
});
