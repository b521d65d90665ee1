// The room that a ledger on a real PostgreSQL may take: one of the gateways that share it sees to it.

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openStores } from '../../src/stores/open.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { numberIn } from '../../src/stores/tables/statements.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../kit/postgres.ts';
import { attempt, closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';
import { within } from './whole-ledger.ts';
import { written } from './written.ts';

const MIB: number = 1024 * 1024;

describe.skipIf(!hasPostgres())('the room of a ledger on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  async function open(url: string, maxBytes: number): Promise<Extract<LedgerOpened, { ok: true }>> {
    const opened = await openStores({
      location: url,
      dataFolder: temporaryFolder(),
      retentionDays: 90,
      maxBytes,
      onTrouble: (message) => {
        throw new Error(message);
      },
    });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return opened;
  }

  const count = (url: string): Promise<number> =>
    within(url, (driver) => numberIn(driver, 'SELECT count(*) FROM exchanges'));

  test('10.4 storage.maxBytes is followed by one of the gateways, and by another one when that has gone', async () => {
    const url = server.freshUrl();
    const first = await open(url, 0);
    const startMs = Date.now() - 86_400_000;
    for (let i = 0; i < 4_000; i++) {
      const receivedAtMs = startMs + i;
      const tries = i % 2 === 0 ? [attempt(1), attempt(2)] : undefined;
      first.ledger.open(opening(`a${i}`, { receivedAtMs })).close(closing(`a${i}`, { tries }));
    }
    await written(first.ledger);
    // It does not lead, whatever it is told.
    const second = await open(url, MIB);
    second.ledger.open(opening('b')).close(closing('b'));
    await written(second.ledger);
    expect(await count(url)).toBe(4_001);
    await second.ledger.shut();
    await first.ledger.shut();

    await open(url, MIB);
    await expect.poll(() => count(url), { timeout: 30_000 }).toBeLessThan(2_000);
    // The newest stays, and so do the sums.
    await within(url, (driver) => {
      expect(numberIn(driver, `SELECT count(*) FROM exchanges WHERE id = 'b'`)).toBe(1);
      expect(numberIn(driver, 'SELECT sum(requests) FROM rollup_days WHERE mask = 0')).toBe(4_001);
    });
  });
});
