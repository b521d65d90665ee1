// Logging in to the admin API: sessions, one-time links, and a new admin key.

import type { AdminApp, AdminCall } from '../app.ts';
import { refused, told } from '../app.ts';
import { type Gate, SESSION_COOKIE } from '../auth/gate.ts';
import { nothingSchema } from '../contract/error.ts';
import { linkSchema, loginSchema, newKeySchema, sessionSchema } from '../contract/session.ts';
import type { AdminParts } from '../parts.ts';

const NO_SESSION = {
  status: 404,
  code: 'not_found',
  message: 'This caller has no session: it came with a key.',
} as const;

/** Not readable for scripts, and never sent along by a page of another site. */
function cookieOf(value: string, call: Pick<AdminCall<unknown, unknown, unknown>, 'header'>): string {
  const secure = call.header('origin')?.startsWith('https:') === true ? '; Secure' : '';
  const end = value === '' ? '; Max-Age=0' : '';
  return `${SESSION_COOKIE}=${value}; HttpOnly; SameSite=Strict; Path=/${end}${secure}`;
}

/** Registers the endpoints. */
export function registerSession(app: AdminApp, parts: AdminParts, gate: Gate): void {
  app.route({
    method: 'POST',
    path: '/session',
    name: 'session.begin',
    summary: 'Log in with a one-time token or the admin key',
    access: 'login',
    body: loginSchema,
    answer: sessionSchema,
    run: async (call) => {
      const { token, key } = call.body;
      const shown = token === undefined ? { key: key ?? '' } : { token };
      const begun = gate.login(shown, call.who.address);
      if (!begun.ok) return begun;
      call.note(`session ${begun.body.publicId}, by ${token === undefined ? 'key' : 'link'}`);
      const { csrfToken, expiresAtMs } = begun.body;
      const headers = { 'set-cookie': cookieOf(begun.body.token, call) };
      return told({ csrfToken, expiresAt: expiresAtMs }, { headers });
    },
  });
  app.route({
    method: 'GET',
    path: '/session',
    name: 'session.get',
    summary: 'The session of the caller, with its CSRF token',
    answer: sessionSchema,
    run: async ({ session }) => {
      const found = session === undefined ? undefined : gate.sessions.find(session);
      if (found === undefined) return refused(NO_SESSION);
      return told({ csrfToken: found.csrfToken, expiresAt: found.expiresAtMs });
    },
  });
  app.route({
    method: 'DELETE',
    path: '/session',
    name: 'session.end',
    summary: 'Log out',
    status: 204,
    answer: nothingSchema,
    run: async (call) => {
      if (call.session === undefined) return refused(NO_SESSION);
      gate.sessions.end(call.session);
      return told(null, { headers: { 'set-cookie': cookieOf('', call) } });
    },
  });
  app.route({
    method: 'POST',
    path: '/session/link',
    name: 'session.link',
    summary: 'Make a one-time link to the dashboard',
    answer: linkSchema,
    run: async ({ origin }) => {
      const { token, expiresAtMs } = gate.links.make();
      return told({ url: dashboardUrl(origin, token), expiresAt: expiresAtMs });
    },
  });
  app.route({
    method: 'POST',
    path: '/admin-key',
    name: 'session.new-key',
    summary: 'Make a new admin key',
    description: 'The old one is not accepted any more, and all sessions end. The key is shown this once.',
    answer: newKeySchema,
    run: async () => {
      const renewed = await parts.key.renew();
      if (!renewed.ok) return refused({ status: 409, code: 'conflict', message: renewed.message });
      gate.sessions.clear();
      gate.links.clear();
      return told({ key: renewed.key });
    },
  });
}

/** The one-time link; what follows # never leaves the browser. */
function dashboardUrl(origin: string, token: string): string {
  return `${origin}/dashboard#login=${token}`;
}
