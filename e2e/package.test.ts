// The published package: packed as npm would publish it, installed in an empty folder, and used.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { hasRedis, startRedis } from '../server/test/kit/redis.ts';
import { askIn } from './kit/four-formats.ts';
import { type Gateway, startGateway } from './kit/gateway.ts';
import { operatorHeader } from './kit/operator.ts';
import { ownEnvironment, run } from './kit/program.ts';
import { redisSize } from './kit/redis-size.ts';

const SERVER = fileURLToPath(new URL('../server', import.meta.url));
const QUESTION = { model: 'sluice-demo', prompt: 'Hello!', streamed: false };
const NPM_LIMIT_MS = 90_000;

let packed: string[];
let folder: string;
let installed: string;
let gateway: Gateway;

async function output(cwd: string, program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, { cwd, env: ownEnvironment() }, NPM_LIMIT_MS);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  const report: unknown = JSON.parse(
    await output(SERVER, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  const [{ filename, files }] = report as [{ filename: string; files: { path: string }[] }];
  packed = files.map((file) => file.path).sort();
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
  await output(
    folder,
    'npm',
    'install',
    join(folder, filename),
    '--omit=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  );
  installed = join(folder, 'node_modules', 'sluice');
  gateway = await startGateway({ command: [join(folder, 'node_modules', '.bin', 'sluice')] });
  return async () => {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  };
}, 2 * NPM_LIMIT_MS);

test('the package holds the built program and the dashboard, and nothing of the workshop', () => {
  expect(packed).toContain('package.json');
  expect(packed).toContain('dist/main.js');
  expect(packed).toContain('dist/dashboard/index.html');
  const strange = packed.filter(
    (path) => !/^(?:package\.json|README\.md|LICENSE|dist\/.+|schema\/.+\.json)$/.test(path),
  );
  expect(strange).toEqual([]);
  expect(packed.filter((path) => /\.test\.|\.tsbuildinfo$|(?<!\.d)\.ts$/.test(path))).toEqual([]);
});

test('every file that the program may load is in the package', async () => {
  const missing: string[] = [];
  for (const path of packed.filter((name) => name.endsWith('.js') && !name.startsWith('dist/dashboard/'))) {
    const text = await readFile(join(installed, path), 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)) {
      const wanted = join(path, '..', target);
      if (!packed.includes(wanted)) missing.push(`${wanted} (from ${path})`);
    }
  }
  expect(missing).toEqual([]);
});

test('16.4 its command starts, and says its version', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ name: 'sluice', bin: { sluice: 'dist/main.js' } });
  const version = await output(folder, 'npx', '--no', '--', 'sluice', '--version');
  expect(manifest).toMatchObject({ version: version.trim() });
});

test('P30 no install script is needed by anything that it brings along', async () => {
  const lock: unknown = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  expect(JSON.stringify(lock)).not.toContain('hasInstallScript');
  expect(await readdir(join(folder, 'node_modules'))).not.toContain('vitest');
});

test('P30 a streamed request works out of the box', async () => {
  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sluice-demo',
      stream: true,
      messages: [{ role: 'user', content: 'Hello!' }],
    }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const text = await response.text();
  expect(text).toContain('Sluice');
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
});

