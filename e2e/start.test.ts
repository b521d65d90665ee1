// What a start loads: every file costs time before the first answer, so what only some gateways need comes later.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { askIn } from './kit/four-formats.ts';
import { startGateway } from './kit/gateway.ts';

const HOOK = new URL('./kit/loaded.mjs', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../server/dist/main.js', import.meta.url));

/** What makes tables, serves the admin API, observes, shares answers, counts tokens, or goes through proxies. */
const NOT_AT_A_START =
  /^(?:kysely|fastify|@fastify\/.*|prom-client|@opentelemetry\/.*|ioredis|pino-roll|gpt-tokenizer|socks|diff|@clack\/.*)$/;

/** What a gateway with this ledger has loaded when it has given one answer: packages, and files of its own. */
async function loaded(folder: string, upstream: string): Promise<{ packages: string[]; files: string[] }> {
  const list = join(folder, `modules-${Date.now()}`);
  const gateway = await startGateway({
    command: [process.execPath, '--import', HOOK, MAIN],
    env: { LOADED_MODULES: list },
    config: {
      upstreams: [{ id: 'demo', provider: 'openai-compatible', baseUrl: `${upstream}/v1` }],
      storage: { url: `sqlite:${join(folder, 'sluice.db')}` },
    },
  });
  const question = { model: 'sluice-demo', prompt: 'Hello!', streamed: false };
  expect((await askIn('openai-chat', gateway.origin, question)).status).toBe(200);
  const addresses = (await readFile(list, 'utf8')).trim().split('\n');
  await gateway.stop();
  const packages = addresses.flatMap(
    (address) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(address)?.[1] ?? [],
  );
  const files = addresses.flatMap((address) => /\/server\/dist\/(.+)$/.exec(address)?.[1] ?? []);
  return { packages: [...new Set(packages)].sort(), files };
}

test('a start with a ledger that is up to date loads no library that only some gateways need', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-start-'));
  const upstream = await startGateway();
  try {
    const first = await loaded(folder, upstream.origin);
    // The tables are made once.
    expect(first.packages).toContain('kysely');
    const second = await loaded(folder, upstream.origin);
    expect(second.packages).toContain('zod');
    expect(second.packages.filter((name) => NOT_AT_A_START.test(name))).toEqual([]);
    expect(second.files.filter((file) => file.startsWith('stores/sqlite/migrations/0'))).toEqual([]);
    // The thread that writes loads the writer; the one that relays does not.
    expect(second.files.filter((file) => file === 'stores/sqlite/writer.js')).toHaveLength(1);
  } finally {
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
