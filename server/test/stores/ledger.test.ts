import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openNodeDriver } from '../../src/stores/sqlite/driver.node.ts';
import { type LedgerOptions, openLedger } from '../../src/stores/sqlite/ledger.ts';
import { hasNodeSqlite } from '../../src/stores/sqlite/open-driver.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import type { OpenDriver, StoreRow } from '../../src/stores/tables/driver.ts';
import type { StoredLedger } from '../../src/stores/tables/ledger.ts';
import { ENGINES, nodeBuild, rowsOf, wasmBuild } from './engines.ts';
import { COST_ROW, closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

describe.each(ENGINES)('the ledger on %s', (_name, openDriver) => {
  interface Opened {
    readonly ledger: StoredLedger;
    readonly troubles: string[];
  }

  async function open(path: string, more: Partial<LedgerOptions> = {}): Promise<Opened> {
    const troubles: string[] = [];
    const opened = await openLedger({
      path,
      retentionDays: 90,
      onTrouble: (message) => troubles.push(message),
      startWriter: startInPlace(openDriver),
      ...more,
    });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return { ledger: opened.ledger, troubles };
  }

  async function failure(path: string): Promise<string> {
    const opened = await openLedger({
      path,
      retentionDays: 90,
      onTrouble: () => undefined,
      startWriter: startInPlace(openDriver),
    });
    if (opened.ok) await opened.ledger.shut();
    return opened.ok ? 'no failure' : opened.message;
  }

  const rows = (path: string, sql = 'SELECT * FROM exchanges ORDER BY rowid'): Promise<StoreRow[]> =>
    rowsOf(openDriver, path, sql);

  it('keeps every column of an exchange', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger } = await open(path);
    const ids = { conversationId: 'talk', agentId: 'helper', clientRequestId: 'mine-1' };
    ledger.open(opening('a', { receivedAtMs: 1_700_000_000_000, ...ids })).close(
      closing('a', {
        upstreamRequestId: 'req_theirs',
        endedAtMs: 1_700_000_001_000,
        errorCode: 'upstream_closed',
        losses: 'seed=dropped',
        status: 502,
        policy: 'cheap',
        cost: cost(36),
        usageEstimated: true,
        cache: 'miss',
        savedNanoUsd: 12,
        promptCache: 'message 3 changed',
        errorMessage: 'It broke.',
      }),
    );
    await ledger.shut();
    expect(await rows(path)).toEqual([
      {
        number: 1_700_000_000_000_000,
        id: 'a',
        state: 'done',
        received_at_ms: 1_700_000_000_000,
        route: 'chat.completions',
        use: 'generate',
        client_id: 'alice',
        conversation_id: 'talk',
        agent_id: 'helper',
        dialect_in: 'openai-chat',
        headers_at_ms: 1_700_000_000_970,
        first_byte_at_ms: 1_700_000_000_980,
        first_output_at_ms: 1_700_000_000_990,
        ended_at_ms: 1_700_000_001_000,
        dialect_out: 'anthropic-messages',
        model_asked: 'fast',
        model_served: 'claude-test-1',
        upstream_id: 'anthropic',
        key_id: 'k_1',
        attempts: 1,
        status: 502,
        error_code: 'upstream_closed',
        losses: 'seed=dropped',
        bytes_in: 1000,
        bytes_out: 2000,
        input_uncached: 100,
        input_cache_read: 40,
        input_cache_write_5m: 3,
        input_cache_write_1h: 2,
        input_cache_write_other: 1,
        input_audio: 0,
        output_text: 50,
        output_reasoning: 7,
        output_audio: 0,
        usage_clamped: 0,
        streamed: 1,
        aborted: 0,
        policy: 'cheap',
        usage_estimated: 1,
        cache: 'miss',
        saved_nano_usd: 12,
        prompt_cache: 'message 3 changed',
        error_message: 'It broke.',
        client_request_id: 'mine-1',
        upstream_request_id: 'req_theirs',
        web_searches: null,
        output_image_tokens: null,
        service_tier: null,
        ...COST_ROW,
      },
    ]);
  });

  it('makes one row of an exchange that opens and closes in different batches', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger } = await open(path);
    const entry = ledger.open(opening('a', { conversationId: 'talk' }));
    await ledger.flush();
    entry.close(closing('a', { usage: undefined }));
    await ledger.flush();
    await ledger.shut();
    expect(
      await rows(path, 'SELECT id, state, conversation_id, status, input_uncached FROM exchanges'),
    ).toEqual([{ id: 'a', state: 'done', conversation_id: 'talk', status: 200, input_uncached: null }]);
  });

  it('writes a batch by itself, without being asked to flush', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger } = await open(path);
    ledger.open(opening('a'));
    await expect.poll(() => ledger.stats()).toMatchObject({ written: 1, waiting: 0, unconfirmed: 0 });
  });

  it('marks what was in flight as interrupted at the next start, and counts it', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    first.ledger.open(opening('a'));
    first.ledger.open(opening('b')).close(closing('b'));
    await first.ledger.shut();
    const second = await open(path);
    expect(second.ledger.interrupted).toBe(1);
    await second.ledger.shut();
    expect(await rows(path, 'SELECT id, state FROM exchanges')).toEqual([
      { id: 'a', state: 'interrupted' },
      { id: 'b', state: 'done' },
    ]);
  });

  it('gives the file and the folders it makes to this user alone', async () => {
    const folder = join(temporaryFolder(), 'deep', 'er');
    const { ledger } = await open(join(folder, 'sluice.db'));
    ledger.open(opening('a'));
    await ledger.flush();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder).filter((entry) => !entry.endsWith('.lock'))) {
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
    }
  });

  it('cuts texts that others chose, so that a row stays below one kilobyte', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger } = await open(path);
    const long = '🦊ab'.repeat(5000);
    const ids = { conversationId: long, agentId: long, clientId: long, clientRequestId: long };
    const served = { modelAsked: long, modelServed: long, upstreamId: long, keyId: long };
    const told = { errorCode: long, losses: long, policy: long, promptCache: long, errorMessage: long };
    ledger
      .open(opening('a', ids))
      .close(
        closing('a', { ...served, ...told, cost: cost(36, { priceRow: long }), upstreamRequestId: long }),
      );
    await ledger.shut();
    const row = (await rows(path))[0] ?? {};
    const bytes = Object.values(row).reduce<number>(
      (sum, value) => sum + (typeof value === 'string' ? Buffer.byteLength(value) : 6),
      0,
    );
    expect(bytes).toBeLessThan(1024);
    expect(row['model_asked']).toMatch(/^(?:🦊ab)+(?:🦊a?)?$/u);
  });

  it('passes texts that others chose through the redactor', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger } = await open(path, { redact: (text) => text.replaceAll('canary', '[redacted]') });
    const ids = { conversationId: 'c canary', agentId: 'a canary', clientRequestId: 'r-canary' };
    const served = { modelAsked: 'm canary', modelServed: 's canary', upstreamRequestId: 'u-canary' };
    ledger.open(opening('a', ids)).close(closing('a', { ...served, losses: 'x-canary=dropped' }));
    await ledger.shut();
    expect(readFileSync(path).includes('canary')).toBe(false);
    expect((await rows(path))[0]).toMatchObject({ model_asked: 'm [redacted]', agent_id: 'a [redacted]' });
  });

  it('refuses a file that a living gateway holds, and says who does', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    await open(path);
    expect(await failure(path)).toMatch(
      new RegExp(`in use by another gateway \\(process ${process.pid} on `),
    );
  });

  it('takes over after a crash, with its claim and its lock folder left behind', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    await first.ledger.shut();
    const dead = { pid: 2 ** 22 + 1, host: (await import('node:os')).hostname(), born: '1', engine: 'wasm' };
    writeFileSync(`${path}.owner`, JSON.stringify(dead));
    mkdirSync(`${path}.lock`);
    const second = await open(path);
    expect(second.troubles).toEqual([]);
    second.ledger.open(opening('a'));
    await second.ledger.shut();
    expect(readdirSync(join(path, '..'))).toEqual(['sluice.db']);
    expect(await rows(path, 'SELECT id FROM exchanges')).toEqual([{ id: 'a' }]);
  });

  it('takes over a claim that a crash left half-written', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    writeFileSync(`${path}.owner`, '{"pid":');
    const { ledger } = await open(path);
    ledger.open(opening('a'));
    await ledger.flush();
    expect(ledger.stats().written).toBe(1);
  });

  it.each([
    ['no database at all', Buffer.from('this is a text file, not a database. '.repeat(300))],
    [
      'a database header with garbage after it',
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(9000, 7)]),
    ],
  ])('moves %s aside, never deletes it, and says so', async (_what, garbage) => {
    const folder = temporaryFolder();
    const path = join(folder, 'sluice.db');
    writeFileSync(path, garbage);
    const { ledger, troubles } = await open(path);
    ledger.open(opening('a'));
    await ledger.shut();
    const moved = readdirSync(folder).find((name) => name.startsWith('sluice.db.corrupt-'));
    expect(moved).toMatch(/^sluice\.db\.corrupt-\d{8}T\d{6}Z$/);
    expect(readFileSync(join(folder, moved ?? '')).equals(garbage)).toBe(true);
    expect(troubles).toEqual([
      expect.stringContaining(`was damaged. It was moved to ${join(folder, moved ?? '')}`),
    ]);
    expect(await rows(path, 'SELECT id FROM exchanges')).toEqual([{ id: 'a' }]);
  });

  it('does not write to the database of another program', async () => {
    const path = join(temporaryFolder(), 'other.db');
    const driver = await openDriver({ path, readOnly: false });
    driver.exec('CREATE TABLE precious (id INTEGER)');
    driver.close();
    expect(await failure(path)).toMatch(
      /will not write to .*other\.db: it is the database of another program\./,
    );
    expect(await rows(path, 'SELECT name FROM sqlite_master')).toEqual([{ name: 'precious' }]);
  });

  it('does not write to a database of a newer version', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger } = await open(path);
    await ledger.shut();
    const driver = await openDriver({ path, readOnly: false });
    driver.exec(`INSERT INTO kysely_migration VALUES ('9999-from-the-future', '2099-01-01')`);
    driver.close();
    expect(await failure(path)).toMatch(/it was written by a newer version of Sluice/);
  });

  it('says what to do when the folder cannot be made', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(await failure(join(file, 'sluice.db'))).toMatch(
      /^The ledger cannot write to .*file\/sluice\.db \(.*\)\. Make the file and its folder writable for this user, or set storage\.url/,
    );
  });

  it.skipIf(process.getuid?.() === 0)('says what to do when the folder may not be written', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(await failure(join(folder, 'sluice.db'))).toMatch(/EACCES.*Make the file and its folder writable/);
  });

  it('says what to do when the path is a folder, and leaves the folder alone', async () => {
    const folder = join(temporaryFolder(), 'sluice.db');
    mkdirSync(folder);
    expect(await failure(folder)).toMatch(/^The ledger cannot write to /);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('deletes rows older than the retention at the start, however many, and keeps the others', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const day = 86_400_000;
    const first = await open(path, { retentionDays: 0 });
    for (let i = 0; i < 1200; i++)
      first.ledger.open(opening(`old${i}`, { receivedAtMs: Date.now() - 91 * day }));
    first.ledger.open(opening('young', { receivedAtMs: Date.now() - 89 * day }));
    await first.ledger.shut();
    expect(await rows(path, 'SELECT count(*) AS n FROM exchanges')).toEqual([{ n: 1201 }]);
    // A driver that tells when nothing old is left, so that the test need not guess how long it takes.
    let left = Number.POSITIVE_INFINITY;
    const watched: OpenDriver = async (options) => {
      const driver = await openDriver(options);
      return {
        ...driver,
        prepare(sql) {
          const statement = driver.prepare(sql);
          if (!sql.startsWith('DELETE')) return statement;
          return {
            ...statement,
            run(values) {
              const deleted = statement.run(values);
              expect(deleted).toBeLessThanOrEqual(500);
              left = Number(driver.prepare('SELECT count(*) AS n FROM exchanges').all([])[0]?.['n']);
              return deleted;
            },
          };
        },
      };
    };
    const second = await open(path, { startWriter: startInPlace(watched) });
    await expect.poll(() => left).toBe(1);
    await second.ledger.shut();
    expect(await rows(path, 'SELECT id FROM exchanges')).toEqual([{ id: 'young' }]);
  });

  it('leaves a database that the next start finds current', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    for (const id of ['a', 'b', 'c']) {
      const { ledger, troubles } = await open(path);
      ledger.open(opening(id)).close(closing(id));
      await ledger.shut();
      expect(troubles).toEqual([]);
      expect(existsSync(`${path}.owner`)).toBe(false);
    }
    expect(await rows(path, 'SELECT id FROM exchanges')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  });
});

