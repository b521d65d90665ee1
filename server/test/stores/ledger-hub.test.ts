// One writer for the ledgers of several processes: every row is there once, whoever wrote it, and what ran in a process
// that has died says so.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Keep } from '../../src/exchange/ports.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import type { OpenDriver } from '../../src/stores/tables/driver.ts';
import { type LedgerOpened, openBuffered, type StoredLedger } from '../../src/stores/tables/ledger.ts';
import type { WriterListener, WriterThread } from '../../src/stores/tables/thread.ts';
import { keepOver, serveKeep } from '../../src/workers/keep-line.ts';
import { createLedgerHub, type LedgerHub } from '../../src/workers/ledger-hub.ts';
import { readerOver, serveLedger, writerOver } from '../../src/workers/ledger-line.ts';
import { createLine } from '../../src/workers/line.ts';
import { type PipePair, pipePair } from '../kit/pipe-pair.ts';
import { ENGINES, rowsOf } from './engines.ts';
import { closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

type Opened = Extract<LedgerOpened, { ok: true }>;

const NO_READER = { post: () => undefined, stop: () => undefined };

async function open(
  startWriter: (listener: WriterListener) => WriterThread,
  numbersFrom: number,
  startReader: Parameters<typeof openBuffered>[0]['startReader'] = () => NO_READER,
): Promise<Opened> {
  const opened = await openBuffered({
    name: 'the ledger',
    startWriter,
    startReader,
    release: () => undefined,
    numbersFrom,
    onTrouble: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.message);
  return opened;
}

interface Keeper {
  readonly path: string;
  readonly hub: LedgerHub;
  readonly own: Opened;
  /** Ends the writer as a defect would. */
  kill(): void;
}

async function keeper(openDriver: OpenDriver): Promise<Keeper> {
  const path = join(temporaryFolder(), 'sluice.db');
  let died: () => void = () => undefined;
  const hub = createLedgerHub((listener) => {
    let dead = false;
    const thread = startInPlace(openDriver)(
      { path, retentionDays: 90 },
      {
        message: (message) => {
          if (!dead) listener.message(message);
          // It has let go of the file.
          else if (message.kind === 'stopped') listener.died('a test');
        },
        died: (reason) => listener.died(reason),
      },
    );
    died = () => {
      dead = true;
      thread.post({ kind: 'stop' });
    };
    return { ...thread, post: (message) => (dead ? undefined : thread.post(message)) };
  });
  const own = await open((listener) => hub.join(listener), 0);
  onTestFinished(() => own.ledger.shut());
  return { path, hub, own, kill: () => died() };
}

interface Worker {
  readonly opened: Opened;
  readonly keep: Keep;
  readonly pair: PipePair;
}

async function worker({ hub, own }: Keeper, numbersFrom: number): Promise<Worker> {
  const pair = pipePair();
  const served = createLine(pair.left);
  serveLedger(served, { hub, queries: own.queries, details: own.details });
  serveKeep(served, own.keep);
  const line = createLine(pair.right);
  const opened = await open(
    (listener) => writerOver(line, listener),
    numbersFrom,
    (listener) => readerOver(line, listener),
  );
  return { opened, keep: keepOver(line), pair };
}

function exchanges(ledger: StoredLedger, name: string, count: number): void {
  for (let n = 0; n < count; n += 1)
    ledger.open(opening(`${name}-${n}`)).close(closing(`${name}-${n}`, { cost: cost(36) }));
}

describe.each(ENGINES)('one writer for several processes, on %s', (_name, openDriver) => {
  const statesOf = async (path: string): Promise<Record<string, unknown>> => {
    const rows = await rowsOf(openDriver, path, 'SELECT id, state FROM exchanges ORDER BY id');
    return Object.fromEntries(rows.map(({ id, state }) => [String(id), state]));
  };

  it('writes the rows of all of them once, and confirms to each its own', async () => {
    const one = await keeper(openDriver);
    const workers = [await worker(one, 300), await worker(one, 600)];
    const ledgers = [one.own, ...workers.map(({ opened }) => opened)].map(({ ledger }) => ledger);
    for (const [place, ledger] of ledgers.entries()) exchanges(ledger, `p${place}`, 50);
    await Promise.all(ledgers.map((ledger) => ledger.flush()));
    expect(ledgers.map((ledger) => ledger.stats().unconfirmed)).toEqual([0, 0, 0]);
    for (const { opened } of workers) await opened.ledger.shut();
    await one.own.ledger.shut();
    const states = await statesOf(one.path);
    expect(Object.keys(states)).toHaveLength(150);
    expect(new Set(Object.values(states))).toEqual(new Set(['done']));
  });

  it('marks what ran in a process that has died, and nothing else', async () => {
    const one = await keeper(openDriver);
    const { opened, pair } = await worker(one, 300);
    exchanges(opened.ledger, 'served', 3);
    opened.ledger.open(opening('lost'));
    await opened.ledger.flush();
    const kept = one.own.ledger.open(opening('kept'));
    await one.own.ledger.flush();
    pair.cut();
    kept.close(closing('kept'));
    await one.own.ledger.flush();
    await opened.ledger.shut();
    await one.own.ledger.shut();
    expect(await statesOf(one.path)).toEqual({
      kept: 'done',
      lost: 'interrupted',
      'served-0': 'done',
      'served-1': 'done',
      'served-2': 'done',
    });
  });

  it('gives all of them what one has kept, at once, and what was saved', async () => {
    const one = await keeper(openDriver);
    const [first, second] = [await worker(one, 300), await worker(one, 600)];
    expect((await second.keep.get('response', ['a', 'b'])).size).toBe(0);
    first.keep.put('response', 'a', 'of the first');
    one.own.keep.put('response', 'b', 'of the keeper');
    expect((await first.keep.get('response', ['a'])).get('a')).toBe('of the first');
    expect([...(await second.keep.get('response', ['a', 'b', 'c'])).entries()].sort()).toEqual([
      ['a', 'of the first'],
      ['b', 'of the keeper'],
    ]);
    first.opened.state.save([{ kind: 'standing', key: 'key\nu\nk', text: 'resting' }]);
    second.opened.details.put({ id: 'x', atMs: Date.now(), kind: 'error', text: '{"a":1}' });
    for (const { opened } of [first, second]) await opened.ledger.shut();
    const third = await worker(one, 900);
    expect(await third.opened.state.load()).toEqual([
      { kind: 'standing', key: 'key\nu\nk', text: 'resting' },
    ]);
    await third.opened.ledger.shut();
  });

  it('goes on when the writer dies, and loses no row', async () => {
    const one = await keeper(openDriver);
    const { opened } = await worker(one, 300);
    exchanges(opened.ledger, 'before', 20);
    exchanges(one.own.ledger, 'own', 20);
    one.kill();
    exchanges(opened.ledger, 'after', 20);
    await Promise.all([opened.ledger.flush(), one.own.ledger.flush()]);
    await opened.ledger.shut();
    await one.own.ledger.shut();
    const states = await statesOf(one.path);
    expect(Object.keys(states)).toHaveLength(60);
    expect(new Set(Object.values(states))).toEqual(new Set(['done']));
  });
});
