// One request of the admin API from the judgement of its caller to its answer and its line in the audit log.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AdminError, type Caller, refused, type Told } from './app.ts';
import type { Coming } from './arrival.ts';
import { type Gate, SESSION_COOKIE, type Shown } from './auth/gate.ts';
import { check, checkBody } from './check.ts';
import type { Described } from './described.ts';
import type { AdminParts } from './parts.ts';

/** Changes are small. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** One request while it is served. */
export interface Visit {
  readonly coming: Coming;
  who: Caller | undefined;
  session: string | undefined;
  readonly notes: string[];
  error: string | undefined;
}

function shownBy(request: FastifyRequest, address: string): Shown {
  const csrf = request.headers['x-csrf-token'];
  return {
    method: request.method,
    authorization: request.headers.authorization,
    cookie: request.cookies[SESSION_COOKIE],
    csrf: typeof csrf === 'string' ? csrf : undefined,
    address,
  };
}

/** True while what a caller once came in with would still let it in. */
export function isStillIn(gate: Gate, { coming }: Visit, request: FastifyRequest): boolean {
  return gate.judge(shownBy(request, coming.address), false).ok;
}

/** Lets the caller in, or says why not. */
export function admit(
  gate: Gate,
  visit: Visit,
  request: FastifyRequest,
  access: Described['access'],
): AdminError | undefined {
  const { address } = visit.coming;
  if (access === 'login') return undefined;
  // A client's key is no failed attempt at the admin key.
  const admission = gate.judge(shownBy(request, address), access === 'admin');
  if (admission.ok) {
    visit.who = admission.who;
    visit.session = admission.session;
    return undefined;
  }
  if (access === 'admin') return admission.error;
  const identity = visit.coming.client();
  if (!identity.ok) {
    const told = refused(identity.error);
    return told.ok ? undefined : told.error;
  }
  const { client } = identity;
  visit.who =
    client === undefined ? { kind: 'open', id: '', address } : { kind: 'client', id: client.id, address };
  return undefined;
}

/** Checks what was sent, runs the route, and answers. */
export async function serve(
  route: Described,
  visit: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = check(route.params, 'path', request.params);
  if (!params.ok) return fail(reply, visit, params.error);
  const query = check(route.query, 'query', request.query);
  if (!query.ok) return fail(reply, visit, query.error);
  let body: unknown;
  if (route.body !== undefined) {
    const bytes = await visit.coming.readBody(BODY_LIMIT_BYTES);
    if (!Buffer.isBuffer(bytes)) return failTold(reply, visit, refused(bytes));
    const checked = checkBody(route.body, bytes);
    if (!checked.ok) return fail(reply, visit, checked.error);
    body = checked.value;
  }
  const { coming } = visit;
  const answer = await route.run({
    params: params.value,
    query: query.value,
    body,
    header: (name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
    who: visit.who ?? { kind: 'open', id: '', address: coming.address },
    id: coming.id,
    origin: coming.origin,
    session: visit.session,
    note: (detail) => void visit.notes.push(detail),
  });
  if (!answer.ok) return failTold(reply, visit, answer);
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value);
  const status = answer.status ?? route.status;
  if (status === 204) return reply.code(204).send();
  return reply.code(status).type('application/json').send(JSON.stringify(answer.body));
}

function failTold(reply: FastifyReply, visit: Visit, told: Told<unknown>): FastifyReply {
  return told.ok ? reply : fail(reply, visit, told.error);
}

/** Answers with an error. */
export function fail(reply: FastifyReply, visit: Visit, error: AdminError): FastifyReply {
  const { status, code, message, suggestion, issues, retryAfterMs } = error;
  visit.error = code;
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="sluice admin"');
  if (retryAfterMs !== undefined)
    reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  const body = { error: { code, message, suggestion, issues } };
  return reply.code(status).type('application/json').send(JSON.stringify(body));
}

/** A line for the audit log. */
export function note(
  { audit, clock }: AdminParts,
  { coming, who, notes, error }: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
  action: string,
): void {
  audit.add({
    atMs: clock.epochMs(),
    id: coming.id,
    who: who?.kind ?? 'open',
    ...(who === undefined || who.id === '' ? {} : { whoId: who.id }),
    address: coming.address,
    action,
    target: request.url.split('?')[0] ?? '',
    ...(notes.length === 0 ? {} : { detail: notes.join('; ') }),
    status: reply.statusCode,
    ...(error === undefined ? {} : { error }),
  });
}
