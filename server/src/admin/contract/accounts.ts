// Logins that are used in the place of keys: how they stand, and what their providers say is left. Never the logins.

import { z } from 'zod';

/** A stored account. */
export interface AccountView {
  readonly upstream: string;
  readonly id: string;
  readonly kind: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly plan: string | null;
  readonly state: 'active' | 'spent' | 'expired' | 'invalid' | 'disabled';
  /** Why it is not active. */
  readonly note: string | null;
  readonly priority: number;
  /** ISO 8601. */
  readonly tokenEndsAt: string | null;
  readonly spentUntil: string | null;
  readonly ownProxy: boolean;
  /** The command that gives it a login again; null: it needs none. */
  readonly remedy: string | null;
  /** What its provider said last of its quota; absent: it was not asked since the gateway began. */
  readonly quota?: AccountQuotaView | undefined;
}

/** One limit of an account. */
export interface AccountWindow {
  readonly name: string;
  readonly usedPercent: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly resetsAt: string | null;
}

/** What a provider says is left of an account, or why it is not known. */
export interface AccountQuotaView {
  readonly upstream: string;
  readonly id: string;
  readonly plan: string | null;
  readonly windows: readonly AccountWindow[];
  readonly fault: string | null;
  /** ISO 8601: when the provider was asked. */
  readonly askedAt: string;
}

const quotaSchema: z.ZodType<AccountQuotaView> = z.object({
  upstream: z.string(),
  id: z.string(),
  plan: z.string().nullable(),
  windows: z.array(
    z.object({
      name: z.string(),
      usedPercent: z.number(),
      used: z.number().nullable(),
      limit: z.number().nullable(),
      resetsAt: z.string().nullable(),
    }),
  ),
  fault: z.string().nullable().describe('Why the quota is not known.'),
  askedAt: z.string(),
});

/** Schema of the quotas. */
export const accountQuotasSchema: z.ZodType<{ readonly accounts: readonly AccountQuotaView[] }> = z.object({
  accounts: z.array(quotaSchema),
});

/** Schema of AccountView. */
export const accountSchema: z.ZodType<AccountView> = z.object({
  upstream: z.string(),
  id: z.string().describe('The id of the key of the upstream that it stands for.'),
  kind: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  plan: z.string().nullable(),
  state: z.enum(['active', 'spent', 'expired', 'invalid', 'disabled']),
  note: z.string().nullable().describe('Why it is not active.'),
  priority: z.number(),
  tokenEndsAt: z.string().nullable(),
  spentUntil: z.string().nullable().describe('Nothing is sent before: its quota is used up.'),
  ownProxy: z.boolean(),
  remedy: z.string().nullable().describe('The command that gives it a login again; null: it needs none.'),
  quota: quotaSchema
    .optional()
    .describe('What its provider said last of its quota; absent: it was not asked since the gateway began.'),
});

/** All accounts. */
export interface AccountList {
  readonly accounts: readonly AccountView[];
}

/** Schema of a list of accounts. */
export const accountListSchema: z.ZodType<AccountList> = z.object({ accounts: z.array(accountSchema) });

/** Which accounts are asked about. */
export interface AccountsQuery {
  readonly upstream?: string | undefined;
}
/** Schema of AccountsQuery. */
export const accountsQuery: z.ZodType<AccountsQuery> = z.strictObject({
  upstream: z.string().min(1).max(64).optional().describe('Those of this upstream alone.'),
});

/** The path of one account. */
export interface AccountPath {
  readonly id: string;
}
/** Schema of AccountPath. */
export const accountPath: z.ZodType<AccountPath> = z.object({ id: z.string().min(1).max(64) });

/** What the operator says of an account. */
export interface AccountWish {
  readonly enabled?: boolean | undefined;
  readonly priority?: number | undefined;
}
/** Schema of AccountWish. */
export const accountWishSchema: z.ZodType<AccountWish> = z.strictObject({
  enabled: z.boolean().optional().describe('false takes it out of use, lasting.'),
  priority: z
    .int()
    .min(-999_999)
    .max(999_999)
    .optional()
    .describe('Accounts of higher priority are used as long as they can be.'),
});

/** Schema of an account that is gone. */
export const removedAccountSchema: z.ZodType<{ readonly upstream: string; readonly id: string }> = z.object({
  upstream: z.string(),
  id: z.string(),
});
