// The attempts of an exchange in the ledger, on every database there is.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LedgerOptions, openLedger } from '../../src/stores/sqlite/ledger.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import { readUsage } from '../../src/stores/sqlite/usage.ts';
import { Writer } from '../../src/stores/sqlite/writer.ts';
import { ATTEMPTS_LIMIT } from '../../src/stores/tables/attempts.ts';
import { Backlog } from '../../src/stores/tables/backlog.ts';
import type { StoreRow } from '../../src/stores/tables/driver.ts';
import type { StoredLedger } from '../../src/stores/tables/ledger.ts';
import type { Batch, FromWriter } from '../../src/stores/tables/messages.ts';
import { RowBuffer } from '../../src/stores/tables/rows.ts';
import { ENGINES, faultyDriver, LEDGERS, rowsOf } from './engines.ts';
import { attempt, COST_ROW, closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const DAY_MS = 86_400_000;

/** A batch of one exchange that took two attempts. */
function batchOfOne(number: number): Batch {
  const rows = new RowBuffer(4, undefined);
  rows.addDone(
    1_000 + number,
    opening(`x${number}`),
    closing(`x${number}`, { tries: [attempt(1), attempt(2)] }),
  );
  return rows.take(number);
}

test('a batch of exchanges that took one attempt each carries nothing of attempts', () => {
  const rows = new RowBuffer(4, undefined);
  rows.addDone(1, opening('a'), closing('a'));
  rows.addOpen(2, opening('b'));
  expect(rows.take(1).attempts).toBeUndefined();
  rows.addDone(3, opening('c'), closing('c', { tries: [attempt(1), attempt(2)] }));
  expect(rows.take(2).attempts?.rows).toBe(2);
  rows.addDone(4, opening('d'), closing('d'));
  expect(rows.take(3).attempts).toBeUndefined();
});

test('attempts count as rows against the limit of what waits, and not as exchanges that are lost', () => {
  const backlog = new Backlog(5);
  for (let number = 1; number <= 3; number++) backlog.accept(batchOfOne(number));
  expect(backlog.batches.map((batch) => batch.number)).toEqual([3]);
  expect([backlog.size, backlog.lost]).toEqual([1, 2]);
  backlog.written();
  for (let number = 4; number <= 6; number++) backlog.accept(batchOfOne(number));
  expect([backlog.size, backlog.lost]).toEqual([1, 4]);
});

describe.each(LEDGERS)('the attempts of exchanges on %s', (_name, tested) => {
  async function open(path: string, more: Partial<LedgerOptions> = {}): Promise<StoredLedger> {
    const opened = await tested.open({ path, retentionDays: 90, onTrouble: () => undefined, ...more });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return opened.ledger;
  }

  const rows = (path: string, sql: string): Promise<StoreRow[]> => rowsOf(tested.openDriver, path, sql);
  const pairs = (path: string): Promise<StoreRow[]> =>
    rows(path, 'SELECT id, ordinal FROM exchanges JOIN attempts ON exchange = number ORDER BY 1, 2');

  test('are rows of their own, with every column, beside the row of the exchange', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path);
    const answered = attempt(2, {
      cause: 'hedge',
      upstreamId: 'openai',
      model: 'gpt-test',
      dialect: 'openai-chat',
      headersAtMs: 1_700_000_000_020,
      firstByteAtMs: 1_700_000_000_030,
      firstOutputAtMs: 1_700_000_000_040,
      end: 'answered',
      status: 200,
      reason: undefined,
      errorCode: undefined,
      usage: {
        input: { uncached: 10, cacheRead: 9, cacheWrite5m: 8, cacheWrite1h: 7, cacheWriteOther: 6, audio: 5 },
        output: { text: 4, reasoning: 3, audio: 2 },
        clamped: true,
        extras: { serviceTier: 'flex', webSearches: 2, outputImageTokens: 11 },
      },
      cost: cost(36),
      upstreamRequestId: 'req_two',
    });
    ledger
      .open(opening('a', { receivedAtMs: 1_700_000_000_000 }))
      .close(closing('a', { attempts: 2, tries: [attempt(1, { status: 503 }), answered] }));
    await ledger.shut();
    const nothing = { input_uncached: null, input_cache_read: null, input_cache_write_5m: null };
    const exchange = (await rows(path, 'SELECT number FROM exchanges'))[0]?.['number'];
    expect(await rows(path, 'SELECT * FROM attempts ORDER BY exchange, ordinal')).toEqual([
      {
        exchange,
        ordinal: 1,
        cause: 'first',
        upstream_id: 'anthropic',
        key_id: 'k_1',
        model: 'claude-test-1',
        dialect: 'anthropic-messages',
        started_at_ms: 1_700_000_000_001,
        headers_at_ms: null,
        first_byte_at_ms: null,
        first_output_at_ms: null,
        ended_at_ms: 1_700_000_000_101,
        outcome: 'failed',
        status: 503,
        reason: 'unreachable',
        error_code: 'upstream_unreachable',
        ...nothing,
        input_cache_write_1h: null,
        input_cache_write_other: null,
        input_audio: null,
        output_text: null,
        output_reasoning: null,
        output_audio: null,
        usage_clamped: null,
        web_searches: null,
        output_image_tokens: null,
        service_tier: null,
        cost_state: null,
        price_row: null,
        upstream_request_id: null,
        cost_nano_usd: null,
        cost_input_uncached: null,
        cost_cache_read: null,
        cost_cache_write: null,
        cost_input_audio: null,
        cost_output_text: null,
        cost_output_reasoning: null,
        cost_output_audio: null,
        cost_other: null,
      },
      {
        exchange,
        ordinal: 2,
        cause: 'hedge',
        upstream_id: 'openai',
        key_id: 'k_2',
        model: 'gpt-test',
        dialect: 'openai-chat',
        started_at_ms: 1_700_000_000_002,
        headers_at_ms: 1_700_000_000_020,
        first_byte_at_ms: 1_700_000_000_030,
        first_output_at_ms: 1_700_000_000_040,
        ended_at_ms: 1_700_000_000_102,
        outcome: 'answered',
        status: 200,
        reason: null,
        error_code: null,
        input_uncached: 10,
        input_cache_read: 9,
        input_cache_write_5m: 8,
        input_cache_write_1h: 7,
        input_cache_write_other: 6,
        input_audio: 5,
        output_text: 4,
        output_reasoning: 3,
        output_audio: 2,
        usage_clamped: 1,
        web_searches: 2,
        output_image_tokens: 11,
        service_tier: 'flex',
        upstream_request_id: 'req_two',
        ...COST_ROW,
      },
    ]);
    expect(await rows(path, 'SELECT id, attempts FROM exchanges')).toEqual([{ id: 'a', attempts: 2 }]);
  });

  test('stay with their exchange when it was written as running before, and many share a batch', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path);
    const entries = Array.from({ length: 60 }, (_, i) => ledger.open(opening(`x${i}`)));
    await ledger.flush();
    for (const [i, entry] of entries.entries()) {
      const tries = Array.from({ length: i % 4 }, (_, at) => attempt(at + 1, { keyId: `x${i}` }));
      entry.close(closing(`x${i}`, tries.length < 2 ? {} : { tries }));
    }
    await ledger.shut();
    const found = await rows(
      path,
      'SELECT id, attempts.key_id, count(*) AS n FROM exchanges JOIN attempts ON exchange = number GROUP BY 1, 2',
    );
    expect(found.length).toBe(30);
    for (const { id, key_id: key, n } of found)
      expect([key, n]).toEqual([id, Number(String(id).slice(1)) % 4]);
  });

  test('are deleted with their exchange when it is too old', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path, { retentionDays: 0 });
    const tries = [attempt(1), attempt(2)];
    for (let i = 0; i < 30; i++)
      first
        .open(opening(`old${i}`, { receivedAtMs: Date.now() - 91 * DAY_MS }))
        .close(closing(`old${i}`, { tries }));
    first
      .open(opening('young', { receivedAtMs: Date.now() - 89 * DAY_MS }))
      .close(closing('young', { tries }));
    await first.shut();
    expect(await rows(path, 'SELECT count(*) AS n FROM attempts')).toEqual([{ n: 62 }]);
    // The first 500 are deleted before a start is over.
    await (await open(path)).shut();
    expect(await pairs(path)).toEqual([
      { id: 'young', ordinal: 1 },
      { id: 'young', ordinal: 2 },
    ]);
    expect(await rows(path, 'SELECT count(*) AS n FROM attempts')).toEqual([{ n: 2 }]);
  });

  test('with texts of any length and content are cut, masked, and take nothing else with them', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path, { redact: (text) => text.replaceAll('canary', '[redacted]') });
    const long = '🦊ab'.repeat(5_000);
    const odd = `'); DROP TABLE exchanges; -- "\u{d800} \u0001 \n`;
    const texts = (text: string): Partial<Parameters<typeof attempt>[1]> => ({
      model: text,
      upstreamId: text,
      keyId: text,
      reason: text,
      errorCode: text,
      upstreamRequestId: text,
    });
    const numbers = { startedAtMs: Number.NaN, endedAtMs: Number.POSITIVE_INFINITY, status: 2 ** 60 };
    ledger.open(opening('a')).close(
      closing('a', {
        tries: [
          attempt(1, texts(long)),
          attempt(2, texts(odd)),
          attempt(3, { ...texts(''), ...numbers, model: 'm canary', upstreamRequestId: 'u-canary' }),
        ],
      }),
    );
    ledger.open(opening('b')).close(closing('b'));
    await ledger.shut();
    const [cut, kept, masked] = await rows(path, 'SELECT * FROM attempts ORDER BY ordinal');
    expect(cut?.['model']).toMatch(/^(?:🦊ab){10,}(?:🦊a?)?$/u);
    for (const value of Object.values(cut ?? {}))
      if (typeof value === 'string') expect(Buffer.byteLength(value)).toBeLessThanOrEqual(128);
    expect(kept?.['key_id']).toContain(`'); DROP TABLE exchanges; -- "`);
    expect(masked).toMatchObject({
      model: 'm [redacted]',
      upstream_request_id: 'u-[redacted]',
      key_id: '',
      started_at_ms: null,
      ended_at_ms: null,
    });
    expect(await rows(path, 'SELECT id FROM exchanges')).toEqual([{ id: 'a' }, { id: 'b' }]);
  });

  test('are recorded up to a limit, however many there were', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path);
    const tries = Array.from({ length: 500 }, (_, i) => attempt(i + 1));
    for (const id of ['a', 'b']) ledger.open(opening(id)).close(closing(id, { attempts: 500, tries }));
    await ledger.shut();
    expect(await rows(path, 'SELECT max(ordinal) AS last, count(*) AS n FROM attempts')).toEqual([
      { last: ATTEMPTS_LIMIT, n: 2 * ATTEMPTS_LIMIT },
    ]);
  });
});

