// How long the ledger takes to answer, over a file of a million exchanges (or `--rows 10M`) of ninety days, and how long the
// thread that relays stands still meanwhile. The file is built with the gateway's own writer.
// `node bench/ledger.mjs [--rows 1M] [--file ledger.db] [--questions 30]`; `SLUICE_DIST` names another compiled server, a
// file that is there already is asked as it is.

import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const DAY_MS = 86_400_000;
const DAYS = 90;
const GOAL_MS = 200;
const LOOP_GOAL_MS = 20;
const BATCH_ROWS = 1_000;
/** Batches in one transaction: the writer puts together what waits. */
const BATCHES = 10;

const here = new URL('.', import.meta.url);
const given = process.env.SLUICE_DIST;
const dist = given === undefined ? new URL('../server/dist/', here) : pathToFileURL(`${given}/`);
const load = (path) => import(new URL(`stores/sqlite/${path}`, dist).href);

/** Always the same numbers, so that every run builds the same file. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Names of which the first ones are used most. */
const picker = (random, prefix, count) => () => `${prefix}${Math.floor(count * random() ** 3)}`;

function maker(seed) {
  const random = numbers(seed);
  const model = picker(random, 'model-', 24);
  const client = picker(random, 'client-', 30);
  const upstream = picker(random, 'upstream-', 6);
  const key = picker(random, 'key-', 3);
  const hex = (digits) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return (receivedAtMs) => {
    const id = `req_${Math.floor(receivedAtMs).toString(16).padStart(12, '0')}${hex(12)}`;
    const durationMs = 300 + 20_000 * random() ** 3;
    const endedAtMs = receivedAtMs + durationMs;
    const failed = random() < 0.03;
    const at = upstream();
    const name = model();
    const input = Math.floor(20_000 * random() ** 2);
    const output = Math.floor(2_000 * random());
    const cost = { inputUncached: input * 3_000, outputText: output * 15_000 };
    const opening = {
      id,
      receivedAtMs,
      route: random() < 0.7 ? 'chat.completions' : 'messages',
      clientId: client(),
      conversationId: random() < 0.5 ? `session-${hex(3)}${Math.floor(receivedAtMs / 1_800_000)}` : undefined,
      agentId: undefined,
      dialectIn: 'openai-chat',
      use: 'generate',
    };
    const closing = {
      id,
      dialectOut: 'anthropic-messages',
      modelAsked: name,
      modelServed: failed ? undefined : name,
      upstreamId: at,
      keyId: `${at}-${key()}`,
      attempts: 1,
      status: failed ? 502 : 200,
      errorCode: failed ? 'upstream_closed' : undefined,
      errorMessage: failed ? 'The upstream closed the connection before it answered.' : undefined,
      headersAtMs: receivedAtMs + durationMs / 4,
      firstByteAtMs: receivedAtMs + durationMs / 3,
      firstOutputAtMs: failed ? undefined : receivedAtMs + durationMs / 3,
      endedAtMs,
      bytesIn: input * 4,
      bytesOut: output * 5,
      usage: failed
        ? undefined
        : {
            input: {
              uncached: input,
              cacheRead: input * 2,
              cacheWrite5m: 0,
              cacheWrite1h: 0,
              cacheWriteOther: 0,
              audio: 0,
            },
            output: { text: output, reasoning: 0, audio: 0 },
            clamped: false,
          },
      losses: undefined,
      streamed: true,
      aborted: false,
      policy: 'default',
      cost: failed
        ? undefined
        : {
            state: random() < 0.02 ? 'unpriced' : 'exact',
            totalNanoUsd: cost.inputUncached + cost.outputText,
            parts: {
              cacheRead: 0,
              cacheWrite: 0,
              inputAudio: 0,
              outputReasoning: 0,
              outputAudio: 0,
              other: 0,
              ...cost,
            },
            priceRow: `catalogue:anthropic/${name}`,
          },
    };
    return { opening, closing };
  };
}

