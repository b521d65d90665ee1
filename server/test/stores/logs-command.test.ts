// `sluice logs` without a log folder: a ledger on the disk, a ledger on PostgreSQL, and a gateway that runs.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { logsCommand } from '../../src/cli/commands/logs.ts';
import type { ExchangeSummary } from '../../src/exchange/ledger-queries.ts';
import type { LedgerClosing } from '../../src/exchange/ports.ts';
import { openStores } from '../../src/stores/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { adminSetup, type FakeQueries, fakeQueries } from '../kit/admin.ts';
import { startGateway } from '../kit/gateway.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../kit/postgres.ts';
import { recordingTerminal, type Said } from '../kit/recording-terminal.ts';
import { closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';
import { written } from './written.ts';

const FAILED: Partial<LedgerClosing> = {
  status: 502,
  errorCode: 'upstream_error',
  errorMessage: `It broke\u001b[2J.${' word'.repeat(60)}`,
  attempts: 2,
  usage: undefined,
};

/** Three exchanges, of which two failed, one of them long ago. */
async function fill(location: string, dataFolder: string): Promise<void> {
  const opened = await openStores({ location, dataFolder, retentionDays: 0, onTrouble: () => undefined });
  if (!opened.ok) throw new Error(opened.message);
  const { ledger } = opened;
  onTestFinished(() => ledger.shut());
  const longAgo = Date.now() - 3 * 3_600_000;
  ledger.open(opening('req_old', { receivedAtMs: longAgo })).close(closing('req_old', FAILED));
  ledger.open(opening('req_good', { clientId: 'bob' })).close(closing('req_good'));
  ledger.open(opening('req_bad')).close(closing('req_bad', { ...FAILED, upstreamId: 'one' }));
  await written(ledger);
}

async function run(cwd: string, ...argv: string[]): Promise<Said> {
  const { terminal, said } = recordingTerminal(cwd);
  await logsCommand(terminal).parseAsync(argv, { from: 'user' });
  return said;
}

/** A folder with a configuration and no log folder; no gateway runs. */
function desk(): { readonly cwd: string; readonly database: string; readonly data: string } {
  const cwd = temporaryFolder();
  const config = {
    server: { port: 1 },
    storage: { url: 'sqlite:data/sluice.db' },
    upstreams: [{ id: 'a', provider: 'ollama' }],
  };
  writeFileSync(join(cwd, 'sluice.jsonc'), JSON.stringify(config), { mode: 0o600 });
  return { cwd, data: join(cwd, 'data'), database: join(cwd, 'data/sluice.db') };
}

const idsIn = (said: Said): readonly unknown[] =>
  said.out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).id]));

describe('sluice logs without a log folder', () => {
  test('shows what failed within the last hour from the ledger, a line each', async () => {
    const { cwd, database, data } = desk();
    await fill(database, data);
    const said = await run(cwd, '--errors');
    expect(said.out).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}502 {2}chat\.completions {2}fast → claude-test-1 {2}from one {2}\d+ ms {2}2 attempts {2}upstream_error {2}It broke [^\u001b]*… {2}req_bad\n$/,
    );
    expect(said.err).toContain('"sluice dashboard"');
    expect(said.code).toBe(0);
  });

  test('shows all of them, the newest last, and only as many as are asked for', async () => {
    const { cwd, database, data } = desk();
    await fill(database, data);
    expect(idsIn(await run(cwd, '--json', '--since', 'all'))).toEqual(['req_old', 'req_good', 'req_bad']);
    expect(idsIn(await run(cwd, '--json', '--last', '6h', '--errors'))).toEqual(['req_old', 'req_bad']);
    const newest = await run(cwd, '--limit', '1');
    expect(newest.out).toContain('req_bad');
    expect(newest.out.split('\n')).toHaveLength(2);
    expect(newest.err).toContain('--limit shows more');
  });

  test.each([
    [['--client', 'bob'], ['req_good']],
    [['--upstream', 'one', '--upstream', 'two'], ['req_bad']],
    [['--model', 'claude-test-1', '--client', 'alice'], ['req_bad']],
    [['--model', 'another'], []],
  ])('chooses by %j', async (flags, ids) => {
    const { cwd, database, data } = desk();
    await fill(database, data);
    expect(idsIn(await run(cwd, '--json', ...flags))).toEqual(ids);
  });

  test('reads a ledger that is named, says when nothing fits, and where there is none', async () => {
    const { cwd, database, data } = desk();
    expect(await run(cwd)).toMatchObject({ code: 1, err: expect.stringContaining('There is no ledger at') });
    await fill(database, data);
    const said = await run(temporaryFolder(), '--database', database, '--since', '0m');
    expect(said).toMatchObject({ out: '', code: 0, err: expect.stringContaining('has no requests since') });
  });

  test.each([
    [['--follow'], '"sluice top"'],
    [['--keys'], '"sluice keys list"'],
    [['--limit', '0'], '--limit must be'],
    [['--last', 'soon'], '--last "soon" is no time'],
  ])('says what to do instead of %j', async (flags, words) => {
    expect(await run(desk().cwd, ...flags)).toMatchObject({ code: 1, err: expect.stringContaining(words) });
  });
});

describe('sluice logs beside a gateway that runs', () => {
  async function gatewayWith(queries: FakeQueries, data: string): Promise<number> {
    const vault = openVault(data);
    await vault.prepare();
    const { token } = await vault.read();
    const { outside } = adminSetup({ queries }).admin;
    const gateway = await startGateway({
      upstreams: [{ origin: 'http://127.0.0.1:1' }],
      admin: { outside, vault: { token: () => token, switchKey: () => Promise.resolve(undefined) } },
    });
    onTestFinished(() => gateway.stop());
    return gateway.port;
  }

  test('asks it, with everything that was asked for', async () => {
    const { cwd, data } = desk();
    const { id: _id, tries: _tries, ...rest } = closing('req_1', FAILED);
    const row: ExchangeSummary = { ...opening('req_1'), state: 'done', closing: { id: 'req_1', ...rest } };
    const queries = fakeQueries({ exchanges: { rows: [row], next: undefined } });
    const port = await gatewayWith(queries, data);
    const said = await run(cwd, '-p', String(port), '--errors', '--client', 'alice', '--last', '6h');
    expect(said.out).toContain('upstream_error');
    expect(queries.asked).toMatchObject([
      { kind: 'exchanges', question: { outcome: 'error', only: { client: ['alice'] }, limit: 100 } },
    ]);
  });

  test('reads the ledger where it does not tell', async () => {
    const { cwd, database, data } = desk();
    await fill(database, data);
    const port = await gatewayWith(fakeQueries({}), data);
    expect(idsIn(await run(cwd, '-p', String(port), '--errors', '--json'))).toEqual(['req_bad']);
  });
});

describe.skipIf(!hasPostgres())('sluice logs with a ledger on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  test('shows what failed', async () => {
    const url = server.freshUrl();
    await fill(url, temporaryFolder());
    expect(idsIn(await run(temporaryFolder(), '--errors', '--json', '--database', url))).toEqual(['req_bad']);
  });
});
