// Collects what the ledger will say of an exchange, and hands it over exactly once.

import type { DialectId, Use } from '../core/model/dialect-id.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { Usage } from '../core/model/usage.ts';
import type { Cost } from '../core/pricing/cost.ts';
import type { AttemptFailure } from './detail/attempt-failure.ts';
import type { Asked } from './detail/choices-in-words.ts';
import type { Choosing } from './detail/choosing.ts';
import { errorDetail } from './detail/error-detail.ts';
import type { BudgetUse } from './money/budget-use.ts';
import { once } from './once.ts';
import type {
  AttemptCause,
  CacheUse,
  Inbound,
  LedgerAttempt,
  LedgerClosing,
  LedgerEntry,
  LedgerOpening,
  Look,
  Ports,
} from './ports.ts';
import { clientRequestId } from './request-ids.ts';
import type { Rostered } from './roster.ts';

/** The attempt that began last, as far as those are told of it who look at what runs. */
export interface CurrentAttempt {
  readonly cause: AttemptCause;
  readonly startedAtMs: number;
  readonly headersAtMs: number | undefined;
  readonly firstOutputAtMs: number | undefined;
  /** About how many tokens it has put out; undefined where that is not known. */
  readonly outputTokens?: (() => number) | undefined;
  readonly target: {
    readonly upstream: { readonly id: string };
    readonly key: { readonly id: string };
    readonly model: string;
  };
}

/** The facts of one exchange while it runs. Times are epoch milliseconds. */
export interface ExchangeRecord extends Rostered {
  readonly opening: LedgerOpening;
  readonly inbound: Inbound;
  readonly entry: LedgerEntry;
  dialectOut: DialectId | undefined;
  modelAsked: string | undefined;
  modelServed: string | undefined;
  upstreamId: string | undefined;
  keyId: string | undefined;
  /** The provider's id of the request. */
  upstreamRequestId: string | undefined;
  attempts: number;
  headersAtMs: number | undefined;
  firstByteAtMs: number | undefined;
  firstOutputAtMs: number | undefined;
  bytesIn: number;
  bytesOut: number;
  usage: Usage | undefined;
  /** True when `usage` is an estimate of ours, wholly or in part. */
  usageEstimated: boolean;
  /** What the attempts that have ended cost together; undefined: nothing was to be paid for. */
  cost: Cost | undefined;
  /** What its client's budgets hold for it; set when it is admitted, where there are any. */
  budget: BudgetUse | undefined;
  /** What a conversion lost, as in `x-sluice-loss`. */
  losses: string | undefined;
  /** The attempts, where there was more than one. */
  readonly tries: LedgerAttempt[];
  streamed: boolean;
  /** Id of the route that serves it. */
  policy: string | undefined;
  cache: CacheUse | undefined;
  savedNanoUsd: number | undefined;
  promptCache: string | undefined;
  errorMessage: string | undefined;
  /** The attempts that failed, in the order of their end. */
  failures: readonly AttemptFailure[];
  /** How its candidates are chosen; undefined before it is known what is asked for, and where nothing is to be chosen. */
  choosing: Choosing | undefined;
  /** Those who look at it. */
  looks: readonly Look[];
  /** The attempt that began last. */
  current: CurrentAttempt | undefined;
  closed: boolean;
}

/** Conversation ids that clients send, best known first. */
const CONVERSATION_HEADERS = [
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'thread-id',
  'x-session-id',
  'x-session-affinity',
];
const AGENT_HEADERS = ['x-claude-code-agent-id', 'x-openai-subagent'];
const ID_LENGTH = 200;

function firstHeader(inbound: Inbound, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = inbound.header(name);
    if (value !== undefined && value !== '') return value.slice(0, ID_LENGTH);
  }
  return undefined;
}

