import { describe, expect, it } from 'vitest';
import type { AccountTokens } from '../../core/providers/account.ts';
import { codexRules } from './codex-rules.ts';
import { importedCodex, importedKiro, usualPlace } from './imported.ts';
import { kiroRules } from './kiro-rules.ts';

const tokens: AccountTokens = { accessToken: 'access-1', refreshToken: 'refresh-1', accountId: 'acc-1' };
const place = { addresses: {}, base: undefined };
const refusal = (status: number, body: object, headers: readonly string[] = []) => ({
  status,
  headers,
  text: JSON.stringify(body),
});
const request = (origin: string, target: string) => ({
  destination: { origin, proxy: undefined },
  method: 'GET',
  target,
  headers: ['Authorization', 'Bearer of-the-client', 'x-other', '1'],
  body: { kind: 'none' as const },
  decode: true,
  connectMs: 1_000,
});

describe('the ways of codex accounts', () => {
  it('read when a used-up quota is reset: from the body, else from the window that is full', () => {
    const spent = { type: 'usage_limit_reached', message: 'Reached.' };
    expect(codexRules.spentUntil(refusal(429, { error: { ...spent, resets_at: 1_700_000_000 } }), 0)).toBe(
      1_700_000_000_000,
    );
    expect(codexRules.spentUntil(refusal(429, { error: { ...spent, resets_in_seconds: 60 } }), 1_000)).toBe(
      61_000,
    );
    const headers = [
      ...['x-codex-primary-used-percent', '100', 'x-codex-primary-reset-at', '1700000000'],
      ...['x-codex-secondary-used-percent', '40', 'x-codex-secondary-reset-at', '1800000000'],
    ];
    expect(codexRules.spentUntil(refusal(429, { error: spent }, headers), 0)).toBe(1_700_000_000_000);
    expect(codexRules.spentUntil(refusal(429, { error: { type: 'rate_limit' } }), 0)).toBeUndefined();
  });

  it('read the quota by the length of its windows, and nothing out of something else', () => {
    const window = { used_percent: 6, limit_window_seconds: 18_000, reset_at: 1_700_000_000 };
    const text = JSON.stringify({
      plan_type: 'plus',
      rate_limit: { primary_window: { ...window, limit_window_seconds: 604_800 }, secondary_window: window },
    });
    expect(codexRules.quota(text)).toEqual({
      plan: 'plus',
      windows: [
        { name: 'week', usedPercent: 6, resetsAtMs: 1_700_000_000_000 },
        { name: '5 hours', usedPercent: 6, resetsAtMs: 1_700_000_000_000 },
      ],
    });
    expect(codexRules.quota('<html>')).toBeUndefined();
  });

  it('put the login in the place of what a client sent, and know no other endpoints than theirs', async () => {
    const sent = request('https://chatgpt.com', '/backend-api/codex/v1/responses?x=1');
    const prepared = await codexRules.prepare(sent, tokens);
    expect(prepared?.request.target).toBe('/backend-api/codex/responses?x=1');
    expect(prepared?.request.headers).toEqual([
      ...['x-other', '1', 'authorization', 'Bearer access-1', 'chatgpt-account-id', 'acc-1'],
    ]);
    expect(
      await codexRules.prepare({ ...sent, target: '/backend-api/codex/v1/files' }, tokens),
    ).toBeUndefined();
  });

  it('ask where the vendor is, or where they are told', () => {
    expect(codexRules.renewal(tokens, place).url).toBe('https://auth.openai.com/oauth/token');
    expect(codexRules.usage(tokens, place)?.url).toBe('https://chatgpt.com/backend-api/wham/usage');
    const base = 'http://127.0.0.1:9/backend-api/codex';
    expect(codexRules.usage(tokens, { ...place, base })?.url).toBe(
      'http://127.0.0.1:9/backend-api/wham/usage',
    );
    const told = { ...place, addresses: { tokenUrl: 'http://t/x', usageUrl: 'http://u/y' } };
    expect([codexRules.renewal(tokens, told).url, codexRules.usage(tokens, told)?.url]).toEqual([
      ...['http://t/x', 'http://u/y'],
    ]);
  });
});

describe('the ways of kiro accounts', () => {
  const profileArn = 'arn:aws:codewhisperer:eu-central-1:1:profile/A';

  it('ask the service in the region of the profile, and renew in that of the login', async () => {
    const own = { ...tokens, profileArn, region: 'us-west-2' };
    const prepared = await kiroRules.prepare(request('https://q.us-east-1.amazonaws.com', '/v1/models'), own);
    expect(prepared?.request.destination.origin).toBe('https://q.eu-central-1.amazonaws.com');
    expect(prepared?.request.target).toContain('/ListAvailableModels?origin=AI_EDITOR&profileArn=arn%3Aaws');
    expect(kiroRules.renewal(own, place).url).toBe(
      'https://prod.us-west-2.auth.desktop.kiro.dev/refreshToken',
    );
    const aws = { ...own, clientId: 'c', clientSecret: 's' };
    expect(kiroRules.renewal(aws, place).url).toBe('https://oidc.us-west-2.amazonaws.com/token');
  });

  it('tell a token that has ended from what is not allowed', () => {
    const ended = { message: 'The bearer token included in the request is invalid.' };
    expect(kiroRules.refusesToken(refusal(403, ended))).toBe(true);
    expect(kiroRules.refusesToken(refusal(403, { message: 'Not authorized for this model.' }))).toBe(false);
    expect(kiroRules.refusesToken(refusal(401, {}))).toBe(true);
    expect(kiroRules.spentUntil(refusal(402, { reason: 'MONTHLY_REQUEST_COUNT' }), 0)).toBe('unknown');
    expect(kiroRules.spentUntil(refusal(429, { reason: 'THROTTLED' }), 0)).toBeUndefined();
  });

  it('read a quota that counts', () => {
    const text = JSON.stringify({
      nextDateReset: 1.7e9,
      usageBreakdownList: [{ resourceType: 'CREDIT', currentUsageWithPrecision: 12.5, usageLimit: 50 }],
    });
    expect(kiroRules.quota(text)?.windows).toEqual([
      { name: 'CREDIT', usedPercent: 25, used: 12.5, limit: 50, resetsAtMs: 1.7e12 },
    ]);
    expect(kiroRules.quota('{}')).toBeUndefined();
  });
});

describe('a login in the file of its tool', () => {
  it('is found where the tool keeps it', () => {
    const join = (...parts: string[]): string => parts.join('/');
    expect(usualPlace('codex', {}, '/home/me', join)).toBe('/home/me/.codex/auth.json');
    expect(usualPlace('codex', { CODEX_HOME: '/c' }, '/home/me', join)).toBe('/c/auth.json');
    expect(usualPlace('kiro', {}, '/home/me', join)).toBe('/home/me/.aws/sso/cache/kiro-auth-token.json');
  });

  it('is refused in words that repeat nothing of it', () => {
    for (const text of ['CANARY', '{"CANARY":1}', '{"tokens":{"access_token":"CANARY"}}', '[]'])
      for (const read of [importedCodex, (value: string) => importedKiro(value, undefined)]) {
        const found = read(text);
        expect(typeof found).toBe('string');
        expect(found).not.toContain('CANARY');
      }
  });
});
