// The store of shared limits in a Redis or Valkey server. Names of places and clients become digests, and everything expires.

import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { BUDGET_PERIODS } from '../../core/budgets/budget.ts';
import type { PeriodBounds } from '../../core/budgets/period.ts';
import type { LimitKind } from '../../core/routing/limit-words.ts';
import type { LimitPolicy } from '../../core/routing/policy.ts';
import type {
  LimitStore,
  StoreBeat,
  StoreBeaten,
  StoreNews,
  StorePush,
  StorePushMoney,
  StoreSettle,
  StoreTake,
  StoreTaken,
  Totals,
} from '../../exchange/ports.ts';
import { FAILED, type RedisConnection } from './connection.ts';
import { BEAT, KEEP, PUSH, PUSH_MONEY, SETTLE, TAKE } from './limits-scripts.ts';

/** How it is made. */
export interface RedisLimitsOptions {
  readonly connection: RedisConnection;
  /** Stands before every name, so that several installations can use one server. */
  readonly prefix: string;
  /** Moves the clock that limits count by, in milliseconds: for tests of minutes and days that need not last as long. */
  readonly shiftMs?: () => number;
  /** The longest that one question may take; the connection's own limit where absent. */
  readonly limitMs?: number;
}

/** Buckets of core/routing/window.ts. */
const RINGS = {
  sliding: { width: 250, span: 241 },
  fixed: { width: 60_000, span: 0 },
} as const;

/** `total` never ends; numbers of the scripts are finite. */
const NEVER_MS = 9e15;
const NO_SHIFT = (): number => 0;

/** Makes it. The connection may be shared; whoever made it closes it. */
export function createRedisLimits(options: RedisLimitsOptions): LimitStore {
  return new RedisLimits(options);
}

class RedisLimits implements LimitStore {
  readonly #connection: RedisConnection;
  readonly #base: string;
  readonly #shiftMs: () => number;
  readonly #limitMs: number | undefined;
  readonly #digests: Map<string, string> = new Map();
  readonly #shas: Map<string, string> = new Map();

  constructor({ connection, prefix, shiftMs, limitMs }: RedisLimitsOptions) {
    this.#limitMs = limitMs;
    this.#connection = connection;
    this.#base = `${prefix}:1:limits:`;
    this.#shiftMs = shiftMs ?? NO_SHIFT;
  }

  get up(): boolean {
    return this.#connection.up;
  }

  onUp(listener: () => void): void {
    this.#connection.onUp(listener);
  }

  async take(take: StoreTake): Promise<StoreTaken | undefined> {
    const { claims, money, day, tokens, life, notAfterMs } = take;
    const keys = [
      this.#fellows,
      this.#epoch,
      ...claims.flatMap(({ place }) => this.#keysOf(place, take.window)),
    ];
    if (money !== undefined) keys.push(...this.#keysOfMoney(money.claim.client));
    const answer = await this.#run(TAKE, keys, {
      ...RINGS[take.window],
      life,
      notAfterMs,
      tokens,
      dayStartMs: day.startMs,
      dayEndMs: day.endMs,
      limits: claims.map(({ limits }) => limits),
      ids: claims.map(({ place }) => this.idOf(place)),
      active: this.#active,
      ...(money === undefined
        ? {}
        : {
            money: {
              worst: money.claim.worstNanoUsd,
              bounded: money.claim.bounded,
              budgets: money.claim.budgets.map(({ period, nanoUsd }) => [
                BUDGET_PERIODS.indexOf(period) + 1,
                nanoUsd,
              ]),
              ...boundsOf(money.periods),
              floors: money.floors,
              hold: money.holdId,
            },
          }),
    });
    return answer === undefined ? undefined : readTaken(answer);
  }

