// The stage itself: the gateway that the other tests of the dashboard look at has all the things that a page can show.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../server/src/core/model/dialect-id.ts';
import { makePast } from '../kit/stage/past.ts';
import { type Stage, startStage } from '../kit/stage/stage.ts';
import { until } from '../kit/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look where they like.
const look = async (stage: Stage, path: string): Promise<any> => {
  const { status, json } = await stage.admin('GET', path);
  expect(status, `${path}: ${JSON.stringify(json)}`).toBe(200);
  return json;
};

describe('The stage', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ past: 2_000, flaky: 'well' });
    return () => stage.stop();
  });

  test('has thirty days behind it: clients, models, money, retries, errors, cache hits and agents', async () => {
    const { totals: current } = await look(stage, '/overview?last=30d');
    expect(current.requests).toBeGreaterThan(1_900);
    expect(current.errors).toBeGreaterThan(5);
    expect(current.attempts).toBeGreaterThan(current.requests - current.cacheHits);
    expect(current.cacheHits).toBeGreaterThan(20);
    expect(current.costUsd).toBeGreaterThan(1);
    expect(current.unpriced).toBeGreaterThan(0);
    expect(current.tokens.cacheRead).toBeGreaterThan(current.tokens.inputUncached);
    const names = async (by: string): Promise<string[]> =>
      (await look(stage, `/groups?by=${by}&last=30d`)).groups.map(({ name }: { name: string }) => name);
    expect((await names('client')).sort()).toEqual(['alice', 'ci', 'night-batch']);
    expect(await names('upstream')).toEqual(
      expect.arrayContaining(['steady', 'flaky', 'second', 'gemini', 'workshop']),
    );
    const keys = (await look(stage, '/keys')).keys.map(({ keyId }: { keyId: string }) => keyId);
    expect(keys).toEqual(expect.arrayContaining((await names('key')).filter((id) => id?.startsWith('k_'))));
    const { rows } = await look(stage, '/exchanges?limit=500');
    expect(rows.some(({ agentId }: { agentId?: string }) => agentId !== undefined)).toBe(true);
    // Where a month has just begun, nothing of the past lies in it.
    await stage.ask(1, { model: 'gpt-5-mini', client: 'ci' });
    const month = await until(
      async () => {
        const { clients } = await look(stage, '/client-use?last=30d');
        const ci = clients.find(({ id }: { id: string }) => id === 'ci');
        const found = ci.budgets.find(({ per }: { per: string }) => per === 'month');
        return found.spentNanoUsd > 0 ? found : undefined;
      },
      () => 'Nothing was spent this month.',
    );
    expect(month.spentNanoUsd).toBeLessThan(month.limitNanoUsd);
  });

  test('answers in every format, streamed and whole, with usage and costs', async () => {
    for (const format of DIALECT_IDS)
      for (const stream of [true, false]) {
        const model = format === 'anthropic-messages' ? 'claude-haiku-4-5' : 'gemini-2.5-flash';
        const [answer] = await stage.ask(1, { format, stream, model, client: 'alice' });
        expect(answer, `${format} ${stream}`).toMatchObject({ status: 200, format });
        expect(answer?.text).toContain('request');
        const row = await until(
          async () => {
            const { status, json } = await stage.admin('GET', `/exchanges/${answer?.id}`);
            const seen = json as { state?: string };
            return status === 200 && seen.state === 'done' ? seen : undefined;
          },
          () => 'The exchange did not end.',
        );
        expect(row).toMatchObject({ streamed: stream, clientId: 'alice', cost: { state: 'exact' } });
      }
  });

  test('an upstream in a bad mood is stood in for, and its key rests', async () => {
    stage.providers.flaky.mood = 'limited';
    const [answer] = await stage.ask(1, { model: 'gpt-5.2', format: 'openai-chat', client: 'alice' });
    stage.providers.flaky.mood = 'well';
    expect(answer?.status).toBe(200);
    const { tries } = await until(
      async () => {
        const { json } = await stage.admin('GET', `/exchanges/${answer?.id}`);
        const seen = json as { state?: string; tries?: readonly { upstreamId: string }[] };
        return seen.state === 'done' ? seen : undefined;
      },
      () => 'The exchange did not end.',
    );
    expect(tries?.map(({ upstreamId }) => upstreamId)).toContain('second');
    const { keys } = await look(stage, '/keys');
    expect(JSON.stringify(keys)).toContain('cooling');
  });

  test('the prompt cache of a provider knows what it was told before', async () => {
    const asked = { model: 'claude-sonnet-4-5', format: 'anthropic-messages', stream: false } as const;
    const [, second] = await stage.ask(2, { ...asked, conversation: 'cached-talk', together: 1 });
    expect(JSON.parse(second?.text ?? '').usage.cache_read_input_tokens).toBeGreaterThan(1_000);
  });

  test('streams flow until they are told to stop, and the gateway comes back at its address', async () => {
    const stop = stage.stream(3);
    const flowing = async (): Promise<true | undefined> =>
      (await stage.admin('GET', '/status').catch(() => undefined))?.json !== undefined &&
      (await look(stage, '/status')).inFlight >= 3
        ? true
        : undefined;
    await until(flowing, () => 'Nothing flows.');
    await stage.restart();
    await until(flowing, () => 'Nothing flows after the restart.');
    await stop();
    await until(
      async () => ((await look(stage, '/status')).inFlight === 0 ? true : undefined),
      () => 'Something still flows.',
    );
  });
});

test('The past is the same in every run', () => {
  const wishes = { rows: 300, nowMs: Date.UTC(2026, 4, 6, 9), naming: 'roles', clients: true } as const;
  expect(makePast(wishes)).toEqual(makePast(wishes));
  expect(makePast({ ...wishes, naming: 'vendors' })).not.toEqual(makePast(wishes));
});

test('An empty stage has no upstream, no client and no past', async () => {
  const stage = await startStage({ empty: true });
  try {
    const status = await look(stage, '/status');
    expect(status).toMatchObject({ demo: true, clients: 0, file: null, storage: { rows: 0 } });
  } finally {
    await stage.stop();
  }
});

/** Names of files that the start page loads before anybody clicks: those that its HTML names, and what these import. */
async function initialFiles(folder: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path = '']) => path);
  const queue = named.map((path) => path.replace(/^\/dashboard\//, ''));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    if (!next.endsWith('.js')) continue;
    const code = await readFile(join(folder, next), 'utf8');
    const base = next.replace(/[^/]+$/, '');
    for (const [, path = ''] of code.matchAll(
      /(?:^|[;}\s])(?:import|export)[^'"()]*?["']\.\/([^"']+\.js)["']/g,
    ))
      queue.push(`${base}${path}`);
  }
  return found;
}

test('The first load of the page is below 200 kB, compressed', async () => {
  const folder = fileURLToPath(new URL('../../server/dist/dashboard/', import.meta.url));
  const files = await initialFiles(folder);
  expect([...files].some((name) => name.endsWith('.js'))).toBe(true);
  expect((await readdir(folder)).length).toBeGreaterThan(1);
  let bytes = gzipSync(await readFile(join(folder, 'index.html'))).length;
  for (const name of files) bytes += gzipSync(await readFile(join(folder, name))).length;
  expect(bytes).toBeLessThan(200_000);
});
