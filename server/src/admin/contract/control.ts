// Cache, capture, clients' use and the audit log.

import { z } from 'zod';

const text = z.string().min(1).max(512);

/** The last moment that a date can name, epoch milliseconds. */
const LAST_MOMENT_MS = 8_640_000_000_000_000;

/** What the response cache of all processes of the gateway tells of itself. Counters begin with the process that counts. */
export interface CacheView {
  readonly store: 'memory' | 'redis';
  readonly connected: boolean;
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly stored: number;
}
/** Schema of CacheView. */
export const cacheSchema: z.ZodType<CacheView> = z.object({
  store: z.enum(['memory', 'redis']),
  connected: z
    .boolean()
    .describe('False while a configured Redis does not answer and memory stands in for it.'),
  entries: z.number().describe("In the memory of the gateway's processes, as bytes."),
  bytes: z.number(),
  hits: z
    .number()
    .describe(
      'Since the start. With several processes (server.workers) those of all of them, as of about two seconds ago; what a process counted that has died is gone. Other gateways at the same Redis are not in it.',
    ),
  misses: z.number(),
  stored: z.number(),
});

/** Which answers are thrown away: one member, or none for all. */
export interface PurgeRequest {
  readonly model?: string | undefined;
  readonly client?: string | undefined;
  readonly key?: string | undefined;
}
/** Schema of PurgeRequest. */
export const purgeRequestSchema: z.ZodType<PurgeRequest> = z
  .strictObject({
    model: text.optional().describe('As it was asked for, or as it answered.'),
    client: text.optional().describe('Id of a client.'),
    key: text.optional().describe('One answer, by its key.'),
  })
  .refine((wish) => Object.keys(wish).length <= 1, 'Name one of model, client and key, or nothing for all.');

/** How many were thrown away. */
export interface Purged {
  readonly purged: number;
}
/** Schema of Purged. */
export const purgedSchema: z.ZodType<Purged> = z.object({ purged: z.number() });

/** Which exchanges are captured; all that is given must fit. */
export interface CaptureFilterView {
  readonly client?: string | undefined;
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
  readonly route?: string | undefined;
  readonly conversation?: string | undefined;
  readonly errorsOnly?: boolean | undefined;
}

const filterSchema = z.strictObject({
  client: text.optional(),
  model: text.optional().describe('A name or glob.'),
  upstream: text.optional(),
  route: text.optional(),
  conversation: text.optional(),
  errorsOnly: z.boolean().optional(),
});

/** A window to be opened. Thirty seconds where neither a time nor a number is given. */
export interface CaptureRequest {
  readonly seconds?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly requests?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly filter?: CaptureFilterView | undefined;
}

/** Schema of CaptureRequest. */
export const captureRequestSchema: z.ZodType<CaptureRequest> = z.strictObject({
  seconds: z.number().positive().max(86_400).optional().describe('How long it stays open.'),
  untilMs: z
    .number()
    .min(0)
    .max(LAST_MOMENT_MS)
    .optional()
    .describe('Instead of seconds: epoch milliseconds.'),
  requests: z.int().min(1).max(10_000).optional().describe('How many exchanges are captured at most.'),
  maxBytes: z.int().min(1024).max(16_777_216).optional().describe('The most that is kept of one body.'),
  filter: filterSchema.optional(),
});

/** How the capture stands. */
export interface CaptureView {
  readonly open: boolean;
  readonly openedAtMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly requestsLeft?: number | undefined;
  readonly maxBytes: number;
  readonly filter: CaptureFilterView;
  readonly captured: number;
  readonly running: number;
  readonly recent: readonly string[];
}

/** Schema of CaptureView. */
export const captureSchema: z.ZodType<CaptureView> = z.object({
  open: z.boolean(),
  openedAtMs: z.number().optional(),
  untilMs: z.number().optional(),
  requestsLeft: z.number().optional(),
  maxBytes: z.number(),
  filter: filterSchema,
  captured: z.number(),
  running: z.number(),
  recent: z.array(z.string()).describe('Ids of the last exchanges that were kept, newest first.'),
});

/** What the clients have used and spent, with their budgets. */
export interface ClientUse {
  readonly clients: readonly {
    readonly id: string;
    readonly enabled: boolean;
    readonly requests: number;
    readonly errors: number;
    readonly tokens: number;
    readonly costNanoUsd: number;
    readonly costUsd: number;
    readonly unpriced: number;
    readonly budgets: readonly {
      readonly per: string;
      readonly limitNanoUsd: number;
      readonly spentNanoUsd: number;
      readonly reservedNanoUsd: number;
      readonly resetsAtMs: number | null;
    }[];
  }[];
}

/** Schema of ClientUse. */
export const clientUseSchema: z.ZodType<ClientUse> = z.object({
  clients: z.array(
    z.object({
      id: z.string(),
      enabled: z.boolean(),
      requests: z.number(),
      errors: z.number(),
      tokens: z.number(),
      costNanoUsd: z.number(),
      costUsd: z.number(),
      unpriced: z.number(),
      budgets: z.array(
        z.object({
          per: z.string(),
          limitNanoUsd: z.number(),
          spentNanoUsd: z.number(),
          reservedNanoUsd: z.number(),
          resetsAtMs: z.number().nullable(),
        }),
      ),
    }),
  ),
});

/** Query of the audit log. */
export interface AuditQuery {
  readonly limit?: number | undefined;
  readonly before?: number | undefined;
}
/** Schema of AuditQuery. */
export const auditQuery: z.ZodType<AuditQuery> = z.strictObject({
  limit: z.int().min(1).max(1000).optional().describe('100 where absent.'),
  before: z.number().optional().describe('Only entries before this moment, epoch milliseconds.'),
});

/** Changes, newest first. */
export interface AuditView {
  readonly entries: readonly {
    readonly atMs: number;
    readonly id: string;
    readonly who: string;
    readonly whoId?: string | undefined;
    readonly address: string;
    readonly action: string;
    readonly target: string;
    readonly detail?: string | undefined;
    readonly status: number;
    readonly error?: string | undefined;
  }[];
}

/** Schema of AuditView. */
export const auditSchema: z.ZodType<AuditView> = z.object({
  entries: z.array(
    z.object({
      atMs: z.number(),
      id: z.string(),
      who: z.string().describe('key, operator, session, client or open.'),
      whoId: z.string().optional(),
      address: z.string(),
      action: z.string(),
      target: z.string(),
      detail: z.string().optional(),
      status: z.number(),
      error: z.string().optional(),
    }),
  ),
});
