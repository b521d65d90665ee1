// A migrating user, with the built program: the file of the old gateway is imported, its clients find the new one at the
// ports that they know, and its variables do without a file.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../server/test/kit/redis.ts';
import { isolated } from './kit/gateway.ts';
import { type Program, run, start } from './kit/program.ts';
import { until } from './kit/until.ts';

const MAIN = fileURLToPath(new URL('../server/dist/main.js', import.meta.url));
const LIMIT_MS = 60_000;

interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly model: unknown;
}

/** The provider behind the old gateway. */
async function provider(): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const { model } = JSON.parse(text) as { model: unknown };
      asked.push({ path: request.url, authorization: request.headers.authorization, model });
      const message = { role: 'assistant', content: 'Hello!' };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model, choices, usage }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-import-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function serve(folder: string, args: readonly string[], env: Record<string, string> = {}): Program {
  const { cwd, env: bare } = isolated(folder);
  const program = start(process.execPath, [MAIN, 'serve', ...args], { cwd, env: { ...bare, ...env } });
  onTestFinished(() => program.kill());
  return program;
}

async function ready(program: Program, port: number): Promise<void> {
  await until(
    async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
      return answer?.status === 200 ? true : undefined;
    },
    () => `The gateway is not ready: ${program.stderr()}`,
    LIMIT_MS,
  );
}

async function chat(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'anything', messages: [{ role: 'user', content: 'Hello!' }] }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

test('13.2 14.3 an imported gateway serves at the port of the old one and at further ones, and says which is taken', async () => {
  const { url, asked } = await provider();
  const [own, further, other] = [await freePort(), await freePort(), await freePort()];
  const folder = await newFolder();
  const variables = [
    `TARGET_API_URL=${url}`,
    'API_KEYS=sk-canary-a,sk-canary-b',
    'MODEL=house',
    `PORT=${own}`,
  ];
  await writeFile(join(folder, '.env'), variables.join('\n'));

  const imported = await run(process.execPath, [MAIN, 'import', 'auto', '.env'], isolated(folder), LIMIT_MS);
  expect(imported.stderr).toContain('as nos-token-proxy');
  expect(imported).toMatchObject({ code: 0 });
  expect(imported.stdout + imported.stderr).not.toContain('canary');
  const file = join(folder, 'sluice.jsonc');
  const text = await readFile(file, 'utf8');
  expect(text).not.toContain('canary');
  await writeFile(file, text.replace(`"port": ${own}`, `"port": ${own}, "compatListeners": [${further}]`));

  const gateway = serve(folder, []);
  await ready(gateway, own);
  expect([await chat(own), await chat(further)]).toEqual([200, 200]);
  expect(asked).toEqual([
    { path: '/v1/chat/completions', authorization: 'Bearer sk-canary-a', model: 'house' },
    { path: '/v1/chat/completions', authorization: 'Bearer sk-canary-b', model: 'house' },
  ]);
  await until(
    () => gateway.stderr().includes(`Also on     http://127.0.0.1:${further}`) || undefined,
    gateway.stderr,
  );

  const second = await newFolder();
  const config = {
    server: { port: other, compatListeners: [further] },
    upstreams: [{ id: 'o', provider: 'ollama' }],
  };
  await writeFile(join(second, 'sluice.jsonc'), JSON.stringify(config));
  const refused = await serve(second, []).ended;
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`Port ${further} is in use`);
  expect(refused.stderr).toContain('server.compatListeners');

  gateway.signal('SIGTERM');
  expect((await gateway.ended).code).toBe(0);
  await expect(chat(further)).rejects.toThrow();
});

test('14.5 a gateway runs from the variables of the old one alone', async () => {
  const { url, asked } = await provider();
  const port = await freePort();
  const folder = await newFolder();
  const env = { TARGET_API_URL: url, API_KEYS: 'sk-canary-a', MODEL: 'house', PORT: String(port) };
  const gateway = serve(folder, ['--env', 'nos-token-proxy'], env);
  await ready(gateway, port);
  expect(await chat(port)).toBe(200);
  expect(asked).toMatchObject([{ authorization: 'Bearer sk-canary-a', model: 'house' }]);
  gateway.signal('SIGTERM');
  const { code, stdout, stderr } = await gateway.ended;
  for (const name of ['TARGET_API_URL', 'API_KEYS', 'MODEL', 'PORT']) expect(stderr).toContain(name);
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain('canary');
});

test('14.5 without any of the variables it says which there are', async () => {
  const { code, stderr } = await serve(await newFolder(), ['--env']).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('TARGET_API_URL');
});
