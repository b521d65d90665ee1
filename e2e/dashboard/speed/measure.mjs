// How fast the page is, in Chromium, on this machine: its first paint, the live page under many events, and the list of
// requests over a large ledger. Run by hand: `node e2e/dashboard/speed/measure.mjs [--only paint,live,table]
// [--events 10000] [--seconds 60] [--rows 1M] [--ledger file.db]`. A ledger that is not there yet is built, which for ten
// million rows takes a while and some gigabytes.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withTypescript } from '../../kit/typescript.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const say = (line) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'paint,live,table' },
    events: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '60' },
    rows: { type: 'string', default: '1M' },
    ledger: { type: 'string' },
  },
});
const parts = values.only.split(',');

/** The ledger that was named, built where it is not there. */
function ledger(folder) {
  const file = values.ledger ?? join(folder, 'ledger.db');
  if (existsSync(file)) return file;
  say(`building a ledger of ${values.rows} rows …`);
  const bench = path('../../../bench/ledger.mjs');
  const args = [bench, '--rows', values.rows, '--file', file, '--questions', '1'];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('The ledger could not be built.');
  return file;
}

const part = (all, share) => {
  const sorted = [...all].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
const times = (all) =>
  `p50 ${part(all, 0.5).toFixed(0)} ms, p95 ${part(all, 0.95).toFixed(0)} ms, longest ${Math.max(...all).toFixed(0)} ms`;

function printPaint({ firstPaintMs, readyMs, bytes }) {
  say(`\nfirst paint of the overview, nothing cached, ${firstPaintMs.length} visits`);
  say(`  first contentful paint: ${times(firstPaintMs)}`);
  say(`  everything shown:       ${times(readyMs)}`);
  say(`  sent by the gateway:    ${(bytes / 1_024).toFixed(0)} KiB in all, without answers of the API`);
}

function printLive({ seconds, sent, received, frames, gaps, longTasks, cpuSeconds, told }) {
  say(`\nlive page, ${seconds.toFixed(0)} s`);
  say(`  requests that ended: ${sent}, ${((sent * 60) / seconds).toFixed(0)} a minute`);
  say(`  events of these received by the page: ${received}; left out by the gateway: ${told}`);
  say(
    `  frames: ${frames}, ${(frames / seconds).toFixed(1)} a second; gaps above 50 ms: ${gaps.length}${gaps.length === 0 ? '' : ` (longest ${Math.max(...gaps).toFixed(0)} ms)`}`,
  );
  say(
    `  long tasks: ${longTasks.length}${longTasks.length === 0 ? '' : ` (longest ${Math.max(...longTasks).toFixed(0)} ms)`}; the page's script took ${cpuSeconds.toFixed(1)} s in all`,
  );
}

function printTable({ rows, firstMs, scrollMs, searchMs, answerMs }) {
  say(`\nlist of requests over ${rows.toLocaleString('en-US')} rows`);
  say(`  opened:                          ${times(firstMs)}`);
  say(`  next rows, from scroll to shown: ${times(scrollMs)} (${scrollMs.length} pages)`);
  say(`    of which the gateway's answer: ${times(answerMs)}`);
  say(`  search:                          ${times(searchMs)}`);
}

await withTypescript(path('./browser-figures.ts'), async ({ firstPaint, livePage, requestsTable }) => {
  if (parts.includes('paint')) printPaint(await firstPaint(9));
  if (parts.includes('live'))
    printLive(await livePage({ perMinute: Number(values.events), seconds: Number(values.seconds) }));
  if (!parts.includes('table')) return;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-speed-'));
  try {
    printTable(await requestsTable(ledger(folder), 40));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
