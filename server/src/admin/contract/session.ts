// Logging in, sessions, one-time links, and the admin key itself.

import { z } from 'zod';

/** What a session is begun with: a one-time token, or the admin key. */
export interface Login {
  readonly token?: string | undefined;
  readonly key?: string | undefined;
}

/** Schema of Login. */
export const loginSchema: z.ZodType<Login> = z
  .strictObject({
    token: z.string().min(1).max(200).optional().describe('Of a one-time link.'),
    key: z.string().min(1).max(500).optional().describe('The admin key.'),
  })
  .refine(({ token, key }) => (token === undefined) !== (key === undefined), 'Send either token or key.');

/** A session. */
export interface SessionFacts {
  /** Goes as X-CSRF-Token with everything that changes something. */
  readonly csrfToken: string;
  /** Epoch milliseconds; put off whenever the session is used. */
  readonly expiresAt: number;
}

/** Schema of SessionFacts. */
export const sessionSchema: z.ZodType<SessionFacts> = z.object({
  csrfToken: z.string().describe('To be sent as X-CSRF-Token with everything that changes something.'),
  expiresAt: z.number().describe('Epoch milliseconds; put off whenever the session is used.'),
});

/** A one-time link to the dashboard. */
export interface DashboardLink {
  readonly url: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Schema of DashboardLink. */
export const linkSchema: z.ZodType<DashboardLink> = z.object({
  url: z.string(),
  expiresAt: z.number().describe('Epoch milliseconds.'),
});

/** A new admin key, shown this once. */
export interface NewAdminKey {
  readonly key: string;
}

/** Schema of NewAdminKey. */
export const newKeySchema: z.ZodType<NewAdminKey> = z.object({ key: z.string() });
