// Clients with budgets, and such whose key has ended, behind the official libraries: the error that a program catches, how
// often its library asks before it gives up, and what it can read of money.

import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from './kit/gateway.ts';
import { GREETED, GREETING, GREETING_USAGE, startVendor, type VendorMock } from './kit/vendor-mock.ts';

/** US dollars for a million tokens, in both directions. */
const PRICE = 100;
const PAID_USD = ((GREETING_USAGE.input + GREETING_USAGE.output) * PRICE) / 1e6;
const SPENT_KEYS = {
  429: 'sk-e2e-spent-0123456789abcdef',
  402: 'sk-e2e-spent-402-0123456789abcdef',
} as const;
const RICH_KEY = 'sk-e2e-rich-0123456789abcdef';
const SCARCE_KEY = 'sk-e2e-scarce-0123456789abcdef';
const EXPIRED_KEY = 'sk-e2e-expired-0123456789abcdef';
const DISABLED_KEY = 'sk-e2e-disabled-0123456789abcdef';
const MODEL = 'gpt-mock';

let mock: VendorMock;
let gateway: Gateway;
beforeAll(async () => {
  mock = await startVendor('openai');
  const budget = { period: 'total', usd: 0 };
  gateway = await startGateway({
    config: {
      clients: [
        { id: 'spent-429', key: SPENT_KEYS[429], budgets: [budget] },
        { id: 'spent-402', key: SPENT_KEYS[402], budgets: [{ ...budget, status: 402 }] },
        { id: 'rich', key: RICH_KEY, budgets: [{ ...budget, usd: 50 }] },
        { id: 'scarce', key: SCARCE_KEY, budgets: [{ ...budget, usd: PAID_USD * 1.5, warnAt: 0.5 }] },
        { id: 'expired', key: EXPIRED_KEY, expiresAt: '2026-01-01T00:00:00Z' },
        { id: 'disabled', key: DISABLED_KEY, enabled: false },
      ],
      upstreams: [
        {
          id: 'mock',
          provider: 'openai-compatible',
          baseUrl: `${mock.url}/v1`,
          models: ['gpt-*'],
          keys: ['sk-e2e-upstream-0123456789abcdef'],
          prices: { '*': { input: PRICE, output: PRICE } },
        },
      ],
      routing: { cache: { deterministicOnly: false } },
    },
  });
  return async () => {
    await gateway.stop();
    await mock.stop();
  };
});

/** A fetch that counts. */
function counting(): { fetch: typeof fetch; count: number } {
  const counted = {
    count: 0,
    fetch: (async (...given: Parameters<typeof fetch>) => {
      counted.count += 1;
      return fetch(...given);
    }) as typeof fetch,
  };
  return counted;
}

// No library is told how often to try: what counts is what it does by itself.
const openai = (apiKey: string, fetch?: typeof globalThis.fetch): OpenAI =>
  new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey, ...(fetch === undefined ? {} : { fetch }) });
const anthropic = (apiKey: string, fetch?: typeof globalThis.fetch): Anthropic =>
  new Anthropic({ baseURL: gateway.origin, apiKey, ...(fetch === undefined ? {} : { fetch }) });

const messages = [{ role: 'user' as const, content: `Please ${GREETING}.` }];

async function failure(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('The call did not fail.');
}