describe.each(ENGINES)('the attempts of exchanges in a file of %s', (_name, openDriver) => {
  async function open(path: string, more: Partial<LedgerOptions> = {}): Promise<StoredLedger> {
    const opened = await openLedger({
      path,
      retentionDays: 90,
      onTrouble: () => undefined,
      startWriter: startInPlace(openDriver),
      ...more,
    });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return opened.ledger;
  }

  const rows = (path: string, sql: string): Promise<StoreRow[]> => rowsOf(openDriver, path, sql);
  const pairs = (path: string): Promise<StoreRow[]> =>
    rows(path, 'SELECT id, ordinal FROM exchanges JOIN attempts ON exchange = number ORDER BY 1, 2');

  test('are not doubled and not lost when a batch is written again', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const said: FromWriter[] = [];
    const writer = new Writer({ path, retentionDays: 0 }, openDriver, (message) => said.push(message));
    await writer.start();
    for (const batch of [batchOfOne(1), batchOfOne(2), batchOfOne(1), batchOfOne(2)])
      writer.hear({ kind: 'batch', batch });
    await writer.stop();
    expect(said.filter(({ kind }) => kind === 'trouble')).toEqual([]);
    expect(said.at(-1)).toEqual({
      kind: 'stopped',
      counts: { written: 4, lost: 0, waiting: 0, unsummed: 0 },
    });
    expect(await pairs(path)).toEqual([
      { id: 'x1', ordinal: 1 },
      { id: 'x1', ordinal: 2 },
      { id: 'x2', ordinal: 1 },
      { id: 'x2', ordinal: 2 },
    ]);
    expect(await rows(path, 'SELECT count(*) AS n FROM attempts')).toEqual([{ n: 4 }]);
  });

  test('are written together with their exchange or not at all', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const faulty = faultyDriver(openDriver);
    const troubles: string[] = [];
    const ledger = await open(path, {
      startWriter: startInPlace(faulty.openDriver),
      onTrouble: (message) => troubles.push(message),
    });
    faulty.words = 'INTO attempts';
    faulty.trouble = 'full';
    ledger.open(opening('a')).close(closing('a', { tries: [attempt(1), attempt(2)] }));
    await expect.poll(() => troubles.length).toBe(1);
    expect(await requests(path)).toBe(0);
    faulty.trouble = undefined;
    await ledger.shut();
    expect(await requests(path)).toBe(1);
    expect(await pairs(path)).toEqual([
      { id: 'a', ordinal: 1 },
      { id: 'a', ordinal: 2 },
    ]);
  });

  test('are found by the query in the guide', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const guide = readFileSync(new URL('../../../docs/guide/ledger.md', import.meta.url), 'utf8');
    const query = /```sql\n(.*?)```/s.exec(guide)?.[1] ?? '';
    const ledger = await open(path);
    const tries = [attempt(1), attempt(2, { end: 'answered' })];
    const old = opening('old', { receivedAtMs: Date.now() - 2 * DAY_MS });
    ledger.open(old).close(closing('old', { attempts: 2, tries }));
    ledger.open(opening('a')).close(closing('a', { attempts: 2, tries }));
    ledger
      .open(opening('b'))
      .close(closing('b', { attempts: 2, status: 502, tries: [attempt(1), attempt(2)] }));
    await ledger.shut();
    expect(await rows(path, query)).toEqual([
      { upstream_id: 'anthropic', key_id: 'k_1', reason: 'unreachable', times: 2, answered_by_another: 1 },
      { upstream_id: 'anthropic', key_id: 'k_2', reason: 'unreachable', times: 1, answered_by_another: 0 },
    ]);
  });

  test('leave totals of usage alone: an exchange counts once', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path);
    const { usage } = closing('a');
    const tries = [
      attempt(1, { usage }),
      attempt(2, { usage, end: 'answered' }),
      attempt(3, { usage, end: 'lost' }),
    ];
    ledger.open(opening('a')).close(closing('a', { attempts: 3, tries }));
    ledger.open(opening('b')).close(closing('b'));
    await ledger.flush();
    const reading = await readUsage(path, { sinceMs: undefined, untilMs: undefined, by: 'upstream' });
    expect(reading).toMatchObject({
      ok: true,
      result: { total: { requests: 2, errors: 0, inputUncached: 200, outputText: 100 } },
    });
  });
});

/** Rows of exchanges that a reader sees meanwhile. */
async function requests(path: string): Promise<number> {
  const reading = await readUsage(path, { sinceMs: undefined, untilMs: undefined, by: 'client' });
  return reading.ok ? reading.result.total.requests : Number.NaN;
}
