// A simulator of ChatGPT's accounts: logins with PKCE, tokens that rotate and end, the Responses backend that takes only
// what it takes, and its quota. It says nothing that the real one would not say in its place.

import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AccountTokens } from '../../src/core/providers/account.ts';
import { type AccountRequest, json, startAccountServer } from './account-server.ts';
import { at, wires } from './wire.ts';

/** One person's login. */
export interface CodexLogin {
  readonly accountId: string;
  readonly user: string;
  access: string;
  refresh: string;
  /** Milliseconds since 1970. */
  expiresAtMs: number;
  /** Logged out everywhere: nothing is renewed. */
  revoked: boolean;
  /** Its quota is used up until then. */
  spentUntilMs: number;
}

/** The simulator. */
export interface CodexSimulator {
  readonly origin: string;
  readonly tokenUrl: string;
  /** What upstreams have as their base URL. */
  readonly base: string;
  readonly logins: Map<string, CodexLogin>;
  /** Renewals that were asked for, by the refresh token that was shown. */
  readonly renewals: string[];
  /** Generations that were served, by account, with their bodies. */
  readonly served: { readonly accountId: string; readonly body: unknown; readonly headers: AccountRequest }[];
  /** Every request to the backend, also those that were refused. */
  asked: number;
  /** Renewals are held back until this resolves. */
  gate: Promise<void> | undefined;
  /** The token endpoint answers with this status instead. */
  tokenStatus: number | undefined;
  /** What the models say. */
  text: string;
  /** A new login, valid for an hour. */
  login(accountId: string): CodexLogin;
  /** Tokens of a login as the gateway keeps them. */
  tokens(login: CodexLogin): AccountTokens;
  /** Codex's auth.json of a login. */
  authFile(login: CodexLogin): string;
  /** Where a browser would be sent after a login at this address. */
  consent(authorizeUrl: string, login: CodexLogin): string;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const REFUSED = ['max_output_tokens', 'temperature', 'top_p', 'metadata', 'user', 'truncation'];

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token in the shape of a JSON web token. */
function token(claims: object): string {
  return `${encoded({ alg: 'none' })}.${encoded(claims)}.${randomBytes(24).toString('base64url')}`;
}

const refreshToken = (): string => `rt_CANARY_${randomBytes(24).toString('hex')}`;

function accessToken(accountId: string, expiresAtMs: number): string {
  const auth = { chatgpt_account_id: accountId };
  return token({ exp: Math.floor(expiresAtMs / 1000), 'https://api.openai.com/auth': auth });
}

function idToken({ accountId, user }: CodexLogin): string {
  const auth = { chatgpt_account_id: accountId, chatgpt_plan_type: 'plus', chatgpt_user_id: user };
  return token({ sub: user, email: `${user}@example.org`, 'https://api.openai.com/auth': auth });
}

/** Starts the simulator. */
export async function startCodexSimulator(): Promise<CodexSimulator> {
  const codes = new Map<string, { readonly login: CodexLogin; readonly challenge: string }>();
  const find = (test: (login: CodexLogin) => boolean): CodexLogin | undefined =>
    [...simulator.logins.values()].find(test);

  const given = (login: CodexLogin): object => ({
    id_token: idToken(login),
    access_token: login.access,
    refresh_token: login.refresh,
  });

  const renew = async (body: unknown, response: ServerResponse): Promise<void> => {
    const shown = String(at(body, 'refresh_token'));
    simulator.renewals.push(shown);
    await simulator.gate;
    if (simulator.tokenStatus !== undefined) {
      json(response, simulator.tokenStatus, { error: 'server_error' });
      return;
    }
    const login = find(({ refresh }) => refresh === shown);
    if (login === undefined || login.revoked) {
      const code = login === undefined ? 'refresh_token_reused' : 'refresh_token_invalidated';
      json(response, 401, { error: { code, message: `Not usable: ${shown}` } });
      return;
    }
    rotate(login);
    json(response, 200, given(login));
  };

  const redeem = (form: URLSearchParams, response: ServerResponse): void => {
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (code?.challenge === challenge) json(response, 200, given(code.login));
    else json(response, 400, { error: 'invalid_grant' });
  };

  const generate = (login: CodexLogin, request: AccountRequest, response: ServerResponse): void => {
    const body: unknown = JSON.parse(request.text);
    if (request.header('chatgpt-account-id') !== login.accountId) {
      json(response, 400, { detail: 'Wrong account.' });
      return;
    }
    if (login.spentUntilMs > Date.now()) {
      const resets_in_seconds = Math.ceil((login.spentUntilMs - Date.now()) / 1000);
      const message = 'The usage limit has been reached';
      const resets_at = Math.ceil(login.spentUntilMs / 1000);
      const error = { type: 'usage_limit_reached', message, plan_type: 'plus', resets_at, resets_in_seconds };
      json(response, 429, { error });
      return;
    }
    const refused = REFUSED.find((member) => at(body, member) !== undefined);
    const detail =
      at(body, 'store') !== false
        ? 'Store must be set to false'
        : at(body, 'stream') !== true
          ? 'Stream must be set to true'
          : refused === undefined
            ? undefined
            : `Unsupported parameter: ${refused}`;
    if (detail !== undefined) {
      json(response, 400, { detail });
      return;
    }
    simulator.served.push({ accountId: login.accountId, body, headers: request });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const model = String(at(body, 'model'));
    for (const event of wires['openai-responses'].events(model, simulator.text)) response.write(event);
    response.end();
  };

  const backend = (request: AccountRequest, response: ServerResponse): void => {
    simulator.asked += 1;
    const login = find(({ access }) => access === request.bearer);
    if (login === undefined || login.expiresAtMs <= Date.now() || login.revoked) {
      // It repeats what it was shown, as some do.
      json(response, 401, {
        error: { message: `Could not validate ${request.bearer}`, code: 'token_expired' },
      });
      return;
    }
    const routes: Readonly<Record<string, () => void>> = {
      '/backend-api/codex/responses': () => generate(login, request, response),
      '/backend-api/codex/models': () =>
        json(response, 200, { models: [{ slug: 'gpt-5.2-codex' }, { slug: 'gpt-5.2' }] }),
      '/backend-api/wham/usage': () => json(response, 200, usageOf(login)),
    };
    const route = routes[request.path];
    if (route === undefined) json(response, 404, { detail: 'Not Found' });
    else route();
  };

  const server = await startAccountServer(async (request, response) => {
    const form = new URLSearchParams(request.text);
    if (request.path !== '/oauth/token') backend(request, response);
    else if (form.get('grant_type') === 'authorization_code') redeem(form, response);
    else await renew(JSON.parse(request.text), response);
  });

  const simulator: CodexSimulator = {
    origin: server.origin,
    tokenUrl: `${server.origin}/oauth/token`,
    base: `${server.origin}/backend-api/codex`,
    logins: new Map(),
    renewals: [],
    served: [],
    asked: 0,
    gate: undefined,
    tokenStatus: undefined,
    text: 'Said by the account.',
    login: (accountId) => {
      const expiresAtMs = Date.now() + HOUR_MS;
      const login: CodexLogin = {
        accountId,
        user: `user-${accountId}`,
        access: accessToken(accountId, expiresAtMs),
        refresh: refreshToken(),
        expiresAtMs,
        revoked: false,
        spentUntilMs: 0,
      };
      simulator.logins.set(accountId, login);
      return login;
    },
    tokens: ({ access, refresh, accountId, expiresAtMs }) => ({
      accessToken: access,
      refreshToken: refresh,
      accountId,
      expiresAtMs,
    }),
    authFile: (login) =>
      JSON.stringify({
        OPENAI_API_KEY: null,
        tokens: { ...given(login), account_id: login.accountId },
        last_refresh: new Date().toISOString(),
      }),
    consent: (authorizeUrl, login) => {
      const { searchParams } = new URL(authorizeUrl);
      const code = randomBytes(16).toString('hex');
      codes.set(code, { login, challenge: searchParams.get('code_challenge') ?? '' });
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state') ?? '');
      return back.href;
    },
    close: () => server.close(),
  };
  return simulator;
}

/** New tokens; the old ones are worth nothing. */
function rotate(login: CodexLogin): void {
  login.expiresAtMs = Date.now() + HOUR_MS;
  login.access = accessToken(login.accountId, login.expiresAtMs);
  login.refresh = refreshToken();
}

function usageOf({ user, spentUntilMs }: CodexLogin): object {
  const spent = spentUntilMs > Date.now();
  const reset_at = Math.ceil((spent ? spentUntilMs : Date.now() + HOUR_MS) / 1000);
  return {
    plan_type: 'plus',
    email: `${user}@example.org`,
    rate_limit: {
      primary_window: { used_percent: spent ? 100 : 12, limit_window_seconds: 18_000, reset_at },
      secondary_window: { used_percent: 30, limit_window_seconds: 604_800, reset_at: reset_at + 86_400 },
    },
  };
}