describe.each([429, 402] as const)('a used-up budget, refused with %s,', (status) => {
  const key = SPENT_KEYS[status];

  test.each([false, true])(
    'is an APIError of the OpenAI library and asked once (streamed: %s)',
    async (stream) => {
      for (const ask of [
        (to: OpenAI) => to.chat.completions.create({ model: MODEL, messages, stream }),
        (to: OpenAI) => to.responses.create({ model: MODEL, input: 'Hello', stream }),
      ]) {
        const counted = counting();
        const error = await failure(ask(openai(key, counted.fetch)));
        if (!(error instanceof OpenAI.APIError)) throw error;
        expect(error instanceof OpenAI.RateLimitError).toBe(status === 429);
        expect([error.status, error.code, error.type]).toEqual([
          status,
          'insufficient_quota',
          'insufficient_quota',
        ]);
        expect(error.message).toContain('budget');
        expect(error.requestID).toMatch(/^req_/);
        expect(counted.count).toBe(1);
      }
    },
  );

  test.each([false, true])(
    'is an APIError of the Anthropic library and asked once (streamed: %s)',
    async (stream) => {
      const counted = counting();
      const call = anthropic(key, counted.fetch).messages.create({
        model: MODEL,
        max_tokens: 100,
        messages,
        stream,
      });
      const error = await failure(call);
      if (!(error instanceof Anthropic.APIError)) throw error;
      expect(error instanceof Anthropic.RateLimitError).toBe(status === 429);
      expect(error.status).toBe(status);
      expect(error.error).toMatchObject({
        type: 'error',
        error: { type: status === 402 ? 'billing_error' : 'rate_limit_error' },
      });
      expect(error.message).toContain('budget');
      expect(counted.count).toBe(1);
    },
  );

  test.each([false, true])(
    'is an ApiError of the Google library and asked once (streamed: %s)',
    async (stream) => {
      const counted = counting();
      const before = globalThis.fetch;
      globalThis.fetch = (...given) => {
        counted.count += 1;
        return before(...given);
      };
      try {
        const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: gateway.origin } });
        const asked = { model: MODEL, contents: 'Hello' };
        const error = await failure(
          stream ? models.generateContentStream(asked) : models.generateContent(asked),
        );
        if (!(error instanceof ApiError)) throw error;
        expect(error.status).toBe(status);
        expect(error.message).toContain('RESOURCE_EXHAUSTED');
        expect(error.message).toContain('budget');
        expect(counted.count).toBe(1);
      } finally {
        globalThis.fetch = before;
      }
    },
  );

  test('asks no upstream', () => {
    const before = mock.received.length;
    return failure(openai(key).chat.completions.create({ model: MODEL, messages })).then(() =>
      expect(mock.received).toHaveLength(before),
    );
  });
});

describe('money in headers', () => {
  test('the cost of a JSON answer and what is left are read through both libraries', async () => {
    const chat = await openai(RICH_KEY).chat.completions.create({ model: MODEL, messages }).withResponse();
    expect(chat.data.choices[0]?.message.content).toBe(GREETED);
    expect(Number(chat.response.headers.get('x-sluice-cost-usd'))).toBeCloseTo(PAID_USD, 9);
    expect(Number(chat.response.headers.get('x-sluice-budget-remaining-usd'))).toBeLessThanOrEqual(50);
    expect(Number(chat.response.headers.get('x-sluice-budget-remaining-usd'))).toBeGreaterThan(49.9);
    expect(chat.response.headers.get('x-sluice-budget-warning')).toBeNull();

    const asked = {
      model: MODEL,
      max_tokens: 100,
      messages: [{ role: 'user' as const, content: `Now ${GREETING}!` }],
    };
    const { response } = await anthropic(RICH_KEY).messages.create(asked).withResponse();
    expect(Number(response.headers.get('x-sluice-cost-usd'))).toBeCloseTo(PAID_USD, 9);
    expect(response.headers.get('x-sluice-budget-remaining-usd')).not.toBeNull();
  });

  test('a stream tells what is left in its head', async () => {
    const { data, response } = await openai(RICH_KEY)
      .chat.completions.create({
        model: MODEL,
        messages: [{ role: 'user', content: `Do ${GREETING}.` }],
        stream: true,
      })
      .withResponse();
    let said = '';
    for await (const { choices } of data) said += choices[0]?.delta.content ?? '';
    expect(said).toBe(GREETED);
    expect(Number(response.headers.get('x-sluice-budget-remaining-usd'))).toBeGreaterThan(49);
  });

  test('a budget that runs low is a warning, then an answer over it, then a refusal', async () => {
    const ask = (content: string) =>
      openai(SCARCE_KEY)
        .chat.completions.create({ model: MODEL, messages: [{ role: 'user', content }] })
        .withResponse();
    const first = await ask(`One: ${GREETING}.`);
    expect(first.data.choices[0]?.message.content).toBe(GREETED);
    const second = await ask(`Two: ${GREETING}.`);
    expect(second.response.headers.get('x-sluice-budget-warning')).toMatch(/% of \d/);
    const third = await failure(ask(`Three: ${GREETING}.`));
    if (!(third instanceof OpenAI.RateLimitError)) throw third;
    expect(third.code).toBe('insufficient_quota');
  });
});

