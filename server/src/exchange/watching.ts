// What is on its way right now, for people who look. Keeping the book costs an assignment per exchange; the rows are made
// when somebody asks.

import type { DialectId } from '../core/model/dialect-id.ts';
import { totalTokens } from '../core/model/usage.ts';
import type { AttemptCause, Ongoing } from './ports.ts';
import type { ExchangeRecord } from './record.ts';
import { Roster } from './roster.ts';

/** reading: its body comes. choosing: it waits for a key, or for its turn. asked: an upstream has it. answering: the upstream has begun to answer. streaming: output goes to the client. */
export type Phase = 'reading' | 'choosing' | 'asked' | 'answering' | 'streaming';

/** One exchange that is on its way. */
export interface InFlight {
  readonly id: string;
  readonly receivedAtMs: number;
  readonly route: string;
  readonly client?: string;
  readonly conversation?: string;
  readonly agent?: string;
  readonly dialect?: DialectId;
  /** As the client asked. */
  readonly model?: string;
  readonly streamed: boolean;
  readonly phase: Phase;
  /** Attempts so far; those of the last one follow. */
  readonly attempts: number;
  readonly cause?: AttemptCause;
  readonly upstream?: string;
  readonly key?: string;
  /** The name that was sent. */
  readonly modelSent?: string;
  /** From the arrival to the first output. */
  readonly ttftMs?: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Where the upstream has told already. */
  readonly tokens?: number;
  /** About how many tokens of output have come so far. */
  readonly outputTokens?: number;
}

/** The book. */
export interface Watching extends Ongoing {
  /** Oldest first, at most `limit`. */
  list(limit?: number): readonly InFlight[];
}

const MOST = 500;

/** Opens an empty book. */
export function createWatching(): Watching {
  const open = new Roster<ExchangeRecord>();
  return {
    add: (record: ExchangeRecord) => open.add(record),
    remove: (record: ExchangeRecord) => open.remove(record),
    list: (limit = MOST) => {
      const records: ExchangeRecord[] = [];
      open.visit((record) => {
        if (!record.closed) records.push(record);
      });
      records.sort((one, other) => one.opening.receivedAtMs - other.opening.receivedAtMs);
      return records.slice(0, limit).map(rowOf);
    },
  };
}

function phaseOf({ modelAsked, current, firstOutputAtMs, opening, bytesIn }: ExchangeRecord): Phase {
  if (firstOutputAtMs !== undefined) return 'streaming';
  if (current !== undefined) return current.headersAtMs === undefined ? 'asked' : 'answering';
  if (opening.use === 'resource') return 'asked';
  return modelAsked === undefined && bytesIn === 0 ? 'reading' : 'choosing';
}

function rowOf(record: ExchangeRecord): InFlight {
  const { opening, current, firstOutputAtMs, modelAsked, usage } = record;
  const upstream = current?.target.upstream.id ?? record.upstreamId;
  const key = current?.target.key.id ?? record.keyId;
  const tokens = totalTokens(usage);
  // Of a whole answer it would be counted anew each time, and at its end it is told anyway.
  const outputTokens = record.streamed ? current?.outputTokens?.() : undefined;
  return {
    id: opening.id,
    receivedAtMs: opening.receivedAtMs,
    route: opening.route,
    ...(opening.clientId === undefined ? {} : { client: opening.clientId }),
    ...(opening.conversationId === undefined ? {} : { conversation: opening.conversationId }),
    ...(opening.agentId === undefined ? {} : { agent: opening.agentId }),
    ...(opening.dialectIn === undefined ? {} : { dialect: opening.dialectIn }),
    ...(modelAsked === undefined ? {} : { model: modelAsked }),
    streamed: record.streamed,
    phase: phaseOf(record),
    attempts: record.attempts,
    ...(current === undefined ? {} : { cause: current.cause, modelSent: current.target.model }),
    ...(upstream === undefined ? {} : { upstream }),
    ...(key === undefined ? {} : { key }),
    ...(firstOutputAtMs === undefined ? {} : { ttftMs: firstOutputAtMs - opening.receivedAtMs }),
    bytesIn: record.bytesIn,
    bytesOut: record.bytesOut,
    ...(tokens === undefined ? {} : { tokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  };
}
