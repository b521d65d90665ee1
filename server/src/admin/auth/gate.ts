// Who may administer: whoever sends the admin key or the operator's token, or has a session and, where something is
// changed, its CSRF token. Wrong credentials are counted per address; right ones are accepted all the while.

import { createFailureThrottle } from '../../exchange/failure-throttle.ts';
import type { AdminError, Caller, Told } from '../app.ts';
import { digestOf, sameDigest } from './digest.ts';
import { createLoginLinks, type LoginLinks } from './login-links.ts';
import { type BegunSession, createSessions, type SessionShelf, type Sessions } from './sessions.ts';

/** Name of the cookie. */
export const SESSION_COOKIE = 'sluice_session';
/** Wrong credentials that one address may send per second before it is answered with 429. */
const FAILURES_PER_SECOND = 5;
const BEARER = /^bearer +/i;

/** What a caller shows. */
export interface Shown {
  readonly method: string;
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
  /** Value of the session cookie. */
  readonly cookie: string | undefined;
  /** Value of X-CSRF-Token. */
  readonly csrf: string | undefined;
  readonly address: string;
}

/** The verdict on a caller. */
export type Admission =
  | { readonly ok: true; readonly who: Caller; readonly session: string | undefined }
  | { readonly ok: false; readonly error: AdminError };

/** What the gate compares with. */
export interface GateParts {
  /** SHA-256 of the admin key, hex. */
  keyDigest(): string | undefined;
  operatorToken(): string | undefined;
  readonly clock: { monotonicMs(): number; epochMs(): number };
  /** Where sessions are kept over a restart; without one they end with the process. */
  readonly shelf?: SessionShelf | undefined;
}

/** The door of the admin API. */
export interface Gate {
  /** `counts`: a wrong credential is a failure of its address; false where it may be right for somebody else. */
  judge(shown: Shown, counts: boolean): Admission;
  /** Begins a session for a one-time token or the admin key. */
  login(by: { readonly token?: string; readonly key?: string }, address: string): Told<BegunSession>;
  readonly links: LoginLinks;
  readonly sessions: Sessions;
}

const SUGGESTION =
  'Send the admin key as "Authorization: Bearer", or open the link that "sluice dashboard" prints.';

function denied(message: string): AdminError {
  return { status: 401, code: 'unauthenticated', message, suggestion: SUGGESTION };
}

const TOO_MANY: AdminError = {
  status: 429,
  code: 'unauthenticated',
  message: 'Too many requests with wrong credentials came from this address.',
  suggestion: 'The right ones are accepted at once.',
  retryAfterMs: 1_000,
};

/** Makes the gate. */
export function createGate({ keyDigest, operatorToken, clock, shelf }: GateParts): Gate {
  const throttle = createFailureThrottle(FAILURES_PER_SECOND);
  const links = createLoginLinks(clock);
  const sessions = createSessions(clock, shelf);

  const failed = (address: string, error: AdminError): AdminError =>
    throttle.exceeded(address, clock.monotonicMs()) ? TOO_MANY : error;

  /** Compares with both, also after a hit, so that time tells nothing. */
  function holderOf(secret: string): 'key' | 'operator' | undefined {
    const given = digestOf(secret);
    const token = operatorToken();
    const isKey = sameDigest(given, keyDigest());
    const isOperator = sameDigest(given, token === undefined || token === '' ? undefined : digestOf(token));
    return isKey ? 'key' : isOperator ? 'operator' : undefined;
  }

  function bearer(secret: string, address: string, counts: boolean): Admission {
    const kind = holderOf(secret);
    if (kind !== undefined) return { ok: true, who: { kind, id: '', address }, session: undefined };
    const error = denied('The credential is not the admin key of this gateway. Client keys are none.');
    return { ok: false, error: counts ? failed(address, error) : error };
  }

  function bySession(cookie: string, { method, csrf, address }: Shown): Admission {
    const digest = digestOf(cookie);
    const session = sessions.find(digest);
    if (session === undefined) return { ok: false, error: denied('The session has ended. Log in again.') };
    const harmless = method === 'GET' || method === 'HEAD';
    if (!harmless && !sameDigest(digestOf(csrf ?? ''), digestOf(session.csrfToken))) {
      const message = 'X-CSRF-Token is missing or is not that of this session.';
      return { ok: false, error: { status: 403, code: 'csrf', message } };
    }
    return { ok: true, who: { kind: 'session', id: session.publicId, address }, session: digest };
  }

  return {
    links,
    sessions,
    judge(shown, counts) {
      const { authorization, cookie, address } = shown;
      if (authorization !== undefined && BEARER.test(authorization))
        return bearer(authorization.replace(BEARER, '').trim(), address, counts);
      if (cookie !== undefined && cookie !== '') return bySession(cookie, shown);
      return { ok: false, error: denied('No admin key was sent.') };
    },
    login({ token, key }, address) {
      const right = token !== undefined ? links.use(token) : key !== undefined && holderOf(key) !== undefined;
      if (right) return { ok: true, body: sessions.begin() };
      const error =
        token === undefined
          ? denied('This is not the admin key of this gateway.')
          : {
              ...denied('The link was used already, or is too old.'),
              suggestion: 'Get another one with "sluice dashboard".',
            };
      return { ok: false, error: failed(address, error) };
    },
  };
}
