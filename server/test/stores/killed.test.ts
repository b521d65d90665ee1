// The stores as shipped, in their worker thread: killed without warning, and asked what they kept.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SavedState } from '../../src/exchange/ports.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { openDriver } from '../../src/stores/sqlite/open-driver.ts';
import { type BuiltStores, buildStores } from '../integration/ledger-build.ts';
import { rowsOf } from './engines.ts';
import { attempt, closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const PROGRAM: string = fileURLToPath(new URL('killed-writes.mjs', import.meta.url));
/** What a kill may cost of states: collected for a second, then written. */
const WINDOW_MS = 2_000;

let built: BuiltStores;
beforeAll(() => {
  built = buildStores('killed');
});
afterAll(() => built.remove());

interface Killed {
  readonly killedAtMs: number;
  /** How long the process itself stood still, which is the machine's fault. */
  readonly stalledMs: number;
  /** When each round of states was saved. */
  readonly savedAtMs: readonly number[];
  readonly troubles: readonly string[];
}

/** Lets the program write so many rounds, then kills it. */
function writeAndKill(path: string, name: string, rounds: number): Promise<Killed> {
  const examples = { opening: opening(''), closing: closing(''), attempt: attempt(1) };
  const child = spawn(process.execPath, [PROGRAM, built.folder, path, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, EXAMPLES: JSON.stringify(examples) },
  });
  let output = '';
  let killedAtMs = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (killedAtMs > 0 || output.split('\n').length <= rounds) return;
    killedAtMs = Date.now();
    child.kill('SIGKILL');
  });
  return new Promise((resolve) => {
    child.on('close', () => {
      const lines = output.split('\n').slice(0, -1);
      const numbers = (kind: string): number[] =>
        lines.filter((line) => line.startsWith(`${kind} `)).map((line) => Number(line.split(' ')[2]));
      const stalledMs = numbers('s').reduce((sum, ms) => sum + ms, 0);
      const troubles = lines.filter((line) => line.startsWith('trouble'));
      resolve({ killedAtMs, stalledMs, savedAtMs: numbers('t'), troubles });
    });
  });
}

/** Starts once more, which settles what the kill left behind, and reads all states. */
async function statesAfter(path: string): Promise<readonly SavedState[]> {
  const troubles: string[] = [];
  const opened = await openLedger({
    path,
    retentionDays: 90,
    onTrouble: (message) => troubles.push(message),
  });
  if (!opened.ok) throw new Error(opened.message);
  const states = await opened.state.load();
  await opened.ledger.shut();
  expect(troubles).toEqual([]);
  return states;
}

describe('after a kill without warning', () => {
  test('an exchange is complete together with all of its attempts, or has none', {
    timeout: 60_000,
  }, async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    for (const [round, writes] of [12, 17, 23, 31, 14, 27].entries()) {
      const { troubles } = await writeAndKill(path, String(round), writes);
      expect(troubles).toEqual([]);
    }
    await statesAfter(path);
    const found = await rowsOf(
      openDriver,
      path,
      `SELECT state, count(*) AS n, min(tries) AS fewest, max(tries) AS most, sum(tries = 3 AND own = 3) AS whole
        FROM (SELECT state, count(ordinal) AS tries, sum(attempts.model = exchanges.id) AS own
          FROM exchanges LEFT JOIN attempts ON exchange = number GROUP BY number)
        GROUP BY state ORDER BY state`,
    );
    const [done, interrupted] = found;
    expect(done).toMatchObject({ state: 'done', fewest: 3, most: 3, whole: done?.['n'] });
    expect(interrupted).toMatchObject({ state: 'interrupted', fewest: 0, most: 0 });
    expect(Number(done?.['n'])).toBeGreaterThan(500);
    const orphans = 'SELECT count(*) AS n FROM attempts WHERE exchange NOT IN (SELECT number FROM exchanges)';
    expect(await rowsOf(openDriver, path, orphans)).toEqual([{ n: 0 }]);
  });

  test('5.10 the state of keys is there, up to a second or two before', { timeout: 60_000 }, async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    for (const name of ['a', 'b']) {
      const { killedAtMs, stalledMs, savedAtMs, troubles } = await writeAndKill(path, name, 180);
      expect(troubles).toEqual([]);
      const states = new Map((await statesAfter(path)).map(({ key, text }) => [key, text]));
      const safe = savedAtMs.filter((atMs) => atMs < killedAtMs - WINDOW_MS - stalledMs).length;
      // The window left something to look at.
      expect(safe).toBeGreaterThan(10);
      for (let n = 0; n < safe; n++) expect(states.get(`once ${name} ${n}`)).toBe(String(savedAtMs[n]));
      const [round, latest] = String(states.get('cooling')).split(' ');
      expect(round).toBe(name);
      expect(Number(latest)).toBeGreaterThanOrEqual(safe - 1);
    }
  });
});
