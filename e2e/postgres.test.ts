// A gateway whose ledger is on a real PostgreSQL: served as ever while that hangs or is away, every request in the ledger
// once, and the password nowhere.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasPostgres, PASSWORD, type PostgresServer, startPostgres } from '../server/test/kit/postgres.ts';
import { type Gateway, isolated, startGateway } from './kit/gateway.ts';
import { run } from './kit/program.ts';
import { until } from './kit/until.ts';

const BUILT = fileURLToPath(new URL('../server/dist/main.js', import.meta.url));

const ANSWER = JSON.stringify({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

describe.skipIf(!hasPostgres())('a gateway with its ledger on PostgreSQL', () => {
  let server: PostgresServer;
  let base: string;
  beforeAll(async () => {
    server = await startPostgres();
    const upstream = createServer((request, response) => {
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(ANSWER));
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
    return async () => {
      upstream.closeAllConnections();
      upstream.close();
    };
  });
  afterAll(() => server?.stop());

  async function start(url: string): Promise<Gateway> {
    const gateway = await startGateway({
      config: {
        upstreams: [{ id: 'up', provider: 'openai-compatible', baseUrl: base, keys: ['k'], models: ['m'] }],
        storage: { url },
      },
    });
    onTestFinished(() => void gateway.stop().catch(() => undefined));
    return gateway;
  }

  async function ask({ origin }: Gateway): Promise<{ readonly status: number; readonly tookMs: number }> {
    const startedMs = performance.now();
    const response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
    });
    await response.text();
    return { status: response.status, tookMs: performance.now() - startedMs };
  }

  async function load(
    gateway: Gateway,
    count: number,
  ): Promise<{ statuses: number[]; longestMs: number; count: number }> {
    const all: { status: number; tookMs: number }[] = [];
    const worker = async (): Promise<void> => {
      while (all.length < count) all.push(await ask(gateway));
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    return {
      statuses: [...new Set(all.map(({ status }) => status))],
      longestMs: Math.max(...all.map(({ tookMs }) => tookMs)),
      // Four at a time: the last ones may be more than were wanted.
      count: all.length,
    };
  }

  async function told(gateway: Gateway): Promise<number> {
    const { stdout, stderr } = await gateway.command(
      'usage',
      '--json',
      '--config',
      `${gateway.folder}/sluice.jsonc`,
    );
    if (!stdout.startsWith('{')) throw new Error(stderr);
    const report = JSON.parse(stdout) as { total: { requests: number; interrupted: number; open: number } };
    expect([report.total.interrupted, report.total.open]).toEqual([0, 0]);
    return report.total.requests;
  }

  test('P28 is served as ever while it hangs and while it is away, and has each request once', async () => {
    const gateway = await start(server.freshUrl());
    let asked = 0;
    const served = async (count: number): Promise<void> => {
      const { statuses, longestMs, count: made } = await load(gateway, count);
      expect(statuses).toEqual([200]);
      // The database is waited for four seconds: by nobody who asks.
      expect(longestMs).toBeLessThan(2_000);
      asked += made;
    };
    await served(100);
    server.hang();
    await served(400);
    server.wake();
    await served(100);
    await server.kill();
    await served(400);
    await server.start();
    await served(100);
    const total = await until(
      async () => {
        const there = await told(gateway).catch(() => 0);
        return there >= asked ? there : undefined;
      },
      () => 'Not every request is in the ledger.',
      30_000,
    );
    expect(total).toBe(asked);
    const shown = await gateway.command('config', 'show', '--config', `${gateway.folder}/sluice.jsonc`);
    expect(shown.stdout).toContain('postgres://');
    for (const text of [gateway.output(), shown.stdout, shown.stderr]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(encodeURIComponent(PASSWORD));
    }
  });

  test('16.7 goes on with the past of a file that was copied, and says so with the exit code', {
    timeout: 180_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-grown-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'sluice.db');
    const url = server.freshUrl();
    const alone = await start(`sqlite:${file}`);
    const { count } = await load(alone, 30);
    const copy = (): ReturnType<typeof run> =>
      run(process.execPath, [BUILT, 'ledger', 'copy', '--from', file, '--to', url], isolated(folder), 40_000);
    const early = await copy();
    expect(early).toMatchObject({ code: 1, stdout: '' });
    expect(early.stderr).toContain('in use by a gateway');
    await alone.stop().catch(() => undefined);
    const copied = await copy();
    expect(copied.code).toBe(0);
    // The file was not in the data folder: what is beside it is looked for elsewhere now.
    expect(copied.stderr).toContain('secret.key, admin.key');
    expect(copied.stdout).toContain('All counts and sums agree.');
    const together = await start(url);
    const { count: more } = await load(together, 10);
    const total = await until(
      async () => {
        const there = await told(together);
        return there >= count + more ? there : undefined;
      },
      () => 'Not every request is in the ledger.',
      30_000,
    );
    expect(total).toBe(count + more);
    for (const { stdout, stderr } of [early, copied])
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)])
        expect(`${stdout}${stderr}`).not.toContain(secret);
  });

  test('P28 starts while it is away, and says so', async () => {
    const url = server.freshUrl();
    await server.kill();
    const gateway = await start(url);
    expect((await load(gateway, 40)).statuses).toEqual([200]);
    await until(
      () => Promise.resolve(gateway.output().includes('Requests are served meanwhile') || undefined),
      () => `Nothing is said of it: ${gateway.output()}`,
      10_000,
    );
    await server.start();
    await until(
      async () => ((await told(gateway).catch(() => 0)) >= 40 ? true : undefined),
      () => 'The requests are not in the ledger.',
      30_000,
    );
  });
});
