// Live events: what is on its way, and what is over.

import { z } from 'zod';

/** One exchange that is on its way. Times are epoch milliseconds; what is not known (yet) is absent. */
export interface InFlightView {
  readonly id: string;
  readonly receivedAtMs: number;
  readonly route: string;
  readonly client?: string | undefined;
  readonly conversation?: string | undefined;
  readonly agent?: string | undefined;
  /** Format of the client. */
  readonly dialect?: string | undefined;
  /** As the client asked. */
  readonly model?: string | undefined;
  readonly streamed: boolean;
  /** reading: its body comes. choosing: it waits for a key, or for its turn. asked: an upstream has it. answering: the upstream has begun to answer. streaming: output goes to the client. */
  readonly phase: 'reading' | 'choosing' | 'asked' | 'answering' | 'streaming';
  /** Attempts so far; those of the last one follow. */
  readonly attempts: number;
  readonly cause?: string | undefined;
  readonly upstream?: string | undefined;
  readonly key?: string | undefined;
  /** The name that was sent. */
  readonly modelSent?: string | undefined;
  readonly ttftMs?: number | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** All tokens of it, where the upstream has told already. */
  readonly tokens?: number | undefined;
  /** About how many tokens of output have come so far. */
  readonly outputTokens?: number | undefined;
}

/** What is on its way, oldest first, at most 500. */
export interface InFlightEvent {
  readonly atMs: number;
  readonly exchanges: readonly InFlightView[];
}

/** One exchange that is over. Times are epoch milliseconds; members are absent where there is nothing to say. */
export interface ClosedEvent {
  readonly type: 'exchange';
  readonly id: string;
  readonly receivedAtMs: number;
  /** When it ended. */
  readonly atMs: number;
  readonly route: string;
  readonly client?: string | undefined;
  readonly conversation?: string | undefined;
  readonly agent?: string | undefined;
  readonly dialectIn?: string | undefined;
  readonly modelAsked?: string | undefined;
  readonly modelServed?: string | undefined;
  readonly upstream?: string | undefined;
  readonly key?: string | undefined;
  /** Id of the route whose policy served it. */
  readonly policy?: string | undefined;
  readonly attempts: number;
  readonly status: number;
  readonly error?: string | undefined;
  readonly streamed: boolean;
  readonly aborted: boolean;
  readonly durationMs: number;
  readonly ttftMs?: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  /** Of a stream, after its first token. */
  readonly tokensPerSecond?: number | undefined;
  readonly costNanoUsd?: number | undefined;
  readonly costState?: 'exact' | 'estimated' | 'unpriced' | undefined;
  readonly cache?: string | undefined;
}

/** Events were left out because the reader was too slow. */
export interface DroppedEvent {
  readonly events: number;
}

/** Data of the live events: `in-flight`, `exchange` (one that is over), `dropped`. */
export type LiveEvent = InFlightEvent | ClosedEvent | DroppedEvent;

const inFlightSchema: z.ZodType<InFlightView> = z.object({
  id: z.string(),
  receivedAtMs: z.number(),
  route: z.string(),
  client: z.string().optional(),
  conversation: z.string().optional(),
  agent: z.string().optional(),
  dialect: z.string().optional().describe('Format of the client.'),
  model: z.string().optional().describe('As the client asked.'),
  streamed: z.boolean(),
  phase: z
    .enum(['reading', 'choosing', 'asked', 'answering', 'streaming'])
    .describe('choosing: it waits for a key, or for its turn. asked: an upstream has it.'),
  attempts: z.number(),
  cause: z.string().optional().describe('Of the last attempt.'),
  upstream: z.string().optional(),
  key: z.string().optional(),
  modelSent: z.string().optional(),
  ttftMs: z.number().optional(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  tokens: z.number().optional().describe('All tokens of it, where the upstream has told already.'),
  outputTokens: z.number().optional().describe('About how many tokens of output have come so far.'),
});

const closedSchema: z.ZodType<ClosedEvent> = z.object({
  type: z.literal('exchange'),
  id: z.string(),
  receivedAtMs: z.number(),
  atMs: z.number().describe('When it ended.'),
  route: z.string(),
  client: z.string().optional(),
  conversation: z.string().optional(),
  agent: z.string().optional(),
  dialectIn: z.string().optional(),
  modelAsked: z.string().optional(),
  modelServed: z.string().optional(),
  upstream: z.string().optional(),
  key: z.string().optional(),
  policy: z.string().optional().describe('Id of the route whose policy served it.'),
  attempts: z.number(),
  status: z.number(),
  error: z.string().optional().describe('Code of the error.'),
  streamed: z.boolean(),
  aborted: z.boolean(),
  durationMs: z.number(),
  ttftMs: z.number().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  cacheReadTokens: z.number().optional(),
  tokensPerSecond: z.number().optional().describe('Of a stream, after its first token.'),
  costNanoUsd: z.number().optional(),
  costState: z.enum(['exact', 'estimated', 'unpriced']).optional(),
  cache: z.string().optional(),
});

/** Schema of LiveEvent. */
export const liveEventSchema: z.ZodType<LiveEvent> = z.union([
  z.object({ atMs: z.number(), exchanges: z.array(inFlightSchema) }),
  closedSchema,
  z.object({ events: z.number() }),
]);
