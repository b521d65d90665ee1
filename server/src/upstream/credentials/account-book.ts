// What the running gateway knows of its accounts. A login is renewed once however many wait for it, by one process at a
// time, and what came of it is on the disk before it is used.

import { unescape as decoded } from 'node:querystring';
import {
  type AccountState,
  type AccountStore,
  type AccountTokens,
  loginCommand,
  type StoredAccount,
} from '../../core/providers/account.ts';
import type { AccountUse, Clock, Log, Transport } from '../../exchange/ports.ts';
import { askQuota, type ReadyAccount, renewTokens } from './renewal.ts';

/** Within this time of its end a token is renewed while it is still used. */
const MARGIN_MS = 300_000;
/** A token that ends sooner may not live as long as the request. */
const LEAST_MS = 30_000;
/** How long what was read is believed: a command may have changed it. */
const FRESH_MS = 30_000;
/** After a renewal that failed for a passing reason, the next one waits for this long. */
const RETRY_MS = 2_000;
/** No quota lasts longer than a month: who says so is asked again then. */
const LONGEST_SPENT_MS = 32 * 24 * 60 * 60 * 1000;

/** Why an account cannot be used now, without secrets. */
export interface AccountTrouble {
  /** invalid: only a new login helps. spent: its quota is used up. unreachable: for now. */
  readonly trouble: 'invalid' | 'spent' | 'unreachable';
  readonly message: string;
  /** spent: until then (ms since 1970). */
  readonly untilMs?: number;
}

/** What a book works with. */
export interface BookParts {
  /** Undefined: nothing is stored. */
  store(): AccountStore | undefined;
  readonly transport: Pick<Transport, 'send'>;
  readonly clock: Pick<Clock, 'epochMs'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
  /** Is told every token that there is, before it is used. */
  onSecrets?(secrets: readonly string[]): void;
}

interface Known {
  account: StoredAccount;
  readAtMs: number;
  renewing: Promise<ReadyAccount | AccountTrouble> | undefined;
  /** No renewal before, unless nothing else is left. */
  retryAtMs: number;
  /** What is newer than the disk, because it could not be written. */
  unwritten: boolean;
}

/** What must be seen by nobody. */
export function secretsIn({ accessToken, refreshToken, clientSecret }: AccountTokens): readonly string[] {
  return [accessToken, refreshToken, ...(clientSecret === undefined ? [] : [clientSecret])];
}

/** The accounts of a gateway. */
export class AccountBook {
  private readonly parts: BookParts;
  private readonly known = new Map<string, Known>();
  private readonly loading = new Map<string, Promise<Known | AccountTrouble>>();

  constructor(parts: BookParts) {
    this.parts = parts;
  }

  /** The account as it can be used now, renewed where it must be. Never rejects. */
  async ready(use: AccountUse): Promise<ReadyAccount | AccountTrouble> {
    const known = await this.find(use);
    if ('trouble' in known) return known;
    if (known.unwritten) await this.keep(use, known, known.account.state);
    const { state, proxy } = known.account;
    const nowMs = this.parts.clock.epochMs();
    if (state.status === 'invalid') return this.invalid(use, state.note);
    if (state.spentUntilMs !== undefined && state.spentUntilMs > nowMs)
      return this.spentTrouble(use, state.spentUntilMs);
    const leftMs = (state.tokens.expiresAtMs ?? Number.POSITIVE_INFINITY) - nowMs;
    if (leftMs < LEAST_MS) return await this.renewEnded(use, known, nowMs);
    if (leftMs < MARGIN_MS && known.renewing === undefined && known.retryAtMs <= nowMs)
      void this.renew(use, known, state.tokens);
    return { tokens: state.tokens, proxy };
  }

  /** The vendor has refused these tokens: those that take their place. Never rejects. */
  async renewed(use: AccountUse, refused: AccountTokens): Promise<ReadyAccount | AccountTrouble> {
    const known = await this.find(use);
    if ('trouble' in known) return known;
    const { tokens } = known.account.state;
    // Somebody else was refused before, and has renewed them already.
    if (tokens.accessToken !== refused.accessToken && known.renewing === undefined)
      return { tokens, proxy: known.account.proxy };
    return await this.renew(use, known, refused);
  }

  /** Renews a login at the operator's word, whatever stands against it. A text says why it was not. Never rejects. */
  async renewAtOnce(use: AccountUse): Promise<string | undefined> {
    const known = await this.find(use);
    if ('trouble' in known) return known.message;
    const before = known.account.state.tokens.accessToken;
    const done = await this.renew(use, known, known.account.state.tokens);
    if ('trouble' in done) return done.message;
    if (done.tokens.accessToken === before)
      return `${labelOf(use)} could not be renewed; the login that it has is used as long as it lasts.`;
    await this.amend(use, ({ spentUntilMs: _over, ...state }) => state);
    return undefined;
  }

