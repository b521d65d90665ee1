// One gateway of several processes (server.workers), as its users meet it: one port, one ledger, one set of limits, one
// dashboard; and a process that dies is followed by another.

import { afterEach, describe, expect, it } from 'vitest';
import type { KeyList } from '../../server/src/admin/contract.ts';
import { freePort } from '../../server/test/kit/redis.ts';
import { CONVERSATION, type Gateway, startGateway } from '../kit/gateway.ts';
import { until } from '../kit/until.ts';
import { statuses } from './figures.ts';
import { prepareInstance } from './instance.ts';
import { type Answer, run } from './load.ts';
import { type CountingUpstream, startUpstream } from './upstream.ts';

const KEY = 'sk-workers-0123456789abcdef0123456789';
const ADMIN = 'sk-sluice-admin-workers-0123456789abcdef';

let gateway: Gateway | undefined;
let upstream: CountingUpstream | undefined;

afterEach(async () => {
  await gateway?.stop();
  upstream?.close();
  gateway = undefined;
  upstream = undefined;
});

interface Started {
  readonly gateway: Gateway;
  readonly upstream: CountingUpstream;
}

async function start(more: Readonly<Record<string, unknown>> = {}): Promise<Started> {
  upstream = await startUpstream();
  gateway = await startGateway({
    env: { SLUICE_ADMIN_KEY: ADMIN },
    config: {
      server: { workers: 3 },
      log: { level: 'warn' },
      clients: [
        { id: 'one', key: KEY },
        { id: 'narrow', key: `${KEY}-narrow`, limits: { rpm: 20 } },
        { id: 'thrifty', key: `${KEY}-thrifty`, budgets: [{ usd: 0.02, period: 'day' }] },
      ],
      upstreams: [
        {
          id: 'counted',
          provider: 'openai-compatible',
          baseUrl: upstream.baseUrl,
          keys: ['sk-up'],
          models: ['counted-1'],
          dialects: ['openai-chat'],
          prices: { '*': { input: 10, cacheRead: 1, output: 100 } },
        },
        {
          id: 'tight',
          provider: 'openai-compatible',
          baseUrl: upstream.baseUrl,
          keys: ['sk-tight'],
          models: ['tight-1'],
          keyLimits: { rpm: 40, concurrency: 3 },
        },
      ],
      ...more,
    },
  });
  return { gateway, upstream };
}

