// ChatGPT accounts as Codex uses them. Endpoints, members and headers are those of its open source
// (https://github.com/openai/codex, codex-rs/login and codex-rs/backend-client).

import { headerOf } from '../../core/model/header-list.ts';
import { isObject, type JsonObject, listOf, objectOf, parseJson, textOf } from '../../core/model/json.ts';
import type { AccountTokens } from '../../core/providers/account.ts';
import type { AnswerSink, OutboundRequest } from '../../exchange/ports.ts';
import type { AccountRules, Place, Quota, QuotaWindow } from './account-rules.ts';
import { claimsOf, endOf } from './json-web-token.ts';
import { withHeaders } from './sent-headers.ts';
import { wholeAnswer } from './whole-answer.ts';

/** The public client of Codex: a login is given to it and renewed by it alone. */
export const CODEX_CLIENT = 'app_EMoamEEZ73f0CkXaXp7hrann';
/** Where people log in. */
export const CODEX_ISSUER = 'https://auth.openai.com';
const BACKEND = 'https://chatgpt.com/backend-api';
const AUTH_CLAIM = 'https://api.openai.com/auth';

/** Where the tokens of a place come from. */
export function codexTokenUrl({ addresses }: Pick<Place, 'addresses'>): string {
  return addresses.tokenUrl ?? `${CODEX_ISSUER}/oauth/token`;
}

/** The labels that a login carries: workspace, address and plan. */
export function codexLabels(idToken: string): Pick<AccountTokens, 'accountId' | 'email' | 'plan'> {
  const claims = claimsOf(idToken);
  const auth = objectOf(claims[AUTH_CLAIM]) ?? {};
  const accountId = textOf(auth['chatgpt_account_id']);
  const email = textOf(claims['email']);
  const plan = textOf(auth['chatgpt_plan_type']);
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(email === undefined ? {} : { email }),
    ...(plan === undefined ? {} : { plan }),
  };
}

/** Who has logged in, whatever workspace is used; undefined where the token does not say. */
export function codexUser(idToken: string): string | undefined {
  const claims = claimsOf(idToken);
  return textOf(objectOf(claims[AUTH_CLAIM])?.['chatgpt_user_id']) ?? textOf(claims['sub']);
}

/** Tokens as the token endpoint gives them. */
export function codexTokens(
  text: string,
  before: Partial<AccountTokens>,
  epochNowMs: number,
): AccountTokens | undefined {
  const value = parseJson(text);
  if (!isObject(value)) return undefined;
  const accessToken = textOf(value['access_token']);
  const refreshToken = textOf(value['refresh_token']) ?? before.refreshToken;
  if (accessToken === undefined || refreshToken === undefined) return undefined;
  const { expiresAtMs: _ended, ...rest } = before;
  const end = endOf(accessToken, value['expires_in'], epochNowMs);
  return {
    ...rest,
    // The labels of the login stay where the new token does not carry them.
    ...codexLabels(textOf(value['id_token']) ?? ''),
    ...(before.accountId === undefined ? {} : { accountId: before.accountId }),
    accessToken,
    refreshToken,
    ...(end === undefined ? {} : { expiresAtMs: end }),
  };
}

const OWN_HEADERS: ReadonlySet<string> = new Set(['authorization', 'chatgpt-account-id']);

function proofOf({ accessToken, accountId }: AccountTokens): string[] {
  const account = accountId === undefined ? [] : ['chatgpt-account-id', accountId];
  return ['authorization', `Bearer ${accessToken}`, ...account];
}

/** The backend knows no versions in its paths, and wants to hear of one when it lists its models. */
const CLIENT_VERSION = '?client_version=1.0.0';

function prepare(request: OutboundRequest, tokens: AccountTokens): ReturnType<AccountRules['prepare']> {
  const [path = ''] = request.target.split('?');
  const place = /^(.*?)(?:\/v1)?\/(responses|models)$/.exec(path);
  if (place === null) return undefined;
  const [, base = '', what = ''] = place;
  const query = what === 'models' ? CLIENT_VERSION : request.target.slice(path.length);
  const sent: OutboundRequest = {
    ...request,
    target: `${base}/${what}${query}`,
    headers: withHeaders(request.headers, OWN_HEADERS, proofOf(tokens)),
  };
  return what === 'models' ? { request: sent, answer: listedModels } : { request: sent };
}

