// Conversations as the ledger tells them, on every build of SQLite, beside a naive grouping of the same exchanges.

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConversationSummary, LedgerQuestions } from '../../src/exchange/ledger-queries.ts';
import type { LedgerClosing, LedgerOpening } from '../../src/exchange/ports.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { LEDGERS } from './engines.ts';
import { closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

type Stores = Extract<LedgerOpened, { ok: true }>;
type Ask = LedgerQuestions['conversations']['ask'];

/** A made-up exchange; without an end it runs. */
interface Made {
  readonly open: LedgerOpening;
  readonly close: LedgerClosing | undefined;
}

const START_MS: number = Date.now() - 3_600_000;

/** Ids of which some end alike, so that the index cannot tell them apart. */
const IDS = ['run-a', 'run-b', 'one/of-many-sessions', 'two/of-many-sessions', 'x'.repeat(100)] as const;

const made: fc.Arbitrary<Made> = fc
  .record({
    id: fc.option(fc.constantFrom(...IDS), { nil: undefined, freq: 6 }),
    agent: fc.option(fc.constantFrom('plan', 'test'), { nil: undefined }),
    client: fc.option(fc.constantFrom('ada', 'bob'), { nil: undefined }),
    model: fc.constantFrom('m1', 'm2'),
    upstream: fc.constantFrom('u1', 'u2'),
    end: fc.constantFrom('ok', 'ok', 'error', 'left', 'open', 'unpriced', 'hit'),
    nanoUsd: fc.integer({ min: 28, max: 5_000 }),
    tookMs: fc.integer({ min: 0, max: 900 }),
  })
  .map(({ id, agent, client, model, upstream, end, nanoUsd, tookMs }) => {
    const open = opening('', { clientId: client, conversationId: id, agentId: agent });
    if (end === 'open') return { open, close: undefined };
    const close = closing('', {
      modelServed: model,
      upstreamId: upstream,
      endedAtMs: tookMs,
      ...(end === 'error' ? { status: 502, errorCode: 'upstream_closed' } : {}),
      ...(end === 'left' ? { status: 499, errorCode: 'client_closed', aborted: true } : {}),
      cost: end === 'unpriced' ? cost(0, { state: 'unpriced', priceRow: '' }) : cost(nanoUsd),
      ...(end === 'hit' ? { cache: 'hit' as const, savedNanoUsd: nanoUsd } : {}),
    });
    return { open, close };
  });

/** Gives them ids and times: one after the other. */
function inOrder(all: readonly Made[]): Made[] {
  return all.map(({ open, close }, at) => {
    const id = `r${at}`;
    const receivedAtMs = START_MS + at * 1_000;
    return {
      open: { ...open, id, receivedAtMs },
      close: close && { ...close, id, endedAtMs: receivedAtMs + close.endedAtMs },
    };
  });
}

const stored = (id: string | undefined): string => (id ?? '').slice(0, 72);
const sorted = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names.filter((name) => name !== undefined))].sort();
const failed = ({ close }: Made): boolean => close?.aborted === false && close.status >= 400;
const modelOf = ({ close }: Made): string | undefined => close?.modelServed ?? close?.modelAsked;

/** What the exchanges of one conversation come to. */
function naive(id: string, own: readonly Made[]): ConversationSummary {
  const sum = (of: (one: LedgerClosing) => number): number =>
    own.reduce((total, { close }) => total + (close === undefined ? 0 : of(close)), 0);
  const times = own.map(({ open }) => open.receivedAtMs);
  return {
    id,
    firstAtMs: Math.min(...times),
    lastAtMs: Math.max(...times),
    clientIds: sorted(own.map(({ open }) => open.clientId)),
    models: sorted(own.map(modelOf)),
    upstreams: sorted(own.map(({ close }) => close?.upstreamId)),
    agents: sorted(own.map(({ open }) => open.agentId)).length,
    requests: own.length,
    errors: own.filter(failed).length,
    open: own.filter(({ close }) => close === undefined).length,
    tokens: {
      inputUncached: sum(({ usage }) => usage?.input.uncached ?? 0),
      cacheRead: sum(({ usage }) => usage?.input.cacheRead ?? 0),
      // 5 minutes, an hour, unnamed.
      cacheWrite: sum(() => 3 + 2 + 1),
      inputAudio: 0,
      outputText: sum(({ usage }) => usage?.output.text ?? 0),
      outputReasoning: sum(({ usage }) => usage?.output.reasoning ?? 0),
      outputAudio: 0,
    },
    costNanoUsd: sum((one) => one.cost?.totalNanoUsd ?? 0),
    unpriced: sum((one) => (one.cost?.state === 'unpriced' ? 1 : 0)),
    cacheHits: sum(({ cache }) => (cache === 'hit' ? 1 : 0)),
    savedNanoUsd: sum(({ savedNanoUsd }) => savedNanoUsd ?? 0),
    cut: false,
  };
}

