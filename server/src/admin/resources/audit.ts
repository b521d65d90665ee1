// The audit log: who has changed what.

import type { AdminApp } from '../app.ts';
import { told } from '../app.ts';
import { auditQuery, auditSchema } from '../contract/control.ts';
import type { AdminParts } from '../parts.ts';

const MOST = 100;

/** Registers the endpoint. */
export function registerAudit(app: AdminApp, { audit }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/audit',
    name: 'audit.list',
    summary: 'Who has changed what, newest first',
    query: auditQuery,
    answer: auditSchema,
    run: async ({ query }) => told({ entries: await audit.last(query.limit ?? MOST, query.before) }),
  });
}