test('tokens are counted in a thread of the package where no upstream can', async () => {
  const upstreams = [{ id: 'chat-only', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' }];
  const command = [join(folder, 'node_modules', '.bin', 'sluice')];
  const chatOnly = await startGateway({ command, config: { upstreams } });
  try {
    const count = async (content: string): Promise<number> => {
      const response = await fetch(`${chatOnly.origin}/v1/messages/count_tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
        body: JSON.stringify({ model: 'any', messages: [{ role: 'user', content }] }),
      });
      expect([response.status, response.headers.get('x-sluice-estimated')]).toEqual([200, 'true']);
      const answer: unknown = await response.json();
      return (answer as { input_tokens: number }).input_tokens;
    };
    // The thread knows the vocabulary: a guess by length would say the same of both.
    const words = await count('hello '.repeat(1_000));
    const noise = await count('q7Zx!k'.repeat(1_000));
    expect(words).toBeGreaterThan(950);
    expect(words).toBeLessThan(1_050);
    expect(noise).toBeGreaterThan(2_500);
  } finally {
    await chatOnly.stop();
  }
});

test('the dashboard is served from the package', async () => {
  const response = await fetch(`${gateway.origin}/`, { headers: { accept: 'text/html' } });
  expect(response.url).toBe(`${gateway.origin}/dashboard/`);
  expect(await response.text()).toContain('<title>Sluice</title>');
});

test('the admin API and the metrics open to the operator, and to nobody else', async () => {
  const headers = await operatorHeader(gateway);
  const status = await fetch(`${gateway.origin}/admin/v1/status`, { headers });
  expect(status.status).toBe(200);
  const manifest: unknown = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  expect(await status.json()).toMatchObject({ version: (manifest as { version: string }).version });
  const metrics = await fetch(`${gateway.origin}/metrics`, { headers });
  expect(metrics.status).toBe(200);
  expect(await metrics.text()).toMatch(/^sluice_\w+/m);
  const docs = await fetch(`${gateway.origin}/admin/docs`, { headers: { ...headers, accept: 'text/html' } });
  expect([docs.status, docs.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const prices = await fetch(`${gateway.origin}/admin/v1/prices?search=gpt-5`, { headers });
  expect(prices.status).toBe(200);
  for (const path of ['/admin/v1/status', '/metrics', '/admin/docs'])
    expect([path, (await fetch(`${gateway.origin}${path}`)).status]).toEqual([path, 401]);
});

test('traces go to the collector that the environment names', async () => {
  const heard: { path: string; bytes: number }[] = [];
  const collector = createServer(async (request, response) => {
    let bytes = 0;
    for await (const part of request) bytes += (part as Buffer).length;
    heard.push({ path: request.url ?? '', bytes });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  const traced = await startGateway({
    command: [join(folder, 'node_modules', '.bin', 'sluice')],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
  });
  expect((await askIn('openai-chat', traced.origin, QUESTION)).status).toBe(200);
  // What waits is sent before the process ends.
  await traced.stop();
  await new Promise((resolve) => collector.close(resolve));
  expect(heard.map(({ path }) => path)).toContain('/v1/traces');
  expect(Math.max(...heard.map(({ bytes }) => bytes))).toBeGreaterThan(100);
});

test.skipIf(!hasRedis())('two gateways share the answers that Redis keeps for them', async () => {
  const redis = await startRedis();
  const upstream = { id: 'demo', provider: 'openai-compatible', baseUrl: `${gateway.origin}/v1` };
  const options = {
    command: [join(folder, 'node_modules', '.bin', 'sluice')],
    config: { upstreams: [upstream], routing: { cache: { deterministicOnly: false } } },
    env: { REDIS_URL: redis.url },
  };
  const [one, two] = await Promise.all([startGateway(options), startGateway(options)]);
  try {
    const asked = async ({ origin }: Gateway, prompt: string): Promise<unknown> => {
      const { status, headers } = await askIn('openai-chat', origin, { ...QUESTION, prompt });
      return [status, headers.get('x-sluice-cache')];
    };
    // The answers of the very first requests are there before the connection, and come to Redis all the same.
    expect(await asked(one, 'Hello!')).toEqual([200, 'miss']);
    await expect.poll(() => redisSize(redis.port), { timeout: 5_000 }).toBe(1);
    expect(await asked(two, 'Good morning!')).toEqual([200, 'miss']);
    await expect.poll(() => redisSize(redis.port), { timeout: 5_000 }).toBe(2);
    expect(await asked(two, 'Hello!')).toEqual([200, 'hit']);
    expect(await asked(one, 'Good morning!')).toEqual([200, 'hit']);
  } finally {
    await Promise.all([one.stop(), two.stop()]);
    await redis.stop();
  }
});