  /** What is known of an account that was asked for before, whatever stands against it. */
  tokensOf(use: AccountUse): ReadyAccount | undefined {
    const account = this.known.get(idOf(use))?.account;
    return account === undefined ? undefined : { tokens: account.state.tokens, proxy: account.proxy };
  }

  /** The vendor refuses tokens that were just renewed: only a new login helps, unless there is one already. */
  async refuses(use: AccountUse, refused: AccountTokens): Promise<void> {
    const note = 'The provider refuses the account although its login was renewed.';
    await this.amend(use, (state) =>
      state.tokens.accessToken === refused.accessToken ? { ...state, status: 'invalid', note } : state,
    );
  }

  /** The quota is used up until a moment (ms since 1970), or until one that the vendor has to be asked for. */
  async spent(use: AccountUse, until: number | 'unknown'): Promise<void> {
    const known = this.known.get(idOf(use));
    if (known === undefined) return;
    const toldMs = until === 'unknown' ? await this.resetOf(use, known) : until;
    const nowMs = this.parts.clock.epochMs();
    if (toldMs === undefined || !(toldMs > nowMs)) return;
    const spentUntilMs = Math.min(toldMs, nowMs + LONGEST_SPENT_MS);
    await this.amend(use, (state) => ({ ...state, spentUntilMs }));
  }

  /**
   * Changes what is known of an account, here at once and on the disk as it stands there: another process may have renewed
   * the login since it was read, and writing down the old one would lose the new one for good.
   */
  private async amend(use: AccountUse, edit: (state: AccountState) => AccountState): Promise<void> {
    const known = this.known.get(idOf(use));
    if (known === undefined) return;
    known.account = { ...known.account, state: edit(known.account.state) };
    const store = this.parts.store();
    await store?.whileHeld(idOf(use), async () => {
      const found = known.unwritten ? known.account : await store.read(idOf(use));
      if (typeof found === 'string') return;
      known.account = found;
      await this.keep(use, known, edit(found.state));
    });
  }

  private async resetOf(use: AccountUse, { account }: Known): Promise<number | undefined> {
    const ready = { tokens: account.state.tokens, proxy: account.proxy };
    const quota = await askQuota(this.parts.transport, use, ready);
    if (typeof quota === 'string') return undefined;
    const full = quota.windows.filter(({ usedPercent }) => usedPercent >= 100);
    const resets = full.flatMap(({ resetsAtMs }) => resetsAtMs ?? []);
    return resets.length === 0 ? undefined : Math.max(...resets);
  }

  // ------------------------------------------------------------------------------------------ what is known

  private async find(use: AccountUse): Promise<Known | AccountTrouble> {
    const id = idOf(use);
    const known = this.known.get(id);
    const nowMs = this.parts.clock.epochMs();
    if (known !== undefined) {
      const { status, spentUntilMs = 0 } = known.account.state;
      // A new login takes the place of a lost one by the store alone.
      const passing = status !== 'invalid' && spentUntilMs <= nowMs;
      const fresh = passing && nowMs - known.readAtMs < FRESH_MS;
      if (fresh || known.renewing !== undefined || known.unwritten) return known;
    }
    const loading = this.loading.get(id) ?? this.load(use).finally(() => this.loading.delete(id));
    this.loading.set(id, loading);
    return await loading;
  }

  private async load(use: AccountUse): Promise<Known | AccountTrouble> {
    const id = idOf(use);
    const found = (await this.parts.store()?.read(id)) ?? 'The gateway keeps no accounts.';
    const known = this.known.get(id);
    if (typeof found === 'string') {
      this.known.delete(id);
      return { trouble: 'invalid', message: `${labelOf(use)} cannot be used: ${found}` };
    }
    this.parts.onSecrets?.([...secretsIn(found.state.tokens), ...passwordIn(found.proxy)]);
    const readAtMs = this.parts.clock.epochMs();
    if (known === undefined) {
      const made = { account: found, readAtMs, renewing: undefined, retryAtMs: 0, unwritten: false };
      this.known.set(id, made);
      return made;
    }
    // What was changed while it was read is newer.
    if (known.renewing === undefined && !known.unwritten) known.account = found;
    known.readAtMs = readAtMs;
    return known;
  }

  /** Writes what is new. What cannot be written stays in memory, and is tried again before the next use. */
  private async keep(use: AccountUse, known: Known, state: AccountState): Promise<void> {
    this.parts.onSecrets?.(secretsIn(state.tokens));
    known.account = { ...known.account, state };
    known.readAtMs = this.parts.clock.epochMs();
    const fault = (await this.parts.store()?.write(idOf(use), state)) ?? undefined;
    known.unwritten = fault !== undefined;
    if (fault !== undefined)
      this.parts.log.error(
        `The login of ${labelOf(use)} is not on the disk, and would be lost with the next stop of the gateway: ${fault}`,
      );
  }

