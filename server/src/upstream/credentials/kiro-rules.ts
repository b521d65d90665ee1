// Kiro accounts. A social login is renewed by Kiro's own service, one of AWS (Builder ID, Identity Center) by the OIDC
// service of its region; the models stand behind the service of Amazon's coding assistants. None of it is documented as an
// API; the members are those that the open clients of it send.

import { isObject, listOf, objectOf, parseJson, textOf } from '../../core/model/json.ts';
import type { AccountTokens } from '../../core/providers/account.ts';
import type { AnswerSink, OutboundRequest } from '../../exchange/ports.ts';
import type { AccountRules, Place, Quota, QuotaWindow, Refusal } from './account-rules.ts';
import { endOf } from './json-web-token.ts';
import { withHeaders } from './sent-headers.ts';
import { wholeAnswer } from './whole-answer.ts';

const DEFAULT_REGION = 'us-east-1';
/** The preset's address, whose region is that of the account's profile. */
const SERVICE = /^https:\/\/q\.us-east-1\.amazonaws\.com$/;

/** The region that the profile lives in, which need not be that of the login. */
function profileRegion({ profileArn }: AccountTokens): string {
  const region = profileArn?.split(':')[3];
  return region !== undefined && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? region : DEFAULT_REGION;
}

function serviceOf(origin: string, tokens: AccountTokens): string {
  return SERVICE.test(origin) ? `https://q.${profileRegion(tokens)}.amazonaws.com` : origin;
}

function renewal(tokens: AccountTokens, { addresses }: Place): ReturnType<AccountRules['renewal']> {
  const { refreshToken, clientId, clientSecret, region = DEFAULT_REGION } = tokens;
  const headers = ['content-type', 'application/json'];
  if (clientId === undefined)
    return {
      method: 'POST',
      url: addresses.tokenUrl ?? `https://prod.${region}.auth.desktop.kiro.dev/refreshToken`,
      headers,
      body: JSON.stringify({ refreshToken }),
    };
  return {
    method: 'POST',
    url: addresses.tokenUrl ?? `https://oidc.${region}.amazonaws.com/token`,
    headers,
    body: JSON.stringify({ clientId, clientSecret, grantType: 'refresh_token', refreshToken }),
  };
}

function renewed(before: AccountTokens, text: string, epochNowMs: number): AccountTokens | undefined {
  const value = parseJson(text);
  if (!isObject(value)) return undefined;
  const accessToken = textOf(value['accessToken']);
  if (accessToken === undefined) return undefined;
  const { expiresAtMs: _ended, ...rest } = before;
  const end = endOf(accessToken, value['expiresIn'], epochNowMs);
  const profileArn = textOf(value['profileArn']) ?? before.profileArn;
  return {
    ...rest,
    accessToken,
    refreshToken: textOf(value['refreshToken']) ?? before.refreshToken,
    ...(profileArn === undefined ? {} : { profileArn }),
    ...(end === undefined ? {} : { expiresAtMs: end }),
  };
}

const OWN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'anthropic-version',
  'anthropic-beta',
  'accept',
  'content-type',
]);

function proofOf({ accessToken }: AccountTokens): string[] {
  return ['authorization', `Bearer ${accessToken}`];
}

/** The query that every question about the account takes. */
function aboutProfile({ profileArn }: AccountTokens, more: string): string {
  const arn = profileArn === undefined ? '' : `&profileArn=${encodeURIComponent(profileArn)}`;
  return `?origin=AI_EDITOR${more}${arn}`;
}

