// The ledger as shipped, in its worker thread: killed without warning, started again, and asked what it kept.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { openDriver } from '../../src/stores/sqlite/open-driver.ts';
import type { StoreRow } from '../../src/stores/tables/driver.ts';
import { closing, cost, opening } from '../stores/exchanges.ts';
import { temporaryFolder } from '../stores/folder.ts';
import { type BuiltStores, buildStores } from './ledger-build.ts';

const ROUNDS = 20;
/** What a kill may cost. */
const WINDOW_MS = 250;
const PROGRAM: string = fileURLToPath(new URL('ledger-writes.mjs', import.meta.url));

interface Round {
  readonly killedAtMs: number;
  /** How long the process itself stood still shortly before, which is the machine's fault. */
  readonly stalledMs: number;
  readonly opened: ReadonlyMap<string, number>;
  readonly closed: ReadonlyMap<string, number>;
  readonly troubles: readonly string[];
}

let built: BuiltStores;
beforeAll(() => {
  built = buildStores('crash');
});
afterAll(() => built.remove());

/** Lets the program write until it has said `lines` lines, then kills it. */
function writeAndKill(path: string, round: number, lines: number): Promise<Round> {
  const child = spawn(process.execPath, [PROGRAM, built.folder, path, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      EXAMPLES: JSON.stringify({ opening: opening(''), closing: closing('', { cost: cost(30) }) }),
    },
  });
  let output = '';
  let killedAtMs = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (killedAtMs > 0 || output.split('\n').length < lines) return;
    killedAtMs = Date.now();
    child.kill('SIGKILL');
  });
  return new Promise((resolve) => {
    child.on('close', () => resolve(understand(output, killedAtMs)));
  });
}

function understand(output: string, killedAtMs: number): Round {
  const opened = new Map<string, number>();
  const closed = new Map<string, number>();
  const troubles: string[] = [];
  let stalledMs = 0;
  for (const line of output.split('\n').slice(0, -1)) {
    const [kind, first = '', second = ''] = line.split(' ');
    if (kind === 'o') opened.set(first, Number(second));
    if (kind === 'c') closed.set(first, Number(second));
    if (kind === 's' && killedAtMs - Number(first) < 2 * WINDOW_MS) stalledMs += Number(second);
    if (kind === 'trouble') troubles.push(line);
  }
  return { killedAtMs, stalledMs, opened, closed, troubles };
}

/** Sums by model, client and all names at once that are not what the rows say. */
function differences(table: string): string {
  const figures = ['count(*)', 'sum(input_uncached)', 'sum(bytes_in)', 'sum(cost_nano_usd)'];
  const sums = ['sum(requests)', 'sum(input_uncached)', 'sum(bytes_in)', 'sum(cost)'];
  const masks = table === 'rollup_minutes' ? '0, 1, 8' : '0, 1, 8, 3, 31';
  return `SELECT mask, ${sums.join(', ')} FROM ${table} WHERE mask IN (${masks}) GROUP BY mask
    EXCEPT SELECT m.value, ${figures.join(', ')} FROM json_each('[${masks}]') AS m, exchanges
      WHERE state = 'done' GROUP BY m.value`;
}

/** Starts once more, which settles what the last kill left behind, and reads everything. */
async function readRows(path: string): Promise<StoreRow[]> {
  const troubles: string[] = [];
  const opened = await openLedger({
    path,
    retentionDays: 90,
    onTrouble: (message) => troubles.push(message),
  });
  if (!opened.ok) throw new Error(opened.message);
  await opened.ledger.shut();
  expect(troubles).toEqual([]);
  const driver = await openDriver({ path, readOnly: false });
  try {
    for (const table of ['rollup_minutes', 'rollup_hours', 'rollup_days'])
      expect([table, driver.prepare(differences(table)).all([])]).toEqual([table, []]);
    return driver.prepare('SELECT id, state, conversation_id, status FROM exchanges').all([]);
  } finally {
    driver.close();
  }
}

describe('a ledger whose process is killed', () => {
  it(`3 loses at most the last ${WINDOW_MS} ms, in ${ROUNDS} rounds, and has every exchange once, in rows and in sums`, {
    timeout: 60_000,
  }, async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const rounds: Round[] = [];
    let rows: StoreRow[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await writeAndKill(path, round, 150 + ((round * 97) % 400)));
      rows = await readRows(path);
    }
    const states = new Map(rows.map((row) => [row['id'], row['state']]));
    expect(states.size).toBe(rows.length);
    let kept = 0;
    for (const { killedAtMs, stalledMs, opened, closed, troubles } of rounds) {
      expect(troubles).toEqual([]);
      const safe = killedAtMs - WINDOW_MS - stalledMs;
      const missing = [...opened].filter(([id, atMs]) => atMs < safe && !states.has(id));
      const unfinished = [...closed].filter(([id, atMs]) => atMs < safe && states.get(id) !== 'done');
      expect([missing, unfinished]).toEqual([[], []]);
      for (const id of opened.keys()) {
        if (!states.has(id)) continue;
        kept++;
        expect(states.get(id)).toMatch(closed.has(id) ? /^(?:done|interrupted)$/ : /^interrupted$/);
      }
    }
    // The windows above left something to look at.
    expect(kept).toBeGreaterThan(ROUNDS * 20);
    expect(readdirSync(join(path, '..')).filter((name) => name.includes('corrupt'))).toEqual([]);
  });
});
