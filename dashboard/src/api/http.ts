// Questions to the admin API. Expected failures are one kind of error with the gateway's own words; a session that has
// ended is told to whoever shows the sign-in page.

import type { ErrorBody } from '../../../server/src/admin/contract.ts';
import { createStore } from '../app/store.ts';

/** Below this path is everything that the dashboard asks. */
export const API = '/admin/v1';

/** Why a question was not answered. `status` 0: the gateway did not answer at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly suggestion: string | undefined;
  readonly issues: NonNullable<ErrorBody['error']['issues']>;

  constructor(status: number, error: ErrorBody['error']) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.suggestion = error.suggestion;
    this.issues = error.issues ?? [];
  }
}

/** Whether the viewer is signed in, and what every change has to carry then. */
export type SessionState =
  | { readonly state: 'unknown' }
  | { readonly state: 'out' }
  | { readonly state: 'in'; readonly csrfToken: string };

/** The session, for all who ask. */
export const session = createStore<SessionState>({ state: 'unknown' });

/** Values of query parameters; a list is sent as one parameter per value, what is absent is left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What is asked. */
export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The query part of an address, with its question mark. */
function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    if (typeof value === 'object') for (const one of value) parameters.append(name, one);
    else parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/**
 * Asks the admin API and answers the body; `Answer` is what the contract says of the path. Throws ApiError, or what the
 * signal's abort throws.
 */
export async function ask<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  const response = await send(path, asking);
  if (response.status === 204) return null as Answer;
  if (response.ok) return (await response.json()) as Answer;
  const failure = await failureOf(response);
  if (failure.code === 'csrf' && (await refreshSession())) return askAgain(path, asking);
  if (failure.status === 401 && session.get().state === 'in') session.set({ state: 'out' });
  throw failure;
}

/** Once more, with the token that the session has now. */
async function askAgain<Answer>(path: string, asking: Asking): Promise<Answer> {
  const response = await send(path, asking);
  if (!response.ok) throw await failureOf(response);
  return response.status === 204 ? (null as Answer) : ((await response.json()) as Answer);
}

async function send(
  path: string,
  { method = 'GET', query, body, headers, signal }: Asking,
): Promise<Response> {
  const known = session.get();
  const all: Record<string, string> = { accept: 'application/json', ...headers };
  if (body !== undefined) all['content-type'] = 'application/json';
  if (method !== 'GET' && known.state === 'in') all['x-csrf-token'] = known.csrfToken;
  try {
    return await fetch(`${API}${path}${queryText(query)}`, {
      method,
      headers: all,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (problem) {
    if (signal?.aborted === true) throw problem;
    throw new ApiError(0, { code: 'unreachable', message: 'The gateway does not answer.' });
  }
}

async function failureOf(response: Response): Promise<ApiError> {
  try {
    const told = (await response.json()) as Partial<ErrorBody>;
    if (typeof told.error?.message === 'string') return new ApiError(response.status, told.error);
  } catch {
    // Not one of ours, such as the page of a proxy in between.
  }
  return new ApiError(response.status, {
    code: 'unexpected',
    message: `The gateway, or a proxy in front of it, answered with status ${response.status}.`,
  });
}

interface Facts {
  readonly csrfToken: string;
}

/** Reads the session of this browser; false where there is none. Throws ApiError where the gateway cannot say. */
export async function refreshSession(): Promise<boolean> {
  const response = await send('/session', {});
  if (response.ok) {
    const { csrfToken } = (await response.json()) as Facts;
    session.set({ state: 'in', csrfToken });
    return true;
  }
  // Read to its end: an answer that nobody reads keeps its connection.
  const failure = await failureOf(response);
  if (failure.status !== 401 && failure.status !== 404) throw failure;
  session.set({ state: 'out' });
  return false;
}

/** Begins a session with a one-time token or the admin key. Throws ApiError. */
export async function signIn(by: { readonly token: string } | { readonly key: string }): Promise<void> {
  const response = await send('/session', { method: 'POST', body: by });
  if (!response.ok) throw await failureOf(response);
  const { csrfToken } = (await response.json()) as Facts;
  session.set({ state: 'in', csrfToken });
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await send('/session', { method: 'DELETE' }).catch(() => undefined);
  session.set({ state: 'out' });
}
