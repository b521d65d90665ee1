// Collects what the ledger will say of an exchange, and hands it over exactly once.

import type { DialectId, Use } from '../core/model/dialect-id.ts';
import type { Usage } from '../core/model/usage.ts';
import type {
  CacheUse,
  Inbound,
  LedgerAttempt,
  LedgerClosing,
  LedgerEntry,
  LedgerOpening,
  Look,
  Ports,
} from './ports.ts';

/** The facts of one exchange while it runs. Times are epoch milliseconds. */
export interface ExchangeRecord {
  readonly opening: LedgerOpening;
  readonly entry: LedgerEntry;
  dialectOut: DialectId | undefined;
  modelAsked: string | undefined;
  modelServed: string | undefined;
  upstreamId: string | undefined;
  keyId: string | undefined;
  attempts: number;
  headersAtMs: number | undefined;
  firstByteAtMs: number | undefined;
  firstOutputAtMs: number | undefined;
  bytesIn: number;
  bytesOut: number;
  usage: Usage | undefined;
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
  /** Those who look at it. */
  looks: readonly Look[];
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
    dialectIn: route.dialect,
    use: route.use,
  };
  return {
    opening,
    entry: ports.ledger.open(opening),
    dialectOut: undefined,
    modelAsked: undefined,
    modelServed: undefined,
    upstreamId: undefined,
    keyId: undefined,
    attempts: 0,
    headersAtMs: undefined,
    firstByteAtMs: undefined,
    firstOutputAtMs: undefined,
    bytesIn: 0,
    bytesOut: 0,
    usage: undefined,
    losses: undefined,
    tries: [],
    streamed: false,
    policy: undefined,
    cache: undefined,
    savedNanoUsd: undefined,
    promptCache: undefined,
    errorMessage: undefined,
    looks: NOBODY,
    closed: false,
  };
}

const NOBODY: readonly Look[] = [];

/** Closes the record: one ledger row, one log line. A second call is ignored. */
export function closeRecord(
  ports: Ports,
  record: ExchangeRecord,
  end: { readonly status: number; readonly errorCode?: string | undefined; readonly aborted?: boolean },
): void {
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
    errorCode: end.errorCode,
    headersAtMs: record.headersAtMs,
    firstByteAtMs: record.firstByteAtMs,
    firstOutputAtMs: record.firstOutputAtMs,
    endedAtMs: ports.clock.epochMs(),
    bytesIn: record.bytesIn,
    bytesOut: record.bytesOut,
    usage: record.usage,
    losses: record.losses,
    streamed: record.streamed,
    aborted: end.aborted ?? false,
    tries: record.tries.length > 0 ? record.tries : undefined,
    policy: record.policy,
    cache: record.cache,
    savedNanoUsd: record.savedNanoUsd,
    promptCache: record.promptCache,
    errorMessage: record.errorMessage,
  };
  record.entry.close(closing);
  ports.log.exchange(record.opening, closing);
  for (const observer of ports.observers) observer.closed(record.opening, closing);
  for (const look of record.looks) look.closed(closing);
}
