// One entry of `clients`: a program or person that may call the gateway, and what it may use and spend.

import { z } from 'zod';
import { BUDGET_PERIODS, type BudgetPeriod, DEFAULT_WARN_AT } from '../../core/budgets/budget.ts';
import { type LimitsConfig, limitsSchema } from './limits.ts';
import { nameSchema, secretSchema, textSchema } from './primitives.ts';

/** A budget as configured, defaults applied. */
export interface BudgetConfig {
  readonly period: BudgetPeriod;
  readonly usd: number;
  readonly warnAt: number;
  readonly status: 402 | 429;
}

/** One client as configured; exactly one of `key` and `keyHash` is there. */
export interface ClientConfig {
  readonly id: string;
  readonly name?: string | undefined;
  readonly enabled: boolean;
  readonly key?: string | undefined;
  readonly keyHash?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly models?: readonly string[] | undefined;
  readonly upstreams?: readonly string[] | undefined;
  readonly limits?: LimitsConfig | undefined;
  readonly budgets: readonly BudgetConfig[];
  readonly unpricedModels: 'refuse' | 'allow';
}

/** More than this is no budget of a program; sums stay exact. */
const MOST_USD = 1_000_000;

const budgetSchema: z.ZodType<BudgetConfig> = z.strictObject({
  period: z
    .enum(BUDGET_PERIODS)
    .describe(
      'Calendar day, week (from Monday) or month in limits.timeZone, or "total": it never begins anew.',
    ),
  usd: z.number().min(0).max(MOST_USD).describe('US dollars that may be spent in the period. 0: nothing.'),
  warnAt: z
    .number()
    .min(0)
    .max(1)
    .default(DEFAULT_WARN_AT)
    .describe('From this share of it on, answers carry the header x-sluice-budget-warning.'),
  status: z
    .literal([402, 429])
    .default(429)
    .describe(
      'HTTP status of the refusal when it is used up. Programs take 402 for final more often than 429.',
    ),
});

/** Schema of one client. */
export const clientSchema: z.ZodType<ClientConfig> = z
  .strictObject({
    id: nameSchema.describe('Name of the client in the ledger and the metrics.'),
    name: textSchema.optional().describe('What people call it; any text.'),
    key: secretSchema
      .optional()
      .describe(
        'The key that the client sends, at least 16 characters; best a reference such as "${SLUICE_CLIENT_KEY}". Give `key` or `keyHash`.',
      ),
    keyHash: z
      .string()
      .regex(/^sha256:[0-9A-Fa-f]{64}$/, 'must be "sha256:" and 64 hexadecimal digits')
      .optional()
      .describe(
        'SHA-256 of the key as "sha256:<hex>", so that the file holds no secret. `sluice init` and `sluice clients add` write this form.',
      ),
    enabled: z.boolean().default(true).describe('false locks the client out without deleting it.'),
    expiresAt: z
      .string()
      .optional()
      .describe('When the key stops working: a date and time with its zone, such as "2027-01-31T18:00:00Z".'),
    models: z
      .array(textSchema)
      .min(1)
      .optional()
      .describe(
        'Models that it may use, "*" and "?" allowed, as it asks for them or as upstreams call them. Absent: all.',
      ),
    upstreams: z
      .array(textSchema)
      .min(1)
      .optional()
      .describe('Ids of the upstreams that it may use, "*" and "?" allowed. Absent: all.'),
    limits: limitsSchema.optional().describe('How much the client may use, over all upstreams.'),
    budgets: z
      .array(budgetSchema)
      .default([])
      .describe('How much the client may spend. All of them hold at once; at most one for each period.'),
    unpricedModels: z
      .enum(['refuse', 'allow'])
      .default('refuse')
      .describe(
        'For a client with budgets: whether it may use models and functions whose price is not known. What they cost is then in no budget.',
      ),
  })
  .refine((client) => (client.key === undefined) !== (client.keyHash === undefined), {
    error: 'needs exactly one of "key" and "keyHash"',
  });
