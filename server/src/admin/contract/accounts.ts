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
}

/** Schema of a list of accounts. */
export const accountListSchema: z.ZodType<{ readonly accounts: readonly AccountView[] }> = z.object({
  accounts: z.array(
    z.object({
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
    }),
  ),
});

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
}

/** Schema of the quotas. */
export const accountQuotasSchema: z.ZodType<{ readonly accounts: readonly AccountQuotaView[] }> = z.object({
  accounts: z.array(
    z.object({
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
    }),
  ),
});