  // ------------------------------------------------------------------------------------------ renewal

  /** Without a token that lives there is nothing else to do, but not more often than the vendor can bear. */
  private async renewEnded(
    use: AccountUse,
    known: Known,
    nowMs: number,
  ): Promise<ReadyAccount | AccountTrouble> {
    if (known.renewing === undefined && known.retryAtMs > nowMs)
      return { trouble: 'unreachable', message: `${labelOf(use)} could not be renewed a moment ago.` };
    return await this.renew(use, known, known.account.state.tokens);
  }

  private renew(use: AccountUse, known: Known, stale: AccountTokens): Promise<ReadyAccount | AccountTrouble> {
    known.renewing ??= this.renewOnce(use, known, stale).finally(() => {
      known.renewing = undefined;
    });
    return known.renewing;
  }

  private async renewOnce(
    use: AccountUse,
    known: Known,
    stale: AccountTokens,
  ): Promise<ReadyAccount | AccountTrouble> {
    const store = this.parts.store();
    const work = (): Promise<ReadyAccount | AccountTrouble> => this.renewHeld(use, known, stale);
    const result = (await store?.whileHeld(idOf(use), work)) ?? 'The gateway keeps no accounts.';
    if (typeof result !== 'string') return result;
    return this.unreachable(use, known, result);
  }

  /** Runs while no other process touches the account. */
  private async renewHeld(
    use: AccountUse,
    known: Known,
    stale: AccountTokens,
  ): Promise<ReadyAccount | AccountTrouble> {
    const nowMs = this.parts.clock.epochMs();
    const found = known.unwritten ? known.account : await this.parts.store()?.read(idOf(use));
    if (found === undefined || typeof found === 'string')
      return { trouble: 'invalid', message: `${labelOf(use)} cannot be used: ${found ?? 'it is gone.'}` };
    const { tokens } = found.state;
    const ends = tokens.expiresAtMs ?? Number.POSITIVE_INFINITY;
    // Another process, or a new login, was first.
    if (tokens.accessToken !== stale.accessToken && ends - nowMs > LEAST_MS) {
      known.account = found;
      this.parts.onSecrets?.(secretsIn(tokens));
      return { tokens, proxy: found.proxy };
    }
    known.account = found;
    const outcome = await renewTokens(this.parts.transport, use, found, nowMs);
    if ('tokens' in outcome) {
      const { note: _over, ...state } = found.state;
      await this.keep(use, known, { ...state, status: 'active', tokens: outcome.tokens });
      return { tokens: outcome.tokens, proxy: found.proxy };
    }
    if (!outcome.final) {
      const { message: note } = outcome;
      if (ends <= nowMs && found.state.status === 'active')
        await this.keep(use, known, { ...found.state, status: 'expired', note });
      return this.unreachable(use, known, note);
    }
    await this.keep(use, known, { ...found.state, status: 'invalid', note: outcome.message });
    this.parts.log.warn(`${labelOf(use)} is out of use until somebody logs in again: ${outcome.message}`);
    return this.invalid(use, outcome.message);
  }

  // ------------------------------------------------------------------------------------------ troubles

  private unreachable(use: AccountUse, known: Known, message: string): ReadyAccount | AccountTrouble {
    const nowMs = this.parts.clock.epochMs();
    known.retryAtMs = nowMs + RETRY_MS;
    const { tokens } = known.account.state;
    this.parts.log.warn(`The login of ${labelOf(use)} could not be renewed: ${message}`);
    const trouble = { trouble: 'unreachable', message: `${labelOf(use)} could not be renewed.` } as const;
    return tokens.expiresAtMs !== undefined && tokens.expiresAtMs > nowMs + LEAST_MS
      ? { tokens, proxy: known.account.proxy }
      : trouble;
  }

  private invalid(use: AccountUse, note = 'Its login is not valid any more.'): AccountTrouble {
    const kind = use.upstream.provider.accounts ?? 'codex';
    const remedy = loginCommand(kind, use.upstream.id);
    return { trouble: 'invalid', message: `${labelOf(use)} cannot be used: ${note} Run "${remedy}".` };
  }

  private spentTrouble(use: AccountUse, untilMs: number): AccountTrouble {
    const until = new Date(untilMs).toISOString();
    return { trouble: 'spent', message: `The quota of ${labelOf(use)} is used up until ${until}.`, untilMs };
  }
}

/** The password of a proxy, as it is written and as it is meant. */
function passwordIn(proxy: string | undefined): readonly string[] {
  const password = proxy === undefined || !URL.canParse(proxy) ? '' : new URL(proxy).password;
  return password === '' ? [] : [password, decoded(password)];
}

const idOf = ({ key }: AccountUse): string => key.account ?? key.id;

/** "The account codex/k_1a2b3c4d": ids say nothing of whose it is. */
const labelOf = ({ upstream, key }: AccountUse): string => `The account ${upstream.id}/${key.id}`;
