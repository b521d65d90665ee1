// How a resource of the admin API says what it has: one description per endpoint, from which the routing, the checks of
// what is sent, the audit log and the OpenAPI document are made.

import type { z } from 'zod';
import type { ErrorCode, SluiceError } from '../core/model/error.ts';

/** Who asks. `client` comes only to routes that say so. */
export interface Caller {
  /** key: the admin key. operator: the operator token. session: the dashboard. client: a configured client. open: the gateway asks nobody. */
  readonly kind: 'key' | 'operator' | 'session' | 'client' | 'open';
  /** Id of the client or the public part of the session's id; '' for the others. */
  readonly id: string;
  /** Address of the socket. */
  readonly address: string;
}

/** One thing that is wrong with what was sent. */
export interface Issue {
  /** Where, as in "upstreams[0].baseUrl"; '' for the whole. */
  readonly path: string;
  readonly message: string;
  /** Of a text that was sent, from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** What the admin API answers when it does not do what was asked. */
export interface AdminError {
  readonly status: number;
  readonly code: ErrorCode | AdminErrorCode;
  readonly message: string;
  readonly suggestion?: string;
  readonly issues?: readonly Issue[];
  readonly retryAfterMs?: number;
}

/** Codes that only the admin API has. */
export type AdminErrorCode =
  /** The gateway runs without the part that would answer this (501). */
  | 'not_available'
  /** What was sent does not fit its schema or is not valid (400, 422). */
  | 'invalid'
  /** It cannot be done now, or it is there already (409). */
  | 'conflict'
  /** Somebody else has changed it meanwhile: the ETag is not the present one (412). */
  | 'changed_meanwhile'
  /** A change must say which version it changes: If-Match is missing (428). */
  | 'precondition_required'
  /** The CSRF token of the session is missing or wrong (403). */
  | 'csrf';

/** The answer of an endpoint. */
export type Told<Answer> =
  | {
      readonly ok: true;
      readonly body: Answer;
      /** Default: that of the route. */
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly ok: false; readonly error: AdminError };

/** An answer in good order. */
export function told<Answer>(
  body: Answer,
  more: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Told<Answer> {
  return { ok: true, body, ...more };
}

/** An answer that is an error, of the gateway's own kind or of the admin API's. */
export function refused(error: SluiceError | AdminError): Told<never> {
  const { status, code, message, suggestion, retryAfterMs } = error;
  const issues = 'issues' in error ? error.issues : undefined;
  return {
    ok: false,
    error: {
      status,
      code,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(issues === undefined ? {} : { issues }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  };
}

/** The part of the gateway that would answer is not there. `what`: "The response cache". */
export function notAvailable(what: string, suggestion?: string): Told<never> {
  const message = `${what} is not part of this gateway as it runs.`;
  return refused({ status: 501, code: 'not_available', message, ...(suggestion && { suggestion }) });
}

/** One authenticated request whose parts fit the schemas of its route. */
export interface AdminCall<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** First value of a header (lower-case name). */
  header(name: string): string | undefined;
  readonly who: Caller;
  /** Id of the request, as in x-request-id. */
  readonly id: string;
  /** "http://127.0.0.1:9208": where the caller reached the gateway. */
  readonly origin: string;
  /** SHA-256 of the session's token, where the caller has one. */
  readonly session: string | undefined;
  /** Adds to the line of the audit log what was changed; without secrets. */
  note(detail: string): void;
}

/** Part of a route that is checked: an object of texts for params and query, anything for bodies. */
type Schema = z.ZodType;
type In<Part extends Schema | undefined> = Part extends Schema ? z.output<Part> : undefined;

/** One endpoint. */
export interface AdminRoute<
  Params extends Schema | undefined,
  Query extends Schema | undefined,
  Body extends Schema | undefined,
  Answer extends Schema,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /admin/v1, with `{name}` for parameters: "/upstreams/{id}/keys". */
  readonly path: string;
  /** Unique: the operationId ("upstreams.create"), and what the audit log calls it. */
  readonly name: string;
  /** One line, as in a table of contents. */
  readonly summary: string;
  /** What else is to be known. */
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The body of the answer. It is not checked while serving: tests do that. */
  readonly answer: Answer;
  /** Status of the answer; 200 where absent. */
  readonly status?: number;
  /** False for a method other than GET that changes nothing (a question with a body): it is not in the audit log. */
  readonly changes?: false;
  /** login: judges the caller itself. client: open to configured clients too. Absent: whoever may administer. */
  readonly access?: 'login' | 'client';
  /** The path is not below /admin/v1 but as it stands: one of another gateway's, kept for programs that know it. */
  readonly absolute?: true;
  run(call: AdminCall<In<Params>, In<Query>, In<Body>>): Promise<Told<z.output<Answer>>>;
}

/** An endpoint that answers as a stream of server-sent events. */
export interface AdminStream {
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** The data of one event. */
  readonly event: z.ZodType;
  /** Begins to send; answers what is to be done when the listener has gone. */
  start(send: (event: string, data: unknown) => void): () => void;
}

/** Where resources register what they have. */
export interface AdminApp {
  route<
    Answer extends Schema,
    Params extends Schema | undefined = undefined,
    Query extends Schema | undefined = undefined,
    Body extends Schema | undefined = undefined,
  >(route: AdminRoute<Params, Query, Body, Answer>): void;
  stream(stream: AdminStream): void;
}