describe.skipIf(!hasNodeSqlite())('the two builds of SQLite', () => {
  it("continue each other's files, also after a crash that left the log behind", async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const crashed = join(temporaryFolder(), 'sluice.db');
    const builds = [wasmBuild, nodeBuild];
    let ids: string[] = [];
    for (const [round, build] of [...builds, ...builds].entries()) {
      const opened = await openLedger({
        path: round === 0 ? path : crashed,
        retentionDays: 90,
        onTrouble: (message) => expect.unreachable(message),
        startWriter: startInPlace(build),
      });
      if (!opened.ok) throw new Error(opened.message);
      opened.ledger.open(opening(`round${round}`));
      await opened.ledger.flush();
      ids = [...ids, `round${round}`];
      // What a kill at this moment would leave.
      for (const suffix of ['', '-wal']) {
        const from = (round === 0 ? path : crashed) + suffix;
        writeFileSync(`${crashed}.kept${suffix}`, readFileSync(from));
      }
      await opened.ledger.shut();
      for (const suffix of ['', '-wal']) {
        writeFileSync(crashed + suffix, readFileSync(`${crashed}.kept${suffix}`));
      }
    }
    const driver = openNodeDriver({ path: crashed, readOnly: false });
    expect(
      driver
        .prepare('SELECT id FROM exchanges ORDER BY rowid')
        .all([])
        .map((row) => row['id']),
    ).toEqual(ids);
    driver.close();
  });
});
