// Endpoints of other gateways, in their shapes.

import { z } from 'zod';
import { KEY_NAME, KEY_NAME_FAULT } from '../../config/key-fault.ts';

/** GET /v1/status: one entry per upstream. −1 stands for no limit. */
export interface CompatibleStatus {
  readonly service: string;
  readonly timestamp: string;
  readonly apis: readonly {
    readonly id: string;
    readonly name: string;
    readonly enabled: boolean;
    readonly available: boolean;
    readonly temporarilyDisabled: boolean;
    readonly errorCount: number;
    readonly limits: { readonly rpm: number; readonly rpd: number };
    readonly usage: { readonly rpm: number; readonly rpd: number };
  }[];
}

const perTime = z.object({
  rpm: z.number().describe('Per minute; -1: no limit.'),
  rpd: z.number().describe('Per day; -1: no limit.'),
});

/** Schema of CompatibleStatus. */
export const compatibleStatusSchema: z.ZodType<CompatibleStatus> = z.object({
  service: z.string(),
  timestamp: z.string(),
  apis: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      enabled: z.boolean(),
      available: z.boolean(),
      temporarilyDisabled: z.boolean(),
      errorCount: z.number().describe('Keys and models that are left alone for now.'),
      limits: perTime,
      usage: perTime,
    }),
  ),
});

/** What was used. */
export interface CompatibleSums {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly costUsd: number;
}

/** GET /v1/token/stats: since the gateway started, or since the last reset. */
export interface CompatibleStats {
  readonly service: string;
  readonly timestamp: string;
  readonly total: CompatibleSums;
  readonly apis: readonly (CompatibleSums & { readonly id: string; readonly since: string })[];
}

const sums = {
  requests: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  costUsd: z.number(),
};

/** Schema of CompatibleStats. */
export const compatibleStatsSchema: z.ZodType<CompatibleStats> = z.object({
  service: z.string(),
  timestamp: z.string(),
  total: z.object(sums),
  apis: z.array(z.object({ ...sums, id: z.string(), since: z.string() })),
});

/** POST /v1/token/reset. */
export interface CompatibleReset {
  readonly apiId?: string | undefined;
}
/** Schema of CompatibleReset. */
export const compatibleResetSchema: z.ZodType<CompatibleReset> = z.object({
  apiId: z.string().max(512).optional().describe('Id of an upstream; all where absent.'),
});

/** What was reset. */
export interface CompatibleResetDone {
  readonly success: true;
  readonly message: string;
}
/** Schema of CompatibleResetDone. */
export const compatibleResetDoneSchema: z.ZodType<CompatibleResetDone> = z.object({
  success: z.literal(true),
  message: z.string(),
});

/** POST /admin/keys: a key for an upstream. */
export interface CompatibleKey {
  readonly key?: string | undefined;
  readonly upstream?: string | undefined;
  readonly name?: string | undefined;
}
/** Schema of CompatibleKey. */
export const compatibleKeySchema: z.ZodType<CompatibleKey> = z.object({
  key: z.string().max(2_048).optional(),
  upstream: z.string().min(1).max(512).optional().describe('May be left out where there is only one.'),
  name: z.string().regex(KEY_NAME, KEY_NAME_FAULT).optional(),
});

/** The key that was stored; it is never shown again. */
export interface CompatibleKeyDone {
  readonly success: true;
  readonly message: string;
  readonly upstream: string;
  readonly keyId: string;
  readonly last4: string;
}
/** Schema of CompatibleKeyDone. */
export const compatibleKeyDoneSchema: z.ZodType<CompatibleKeyDone> = z.object({
  success: z.literal(true),
  message: z.string(),
  upstream: z.string(),
  keyId: z.string(),
  last4: z.string(),
});