describe('the response cache', () => {
  const question = [{ role: 'user' as const, content: `Please ${GREETING}, cached.` }];

  test('obeys Cache-Control of the OpenAI library, and a hit costs nothing', async () => {
    const before = mock.received.length;
    const ask = async (headers: Record<string, string> = {}) => {
      const { data, response } = await openai(RICH_KEY)
        .chat.completions.create({ model: MODEL, messages: question }, { headers })
        .withResponse();
      expect(data.choices[0]?.message.content).toBe(GREETED);
      return [
        response.headers.get('x-sluice-cache'),
        Number(response.headers.get('x-sluice-cost-usd')),
        mock.received.length - before,
      ];
    };
    expect(await ask()).toEqual(['miss', PAID_USD, 1]);
    expect(await ask()).toEqual(['hit', 0, 1]);
    expect(await ask({ 'Cache-Control': 'no-cache' })).toEqual(['miss', PAID_USD, 2]);
    expect(await ask({ 'Cache-Control': 'no-store' })).toEqual(['bypass', PAID_USD, 3]);
    expect(await ask({ 'Cache-Control': 'only-if-cached' })).toEqual(['hit', 0, 3]);
  });

  test('obeys Cache-Control of the Anthropic library, also in a stream', async () => {
    const ask = async (headers: Record<string, string>) => {
      const stream = anthropic(RICH_KEY).messages.stream(
        { model: MODEL, max_tokens: 50, messages: question },
        { headers },
      );
      const { response } = await stream.withResponse();
      const { content } = await stream.finalMessage();
      expect(content).toMatchObject([{ type: 'text', text: GREETED }]);
      return response.headers.get('x-sluice-cache');
    };
    expect([await ask({}), await ask({}), await ask({ 'Cache-Control': 'no-cache' })]).toEqual([
      'miss',
      'hit',
      'miss',
    ]);
  });

  test('only-if-cached of a question that was never asked is a 504 after one try', async () => {
    const counted = counting();
    const call = openai(RICH_KEY, counted.fetch).chat.completions.create(
      { model: MODEL, messages: [{ role: 'user', content: 'Never asked.' }] },
      { headers: { 'Cache-Control': 'only-if-cached' } },
    );
    const error = await failure(call);
    if (!(error instanceof OpenAI.APIError)) throw error;
    expect([error.status, counted.count]).toEqual([504, 1]);
  });
});

describe.each([
  ['expired', EXPIRED_KEY, /expired/i],
  ['disabled', DISABLED_KEY, /disabled/i],
] as const)('a key that is %s', (_, key, word) => {
  test('is an AuthenticationError that says so, after one try', async () => {
    const counted = counting();
    const chat = await failure(
      openai(key, counted.fetch).chat.completions.create({ model: MODEL, messages }),
    );
    expect(chat).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(String(chat)).toMatch(word);
    const message = await failure(
      anthropic(key, counted.fetch).messages.create({ model: MODEL, max_tokens: 9, messages }),
    );
    expect(message).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(String(message)).toMatch(word);
    expect(counted.count).toBe(2);
    const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: gateway.origin } });
    const content = await failure(models.generateContent({ model: MODEL, contents: 'Hello' }));
    expect(String(content)).toMatch(word);
  });
});