/** All conversations that have a fitting exchange, by the newest of these. */
function grouped(all: readonly Made[], fits: (one: Made) => boolean = () => true): ConversationSummary[] {
  const ids = sorted(all.map(({ open }) => open.conversationId && stored(open.conversationId)));
  const own = (id: string): Made[] => all.filter(({ open }) => stored(open.conversationId) === id);
  const newest = (id: string): number => all.findLastIndex((one) => own(id).includes(one) && fits(one));
  return ids
    .filter((id) => newest(id) >= 0)
    .sort((one, other) => newest(other) - newest(one))
    .map((id) => naive(id, own(id)));
}

describe.each(LEDGERS)('conversations on %s', (_name, tested) => {
  async function open(): Promise<Stores> {
    const opened = await tested.open({
      path: join(temporaryFolder(), 'sluice.db'),
      retentionDays: 0,
      onTrouble: () => undefined,
    });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return opened;
  }

  async function write({ ledger }: Stores, all: readonly Made[]): Promise<void> {
    for (const { open: first, close } of all) {
      const entry = ledger.open(first);
      if (close !== undefined) entry.close(close);
    }
    await ledger.flush();
  }

  async function answer<Kind extends keyof LedgerQuestions>(
    { queries }: Stores,
    kind: Kind,
    question: LedgerQuestions[Kind]['ask'],
  ): Promise<LedgerQuestions[Kind]['answer']> {
    const said = await queries.ask(kind, question);
    if (!said.ok) throw new Error(said.message);
    return said.answer;
  }

  /** Every page, one after the other. */
  async function paged(
    stores: Stores,
    ask: Ask,
    between: () => Promise<void> = () => Promise.resolve(),
  ): Promise<ConversationSummary[]> {
    const all: ConversationSummary[] = [];
    let before: string | undefined;
    do {
      const page = await answer(stores, 'conversations', {
        ...ask,
        ...(before === undefined ? {} : { before }),
      });
      expect(page.conversations.length).toBeLessThanOrEqual(ask.limit);
      all.push(...page.conversations);
      before = page.next;
      if (before !== undefined) await between();
    } while (before !== undefined);
    return all;
  }

  test('are what a naive grouping of their exchanges makes of them, on pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        async (some, limit) => {
          const stores = await open();
          const all = inOrder(some);
          await write(stores, all);
          expect(await paged(stores, { limit })).toEqual(grouped(all));
          const of = (client: string): ((one: Made) => boolean) => {
            return (one) => one.open.clientId === client;
          };
          expect(await paged(stores, { limit, only: { client: ['ada'] } })).toEqual(grouped(all, of('ada')));
          const period = { fromMs: START_MS + 3_000, toMs: START_MS + 9_000 };
          const within = ({ open: { receivedAtMs } }: Made): boolean =>
            receivedAtMs >= period.fromMs && receivedAtMs < period.toMs;
          expect(await paged(stores, { limit, period })).toEqual(grouped(all, within));
          await stores.ledger.shut();
        },
      ),
      { numRuns: 12 },
    );
  });

  test('stand on one page each, also when new exchanges come in while somebody reads on', async () => {
    const stores = await open();
    const run = (id: string, at: number): Made => ({
      open: opening(`r${at}`, { conversationId: id, receivedAtMs: START_MS + at }),
      close: closing(`r${at}`, { endedAtMs: START_MS + at + 5 }),
    });
    const ids = Array.from({ length: 9 }, (_, at) => `talk-${at}`);
    await write(
      stores,
      [...ids, ...ids].map((id, at) => run(id, at)),
    );
    let at = 100;
    const seen = await paged(stores, { limit: 2 }, () =>
      write(stores, [run('talk-0', at++), run('talk-8', at++)]),
    );
    expect(seen.map(({ id }) => id)).toEqual(ids.toReversed());
    const again = await answer(stores, 'conversations', { limit: 2 });
    expect(again.conversations.map(({ id }) => id)).toEqual(['talk-8', 'talk-0']);
  });

  test('are found by what their id, model, client or agent begins with, and by a whole id alone', async () => {
    const stores = await open();
    const one = (at: number, from: Partial<LedgerOpening>, to: Partial<LedgerClosing> = {}): Made => ({
      open: opening(`r${at}`, { receivedAtMs: START_MS + at, ...from }),
      close: closing(`r${at}`, { endedAtMs: START_MS + at + 5, ...to }),
    });
    await write(stores, [
      one(1, { conversationId: 'run-1', agentId: 'planner' }),
      one(2, { conversationId: 'run-10', clientId: 'zoe' }),
      one(3, { conversationId: 'talk', agentId: undefined }, { modelServed: 'glm-5' }),
    ]);
    const found = async (search: string): Promise<string[]> =>
      (await paged(stores, { limit: 5, search })).map(({ id }) => id);
    expect(await found('run')).toEqual(['run-10', 'run-1']);
    expect(await found('run-1')).toEqual(['run-1']);
    expect(await found('glm')).toEqual(['talk']);
    expect(await found('zoe')).toEqual(['run-10']);
    expect(await found('plan')).toEqual(['run-1']);
    expect(await found('%')).toEqual([]);
    const of = { client: ['zoe'] };
    expect(await paged(stores, { limit: 5, search: 'run-1', only: of })).toHaveLength(1);
    expect(await paged(stores, { limit: 5, search: 'talk', only: of })).toEqual([]);
  });

  test('one tells each of its agents and its exchanges, oldest first', async () => {
    const stores = await open();
    const agents = [undefined, 'plan', 'plan', 'test', 'plan'];
    const all = agents.map((agentId, at): Made => {
      const receivedAtMs = START_MS + at * 10;
      return {
        open: opening(`r${at}`, { conversationId: 'run', agentId, receivedAtMs }),
        close: closing(`r${at}`, {
          endedAtMs: receivedAtMs + 7,
          modelServed: agentId === 'test' ? 'small' : 'big',
          cost: cost(100 + at),
        }),
      };
    });
    await write(stores, all);
    const found = await answer(stores, 'conversation', { id: 'run' });
    const { byAgent, turns, ...summary } = found ?? expect.unreachable('it is there');
    expect(summary).toEqual(naive('run', all));
    expect(byAgent).toMatchObject([
      {
        id: 'plan',
        requests: 3,
        costNanoUsd: 307,
        durationMs: 21,
        models: ['big'],
        firstAtMs: START_MS + 10,
      },
      { id: undefined, requests: 1, costNanoUsd: 100, durationMs: 7 },
      { id: 'test', requests: 1, costNanoUsd: 103, models: ['small'], lastAtMs: START_MS + 30 },
    ]);
    expect(turns.map(({ id }) => id)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    expect(await answer(stores, 'conversation', { id: 'ru' })).toBeUndefined();
  });

  test('those that were interrupted count as errors', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const parts = { path, retentionDays: 0, onTrouble: () => undefined };
    const first = await tested.open(parts);
    if (!first.ok) throw new Error(first.message);
    first.ledger.open(opening('r', { conversationId: 'run' }));
    await first.ledger.shut();
    const second = await tested.open(parts);
    if (!second.ok) throw new Error(second.message);
    onTestFinished(() => second.ledger.shut());
    const found = await answer(second, 'conversation', { id: 'run' });
    expect(found).toMatchObject({ requests: 1, errors: 1, open: 0, turns: [{ state: 'interrupted' }] });
  });

  test('of a very long one the newest 5,000 exchanges are counted, and 500 are listed', async () => {
    const stores = await open();
    const many = (count: number, from: number): Made[] =>
      Array.from({ length: count }, (_, at) => ({
        open: opening(`r${from + at}`, { conversationId: 'run', receivedAtMs: START_MS + from + at }),
        close: closing(`r${from + at}`, { endedAtMs: START_MS + from + at + 2, cost: cost(100) }),
      }));
    await write(stores, many(5_000, 0));
    expect(await answer(stores, 'conversation', { id: 'run' })).toMatchObject({
      requests: 5_000,
      cut: false,
    });
    await write(stores, many(3, 5_000));
    const [row] = await paged(stores, { limit: 5 });
    expect(row).toMatchObject({ requests: 5_000, costNanoUsd: 500_000, cut: true, firstAtMs: START_MS + 3 });
    const found = await answer(stores, 'conversation', { id: 'run' });
    expect(found?.turns).toHaveLength(500);
    expect(found?.turns.at(-1)?.id).toBe('r5002');
  });
});