/** Writes so many exchanges, up to this moment. */
async function build(path, rows) {
  const [{ openForWriting }, { openDriver }, { RowWriter }, { Backlog }, { RowBuffer }] = await Promise.all(
    ['database.js', 'open-driver.js', 'row-writer.js', 'backlog.js', 'rows.js'].map(load),
  );
  const { driver, newest } = await openForWriting(path, openDriver);
  const writer = new RowWriter(driver, newest);
  const make = maker(7);
  const nowMs = Date.now();
  const firstMs = nowMs - DAYS * DAY_MS + 3_600_000;
  const startedMs = performance.now();
  let last = 0;
  for (let row = 0; row < rows; ) {
    const backlog = new Backlog(Number.POSITIVE_INFINITY);
    for (let batch = 0; batch < BATCHES && row < rows; batch++) {
      const buffer = new RowBuffer(BATCH_ROWS, undefined);
      for (; !buffer.full && row < rows; row++) {
        const receivedAtMs = Math.floor(firstMs + ((nowMs - firstMs) * row) / rows);
        const { opening, closing } = make(receivedAtMs);
        last = Math.max(last + 1, receivedAtMs * 1_000);
        buffer.addDone(last, opening, closing);
      }
      backlog.accept(buffer.take(batch));
    }
    writer.write(backlog);
    if (row % 500_000 === 0) process.stdout.write(`  ${row / 1_000_000} million rows\n`);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  driver.close();
  return seconds;
}

/** Every question, as a dashboard would ask it; each time from another moment on. */
function questions(random) {
  const nowMs = Date.now();
  const last = (ms) => ({ fromMs: nowMs - ms - Math.floor(random() * 3_600_000), toMs: nowMs });
  const quarter = 90 * DAY_MS;
  const client = () => `client-${Math.floor(random() * 30)}`;
  const model = () => `model-${Math.floor(random() * 24)}`;
  return {
    'totals, 90 days': () => ['totals', { period: last(quarter) }],
    'totals, 1 hour': () => ['totals', { period: last(3_600_000) }],
    'totals of a client, 90 days': () => ['totals', { period: last(quarter), only: { client: [client()] } }],
    'by model, 90 days': () => ['groups', { period: last(quarter), by: 'model' }],
    'by key, 24 hours': () => ['groups', { period: last(DAY_MS), by: 'key' }],
    'by model of a client, 90 days': () => [
      'groups',
      { period: last(quarter), by: 'model', only: { client: [client()] } },
    ],
    'by client of a route, 90 days': () => [
      'groups',
      { period: last(quarter), by: 'client', only: { route: ['chat.completions'] } },
    ],
    'by key of a client and route, 90 days': () => [
      'groups',
      { period: last(quarter), by: 'key', only: { client: [client()], route: ['messages'] } },
    ],
    'by model of two routes and six upstreams, 90 days': () => [
      'groups',
      {
        period: last(quarter),
        by: 'model',
        only: {
          route: ['messages', 'chat.completions'],
          upstream: [0, 1, 2, 3, 4, 5].map((at) => `upstream-${at}`),
        },
      },
    ],
    'series, 90 days': () => ['series', { period: last(quarter) }],
    'series, 1 hour': () => ['series', { period: last(3_500_000) }],
    'series by model, 24 hours': () => [
      'series',
      { period: { fromMs: nowMs - DAY_MS, toMs: nowMs }, by: 'model' },
    ],
    'series by model, 7 days': () => [
      'series',
      { period: { fromMs: nowMs - 7 * DAY_MS, toMs: nowMs }, by: 'model' },
    ],
    'series by client of a model, 7 days': () => [
      'series',
      { period: { fromMs: nowMs - 7 * DAY_MS, toMs: nowMs }, by: 'client', only: { model: [model()] } },
    ],
    'series by model, 90 days': () => ['series', { period: last(quarter), by: 'model' }],
    'exchanges, newest': () => ['exchanges', { limit: 50 }],
    'exchanges of a client': () => ['exchanges', { limit: 50, only: { client: [client()] } }],
    'exchanges that failed': () => ['exchanges', { limit: 50, outcome: 'error' }],
    'exchanges that hit the cache (none)': () => ['exchanges', { limit: 50, cache: 'hit' }],
    'exchanges, search': () => ['exchanges', { limit: 50, search: model() }],
    'conversations, newest': () => ['conversations', { limit: 50 }],
    'conversations of a client': () => ['conversations', { limit: 50, only: { client: [client()] } }],
    spending: () => [
      'spending',
      {
        clients: Array.from({ length: 30 }, (_, at) => ({
          id: `client-${at}`,
          sinceMs: nowMs - 30 * DAY_MS,
        })),
      },
    ],
    unpriced: () => ['unpriced', { period: last(quarter) }],
    storage: () => ['storage', {}],
  };
}

const part = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

async function ask(path, rounds) {
  const { openLedger } = await load('ledger.js');
  const opened = await openLedger({
    path,
    retentionDays: 0,
    onTrouble: (message) => process.stdout.write(`${message}\n`),
  });
  if (!opened.ok) throw new Error(opened.message);
  const { ledger, queries } = opened;
  const random = numbers(3);
  const kinds = questions(random);
  const times = new Map();
  const note = (name, ms) => times.set(name, [...(times.get(name) ?? []), ms]);
  const timed = async (name, kind, question) => {
    const startedMs = performance.now();
    const answer = await queries.ask(kind, question);
    note(name, performance.now() - startedMs);
    if (!answer.ok) throw new Error(`${name}: ${answer.message}`);
    return answer.answer;
  };
  await queries.ask('storage', {});
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // New exchanges come in meanwhile, as they would.
  const make = maker(11);
  const traffic = setInterval(() => {
    for (let i = 0; i < 10; i++) {
      const { opening, closing } = make(Date.now());
      ledger.open(opening).close(closing);
    }
  }, 50);
  for (let round = 0; round < rounds; round++) {
    for (const [name, question] of Object.entries(kinds)) await timed(name, ...question());
    const middleMs = Date.now() - Math.floor(random() * 89 * DAY_MS);
    const page = await timed('exchanges of a day', 'exchanges', {
      limit: 50,
      period: { fromMs: middleMs - DAY_MS, toMs: middleMs },
    });
    const [row] = page.rows;
    if (row !== undefined) await timed('one exchange', 'exchange', { id: row.id });
    const talk = page.rows.find(({ conversationId }) => conversationId !== undefined);
    if (talk !== undefined) {
      await timed('exchanges of a conversation', 'exchanges', {
        limit: 50,
        conversation: talk.conversationId,
      });
      await timed('one conversation', 'conversation', { id: talk.conversationId });
    }
  }
  clearInterval(traffic);
  delay.disable();
  const stats = ledger.stats();
  await ledger.shut();
  return { times, loopMs: delay.percentile(99) / 1e6, longestMs: delay.max / 1e6, stats };
}

function rowsOf(text) {
  const found = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text);
  if (found === null) throw new Error(`--rows ${text}: write for example 1M or 200k.`);
  return Number(found[1]) * { '': 1, k: 1_000, M: 1_000_000 }[found[2]];
}

