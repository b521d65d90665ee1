// A gateway under mixed traffic for as long as one likes: what failed, what hung, and whether its memory and its files stay
// what they were (promise 14).

import { readdir, readFile } from 'node:fs/promises';
import { freePort } from '../../server/test/kit/redis.ts';
import { prepareInstance } from '../cluster/instance.ts';
import { startProvider } from '../kit/stage/provider.ts';
import { until } from '../kit/until.ts';
import { MODELS, type TrafficFigures, traffic } from './traffic.ts';

/** What is run. */
export interface SoakOptions {
  readonly secs: number;
  readonly atOnce: number;
  /** As `server.workers`. Memory and files are those of the process that was started. */
  readonly workers: number;
}

/** What came of it. */
export interface SoakFigures extends TrafficFigures {
  /** MiB at the end, and MiB a minute in the last two thirds. */
  readonly rssMiB: number;
  readonly rssSlopeMiBPerMinute: number;
  /** Open files when traffic had begun, and when it had ended and nothing ran. */
  readonly filesBefore: number;
  readonly filesAfter: number;
}

const MIB = 1024 * 1024;
const SAMPLE_EVERY_MS = 2_000;
const TEXT = 'An answer of some words, which comes in pieces and has an end.';

/** Runs it. */
export async function soak({ secs, atOnce, workers }: SoakOptions): Promise<SoakFigures> {
  const well = await startProvider([MODELS.well, MODELS.moody]);
  const moody = await startProvider([MODELS.moody], 'by-turns');
  for (const provider of [well, moody])
    Object.assign(provider, {
      paceMs: 2,
      lateMs: 300,
      retryAfterSeconds: 1,
      answerText: TEXT,
      tellsLimits: false,
    });
  const instance = await prepareInstance(await freePort(), {
    server: { workers },
    upstreams: [
      upstream('moody', moody.origin, [MODELS.moody], 10),
      upstream('well', well.origin, [MODELS.well, MODELS.moody], 0),
    ],
    retry: { maxAttempts: 4 },
    log: { level: 'error' },
  });
  await instance.start();
  const { pid = 0, origin } = instance;
  const filesBefore = await filesOf(pid);
  const samples: { readonly atMs: number; readonly bytes: number }[] = [];
  const sampling = setInterval(() => {
    void rssOf(pid).then((bytes) => samples.push({ atMs: performance.now(), bytes }));
  }, SAMPLE_EVERY_MS);
  const figures = await traffic(origin, secs * 1_000, atOnce);
  clearInterval(sampling);
  let filesAfter = 0;
  await until(
    async () => {
      filesAfter = await filesOf(pid);
      return filesAfter <= filesBefore + keptFiles(atOnce) ? true : undefined;
    },
    () => `${filesAfter} files are open, and ${filesBefore} were at the beginning.`,
    30_000,
  ).catch(() => undefined);
  const rssMiB = (await rssOf(pid)) / MIB;
  await instance.stop();
  await instance.remove();
  await Promise.all([well.stop(), moody.stop()]);
  return { ...figures, rssMiB, rssSlopeMiBPerMinute: slope(samples), filesBefore, filesAfter };
}

/** Connections that are kept for a while, of clients and to upstreams, and files that are opened when first needed. */
export function keptFiles(atOnce: number): number {
  return atOnce * 2 + 20;
}

function upstream(id: string, origin: string, models: readonly string[], priority: number): object {
  return {
    id,
    provider: 'openai-compatible',
    baseUrl: {
      'openai-chat': `${origin}/v1`,
      'openai-responses': `${origin}/v1`,
      'anthropic-messages': origin,
      gemini: origin,
    },
    keys: [`sk-${id}`],
    models,
    priority,
  };
}

async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1_024;
}

async function filesOf(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`).catch(() => [])).length;
}

/** Of the line through the last two thirds, MiB a minute. */
function slope(samples: readonly { readonly atMs: number; readonly bytes: number }[]): number {
  const last = samples.slice(Math.floor(samples.length / 3)).filter(({ bytes }) => Number.isFinite(bytes));
  const mean = (of: (sample: (typeof last)[number]) => number): number =>
    last.reduce((sum, sample) => sum + of(sample), 0) / last.length;
  const [atMs, bytes] = [mean((sample) => sample.atMs), mean((sample) => sample.bytes)];
  const both = last.reduce((sum, sample) => sum + (sample.atMs - atMs) * (sample.bytes - bytes), 0);
  const spread = last.reduce((sum, sample) => sum + (sample.atMs - atMs) ** 2, 0);
  return ((both / spread) * 60_000) / MIB;
}
