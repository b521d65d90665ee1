// The attempts of an exchange of the past: what was asked, how upstreams fail, how long they take, and what it costs.

import type { DialectId } from '../../../server/src/core/model/dialect-id.ts';
import type { Usage } from '../../../server/src/core/model/usage.ts';
import type { Cost } from '../../../server/src/core/pricing/cost.ts';
import type { LedgerAttempt } from '../../../server/src/exchange/ports.ts';
import { type ClientName, KEYS, keyId, type Naming, PRICES, type Role, upstreamId } from './cast.ts';
import type { Chance } from './random.ts';

/** What was asked, before it is known how it went. */
export interface PastRequest {
  readonly atMs: number;
  readonly client: ClientName | undefined;
  readonly route: string;
  readonly dialect: DialectId;
  /** As it was asked for: maybe an alias. */
  readonly asked: string;
  readonly model: string;
  readonly role: Role;
  readonly policy: string;
  readonly streamed: boolean;
  /** Tokens. */
  readonly uncached: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly output: number;
  readonly reasoning?: number;
  readonly conversation?: string | undefined;
  readonly agent?: string | undefined;
  readonly promptCache?: string | undefined;
  /** Of 1: how many first attempts fail. */
  readonly trouble: number;
  readonly cache?: 'hit' | 'miss' | undefined;
}

const DIALECTS: Readonly<Record<Role, DialectId>> = {
  steady: 'anthropic-messages',
  flaky: 'openai-chat',
  second: 'openai-chat',
  gemini: 'gemini',
  workshop: 'openai-chat',
};
const CATALOGUE: Readonly<Record<string, string>> = { claude: 'anthropic', gpt: 'openai', gemini: 'google' };
const TOKENS_PER_MS = 0.085;

/** How an attempt can fail. */
const FAILURES = [
  { status: 429, reason: 'rate-limited', code: 'upstream_error', words: 'Rate limit reached for requests.' },
  { status: 500, reason: 'server-error', code: 'upstream_error', words: 'The server had an error.' },
  { status: 529, reason: 'overloaded', code: 'upstream_error', words: 'Overloaded' },
  {
    status: undefined,
    reason: 'timeout',
    code: 'upstream_timeout',
    words: 'The upstream did not answer in time.',
  },
] as const;

/** One attempt, before it is known how it went. */
interface Turn {
  readonly request: PastRequest;
  readonly role: Role;
  /** How many there were before. */
  readonly before: number;
  readonly atMs: number;
  readonly chance: Chance;
  readonly naming: Naming;
}

/** What the client was told of an attempt that failed so. */
export function wordsOf(reason: string | undefined): string | undefined {
  return FAILURES.find((failure) => failure.reason === reason)?.words;
}

function attemptOf({
  request,
  role,
  before,
  atMs,
  chance,
  naming,
}: Turn): Pick<
  LedgerAttempt,
  'ordinal' | 'cause' | 'upstreamId' | 'keyId' | 'model' | 'dialect' | 'startedAtMs'
> {
  const keys = KEYS[role];
  const key = keys[Math.floor(chance.next() ** 2 * keys.length)];
  return {
    ordinal: before + 1,
    cause: before === 0 ? 'first' : 'retry',
    upstreamId: upstreamId(role, naming),
    keyId: keyId(key?.secret),
    model: request.model,
    dialect: role === 'flaky' && request.dialect === 'openai-responses' ? 'openai-responses' : DIALECTS[role],
    startedAtMs: atMs,
  };
}

/** One that gets no answer. */
export function failedAttempt(turn: Turn): LedgerAttempt {
  const { atMs, chance } = turn;
  const failure = FAILURES[Math.floor(chance.next() ** 1.5 * FAILURES.length)] ?? FAILURES[0];
  const tookMs = failure.status === undefined ? 20_000 : Math.round(chance.around(240));
  const answeredAtMs = failure.status === undefined ? undefined : atMs + tookMs;
  return {
    ...attemptOf(turn),
    headersAtMs: answeredAtMs,
    firstByteAtMs: answeredAtMs,
    firstOutputAtMs: undefined,
    endedAtMs: atMs + tookMs,
    end: 'failed',
    status: failure.status,
    reason: failure.reason,
    errorCode: failure.code,
    usage: undefined,
  };
}

/** One that is answered, or left by the client in the middle. */
export function answeredAttempt(turn: Turn, left: boolean): LedgerAttempt {
  const { request, role, atMs, chance, naming } = turn;
  const { output, reasoning = 0, streamed, uncached, cacheWrite = 0 } = request;
  const share = left ? chance.next() : 1;
  const said = { ...request, output: Math.ceil(output * share), reasoning: Math.ceil(reasoning * share) };
  const slow = role === 'workshop' ? 2.2 : role === 'second' ? 1.3 : 1;
  const firstMs = Math.round(slow * (chance.around(420) + (uncached + cacheWrite) / 60 + reasoning / 0.12));
  const restMs = Math.round((slow * (said.output + 1)) / (TOKENS_PER_MS * (0.7 + chance.next() * 0.6)));
  const headersAtMs = atMs + (streamed ? Math.round(firstMs * 0.6) : firstMs + restMs);
  const firstOutputAtMs = streamed ? atMs + firstMs : headersAtMs + 1;
  return {
    ...attemptOf(turn),
    headersAtMs,
    firstByteAtMs: headersAtMs + 1,
    firstOutputAtMs,
    endedAtMs: Math.max(firstOutputAtMs, atMs + firstMs + restMs) + 2,
    end: left ? 'left' : 'answered',
    status: 200,
    reason: undefined,
    errorCode: undefined,
    usage: usageOf(said),
    cost: costOf(said, role, naming),
  };
}

function usageOf({ uncached, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 }: PastRequest): Usage {
  return {
    input: { uncached, cacheRead, cacheWrite5m: cacheWrite, cacheWrite1h: 0, cacheWriteOther: 0, audio: 0 },
    output: { text: output, reasoning, audio: 0 },
    clamped: false,
  };
}

/** What it cost, at the prices of the cast; `second` takes a tenth more. */
export function costOf(request: PastRequest, role: Role, naming: Naming): Cost {
  const { model, uncached, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 } = request;
  const price = role === 'workshop' ? undefined : PRICES[model];
  const rate = role === 'second' ? 1.1 : 1;
  const nano = (tokens: number, usdPerMillion: number): number =>
    Math.round(tokens * usdPerMillion * 1_000 * rate);
  const parts = {
    inputUncached: nano(uncached, price?.input ?? 0),
    cacheRead: nano(cacheRead, price?.read ?? 0),
    cacheWrite: nano(cacheWrite, price?.write ?? 0),
    inputAudio: 0,
    outputText: nano(output, price?.output ?? 0),
    outputReasoning: nano(reasoning, price?.output ?? 0),
    outputAudio: 0,
    other: 0,
  };
  const family = model.split('-')[0] ?? '';
  const priced =
    role === 'second'
      ? `config:upstreams.${upstreamId(role, naming)}.prices.${family}-*`
      : `catalogue:${CATALOGUE[family] ?? family}/${model}`;
  return {
    state: price === undefined ? 'unpriced' : 'exact',
    totalNanoUsd: Object.values(parts).reduce((sum, part) => sum + part, 0),
    parts,
    priceRow: price === undefined ? '' : priced,
  };
}
