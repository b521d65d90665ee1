// Logins that are used in the place of keys. They are stored and removed on the command line alone.

import type { AdminApp } from '../app.ts';
import { notAvailable, told } from '../app.ts';
import { accountListSchema, accountQuotasSchema } from '../contract/accounts.ts';
import type { AdminParts } from '../parts.ts';

const ABSENT = ['Accounts', 'Store one with "sluice accounts import".'] as const;

/** Registers the endpoints. */
export function registerAccounts(app: AdminApp, { accounts }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/accounts',
    name: 'accounts.list',
    summary: 'The logins that are used in the place of keys, and how they stand',
    answer: accountListSchema,
    run: async () =>
      accounts === undefined ? notAvailable(...ABSENT) : told({ accounts: await accounts.list() }),
  });
  app.route({
    method: 'POST',
    path: '/accounts/quota',
    name: 'accounts.quota',
    summary: 'Ask the providers what is left of every account',
    description: 'Changes nothing, but a login that has ended is renewed first.',
    changes: false,
    answer: accountQuotasSchema,
    run: async () =>
      accounts === undefined ? notAvailable(...ABSENT) : told({ accounts: await accounts.quotas() }),
  });
}
