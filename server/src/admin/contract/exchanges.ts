// Exchanges: the list, one with all that is known of it, and sending one again.

import { z } from 'zod';
import { type OnlyQuery, onlyMembers, type PeriodQuery, periodMembers } from './period.ts';
import { type CostView, costSchema, type UsageView, usageSchema } from './spent.ts';

/** Query of the list. */
export interface ExchangesQuery extends PeriodQuery, OnlyQuery {
  readonly outcome?: 'ok' | 'error' | 'left' | 'open' | undefined;
  readonly cache?: 'hit' | 'miss' | 'stale' | 'bypass' | undefined;
  readonly conversation?: string | undefined;
  readonly agent?: string | undefined;
  readonly search?: string | undefined;
  readonly before?: string | undefined;
  readonly limit?: number | undefined;
}

const text = z.string().min(1).max(512);

/** Schema of ExchangesQuery. */
export const exchangesQuery: z.ZodType<ExchangesQuery> = z.strictObject({
  ...periodMembers,
  ...onlyMembers,
  outcome: z.enum(['ok', 'error', 'left', 'open']).optional(),
  cache: z.enum(['hit', 'miss', 'stale', 'bypass']).optional(),
  conversation: text.optional(),
  agent: text.optional(),
  search: text
    .optional()
    .describe(
      "What an id begins with (the gateway's, the provider's or the client's own), a conversation, model or error code.",
    ),
  before: text.optional().describe('`next` of the page before.'),
  limit: z.int().min(1).max(500).optional().describe('50 where absent.'),
});

/** One exchange as the list shows it. Times are epoch milliseconds; what was never reached is absent. */
export interface ExchangeRow {
  readonly id: string;
  readonly receivedAtMs: number;
  readonly route: string;
  readonly clientId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly dialectIn?: string | undefined;
  readonly use: string;
  readonly state: 'open' | 'done' | 'interrupted';
  readonly dialectOut?: string | undefined;
  readonly modelAsked?: string | undefined;
  readonly modelServed?: string | undefined;
  readonly upstreamId?: string | undefined;
  readonly keyId?: string | undefined;
  readonly attempts?: number | undefined;
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly upstreamRequestId?: string | undefined;
  readonly clientRequestId?: string | undefined;
  readonly headersAtMs?: number | undefined;
  readonly firstByteAtMs?: number | undefined;
  readonly firstOutputAtMs?: number | undefined;
  readonly endedAtMs?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly ttftMs?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  readonly bytesIn?: number | undefined;
  readonly bytesOut?: number | undefined;
  readonly usage?: UsageView | undefined;
  readonly usageEstimated?: boolean | undefined;
  readonly losses?: string | undefined;
  readonly streamed?: boolean | undefined;
  readonly aborted?: boolean | undefined;
  readonly policy?: string | undefined;
  readonly cost?: CostView | undefined;
  readonly costUsd?: number | undefined;
  readonly cache?: 'hit' | 'miss' | 'stale' | 'bypass' | undefined;
  readonly savedNanoUsd?: number | undefined;
  readonly promptCache?: string | undefined;
}

const rowMembers = {
  id: z.string(),
  receivedAtMs: z.number(),
  route: z.string(),
  clientId: z.string().optional(),
  conversationId: z.string().optional(),
  agentId: z.string().optional(),
  dialectIn: z.string().optional(),
  use: z.string(),
  state: z.enum(['open', 'done', 'interrupted']),
  dialectOut: z.string().optional(),
  modelAsked: z.string().optional(),
  modelServed: z.string().optional(),
  upstreamId: z.string().optional(),
  keyId: z.string().optional(),
  attempts: z.number().optional(),
  status: z.number().optional(),
  errorCode: z.string().optional(),
  errorMessage: z.string().optional(),
  upstreamRequestId: z.string().optional().describe("The provider's own id of the request, for its support."),
  clientRequestId: z.string().optional().describe('`x-request-id` as the client sent it.'),
  headersAtMs: z.number().optional(),
  firstByteAtMs: z.number().optional(),
  firstOutputAtMs: z.number().optional(),
  endedAtMs: z.number().optional(),
  durationMs: z.number().optional(),
  ttftMs: z.number().optional(),
  tokensPerSecond: z.number().optional().describe('Output tokens of a stream, after the first.'),
  bytesIn: z.number().optional(),
  bytesOut: z.number().optional(),
  usage: usageSchema.optional(),
  usageEstimated: z.boolean().optional(),
  losses: z.string().optional(),
  streamed: z.boolean().optional(),
  aborted: z.boolean().optional(),
  policy: z.string().optional().describe('Id of the route whose policy served it.'),
  cost: costSchema.optional(),
  costUsd: z.number().optional(),
  cache: z.enum(['hit', 'miss', 'stale', 'bypass']).optional(),
  savedNanoUsd: z.number().optional(),
  promptCache: z.string().optional(),
};

