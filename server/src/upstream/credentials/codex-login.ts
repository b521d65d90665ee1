// A login with ChatGPT of Sluice's own: OAuth with PKCE, whose answer comes to a server on loopback that lives for this one
// question. https://datatracker.ietf.org/doc/html/rfc8252, https://datatracker.ietf.org/doc/html/rfc7636

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isObject, parseJson, textOf } from '../../core/model/json.ts';
import type { Transport } from '../../exchange/ports.ts';
import { askOnce } from './ask-once.ts';
import { CODEX_CLIENT, CODEX_ISSUER, codexTokens, codexTokenUrl, codexUser } from './codex-rules.ts';
import { type Imported, identityOf } from './imported.ts';

/** What a login depends on. */
export interface LoginParts {
  readonly transport: Pick<Transport, 'send'>;
  readonly proxy: string | undefined;
  /** Where tokens come from, where that is not the vendor's own place. */
  readonly tokenUrl: string | undefined;
  /** Ports of loopback that the vendor lets answers come back to, the best first; 0: any. */
  readonly ports: readonly number[];
  readonly timeoutMs: number;
  epochMs(): number;
}

/** A login that waits for its person. */
export interface PendingLogin {
  /** Where the person logs in. */
  readonly url: string;
  /** The login, or why there is none. Never rejects. */
  readonly done: Promise<Imported | string>;
  /** Takes the address that a browser elsewhere was sent back to; a text says what is wrong with it. */
  take(address: string): string | undefined;
  /** Waits no longer. */
  cancel(): void;
}

/** The ports that the vendor knows. */
export const LOGIN_PORTS: readonly number[] = [1455, 1457];
const CALLBACK = '/auth/callback';
const SCOPE = 'openid profile email offline_access';

/** Begins a login; a text says why that was not possible. */
export async function beginLogin(parts: LoginParts): Promise<PendingLogin | string> {
  const server = createServer();
  const port = await listen(server, parts.ports);
  if (port === undefined)
    return `None of the ports ${parts.ports.join(', ')} is free, and the provider answers to no others. Is another login on its way?`;
  const state = randomBytes(32).toString('base64url');
  const verifier = randomBytes(48).toString('base64url');
  const redirect = `http://localhost:${port}${CALLBACK}`;
  let settle: (outcome: string | { readonly code: string }) => void = () => undefined;
  const answered = new Promise<string | { readonly code: string }>((resolve) => {
    settle = resolve;
  });
  const timer = setTimeout(() => settle('Nobody has logged in within the time.'), parts.timeoutMs);

  const take = (address: string): string | undefined => {
    const params = paramsOf(address);
    if (params === undefined || !isSame(params.get('state') ?? '', state))
      return 'That address is not the answer to this login.';
    const error = params.get('error');
    const code = params.get('code');
    if (error !== null) settle(`The provider says that nobody was logged in (${plain(error)}).`);
    else if (code === null || code === '') settle('The provider has answered without a code.');
    else settle({ code });
    return undefined;
  };

  server.on('request', (request, response) => {
    const [pathname] = (request.url ?? '').split('?');
    const fault = pathname === CALLBACK ? take(request.url ?? '') : 'There is nothing here.';
    const status = fault === undefined ? 200 : pathname === CALLBACK ? 400 : 404;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(fault ?? 'Sluice has the answer. You may close this page and go back to the terminal.');
  });

  const done = answered.then(async (outcome): Promise<Imported | string> => {
    clearTimeout(timer);
    server.close();
    if (typeof outcome === 'string') return outcome;
    return await redeemed(parts, { code: outcome.code, verifier, redirect });
  });
  return {
    url: authorizeUrl(parts.tokenUrl, redirect, state, verifier),
    done,
    take,
    cancel: () => settle('The login was given up.'),
  };
}

async function listen(server: Server, ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) {
    const bound = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    server.removeAllListeners('error');
    if (bound) return (server.address() as AddressInfo).port;
  }
  return undefined;
}

function authorizeUrl(
  tokenUrl: string | undefined,
  redirect: string,
  state: string,
  verifier: string,
): string {
  const issuer = tokenUrl === undefined ? CODEX_ISSUER : new URL(tokenUrl).origin;
  const url = new URL(`${issuer}/oauth/authorize`);
  const query = {
    response_type: 'code',
    client_id: CODEX_CLIENT,
    redirect_uri: redirect,
    scope: SCOPE,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    state,
    originator: 'sluice',
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

function paramsOf(address: string): URLSearchParams | undefined {
  const at = address.indexOf('?');
  return at === -1 ? undefined : new URLSearchParams(address.slice(at + 1).trim());
}

function isSame(shown: string, state: string): boolean {
  const one = Buffer.from(shown);
  const other = Buffer.from(state);
  return one.length === other.length && timingSafeEqual(one, other);
}

/** A word of somebody else, fit to be shown. */
const plain = (text: string): string => text.replace(/[^\w .-]/g, '').slice(0, 60);

interface Redemption {
  readonly code: string;
  readonly verifier: string;
  readonly redirect: string;
}

/** Tokens for the code. */
async function redeemed(
  { transport, proxy, tokenUrl, epochMs }: LoginParts,
  { code, verifier, redirect }: Redemption,
): Promise<Imported | string> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirect,
    client_id: CODEX_CLIENT,
    code_verifier: verifier,
  });
  const url = codexTokenUrl({ addresses: { tokenUrl } });
  const headers = ['content-type', 'application/x-www-form-urlencoded'];
  const told = await askOnce(transport, { method: 'POST', url, headers, body: form.toString() }, proxy);
  if ('code' in told) return told.message;
  const tokens = told.status === 200 ? codexTokens(told.text, {}, epochMs()) : undefined;
  if (tokens === undefined) return `The provider gives no tokens for the login (status ${told.status}).`;
  const value = parseJson(told.text);
  const idToken = isObject(value) ? textOf(value['id_token']) : undefined;
  return { tokens, identity: identityOf(tokens.accountId, codexUser(idToken ?? '')) };
}
