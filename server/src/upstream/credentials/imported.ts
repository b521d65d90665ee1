// A login of the user's own, read from the file that the vendor's tool keeps it in. Pure: text in, tokens out, and never a
// word of what stands there in a message.

import { isObject, objectOf, parseJson, textOf } from '../../core/model/json.ts';
import type { AccountKind, AccountTokens } from '../../core/providers/account.ts';
import { codexLabels, codexUser } from './codex-rules.ts';
import { endOf } from './json-web-token.ts';

/** A login that can be stored. */
export interface Imported {
  readonly tokens: AccountTokens;
  /** Who it is, for one login to be known again; undefined: the file does not say. */
  readonly identity: string | undefined;
}

/** Reads Codex's auth.json, of a login with ChatGPT. A text says what is wrong. */
export function importedCodex(text: string): Imported | string {
  const value = parseJson(text);
  if (!isObject(value)) return 'it is not JSON';
  const tokens = objectOf(value['tokens']);
  const accessToken = textOf(tokens?.['access_token']);
  const refreshToken = textOf(tokens?.['refresh_token']);
  if (accessToken === undefined || refreshToken === undefined)
    return textOf(value['OPENAI_API_KEY']) === undefined
      ? 'it holds no login with ChatGPT'
      : 'it holds an API key and no login with ChatGPT; store the key with "sluice keys add openai"';
  const idToken = textOf(tokens?.['id_token']) ?? accessToken;
  const labels = codexLabels(idToken);
  const accountId = textOf(tokens?.['account_id']) ?? labels.accountId;
  const end = endOf(accessToken, undefined, 0);
  return {
    tokens: {
      ...labels,
      ...(accountId === undefined ? {} : { accountId }),
      accessToken,
      refreshToken,
      ...(end === undefined ? {} : { expiresAtMs: end }),
    },
    identity: identityOf(accountId, codexUser(idToken)),
  };
}

/** Somebody may have several workspaces, and a workspace several people. */
export function identityOf(accountId: string | undefined, user: string | undefined): string | undefined {
  return accountId === undefined && user === undefined ? undefined : `${accountId ?? ''} ${user ?? ''}`;
}

/** The name of the file beside Kiro's that holds the client of a login of AWS; undefined: it needs none. */
export function kiroClientFile(text: string): string | undefined {
  const hash = textOf(objectOf(parseJson(text))?.['clientIdHash']);
  return hash !== undefined && /^[0-9a-f]{8,64}$/.test(hash) ? `${hash}.json` : undefined;
}

/** Reads Kiro's kiro-auth-token.json and, of a login of AWS, the file of its client. A text says what is wrong. */
export function importedKiro(text: string, clientText: string | undefined): Imported | string {
  const value = parseJson(text);
  if (!isObject(value)) return 'it is not JSON';
  const accessToken = textOf(value['accessToken']);
  const refreshToken = textOf(value['refreshToken']);
  if (accessToken === undefined || refreshToken === undefined) return 'it holds no login';
  const client = objectOf(parseJson(clientText ?? '')) ?? value;
  const clientId = textOf(client['clientId']);
  const clientSecret = textOf(client['clientSecret']);
  const social = textOf(value['authMethod'])?.toLowerCase() === 'social';
  const complete = clientId !== undefined && clientSecret !== undefined;
  if (!social && !complete && (value['clientIdHash'] !== undefined || value['authMethod'] !== undefined))
    return 'the client that it was made with is missing: its file stands beside it, and is named by clientIdHash';
  const region = textOf(value['region']);
  const profileArn = textOf(value['profileArn']);
  const expiresAtMs = Date.parse(textOf(value['expiresAt']) ?? '');
  return {
    tokens: {
      accessToken,
      refreshToken,
      ...(Number.isNaN(expiresAtMs) ? {} : { expiresAtMs }),
      ...(region !== undefined && /^[a-z0-9-]{1,32}$/.test(region) ? { region } : {}),
      ...(profileArn === undefined ? {} : { profileArn }),
      ...(complete && !social ? { clientId, clientSecret } : {}),
    },
    identity: undefined,
  };
}

/** Where the vendor's tool keeps its login. `join`: of paths. */
export function usualPlace(
  kind: AccountKind,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  join: (...parts: string[]) => string,
): string {
  if (kind === 'kiro') return join(home, '.aws', 'sso', 'cache', 'kiro-auth-token.json');
  const folder = env['CODEX_HOME'];
  return join(folder === undefined || folder === '' ? join(home, '.codex') : folder, 'auth.json');
}
