// Logins that are used in the place of keys. They are stored on the command line alone; here they are seen, switched, put
// into another order, renewed and removed.

import { type AdminApp, notAvailable, refused, type Told, told } from '../app.ts';
import {
  type AccountView,
  accountListSchema,
  accountPath,
  accountQuotasSchema,
  accountSchema,
  accountsQuery,
  accountWishSchema,
  removedAccountSchema,
} from '../contract/accounts.ts';
import type { AccountControl, AccountFailure, AdminParts } from '../parts.ts';

const ABSENT = notAvailable('Accounts', 'Store one with "sluice accounts import".');

const NO_ACCOUNT = refused({
  status: 404,
  code: 'not_found',
  message: 'There is no account of this id.',
  suggestion: 'GET /admin/v1/accounts lists them.',
});

/** Registers the endpoints. */
export function registerAccounts(app: AdminApp, parts: AdminParts): void {
  const { accounts } = parts;
  reading(app, accounts);
  changing(app, accounts);
  app.route({
    method: 'POST',
    path: '/accounts/{id}/renew',
    name: 'accounts.renew',
    summary: 'Renew the login of an account now, and forget what stands against it',
    params: accountPath,
    answer: accountSchema,
    run: async ({ params: { id }, note }) => {
      if (accounts === undefined) return ABSENT;
      note(id);
      const done = await accounts.renew(id);
      if (!done.ok) return failed(done);
      const view = await viewOf(accounts, id);
      if (view === undefined || !done.found) return NO_ACCOUNT;
      await parts.operator.answer({ what: 'key', action: 'reset', upstreamId: view.upstream, keyId: id });
      return told(view);
    },
  });
}

function reading(app: AdminApp, accounts: AccountControl | undefined): void {
  app.route({
    method: 'GET',
    path: '/accounts',
    name: 'accounts.list',
    summary: 'The logins that are used in the place of keys, and how they stand',
    answer: accountListSchema,
    run: async () => (accounts === undefined ? ABSENT : told({ accounts: await accounts.list() })),
  });
  app.route({
    method: 'POST',
    path: '/accounts/quota',
    name: 'accounts.quota',
    summary: 'Ask the providers what is left of every account',
    description: 'Changes nothing, but a login that has ended is renewed first.',
    changes: false,
    query: accountsQuery,
    answer: accountQuotasSchema,
    run: async ({ query: { upstream } }) =>
      accounts === undefined ? ABSENT : told({ accounts: await accounts.quotas(upstream) }),
  });
}

function changing(app: AdminApp, accounts: AccountControl | undefined): void {
  app.route({
    method: 'PATCH',
    path: '/accounts/{id}',
    name: 'accounts.change',
    summary: 'Take an account out of use or put it back, or give it another priority',
    params: accountPath,
    body: accountWishSchema,
    answer: accountSchema,
    run: async ({ params: { id }, body, note }) => {
      if (accounts === undefined) return ABSENT;
      note(`${id} ${JSON.stringify(body)}`);
      const done = await accounts.change(id, body);
      if (!done.ok) return failed(done);
      const view = done.found ? await viewOf(accounts, id) : undefined;
      return view === undefined ? NO_ACCOUNT : told(view);
    },
  });
  app.route({
    method: 'DELETE',
    path: '/accounts/{id}',
    name: 'accounts.remove',
    summary: 'Forget an account and its login',
    params: accountPath,
    answer: removedAccountSchema,
    run: async ({ params: { id }, note }) => {
      if (accounts === undefined) return ABSENT;
      note(id);
      const view = await viewOf(accounts, id);
      if (view === undefined) return NO_ACCOUNT;
      const done = await accounts.remove(id);
      if (!done.ok) return failed(done);
      return done.found ? told({ upstream: view.upstream, id }) : NO_ACCOUNT;
    },
  });
}

async function viewOf(accounts: AccountControl, id: string): Promise<AccountView | undefined> {
  return (await accounts.list()).find((view) => view.id === id);
}

function failed({ message, suggestion }: AccountFailure): Told<never> {
  return refused({ status: 409, code: 'conflict', message, ...(suggestion && { suggestion }) });
}