async function prepare(
  request: OutboundRequest,
  tokens: AccountTokens,
): Promise<Awaited<ReturnType<AccountRules['prepare']>>> {
  const [path = ''] = request.target.split('?');
  const place = /^(.*?)(?:\/v1)?\/(messages|models)$/.exec(path);
  if (place === null) return undefined;
  const [, base = '', what = ''] = place;
  const { destination } = request;
  const origin = serviceOf(destination.origin, tokens);
  const sent = { ...request, destination: { ...destination, origin } };
  const json = ['content-type', 'application/json'];
  const headers = withHeaders(request.headers, OWN_HEADERS, [...json, ...proofOf(tokens)]);
  if (what === 'models') {
    const target = `${base}/ListAvailableModels${aboutProfile(tokens, '')}`;
    return { request: { ...sent, target, headers }, answer: listedModels };
  }
  // Loaded with the first request: those who have no such account need no event streams.
  const { translated } = await import('../kiro/translated.ts');
  const { body, answer } = await translated(request.body, tokens.profileArn);
  const target = `${base}/generateAssistantResponse`;
  return { request: { ...sent, target, headers, body }, answer };
}

function listedModels(sink: AnswerSink): AnswerSink {
  return wholeAnswer(sink, (body) => {
    const models = listOf(objectOf(parseJson(body))?.['models']);
    const data = models.flatMap((model) => {
      const id = textOf(objectOf(model)?.['modelId']);
      if (id === undefined) return [];
      const name = textOf(objectOf(model)?.['modelName']) ?? id;
      return [{ type: 'model', id, display_name: name, created_at: '1970-01-01T00:00:00Z' }];
    });
    if (data.length === 0) return body;
    return JSON.stringify({ data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id });
  });
}

/** In seconds since 1970, with fractions, or as a text. */
function momentOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value > 1e11 ? value : value * 1000;
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function quota(text: string): Quota | undefined {
  const value = parseJson(text);
  if (!isObject(value) || !Array.isArray(value['usageBreakdownList'])) return undefined;
  const resetsAtMs = momentOf(value['nextDateReset']);
  const windows = listOf(value['usageBreakdownList']).flatMap((item): readonly QuotaWindow[] => {
    const part = objectOf(item) ?? {};
    const used = part['currentUsageWithPrecision'] ?? part['currentUsage'];
    const limit = part['usageLimitWithPrecision'] ?? part['usageLimit'];
    if (typeof used !== 'number' || typeof limit !== 'number' || limit <= 0) return [];
    const resets = momentOf(part['nextDateReset']) ?? resetsAtMs;
    return [
      {
        name: textOf(part['displayNamePlural']) ?? textOf(part['resourceType']) ?? 'month',
        usedPercent: (100 * used) / limit,
        used,
        limit,
        ...(resets === undefined ? {} : { resetsAtMs: resets }),
      },
    ];
  });
  const plan = textOf(objectOf(value['subscriptionInfo'])?.['subscriptionTitle']);
  const email = textOf(objectOf(value['userInfo'])?.['email']);
  return {
    ...(plan === undefined ? {} : { plan }),
    ...(email === undefined ? {} : { email }),
    windows,
  };
}

function usage(tokens: AccountTokens, { addresses, base }: Place): ReturnType<AccountRules['usage']> {
  const { origin, pathname } = new URL(base ?? 'https://q.us-east-1.amazonaws.com');
  const service = `${serviceOf(origin, tokens)}${pathname.replace(/\/+$/, '')}/getUsageLimits`;
  const query = aboutProfile(tokens, '&resourceType=AGENTIC_REQUEST&isEmailRequired=true');
  return { method: 'GET', url: `${addresses.usageUrl ?? service}${query}`, headers: proofOf(tokens) };
}

/** Its services say 403 of a token that has ended, as they do of much else. */
function refusesToken({ status, text }: Refusal): boolean {
  if (status === 401) return true;
  return (
    status === 403 && /bearer token|ExpiredToken|token (?:has )?expired|invalid (?:access )?token/i.test(text)
  );
}

export const kiroRules: AccountRules = {
  renewal,
  renewed,
  usage,
  quota,
  prepare,
  refusesToken,
  spentUntil: ({ status, text }) =>
    (status === 402 || status === 403 || status === 429) && /MONTHLY_REQUEST_COUNT/.test(text)
      ? 'unknown'
      : undefined,
};
