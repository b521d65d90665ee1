// The files of the dashboard, over a folder as a build leaves it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dashboardPage } from './page.ts';

const INDEX = '<!doctype html><title>the page</title>';
const SCRIPT = 'console.log("hashed");\n'.repeat(50);

let folder = '';
let server: Server;
let port = 0;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => void parts.push(part));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-page-'));
  mkdirSync(join(folder, 'assets'));
  const files: Record<string, string | Buffer> = {
    'index.html': INDEX,
    'manifest.webmanifest': '{"name":"Sluice"}',
    'theme.js': 'x',
    '.secret': 'no',
    'assets/app-1a2b3c.js': SCRIPT,
    'assets/app-1a2b3c.js.br': brotliCompressSync(SCRIPT),
    'assets/app-1a2b3c.js.gz': gzipSync(SCRIPT),
    'assets/gone-1a2b3c.js': 'x',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const page = dashboardPage([join(folder, 'nowhere'), folder]);
  server = createServer((incoming, response) => {
    if (page(incoming, response)) return;
    response.writeHead(418);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const VISIT = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the page', () => {
  test('11.1 is at /dashboard/, and / leads there', async () => {
    for (const path of ['/', '/dashboard'])
      expect(await get(path)).toMatchObject({ status: 302, headers: { location: '/dashboard/' } });
    const { status, headers, body } = await get('/dashboard/');
    expect([status, headers['content-type'], body.toString()]).toEqual([
      200,
      'text/html;charset=utf-8',
      INDEX,
    ]);
    expect((await get('/elsewhere')).status).toBe(418);
    expect((await get('/dashboard/', {}, 'POST')).status).toBe(418);
    expect(await get('/dashboard/', {}, 'HEAD')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  test('is itself at every path of its own, also where a name has dots', async () => {
    for (const path of ['/dashboard/requests/req_1?x=1', '/dashboard/models/gpt-5.1', '/dashboard/a.b/c'])
      expect((await get(path, VISIT)).body.toString(), path).toBe(INDEX);
    expect((await get('/dashboard/upstreams')).body.toString()).toBe(INDEX);
  });

  test('has no file where there is none', async () => {
    for (const path of ['/dashboard/assets/app-of-yesterday.js', '/dashboard/assets/x'])
      expect(await get(path, VISIT)).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
    expect((await get('/dashboard/nothing.js')).status).toBe(404);
    for (const path of ['/dashboard/.secret', '/dashboard/..%2fpackage.json', '/dashboard/../package.json'])
      expect([path, (await get(path)).body.toString()]).not.toEqual([path, 'no']);
  });

  test('lets browsers keep what is named by its content for a year, and asks again for everything else', async () => {
    const kept = (await get('/dashboard/assets/app-1a2b3c.js')).headers;
    expect(kept['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/index.html', '/theme.js', '/manifest.webmanifest', '/some/path'])
      expect((await get(`/dashboard${path}`)).headers['cache-control'], path).toBe('no-cache');
  });

  test('comes compressed where the build has left it so and the browser takes it', async () => {
    const path = '/dashboard/assets/app-1a2b3c.js';
    const br = await get(path, { 'accept-encoding': 'gzip, deflate, br' });
    expect([br.headers['content-encoding'], br.headers['content-type']]).toEqual(['br', 'text/javascript']);
    expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT);
    const gz = await get(path, { 'accept-encoding': 'gzip' });
    expect([gz.headers['content-encoding'], gz.headers.vary]).toEqual(['gzip', 'Accept-Encoding']);
    expect(gunzipSync(gz.body).toString()).toBe(SCRIPT);
    const plain = await get(path);
    expect([plain.headers['content-encoding'], plain.body.toString()]).toEqual([undefined, SCRIPT]);
    const none = await get('/dashboard/theme.js', { 'accept-encoding': 'br' });
    expect([none.headers['content-encoding'], none.body.toString()]).toEqual([undefined, 'x']);
  });

  test('16.3 has a manifest that browsers take for one', async () => {
    const { headers } = await get('/dashboard/manifest.webmanifest');
    expect(headers['content-type']).toBe('application/manifest+json');
  });

  test('11.12 runs nothing from elsewhere and nothing inline, whatever is asked for', async () => {
    for (const path of ['/', '/assets/app-1a2b3c.js', '/assets/none.js', '/manifest.webmanifest']) {
      const { headers } = await get(`/dashboard${path}`);
      const policy = new Map(
        String(headers['content-security-policy'])
          .split('; ')
          .map((rule) => [rule.split(' ')[0], rule] as const),
      );
      expect(policy.get('default-src'), path).toBe("default-src 'none'");
      expect(policy.get('script-src')).toBe("script-src 'self'");
      expect(policy.get('style-src')).toBe("style-src 'self'");
      expect(policy.get('img-src')).toBe("img-src 'self' data: blob:");
      expect(policy.get('connect-src')).toBe("connect-src 'self'");
      expect(policy.get('frame-ancestors')).toBe("frame-ancestors 'none'");
      expect(policy.get('manifest-src')).toBe("manifest-src 'self'");
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('survives ranges that make no sense, and files that have gone meanwhile', async () => {
    for (const range of ['bytes=10-5', 'bytes=900-', 'bytes=x'])
      expect((await get('/dashboard/', { range })).body.toString(), range).toBe(INDEX);
    rmSync(join(folder, 'assets/gone-1a2b3c.js'));
    await expect(get('/dashboard/assets/gone-1a2b3c.js')).rejects.toThrow();
    expect((await get('/dashboard/')).status).toBe(200);
  });

  test('is not there where it was not built', () => {
    const page = dashboardPage([join(folder, 'nowhere')]);
    // @ts-expect-error nothing of the request or the answer is looked at
    expect(page({}, {})).toBe(false);
  });
});
