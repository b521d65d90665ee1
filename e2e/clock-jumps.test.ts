// Somebody sets the time of the machine while a gateway serves: limits and cooldowns go by a clock that does not jump.

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { statuses, worstMinute } from './cluster/figures.ts';
import { run } from './cluster/load.ts';
import { type Gateway, startGateway } from './kit/gateway.ts';
import { until } from './kit/until.ts';

const CLOCK = new URL('./kit/jumping-clock.mjs', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../server/dist/main.js', import.meta.url));
const HOUR_MS = 3_600_000;
/** From the true time: forward, back past it, forth by weeks, and right again. */
const JUMPS = [2 * HOUR_MS, -2 * HOUR_MS, 40 * 24 * HOUR_MS, 0];

const KEY = 'sk-clock-0123456789abcdef0123456789';
const NARROW = `${KEY}-narrow`;
const LIMITS = { keyRpm: 20, keyRpd: 30, clientRpm: 10 } as const;
const COOLDOWN_S = 3;

/** Everything of one test. */
interface Setting {
  readonly gateway: Gateway;
  readonly provider: Provider;
  /** Sets the clock of the gateway to so much after the true time, and waits until all of its processes show it. */
  shift(byMs: number): Promise<void>;
}

/** A provider that does as it is told. */
interface Provider {
  readonly baseUrl: string;
  /** Requests by key, with their monotonic times. */
  arrivals(key: string): readonly { readonly key: string; readonly atMs: number }[];
  /** Refuses the next request with a time to wait for. */
  refuseNext: boolean;
  /** Streams that have begun. */
  readonly streams: readonly ServerResponse[];
  readonly server: Server;
}

let open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.reverse()) await close();
  open = [];
});

const CHUNK = (text: string): string =>
  `data: ${JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'slow-1',
    choices: [{ index: 0, delta: { role: 'assistant', content: text }, finish_reason: null }],
  })}\n\n`;

const ANSWER = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

async function startProvider(): Promise<Provider> {
  const arrivals: { key: string; atMs: number }[] = [];
  const streams: ServerResponse[] = [];
  const server = createServer((request, response) => {
    const key = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    request.resume().on('end', () => {
      arrivals.push({ key, atMs: performance.now() });
      if (key === 'sk-slow') {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(CHUNK('one'));
        streams.push(response);
      } else if (key === 'sk-cool' && provider.refuseNext) {
        provider.refuseNext = false;
        response.writeHead(429, { 'content-type': 'application/json', 'retry-after': String(COOLDOWN_S) });
        response.end(JSON.stringify({ error: { message: 'Too many requests.', type: 'rate_limit' } }));
      } else response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const provider: Provider = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    arrivals: (key) => arrivals.filter((arrival) => arrival.key === key),
    refuseNext: false,
    streams,
    server,
  };
  return provider;
}

async function start(workers: number): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-clock-'));
  open.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'shift');
  await writeFile(file, '0');
  const provider = await startProvider();
  open.push(async () => {
    provider.server.close();
    provider.server.closeAllConnections();
  });
  const upstream = (id: string, limits?: object): object => ({
    id,
    provider: 'openai-compatible',
    baseUrl: provider.baseUrl,
    keys: [`sk-${id}`],
    models: [`${id}-1`],
    dialects: ['openai-chat'],
    ...(limits === undefined ? {} : { keyLimits: limits }),
  });
  const gateway = await startGateway({
    command: [process.execPath, '--import', CLOCK, MAIN],
    env: { CLOCK_SHIFT: file },
    config: {
      server: { workers },
      log: { level: 'warn' },
      clients: [
        { id: 'one', key: KEY },
        { id: 'narrow', key: NARROW, limits: { rpm: LIMITS.clientRpm } },
      ],
      upstreams: [
        upstream('tight', { rpm: LIMITS.keyRpm, rpd: LIMITS.keyRpd }),
        upstream('free'),
        upstream('cool'),
        upstream('slow'),
      ],
    },
  });
  open.push(() => gateway.stop());
  const shift = async (byMs: number): Promise<void> => {
    await writeFile(`${file}.new`, String(byMs));
    await rename(`${file}.new`, file);
    let agreeing = 0;
    await until(
      async () => {
        agreeing = Math.abs((await shownMs(gateway.origin)) - Date.now() - byMs) < 60_000 ? agreeing + 1 : 0;
        return agreeing === 4 * workers ? true : undefined;
      },
      () => 'The clock of the gateway was not set.',
    );
  };
  return { gateway, provider, shift };
}

/** The time that a process of the gateway shows; each connection may lead to another one. */
async function shownMs(origin: string): Promise<number> {
  const response = await fetch(`${origin}/health`, { headers: { connection: 'close' } });
  return Date.parse(((await response.json()) as { timestamp: string }).timestamp);
}

async function ask(origin: string, model: string, stream = false): Promise<Response> {
  return fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model, stream, max_tokens: 5, messages: [{ role: 'user', content: 'Now?' }] }),
  });
}