async function admin<T>(path: string): Promise<T> {
  const response = await fetch(`${gateway?.origin}/admin/v1${path}`, {
    headers: { authorization: `Bearer ${ADMIN}` },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Ids of the processes that relay. */
async function workers(): Promise<number[]> {
  const { readFile, readdir } = await import('node:fs/promises');
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (environment.includes(`HOME=${gateway?.folder}\0`) && environment.includes('SLUICE_WORKER_PLACE='))
      found.push(Number(name));
  }
  return found;
}

describe('a gateway of several processes', () => {
  it('16.7 serves on one port, and holds keys, clients and budgets to their limits together', async () => {
    const { gateway: one, upstream: counted } = await start();
    const ask = async (
      key: string,
      model: string,
      forMs: number,
      least: number,
    ): Promise<Readonly<Record<number, number>>> => {
      const isEnough = (answers: readonly Answer[]): boolean => (statuses(answers)[200] ?? 0) >= least;
      const load = { origin: one.origin, key, model, atOnce: 12, forMs, isEnough, pauseMs: 25 };
      return statuses(await run(load));
    };

    const tight = await ask(KEY, 'tight-1', 5_000, 38);
    expect(tight[200]).toBeLessThanOrEqual(40);
    expect(tight[200]).toBeGreaterThanOrEqual(38);
    expect(counted.mostAtOnce).toBeLessThanOrEqual(3);

    const narrow = await ask(`${KEY}-narrow`, 'counted-1', 2_000, 19);
    expect(narrow[200]).toBeLessThanOrEqual(20);
    expect(narrow[200]).toBeGreaterThanOrEqual(19);

    const thrifty = await ask(`${KEY}-thrifty`, 'counted-1', 3_000, 30);
    expect((thrifty[200] ?? 0) * 574_000).toBeLessThanOrEqual(20_000_000);
    expect(thrifty[200]).toBeGreaterThanOrEqual(30);
  });

  it('writes one ledger, in which every request stands once', async () => {
    const { gateway: one, upstream: counted } = await start();
    const answers = await run({ origin: one.origin, key: KEY, model: 'counted-1', atOnce: 12, count: 300 });
    expect(statuses(answers)).toEqual({ 200: 300 });
    expect(counted.arrivals).toHaveLength(300);
    const rows = await one.ledger((all) =>
      all.filter(({ state }) => state === 'done').length >= 300 ? all : undefined,
    );
    expect(rows).toHaveLength(300);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(answers.map(({ id }) => id)));
  });

  it('shows the operator what all of them do', async () => {
    const { gateway: one } = await start();
    await run({ origin: one.origin, key: KEY, model: 'tight-1', atOnce: 2, count: 30 });
    const left = await until(
      async () => {
        const { keys } = await admin<KeyList>('/keys');
        const use = keys
          .find(({ upstreamId }) => upstreamId === 'tight')
          ?.use.find(({ kind }) => kind === 'rpm');
        return use !== undefined && use.remaining === 10 ? use.remaining : undefined;
      },
      () => 'The keys do not show what was used.',
    );
    expect(left).toBe(10);
    const page = await fetch(`${one.origin}/dashboard/`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');
    expect((await fetch(`${one.origin}/admin/v1/status`)).status).toBe(401);
    // Rows are written a few times a second.
    await until(
      async () =>
        (await one.command('status', '-p', new URL(one.origin).port)).stdout.includes('30 requests') ||
        undefined,
      () => 'The requests are not counted.',
    );
  });

  it.skipIf(process.platform !== 'linux')(
    'puts another process in the place of one that dies, and says so; what ran in it is marked',
    async () => {
      const { gateway: one } = await start();
      // It is ready when the first of them is.
      const before = await until(
        async () => {
          const now = await workers();
          return now.length === 3 ? now : undefined;
        },
        () => `There are no three processes: ${one.output()}`,
      );
      const [victim = 0] = before;
      process.kill(victim, 'SIGKILL');
      const after = await until(
        async () => {
          const now = await workers();
          return now.length === 3 && !now.includes(victim) ? now : undefined;
        },
        () => `No process came in its place: ${one.output()}`,
      );
      expect(after).toHaveLength(3);
      await until(
        () => one.output().includes('another one takes its place') || undefined,
        () => `Nothing is said of it: ${one.output()}`,
      );
      const answers = await run({ origin: one.origin, key: KEY, model: 'counted-1', atOnce: 6, count: 60 });
      expect(statuses(answers)).toEqual({ 200: 60 });
    },
  );

  it('P15 ends in good order also when it is told to as soon as the first of them answers', async () => {
    const instance = await prepareInstance(await freePort(), {
      server: { workers: 3 },
      log: { level: 'info' },
      upstreams: [
        { id: 'none', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', keys: ['sk-x'] },
      ],
    });
    try {
      for (let time = 0; time < 3; time += 1) {
        await instance.start();
        expect(await instance.stop()).toBe(0);
        expect(instance.output().match(/Stopped\./g)).toHaveLength(time + 1);
      }
    } finally {
      await instance.remove();
    }
  });

  it('takes a changed configuration in all of them', async () => {
    const { gateway: one } = await start();
    const { readFile, writeFile } = await import('node:fs/promises');
    const file = `${one.folder}/sluice.jsonc`;
    const config = JSON.parse(await readFile(file, 'utf8')) as { aliases?: object };
    await writeFile(file, JSON.stringify({ ...config, aliases: { renamed: 'counted-1' } }));
    await until(
      async () => {
        const answers = await run({ origin: one.origin, key: KEY, model: 'renamed', atOnce: 8, count: 24 });
        return statuses(answers)[200] === 24 ? true : undefined;
      },
      () => 'The alias is not known to all of them.',
    );
  });

  it('gives all of them the answers that one has kept, and asks once for the same question at once', {
    timeout: 240_000,
  }, async () => {
    const { gateway: one, upstream: counted } = await start({
      routing: { cache: { deterministicOnly: false } },
    });
    // A process that is not told within 50 ms asks by itself: on a machine that stands still for so long, one more question
    // is needed to see that it is asked once.
    const arrivals: number[] = [];
    while (arrivals.at(-1) !== 1 && arrivals.length < 5) {
      counted.forget();
      const load = { origin: one.origin, key: KEY, model: 'counted-1', question: `How? ${arrivals.length}` };
      expect(statuses(await run({ ...load, atOnce: 12, count: 12 }))).toEqual({ 200: 12 });
      expect(statuses(await run({ ...load, atOnce: 6, count: 30 }))).toEqual({ 200: 30 });
      arrivals.push(counted.arrivals.length);
    }
    expect(arrivals.at(-1), String(arrivals)).toBe(1);
  });

  it('captures what goes through any of them, and ends when they have enough together', async () => {
    const { gateway: one } = await start();
    const port = new URL(one.origin).port;
    const capture = async (...args: string[]): Promise<{ open: boolean; captured: number }> =>
      JSON.parse((await one.command('capture', ...args, '--json', '-p', port)).stdout) as {
        open: boolean;
        captured: number;
      };
    expect(await capture('start', '--seconds', '600', '--requests', '40')).toMatchObject({ open: true });
    const load = { origin: one.origin, key: KEY, model: 'counted-1', atOnce: 6 };
    await run({ ...load, count: 30 });
    await until(
      async () => ((await capture('status')).captured === 30 ? true : undefined),
      () => 'It is not told what was captured.',
    );
    await run({ ...load, count: 12 });
    // The others hear of it some moments later.
    let before = 0;
    const { captured } = await until(
      async () => {
        const now = await capture('status');
        const isOver = !now.open && now.captured === before;
        before = now.captured;
        return isOver ? now : undefined;
      },
      () => 'The window is still open.',
    );
    expect(captured).toBeGreaterThanOrEqual(40);
    await run({ ...load, count: 12 });
    expect((await capture('status')).captured).toBe(captured);
  });

  it('lets a conversation be gone on with by whichever process is asked', async () => {
    const { gateway: one } = await start();
    const ask = async (body: object): Promise<{ status: number; id: string }> => {
      const response = await fetch(`${one.origin}/v1/responses`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${KEY}`,
          [CONVERSATION]: 'talk',
          connection: 'close',
        },
        body: JSON.stringify({ model: 'counted-1', max_output_tokens: 16, ...body }),
      });
      const { id = '' } = (await response.json()) as { id?: string };
      return { status: response.status, id };
    };
    let { id } = await ask({ input: 'First.' });
    for (let turn = 0; turn < 6; turn += 1) {
      // What another process has kept is looked for for a moment only, which may be too short for a busy machine.
      const next = await until(
        async () => {
          const answer = await ask({ input: 'And then?', previous_response_id: id });
          return answer.status === 200 ? answer : undefined;
        },
        () => `Turn ${turn} is not known.`,
      );
      id = next.id;
    }
  });
});