/** Its list of models in the shape of everybody else's. */
function listedModels(sink: AnswerSink): AnswerSink {
  return wholeAnswer(sink, (body) => {
    const models = listOf(objectOf(parseJson(body))?.['models']);
    const ids = models.flatMap((model) => textOf(objectOf(model)?.['slug']) ?? []);
    if (ids.length === 0) return body;
    return JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });
  });
}

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

function windowName(seconds: number | undefined): string {
  if (seconds === undefined) return 'quota';
  if (seconds === 7 * DAY_SECONDS) return 'week';
  if (seconds % DAY_SECONDS === 0) return `${seconds / DAY_SECONDS} days`;
  return seconds % HOUR_SECONDS === 0
    ? `${seconds / HOUR_SECONDS} hours`
    : `${Math.round(seconds / 60)} minutes`;
}

const numberIn = (value: JsonObject, name: string): number | undefined => {
  const found = value[name];
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
};

function windowOf(value: unknown): QuotaWindow | undefined {
  if (!isObject(value)) return undefined;
  const usedPercent = numberIn(value, 'used_percent');
  if (usedPercent === undefined) return undefined;
  const resetsAt = numberIn(value, 'reset_at');
  return {
    name: windowName(numberIn(value, 'limit_window_seconds')),
    usedPercent,
    ...(resetsAt === undefined ? {} : { resetsAtMs: resetsAt * 1000 }),
  };
}

function quota(text: string): Quota | undefined {
  const value = parseJson(text);
  if (!isObject(value)) return undefined;
  const limits = objectOf(value['rate_limit']);
  if (limits === undefined && value['plan_type'] === undefined) return undefined;
  const windows = [limits?.['primary_window'], limits?.['secondary_window']];
  const plan = textOf(value['plan_type']);
  const email = textOf(value['email']);
  return {
    ...(plan === undefined ? {} : { plan }),
    ...(email === undefined ? {} : { email }),
    windows: windows.flatMap((window) => windowOf(window) ?? []),
  };
}

/** Where the quota is told: beside the place of the models. */
function usageUrl({ addresses, base }: Place): string {
  if (addresses.usageUrl !== undefined) return addresses.usageUrl;
  if (base === undefined) return `${BACKEND}/wham/usage`;
  const { origin, pathname } = new URL(base);
  return `${origin}${pathname.replace(/\/+$/, '').replace(/\/codex$/, '')}/wham/usage`;
}

/** A used-up quota names its reset: in the body, else in the headers of the window that is full. */
function spentUntil(
  { status, headers, text }: { status: number; headers: readonly string[]; text: string },
  epochNowMs: number,
): number | undefined {
  if (status !== 429) return undefined;
  const body = parseJson(text);
  const error = isObject(body) ? (objectOf(body['error']) ?? body) : {};
  if (error['type'] !== 'usage_limit_reached' && error['code'] !== 'usage_limit_reached') return undefined;
  const at = numberIn(error, 'resets_at');
  if (at !== undefined) return at * 1000;
  const seconds = numberIn(error, 'resets_in_seconds');
  if (seconds !== undefined) return epochNowMs + seconds * 1000;
  const full = ['primary', 'secondary'].filter(
    (name) => Number(headerOf(headers, `x-codex-${name}-used-percent`) ?? 0) >= 100,
  );
  const moments = full.map(
    (name) => Number(headerOf(headers, `x-codex-${name}-reset-at`) ?? Number.NaN) * 1000,
  );
  const known = moments.filter((moment) => Number.isFinite(moment));
  return known.length === 0 ? undefined : Math.max(...known);
}

export const codexRules: AccountRules = {
  renewal: (tokens, place) => ({
    method: 'POST',
    url: codexTokenUrl(place),
    headers: ['content-type', 'application/json'],
    body: JSON.stringify({
      client_id: CODEX_CLIENT,
      grant_type: 'refresh_token',
      refresh_token: tokens.refreshToken,
      scope: 'openid profile email',
    }),
  }),
  renewed: (tokens, text, epochNowMs) => codexTokens(text, tokens, epochNowMs),
  usage: (tokens, place) => ({ method: 'GET', url: usageUrl(place), headers: proofOf(tokens) }),
  quota,
  prepare,
  refusesToken: ({ status }) => status === 401,
  spentUntil,
};
