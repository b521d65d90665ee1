// A large database of the last version without sums: the start does not wait for them, and they become complete.

import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LedgerQuestions } from '../../src/exchange/ledger-queries.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { applyMigrations } from '../../src/stores/sqlite/migrations/apply.ts';
import { MIGRATIONS } from '../../src/stores/sqlite/migrations/every.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import { ENGINES, onFile } from './engines.ts';
import { closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const ROWS = 40_000;
const DAY_MS = 86_400_000;
/** Of the processor's time, so that a busy machine does not matter. */
const START_WITHIN_MS = 2_000;

describe.each(ENGINES)('many rows of the last version, on %s', (_name, openDriver) => {
  test('the start does not wait for sums; they say what the rows say when they are done', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const toMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const stepMs = Math.floor((30 * DAY_MS) / ROWS);
    const old = await openDriver({ path, readOnly: false });
    old.exec(`PRAGMA journal_mode = WAL; PRAGMA application_id = ${0x53_6c_75_63}`);
    const last = Object.entries(MIGRATIONS).filter(([name]) => name < '0006');
    expect(last).toHaveLength(5);
    await applyMigrations(old, Object.fromEntries(last));
    old.exec(`INSERT INTO exchanges (number, id, state, received_at_ms, ended_at_ms, route, use, status, model_served,
        conversation_id, client_id, upstream_id, key_id, attempts, aborted, input_uncached, bytes_in)
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
      SELECT (${toMs} - (${ROWS} - i) * ${stepMs}) * 1000, 'old' || i, CASE i % 50 WHEN 0 THEN 'open' ELSE 'done' END,
        ${toMs} - (${ROWS} - i) * ${stepMs}, ${toMs} - (${ROWS} - i) * ${stepMs} + 900, 'chat.completions', 'generate',
        200, 'model-' || (i % 7), 'talk-' || (i / 20), 'client-' || (i % 3), 'up', 'k' || (i % 2), 1, 0, i, 10 FROM n`);
    old.close();

    const before = process.cpuUsage();
    const opened = await openLedger({
      path,
      retentionDays: 90,
      onTrouble: (message) => expect.fail(message),
      startWriter: startInPlace(openDriver),
    });
    if (!opened.ok) throw new Error(opened.message);
    const { ledger, queries } = opened;
    onTestFinished(() => ledger.shut());
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(START_WITHIN_MS);

    const ask = async <Kind extends keyof LedgerQuestions>(
      kind: Kind,
      question: LedgerQuestions[Kind]['ask'],
    ): Promise<LedgerQuestions[Kind]['answer']> => {
      const said = await queries.ask(kind, question);
      if (!said.ok) throw new Error(said.message);
      return said.answer;
    };
    expect((await ask('storage', {})).summedPart).toBeLessThan(1);
    // New rows are written, and counted, meanwhile.
    for (let i = 0; i < 20; i++) ledger.open(opening(`new${i}`)).close(closing(`new${i}`));
    await ledger.flush();
    const period = { fromMs: toMs - 31 * DAY_MS, toMs: toMs + 2 * DAY_MS };
    expect((await ask('totals', { period })).requests).toBeLessThan(ROWS);
    await expect.poll(async () => (await ask('storage', {})).summedPart, { timeout: 60_000 }).toBe(1);
    const all = ROWS - ROWS / 50 + 20;
    expect(await ask('totals', { period })).toMatchObject({ requests: all });
    const [first] = await ask('groups', {
      period,
      by: 'key',
      only: { client: ['client-1'], model: ['model-3'], route: ['chat.completions'] },
    });
    await ledger.shut();
    const counted = await onFile(openDriver, path, (driver) =>
      driver
        .prepare(
          `SELECT key_id AS name, count(*) AS n FROM exchanges WHERE state = 'done' AND client_id = 'client-1'
            AND model_served = 'model-3' AND route = 'chat.completions' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1`,
        )
        .all([]),
    );
    expect([{ name: first?.name, n: first?.totals.requests }]).toEqual(counted);
  }, 120_000);
});