  async settle(settle: StoreSettle): Promise<boolean | undefined> {
    const { life, notAfterMs, window, places, takenAtMs, requests, tokens, running, money } = settle;
    const keys = [this.#fellows, ...places.flatMap((place) => this.#keysOf(place, window))];
    if (money !== undefined) keys.push(...this.#keysOfMoney(money.client));
    const asked = { life, notAfterMs, places: places.length, takenAtMs, requests, tokens, running };
    const held = money === undefined ? {} : { hold: money.holdId, cost: money.costNanoUsd };
    return done(await this.#run(SETTLE, keys, { ...RINGS[window], ...asked, ...held }));
  }

  async push(push: StorePush): Promise<boolean | undefined> {
    const { life, notAfterMs, window, day, place, uses, dayRequests, dayTokens, running } = push;
    return done(
      await this.#run(PUSH, [this.#fellows, ...this.#keysOf(place, window)], {
        ...RINGS[window],
        life,
        notAfterMs,
        dayStartMs: day.startMs,
        dayEndMs: day.endMs,
        uses: uses.map(({ atMs, requests, tokens }) => [atMs, requests, tokens]),
        dayRequests,
        dayTokens,
        running,
      }),
    );
  }

  async pushMoney(push: StorePushMoney): Promise<boolean | undefined> {
    const { life, notAfterMs, client, periods, floors, spentNanoUsd, holds } = push;
    return done(
      await this.#run(PUSH_MONEY, [this.#fellows, ...this.#keysOfMoney(client)], {
        life,
        notAfterMs,
        ...boundsOf(periods),
        floors,
        spent: spentNanoUsd,
        holds: holds.map(({ id, nanoUsd }) => [id, nanoUsd]),
      }),
    );
  }

  async beat({ life, joins, epoch, window }: StoreBeat): Promise<StoreBeaten | undefined> {
    // Else the first requests after a start of the server would all bring their script along.
    if (joins) await this.#connection.ask(load, this.#limitMs);
    const answer = await this.#run(BEAT, [this.#fellows, this.#epoch], {
      ...RINGS[window],
      window,
      life,
      joins,
      epoch,
      active: this.#active,
      base: `${this.#base}place:`,
    });
    if (answer === undefined) return undefined;
    const [, nowMs, found, fellows, missed, totals] = answer;
    return {
      nowMs: numberOf(nowMs),
      epoch: String(found),
      fellows: listOf(fellows).map(String).sort(),
      missed: missed === 1,
      totals: listOf(totals).map((one) => {
        const [id, ...counts] = listOf(one);
        return [String(id), readTotals(counts)];
      }),
    };
  }

  async leave(life: string): Promise<void> {
    await this.#connection.ask((client) => client.zrem(this.#fellows, life));
  }

  tell({ text, keep, forget }: StoreNews): void {
    const asked = {
      text,
      channel: this.#channel,
      ...(keep === undefined
        ? {}
        : { field: this.idOf(keep.place), value: `${Math.round(keep.untilMs)} ${text}` }),
      ...(forget === undefined ? {} : { forget: this.idOf(forget) }),
    };
    void this.#run(KEEP, [`${this.#base}standings`], asked);
  }

  async kept(): Promise<readonly string[] | undefined> {
    const found = await this.#connection.ask((client) => client.hvals(`${this.#base}standings`));
    return found === FAILED ? undefined : found.map((value) => value.slice(value.indexOf(' ') + 1));
  }

  onNews(listener: (text: string) => void): void {
    this.#connection.subscribe(this.#channel, listener);
  }

  close(): void {
    this.#digests.clear();
  }

  // ------------------------------------------------------------------------------------------ names

  get #fellows(): string {
    return `${this.#base}fellows`;
  }

  get #epoch(): string {
    return `${this.#base}epoch`;
  }

  get #active(): string {
    return `${this.#base}active`;
  }

  get #channel(): string {
    return `${this.#base}news`;
  }

  #keysOf(place: string, window: LimitPolicy['window']): string[] {
    const name = `${this.#base}place:${this.idOf(place)}`;
    return [`${name}:${window}`, `${name}:day`, `${name}:running`];
  }

  #keysOfMoney(client: string): string[] {
    const name = `${this.#base}money:${this.idOf(client)}`;
    return [name, `${name}:holds`];
  }

  /** Nobody can read the name of a client or a model from it. */
  idOf(name: string): string {
    let digest = this.#digests.get(name);
    if (digest === undefined) {
      if (this.#digests.size >= DIGESTS) this.#digests.clear();
      digest = createHash('sha256').update(name).digest('hex').slice(0, 32);
      this.#digests.set(name, digest);
    }
    return digest;
  }

  // ------------------------------------------------------------------------------------------ asking

  async #run(
    script: string,
    keys: readonly string[],
    asked: object,
  ): Promise<readonly unknown[] | undefined> {
    const text = JSON.stringify({ ...asked, shiftMs: this.#shiftMs() });
    const work = (client: Redis): Promise<unknown> => this.#evaluate(client, script, keys, text);
    const answer = await this.#connection.ask(work, this.#limitMs);
    if (answer === FAILED) return undefined;
    return Array.isArray(answer) ? answer : [answer];
  }

  async #evaluate(client: Redis, script: string, keys: readonly string[], text: string): Promise<unknown> {
    let sha = this.#shas.get(script);
    if (sha === undefined) {
      sha = createHash('sha1').update(script).digest('hex');
      this.#shas.set(script, sha);
    }
    try {
      return await client.evalsha(sha, keys.length, ...keys, text);
    } catch (error) {
      // A server that was started again has forgotten it.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.eval(script, keys.length, ...keys, text);
    }
  }
}