/** Builds the file and asks it everything; answers what printLedger prints. */
export async function measureLedger({ rows = '1M', file, questions: rounds = '30' } = {}) {
  const folder = file === undefined ? mkdtempSync(join(tmpdir(), 'sluice-ledger-')) : undefined;
  const path = file ?? join(folder, 'ledger.db');
  try {
    const seconds = existsSync(path) ? undefined : await build(path, rowsOf(rows));
    const { size } = statSync(path);
    return { rows: rowsOf(rows), seconds, size, ...(await ask(path, Number(rounds))) };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints what measureLedger found. */
export function printLedger({ rows, seconds, size, times, loopMs, longestMs, stats }) {
  const out = (line) => process.stdout.write(`${line}\n`);
  out(
    `\nledger of ${rows.toLocaleString('en-US')} rows on Node ${process.version}: ${(size / 2 ** 20).toFixed(0)} MiB`,
  );
  if (seconds !== undefined)
    out(`  written in ${seconds.toFixed(0)} s, ${((seconds * 1e6) / rows).toFixed(1)} µs a row`);
  out(`\n  ${'question, ms'.padEnd(52)}${'p50'.padStart(8)}${'p95'.padStart(8)}`);
  let slowest = 0;
  for (const [name, all] of times) {
    const sorted = [...all].sort((a, b) => a - b);
    slowest = Math.max(slowest, part(sorted, 0.95));
    out(
      `  ${name.padEnd(52)}${part(sorted, 0.5).toFixed(1).padStart(8)}${part(sorted, 0.95).toFixed(1).padStart(8)}`,
    );
  }
  out(
    `\n  event loop meanwhile, ms: p99 ${loopMs.toFixed(1)}, longest ${longestMs.toFixed(1)}; rows written ${stats.written}`,
  );
  if (slowest > GOAL_MS) out(`  ! over the goal of ${GOAL_MS} ms: ${slowest.toFixed(0)}`);
  if (loopMs > LOOP_GOAL_MS) out(`  ! the event loop is over its goal of ${LOOP_GOAL_MS} ms`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { rows: { type: 'string' }, file: { type: 'string' }, questions: { type: 'string' } },
  });
  printLedger(await measureLedger(values));
}
