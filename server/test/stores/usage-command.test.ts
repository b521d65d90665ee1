import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { describe, expect, it, onTestFinished } from 'vitest';
import { usageCommand } from '../../src/cli/commands/usage.ts';
import { parseMoment } from '../../src/cli/commands/usage-period.ts';
import type { Terminal } from '../../src/cli/ui/terminal.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

interface Run {
  readonly out: string[];
  readonly err: string[];
  readonly code: number;
}

async function run(...argv: string[]): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  let code = 0;
  const terminal: Terminal = {
    env: {},
    cwd: '/',
    home: '/nowhere',
    interactive: false,
    colours: picocolors.createColors(false),
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    exitCode: (value) => {
      code = value;
    },
  };
  await usageCommand(terminal).parseAsync(argv, { from: 'user' });
  return { out, err, code };
}

async function ledgerWithRows(): Promise<string> {
  const path = join(temporaryFolder(), 'sluice.db');
  const opened = await openLedger({ path, retentionDays: 0, onTrouble: () => undefined });
  if (!opened.ok) throw new Error(opened.message);
  const { ledger } = opened;
  onTestFinished(() => ledger.shut());
  for (const [id, model, paid] of [
    ['a', 'big-1', cost(250_000_000)],
    ['b', 'big-1', cost(0, { state: 'unpriced' })],
    ['c', 'bad\u001b[2Jname', cost(50)],
  ] as const) {
    ledger.open(opening(id)).close(closing(id, { modelServed: model, cost: paid }));
  }
  ledger.open(opening('old', { receivedAtMs: Date.now() - 8 * 86_400_000 })).close(closing('old'));
  await ledger.flush();
  return path;
}

describe('sluice usage', () => {
  it('prints a table of the last seven days by model, with a total', async () => {
    const { out, code } = await run('--database', await ledgerWithRows());
    expect(out.slice(0, -1)).toEqual([
      'model        requests  errors  input  cache read  cache write  output  reasoning      USD',
      '─────────────────────────────────────────────────────────────────────────────────────────',
      'big-1               2       0    200          80           12     100         14   0.2500',
      'bad [2Jname         1       0    100          40            6      50          7  <0.0001',
      '─────────────────────────────────────────────────────────────────────────────────────────',
      'total               3       0    300         120           18     150         21   0.2500',
    ]);
    expect(out.at(-1)).toMatch(/^Tokens since \d{4}-\d\d-\d\d .*; 1 without a known price/);
    expect(code).toBe(0);
  });

  it('prints JSON with every bucket, for any period and grouping', async () => {
    const database = await ledgerWithRows();
    const { out } = await run('--database', database, '--json', '--by', 'client', '--since', 'all');
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      database,
      since: null,
      until: null,
      by: 'client',
      groups: [{ name: 'alice', requests: 4, inputCacheWrite: 24, outputReasoning: 28 }],
      total: { requests: 4 },
    });
  });

  it('says so when nothing happened in the period', async () => {
    const { out } = await run(
      '--database',
      await ledgerWithRows(),
      '--since',
      '2020-01-01',
      '--until',
      '2020-01-31',
    );
    expect(out).toEqual([
      expect.stringMatching(/^No requests since 2020-01-01 00:00:00 until 2020-02-01 00:00:00/),
    ]);
  });

  it.each([
    [['--since', 'yesterdayish'], /--since "yesterdayish" is no time\. Write for example 24h/],
    [['--until', '2026-02-30'], /--until "2026-02-30" is no time/],
    [['--since', '1h', '--until', '2h'], /--since is not before --until/],
    [['--database', '/nowhere/at/all.db'], /There is no ledger at \/nowhere\/at\/all\.db yet/],
    [
      ['--config', '/nowhere/sluice.jsonc'],
      /does not say where the ledger is\. Correct it, or use --database/,
    ],
  ])('explains %j and exits with 1', async (argv, message) => {
    const { err, out, code } = await run(...argv);
    expect(err.at(-1)).toMatch(message);
    expect(out).toEqual([]);
    expect(code).toBe(1);
  });

  it('finds the ledger also where the keys of an upstream are stored and not configured', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'sluice.jsonc');
    const config = { upstreams: [{ id: 'one', provider: 'openai' }], storage: { url: 'sqlite:here.db' } };
    writeFileSync(file, JSON.stringify(config));
    const { err } = await run('--config', file);
    expect(err).toEqual([expect.stringContaining(`There is no ledger at ${join(folder, 'here.db')} yet`)]);
  });

  it('without a configuration looks where the gateway without one writes', async () => {
    expect((await run()).err.at(-1)).toMatch(/There is no ledger at \/nowhere\/.*sluice\.db yet/);
  });
});

describe('a moment', () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  it.each([
    ['24h', now - 86_400_000],
    ['90m', now - 5_400_000],
    ['2w', now - 14 * 86_400_000],
    ['today', new Date(2026, 10, 21).getTime()],
    ['2026-11-01', new Date(2026, 10, 1).getTime()],
    ['2026-11-01T12:00Z', Date.UTC(2026, 10, 1, 12)],
    ['', undefined],
    ['7', undefined],
    ['2026-13-01', undefined],
  ])('"%s" is understood as the beginning of a period', (text, ms) => {
    expect(parseMoment(text, 'since', now)).toBe(ms);
  });

  it('that is a day includes that day at the end of a period', () => {
    expect(parseMoment('2026-11-01', 'until', now)).toBe(new Date(2026, 10, 2).getTime());
  });
});
