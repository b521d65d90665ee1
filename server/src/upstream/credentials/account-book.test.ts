import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../test/kit/gateway.ts';
import type { AccountState, AccountStore, AccountTokens } from '../../core/providers/account.ts';
import { codex } from '../../core/providers/codex.ts';
import type { AccountUse, AnswerSink, OutboundRequest } from '../../exchange/ports.ts';
import { AccountBook } from './account-book.ts';

const ID = 'k_00000001';

interface Bench {
  readonly book: AccountBook;
  readonly use: AccountUse;
  readonly logged: string[];
  readonly secrets: string[];
  /** What happened, in its order. */
  readonly happened: string[];
  nowMs: number;
  writable: boolean;
  proxy: string | undefined;
  state: AccountState;
}

/** A book on a store in memory, before a vendor that renews everything. */
function bench(tokens: Partial<AccountTokens>): Bench {
  const [upstream] = settingsOf({
    upstreams: [{ id: 'codex', origin: 'http://vendor', provider: codex }],
  }).upstreams;
  if (upstream === undefined) throw new Error('no upstream');
  let count = 1;
  const send = (_request: OutboundRequest, sink: AnswerSink): { resume(): void; abort(): void } => {
    count += 1;
    made.happened.push('renewed');
    const text = JSON.stringify({
      access_token: `access-${count}`,
      refresh_token: `refresh-${count}`,
      expires_in: 3600,
    });
    queueMicrotask(() => {
      sink.head(200, [], text.length);
      sink.data(Buffer.from(text));
      sink.end();
    });
    return { resume: () => undefined, abort: () => undefined };
  };
  const entry = { id: ID, kind: 'codex' as const, upstream: 'codex', addedAt: '2026-01-01T00:00:00Z' };
  const store: AccountStore = {
    read: () => Promise.resolve({ entry, state: made.state, proxy: made.proxy }),
    whileHeld: async (_id, work) => await work(),
    write: (_id, state) => {
      if (!made.writable) return Promise.resolve('The disk is full.');
      made.happened.push('written');
      made.state = state;
      return Promise.resolve(undefined);
    },
  };
  const logged: string[] = [];
  const secrets: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const made: Bench = {
    book: new AccountBook({
      store: () => store,
      transport: { send },
      clock: { epochMs: () => made.nowMs },
      log: { warn: note, error: note },
      onSecrets: (words) => void secrets.push(...words),
    }),
    use: { upstream, key: { id: ID, secret: '', account: ID } },
    logged,
    secrets,
    happened: [],
    nowMs: 1_000_000_000,
    writable: true,
    proxy: undefined,
    state: { status: 'active', tokens: { accessToken: 'access-1', refreshToken: 'refresh-1', ...tokens } },
  };
  return made;
}

const accessOf = (ready: object): unknown => (ready as { tokens?: AccountTokens }).tokens?.accessToken;

describe('the book of accounts', () => {
  it('uses a token that nobody has said the end of', async () => {
    const { book, use, happened } = bench({});
    expect(accessOf(await book.ready(use))).toBe('access-1');
    expect(happened).toEqual([]);
  });

  it('uses a token that ends within minutes while it renews it beside', async () => {
    const one = bench({ expiresAtMs: 1_000_000_000 + 120_000 });
    expect(accessOf(await one.book.ready(one.use))).toBe('access-1');
    await expect.poll(() => one.happened).toEqual(['renewed', 'written']);
    expect(accessOf(await one.book.ready(one.use))).toBe('access-2');
  });

  it('writes a renewed login down before anybody uses it, and tells of its tokens before that', async () => {
    const one = bench({ expiresAtMs: 1_000_000_000 - 1 });
    const ready = await one.book.ready(one.use);
    expect([accessOf(ready), one.happened]).toEqual(['access-2', ['renewed', 'written']]);
    expect(one.state.tokens.refreshToken).toBe('refresh-2');
    expect(one.secrets).toEqual(expect.arrayContaining(['access-1', 'refresh-1', 'access-2', 'refresh-2']));
  });

  it('keeps a renewed login that the disk does not take, says so, and writes it as soon as that is possible', async () => {
    const one = bench({ expiresAtMs: 1_000_000_000 - 1 });
    one.writable = false;
    expect(accessOf(await one.book.ready(one.use))).toBe('access-2');
    expect(one.logged.join()).toContain('The disk is full.');
    one.nowMs += 60_000;
    one.writable = true;
    expect(accessOf(await one.book.ready(one.use))).toBe('access-2');
    expect([one.state.tokens.refreshToken, one.happened]).toEqual(['refresh-2', ['renewed', 'written']]);
  });

  it('takes over what a command has changed, half a minute later at the latest', async () => {
    const one = bench({});
    await one.book.ready(one.use);
    one.state = { status: 'active', tokens: { accessToken: 'access-9', refreshToken: 'refresh-9' } };
    one.nowMs += 31_000;
    expect(accessOf(await one.book.ready(one.use))).toBe('access-9');
  });

  it('says nothing of a login in its troubles', async () => {
    const one = bench({});
    one.state = { ...one.state, status: 'invalid', note: 'The provider does not renew the login.' };
    const invalid = await one.book.ready(one.use);
    expect(invalid).toMatchObject({
      trouble: 'invalid',
      message: expect.stringContaining('accounts login codex'),
    });
    one.state = { ...one.state, status: 'active', spentUntilMs: one.nowMs + 60_000 };
    const spent = await one.book.ready(one.use);
    expect(spent).toMatchObject({ trouble: 'spent', untilMs: one.nowMs + 60_000 });
    expect(JSON.stringify([invalid, spent, one.logged])).not.toMatch(/access-1|refresh-1/);
    one.nowMs += 61_000;
    expect(accessOf(await one.book.ready(one.use))).toBe('access-1');
  });

  it('never puts an old login back on the disk when it notes what the provider said of it', async () => {
    const one = bench({});
    await one.book.ready(one.use);
    // Another process has renewed it meanwhile.
    const renewed = { accessToken: 'access-9', refreshToken: 'refresh-9' };
    one.state = { status: 'active', tokens: renewed };
    const untilMs = one.nowMs + 60_000;
    await one.book.spent(one.use, untilMs);
    expect(one.state).toEqual({ status: 'active', tokens: renewed, spentUntilMs: untilMs });
    await one.book.refuses(one.use, { accessToken: 'access-1', refreshToken: 'refresh-1' });
    expect([one.state.status, one.state.tokens]).toEqual(['active', renewed]);
    await one.book.refuses(one.use, renewed);
    expect([one.state.status, one.state.tokens]).toEqual(['invalid', renewed]);
  });

  it('takes no moment beyond a month for the end of a quota, whatever the provider says', async () => {
    const one = bench({});
    await one.book.ready(one.use);
    await one.book.spent(one.use, 1e300);
    expect(await one.book.ready(one.use)).toMatchObject({
      trouble: 'spent',
      untilMs: one.nowMs + 32 * 86_400_000,
    });
    await one.book.spent(one.use, Number.NaN);
    expect(one.state.spentUntilMs).toBe(one.nowMs + 32 * 86_400_000);
  });

  it('tells of the password of a proxy before that is used', async () => {
    const one = bench({});
    one.proxy = 'http://me:hun%40ter@proxy:3128';
    await one.book.ready(one.use);
    expect(one.secrets).toEqual(expect.arrayContaining(['hun%40ter', 'hun@ter']));
  });
});