/** Opens the record of an admitted exchange: from here on it will have exactly one row. */
export function openRecord(
  ports: Ports,
  inbound: Inbound,
  route: { readonly name: string; readonly dialect: DialectId | undefined; readonly use: Use | 'resource' },
): ExchangeRecord {
  const opening: LedgerOpening = {
    id: inbound.id,
    receivedAtMs: inbound.receivedAtMs,
    route: route.name,
    clientId: inbound.client?.id,
    conversationId: firstHeader(inbound, CONVERSATION_HEADERS),
    agentId: firstHeader(inbound, AGENT_HEADERS),
    clientRequestId: clientRequestId(inbound),
    dialectIn: route.dialect,
    use: route.use,
  };
  return {
    opening,
    inbound,
    entry: ports.ledger.open(opening),
    dialectOut: undefined,
    modelAsked: undefined,
    modelServed: undefined,
    upstreamId: undefined,
    keyId: undefined,
    upstreamRequestId: undefined,
    attempts: 0,
    headersAtMs: undefined,
    firstByteAtMs: undefined,
    firstOutputAtMs: undefined,
    bytesIn: 0,
    bytesOut: 0,
    usage: undefined,
    usageEstimated: false,
    cost: undefined,
    budget: undefined,
    losses: undefined,
    tries: [],
    streamed: false,
    policy: undefined,
    cache: undefined,
    savedNanoUsd: undefined,
    promptCache: undefined,
    errorMessage: undefined,
    failures: NONE,
    choosing: undefined,
    looks: NOBODY,
    current: undefined,
    closed: false,
    place: -1,
  };
}

const NOBODY: readonly Look[] = [];
const NONE: readonly AttemptFailure[] = [];

/** How an exchange ended. */
export interface ExchangeEnd {
  readonly status: number;
  /** That of the error unless told otherwise. */
  readonly errorCode?: string | undefined;
  /** As the client was told, without secrets. */
  readonly error?: SluiceError | undefined;
  readonly aborted?: boolean;
}

/** Closes the record: one ledger row, one log line, and details of what went wrong. A second call is ignored. */
export function closeRecord(ports: Ports, record: ExchangeRecord, end: ExchangeEnd): void {
  if (record.closed) return;
  record.closed = true;
  const closing: LedgerClosing = {
    id: record.opening.id,
    dialectOut: record.dialectOut,
    modelAsked: record.modelAsked,
    modelServed: record.modelServed,
    upstreamId: record.upstreamId,
    keyId: record.keyId,
    attempts: record.attempts,
    status: end.status,
    errorCode: end.errorCode ?? end.error?.code,
    headersAtMs: record.headersAtMs,
    firstByteAtMs: record.firstByteAtMs,
    firstOutputAtMs: record.firstOutputAtMs,
    endedAtMs: ports.clock.epochMs(),
    bytesIn: record.bytesIn,
    bytesOut: record.bytesOut,
    usage: record.usage,
    usageEstimated: record.usageEstimated,
    cost: record.cost,
    losses: record.losses,
    streamed: record.streamed,
    aborted: end.aborted ?? false,
    tries: record.tries.length > 0 ? record.tries : undefined,
    policy: record.policy,
    cache: record.cache,
    savedNanoUsd: record.savedNanoUsd,
    promptCache: record.promptCache,
    errorMessage: record.errorMessage ?? end.error?.message,
    upstreamRequestId: record.upstreamRequestId,
    modelSent: record.current?.target.model,
  };
  record.entry.close(closing);
  ports.log.exchange(record.opening, closing);
  for (const observer of ports.observers) observer.closed(record.opening, closing);
  // A client that leaves makes no error, and is no news.
  const kept = !closing.aborted && (closing.errorCode !== undefined || record.tries.some(isRepeated));
  if (!kept && record.looks.length === 0) return;
  const choices = once(() => record.choosing?.told(askedOf(record)));
  if (kept) ports.details?.put(errorDetail({ ...record, closing, error: end.error, choices: choices() }));
  for (const look of record.looks) look.closed(closing, choices);
}

/** One that was needed because another one did not do. In a race all begin together. */
function isRepeated({ cause }: LedgerAttempt): boolean {
  return cause !== 'first' && cause !== 'race';
}

/** All attempts, in their order. */
function askedOf({ tries, failures, attempts, current }: ExchangeRecord): readonly Asked[] {
  if (tries.length > 0) return tries.toSorted((one, other) => one.ordinal - other.ordinal);
  if (failures.length > 0 || current === undefined) return failures;
  const { cause, target } = current;
  const { upstream, key, model } = target;
  return [{ ordinal: attempts, cause, upstreamId: upstream.id, keyId: key.id, model }];
}
