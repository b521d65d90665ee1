// The configurations for reverse proxies, with the real programs: nothing is held back, nothing is changed.

import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../server/test/kit/redis.ts';
import { skipLoudly } from './kit/availability.ts';
import { type Gateway, startGateway } from './kit/gateway.ts';
import { ownEnvironment, type Program, start } from './kit/program.ts';
import { until } from './kit/until.ts';

const DEPLOY = fileURLToPath(new URL('../deploy/', import.meta.url));
const HOST = 'llm.example.org';
const KEY = 'sk-behind-a-proxy-0123';

/** nginx lives in /usr/sbin, which the PATH of an ordinary user leaves out. */
const env = { ...ownEnvironment(), PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

interface Proxy {
  readonly name: string;
  readonly version: readonly string[];
  /** CI has what .ci/run installs. */
  readonly required: boolean;
  start(folder: string, port: number, gatewayPort: number): Promise<Program>;
}

const PROXIES: readonly Proxy[] = [
  {
    name: 'nginx',
    version: ['nginx', '-v'],
    required: true,
    start: async (folder, port, gatewayPort) => {
      const text = await readFile(join(DEPLOY, 'nginx/sluice.conf'), 'utf8');
      const site = text
        .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
        .replace(/^\s*ssl_certificate.*\n/gm, '')
        .replace('127.0.0.1:9208', `127.0.0.1:${gatewayPort}`);
      const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `${kind}_temp_path ${folder}/${kind};`,
      );
      const main = `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${places.join(' ')}\n${site}\n}`;
      await writeFile(join(folder, 'nginx.conf'), main);
      const args = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')];
      return start('nginx', args, { cwd: folder, env });
    },
  },
  {
    name: 'caddy',
    version: ['caddy', 'version'],
    required: false,
    start: async (folder, port, gatewayPort) => {
      const text = await readFile(join(DEPLOY, 'caddy/Caddyfile'), 'utf8');
      const site = text
        .replace(`${HOST} {`, `http://${HOST}:${port} {\n\tbind 127.0.0.1`)
        .replace('127.0.0.1:9208', `127.0.0.1:${gatewayPort}`);
      await writeFile(join(folder, 'Caddyfile'), `{\n\tadmin off\n\tauto_https off\n}\n${site}`);
      const args = ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
      const home = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
      return start('caddy', args, { cwd: folder, env: { ...env, ...home } });
    },
  },
];

for (const { name, version, required, start: run } of PROXIES) {
  const [program = '', ...args] = version;
  const isThere = spawnSync(program, args, { env }).status === 0;
  if (!isThere)
    skipLoudly(`${name} is not installed, so its configuration was not tried.`, `Install ${name}.`, required);

  describe.skipIf(!isThere)(`behind ${name}`, () => {
    let folder: string;
    let provider: Server;
    let held: ServerResponse | undefined;
    let gateway: Gateway;
    let proxy: Program;
    let port: number;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sluice-proxy-'));
      // nginx gives its workers to another user.
      await chmod(folder, 0o755);
      provider = createServer((asked, response) => {
        asked.resume();
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(event('first'));
        held = response;
      });
      await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
      gateway = await startGateway({
        config: {
          server: { allowedHosts: [HOST], trustedProxies: ['127.0.0.1'] },
          clients: [{ id: 'me', key: KEY }],
          upstreams: [
            {
              id: 'slow',
              provider: 'openai-compatible',
              baseUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`,
            },
          ],
        },
      });
      port = await freePort();
      proxy = await run(folder, port, Number(new URL(gateway.origin).port));
      await until(
        async () => ((await ask('/health').catch(() => undefined))?.status === 200 ? true : undefined),
        () => `${name} did not start: ${proxy.stdout()}${proxy.stderr()}`,
      );
    });

    afterAll(async () => {
      // Gently it would wait for the exchange that a test has left.
      proxy?.kill();
      await proxy?.ended;
      await gateway?.stop();
      provider?.closeAllConnections();
      provider?.close();
      await rm(folder, { recursive: true, force: true });
    });

    /** A request as a browser or an SDK would send it to the public name. */
    async function ask(path: string, body?: string): Promise<IncomingMessage & { status: number }> {
      return await new Promise((resolve, reject) => {
        const headers = {
          host: HOST,
          ...(body === undefined
            ? {}
            : { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }),
        };
        // Caddy tells sites apart by the port of their address too.
        if (name === 'caddy') headers.host = `${HOST}:${port}`;
        const sent = request({
          host: '127.0.0.1',
          port,
          path,
          method: body === undefined ? 'GET' : 'POST',
          headers,
        });
        sent.on('response', (answer) => resolve(Object.assign(answer, { status: answer.statusCode ?? 0 })));
        sent.on('error', reject);
        sent.end(body);
      });
    }

    test('16.2 each event arrives before the next one is sent', async () => {
      const answer = await ask(
        '/v1/chat/completions',
        JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
      );
      expect(answer.headers['content-type']).toContain('text/event-stream');
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      // The provider says nothing more until this has come through.
      await until(
        () => (text.includes('first') ? true : undefined),
        () => `It was held back: ${text}`,
      );
      held?.write(event('second'));
      await until(
        () => (text.includes('second') ? true : undefined),
        () => `It was held back: ${text}`,
      );
      const ended = new Promise((resolve) => answer.once('end', resolve));
      held?.end(`${event('', 'stop')}data: [DONE]\n\n`);
      await ended;
      expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    });

    test('a large request goes through, and one without a key does not', async () => {
      const big = JSON.stringify({
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: 'x'.repeat(5_000_000) }],
      });
      const answer = await ask('/v1/chat/completions', big);
      expect(answer.status).toBe(200);
      answer.destroy();
      expect((await ask('/v1/models')).status).toBe(401);
    });
  });
}

function event(content: string, finish: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
}