/** Schema of ExchangeRow. */
export const exchangeRowSchema: z.ZodType<ExchangeRow> = z.object(rowMembers);

/** A page of the list, newest first. */
export interface ExchangePage {
  readonly rows: readonly ExchangeRow[];
  /** For `before` of the next page; null at the end. */
  readonly next: string | null;
}

/** Schema of ExchangePage. */
export const exchangePageSchema: z.ZodType<ExchangePage> = z.object({
  rows: z.array(exchangeRowSchema),
  next: z.string().nullable(),
});

/** One attempt. */
export interface AttemptView {
  readonly ordinal: number;
  readonly cause: string;
  readonly upstreamId: string;
  readonly keyId: string;
  readonly model: string;
  readonly dialect: string;
  readonly startedAtMs: number;
  readonly headersAtMs?: number | undefined;
  readonly firstByteAtMs?: number | undefined;
  readonly firstOutputAtMs?: number | undefined;
  readonly endedAtMs: number;
  readonly end: string;
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly usage?: UsageView | undefined;
  readonly cost?: CostView | undefined;
  readonly upstreamRequestId?: string | undefined;
}

/** One exchange with all that is known of it. */
export interface ExchangeView extends ExchangeRow {
  readonly tries: readonly AttemptView[];
  /** What was kept of it: an error's details, or a capture. */
  readonly detail?:
    | { readonly atMs: number; readonly kind: 'error' | 'retried' | 'capture'; readonly content: unknown }
    | undefined;
}

/** Schema of ExchangeView. */
export const exchangeSchema: z.ZodType<ExchangeView> = z.object({
  ...rowMembers,
  tries: z.array(
    z.object({
      ordinal: z.number(),
      cause: z.string(),
      upstreamId: z.string(),
      keyId: z.string(),
      model: z.string(),
      dialect: z.string(),
      startedAtMs: z.number(),
      headersAtMs: z.number().optional(),
      firstByteAtMs: z.number().optional(),
      firstOutputAtMs: z.number().optional(),
      endedAtMs: z.number(),
      end: z.string(),
      status: z.number().optional(),
      reason: z.string().optional(),
      errorCode: z.string().optional(),
      usage: usageSchema.optional(),
      cost: costSchema.optional(),
      upstreamRequestId: z.string().optional(),
    }),
  ),
  detail: z
    .object({ atMs: z.number(), kind: z.enum(['error', 'retried', 'capture']), content: z.unknown() })
    .optional(),
});

/** The path of one exchange. */
export const exchangePath: z.ZodType<{ readonly id: string }> = z.object({ id: text });

/** Where a captured request is sent again. */
export interface ReplayRequest {
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
}

/** Schema of ReplayRequest. */
export const replayRequestSchema: z.ZodType<ReplayRequest> = z.strictObject({
  model: text.optional().describe('Another model; the one that was asked for where absent.'),
  upstream: text.optional().describe('The upstream that alone may serve it.'),
});

/** A bundle of captures, for "sluice replay". */
export type BundleView = Readonly<Record<string, unknown>>;
/** Schema of BundleView. */
export const bundleSchema: z.ZodType<BundleView> = z.record(z.string(), z.unknown());