async function load(client: Redis): Promise<void> {
  await Promise.all(
    [TAKE, SETTLE, PUSH, PUSH_MONEY, BEAT, KEEP].map((script) => client.script('LOAD', script)),
  );
}

/** More names than these are reckoned again. */
const DIGESTS = 20_000;

function boundsOf(periods: readonly PeriodBounds[]): { starts: number[]; ends: number[] } {
  return {
    starts: periods.map(({ startMs }) => Math.max(0, startMs)),
    ends: periods.map(({ endMs }) => Math.min(NEVER_MS, endMs)),
  };
}

// -------------------------------------------------------------------------------------------- answers

function done(answer: readonly unknown[] | undefined): boolean | undefined {
  return answer === undefined ? undefined : answer[0] === 'done';
}

function readTaken(answer: readonly unknown[]): StoreTaken | undefined {
  const [kind, now, third, fourth, fifth, sixth, seventh] = answer;
  const nowMs = numberOf(now);
  switch (kind) {
    case 'taken':
      return {
        kind,
        nowMs,
        epoch: String(third),
        totals: listOf(fourth).map(readTotals),
        spentNanoUsd: Array.isArray(fifth) ? fifth.map(numberOf) : undefined,
      };
    case 'short': {
      const limit = numberOf(fifth);
      const free = numberOf(seventh);
      const shortage = {
        kind: kindOf(fourth),
        limit,
        remaining: Math.max(0, limit - numberOf(sixth)),
        freeInMs: free < 0 ? Number.POSITIVE_INFINITY : free,
      };
      return { kind, nowMs, claim: numberOf(third), shortage };
    }
    case 'spent':
    case 'held':
    case 'too-dear':
      return { kind, nowMs, budget: numberOf(third), spentNanoUsd: numberOf(fourth) };
    case 'time':
    case 'missed':
      return { kind, nowMs };
    default:
      return undefined;
  }
}

function kindOf(value: unknown): LimitKind {
  switch (value) {
    case 'rpd':
    case 'tpm':
    case 'tpd':
    case 'concurrency':
      return value;
    default:
      return 'rpm';
  }
}

function readTotals(value: unknown): Totals {
  const [requests = 0, tokens = 0, dayRequests = 0, dayTokens = 0, running = 0] = listOf(value).map(numberOf);
  return { requests, tokens, dayRequests, dayTokens, running };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number {
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}
