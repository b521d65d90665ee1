// `sluice ledger copy` as it is typed: places from flags and from the configuration, what is printed, and no password in it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ledgerCommand } from '../../src/cli/commands/ledger.ts';
import type { CopyReport } from '../../src/stores/copy/ledger-copy.ts';
import { hasPostgres, PASSWORD, type PostgresServer, startPostgres } from '../kit/postgres.ts';
import { recordingTerminal, type Said } from '../kit/recording-terminal.ts';
import { closing, opening } from '../stores/exchanges.ts';
import { temporaryFolder } from '../stores/folder.ts';
import { fill, openFile } from '../stores/whole-ledger.ts';

let server: PostgresServer;

interface Desk {
  readonly folder: string;
  readonly file: string;
  readonly url: string;
  run(...args: string[]): Promise<Said>;
}

/** A user whose ledger is a file beside the configuration, which has another place in it. */
async function desk(): Promise<Desk> {
  const folder = temporaryFolder();
  const file = join(folder, 'old', 'sluice.db');
  mkdirSync(join(folder, 'old'));
  await fill(await openFile(file), 'a', 100);
  const url = server.freshUrl();
  const written = url.replace(encodeURIComponent(PASSWORD), '${DATABASE_PASSWORD}');
  expect(written).not.toBe(url);
  writeFileSync(join(folder, 'sluice.jsonc'), JSON.stringify({ storage: { url: written } }));
  const env = { DATABASE_PASSWORD: encodeURIComponent(PASSWORD) };
  return {
    folder,
    file,
    url,
    run: async (...args) => {
      const { terminal, said } = recordingTerminal(folder, { env });
      const program = new Command('sluice').exitOverride().addCommand(ledgerCommand(terminal));
      await program.parseAsync(['node', 'sluice', 'ledger', 'copy', ...args]);
      for (const text of [said.out, said.err])
        for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(text).not.toContain(secret);
      return said;
    },
  };
}

describe.skipIf(!hasPostgres())('sluice ledger copy', () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  test('16.7 takes the place that is not named from the configuration, and prints what is equal', async () => {
    const { run } = await desk();
    const look = await run('--from', 'old/sluice.db', '--dry-run');
    expect(look).toMatchObject({ code: 0, err: '' });
    expect(look.out).toMatch(/^exchanges +101 +101 +0 +14,600 +5,700 +\$/m);
    expect(look.out).toContain('Nothing was written.');
    const copied = await run('--from', 'old/sluice.db');
    expect(copied).toMatchObject({ code: 0, err: '' });
    expect(copied.out).toMatch(/^exchanges +101 +101 +0 +14,600 +5,700 +\$0\.1000 +101$/m);
    expect(copied.out).toMatch(
      /rows of .*sluice\.db are now in postgres:\/\/127\.0\.0\.1:\d+\/postgres .*All counts and sums agree/,
    );
    expect((await run('--from', 'old/sluice.db')).out).toContain('already. All counts and sums agree.');
  });

  test('16.7 prints JSON, and takes places of both kinds from flags', async () => {
    const { run, file, url } = await desk();
    const said = await run('--from', `sqlite:${file}`, '--to', url, '--json');
    expect(said).toMatchObject({ code: 0, err: '' });
    const report = JSON.parse(said.out) as CopyReport;
    expect(report).toMatchObject({ from: file, dryRun: false, notes: [] });
    expect(report.tables[0]).toMatchObject({ table: 'exchanges', copied: 101, target: { rows: '101' } });
    expect((await run('--from', url, '--to', 'back.db')).code).toBe(0);
  });

  test('16.7 ends with 1 where nothing was copied, and says why', async () => {
    const { run, file, folder } = await desk();
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining('--to') });
    expect(await run('--from', 'none.db')).toMatchObject({ code: 1, out: '' });
    expect(await run('--from', file, '--to', file)).toMatchObject({ code: 1, out: '' });
    expect(await run('--from', file, '--to', 'postgres://me:canary-word@127.0.0.1:1/x')).toMatchObject({
      code: 1,
      err: expect.not.stringContaining('canary-word'),
    });
    const other = join(folder, 'other.db');
    const { ledger } = await openFile(other);
    ledger.open(opening('theirs')).close(closing('theirs'));
    await ledger.shut();
    expect(await run('--from', file, '--to', other)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('Two ledgers are not mixed'),
    });
  });

  test('says which files beside the old ledger are looked for elsewhere from now on', async () => {
    const { run, folder } = await desk();
    writeFileSync(join(folder, 'old', 'keys.json'), '{}');
    writeFileSync(join(folder, 'old', 'secret.key'), 'x');
    const { code, err } = await run('--from', 'old/sluice.db');
    expect(code).toBe(0);
    expect(err).toContain('keys.json, secret.key');
    expect(err).toContain(join(folder, 'home', '.local', 'share', 'sluice'));
    // Where it stays, nothing is to be said.
    expect((await run('--from', 'old/sluice.db', '--to', 'old/copy.db')).err).toBe('');
  });
});