describe.each([1, 3])('a gateway of %i processes whose wall clock jumps', (workers) => {
  it('P29 lets nobody in whom its limits keep out', async () => {
    const { gateway, provider, shift } = await start(workers);
    const { origin } = gateway;
    const load = { origin, atOnce: 8, pauseMs: 5 };
    const day = new Date().getUTCDate();
    let served = 0;
    let narrow = 0;
    const beganMs = performance.now();
    for (const byMs of [0, ...JUMPS]) {
      await shift(byMs);
      served += statuses(await run({ ...load, key: KEY, model: 'tight-1', count: 40 }))[200] ?? 0;
      narrow += statuses(await run({ ...load, key: NARROW, model: 'free-1', count: 30 }))[200] ?? 0;
    }
    const arrivals = provider.arrivals('sk-tight');
    expect(arrivals).toHaveLength(served);
    expect(worstMinute(arrivals)).toBeLessThanOrEqual(LIMITS.keyRpm);
    expect(worstMinute(provider.arrivals('sk-free'))).toBeLessThanOrEqual(LIMITS.clientRpm);
    // Whoever runs this at midnight has two days.
    const days = new Date().getUTCDate() === day ? 1 : 2;
    expect(served).toBeLessThanOrEqual(LIMITS.keyRpd * days);
    // And no jump keeps them out: the limits are used up.
    expect(served).toBeGreaterThanOrEqual(LIMITS.keyRpm * 0.95);
    expect(narrow).toBeGreaterThanOrEqual(LIMITS.clientRpm * 0.9);
    if (performance.now() - beganMs < 55_000) expect(served).toBeLessThanOrEqual(LIMITS.keyRpm);
  });

  it('P29 keeps a cooldown for as long as its provider has asked for, and cuts no stream', async () => {
    const { gateway, provider, shift } = await start(workers);
    const { origin } = gateway;
    const slow = await ask(origin, 'slow-1', true);
    expect(slow.status).toBe(200);
    for (const byMs of JUMPS) {
      provider.refuseNext = true;
      await (await ask(origin, 'cool-1')).arrayBuffer();
      const refusedMs = provider.arrivals('sk-cool').at(-1)?.atMs ?? Number.NaN;
      expect(provider.refuseNext).toBe(false);
      await shift(byMs);
      await until(
        async () => ((await ask(origin, 'cool-1')).status === 200 ? true : undefined),
        () => `The key is kept out after its cooldown (${byMs} ms).`,
      );
      const nextMs = provider.arrivals('sk-cool').find(({ atMs }) => atMs > refusedMs)?.atMs ?? Number.NaN;
      expect(nextMs - refusedMs).toBeGreaterThan(COOLDOWN_S * 1_000 - 100);
    }
    for (const stream of provider.streams) stream.end(`${CHUNK('two')}data: [DONE]\n\n`);
    const text = await slow.text();
    expect(text).toContain('"one"');
    expect(text).toContain('"two"');
    expect(text).toContain('[DONE]');
  });
});
