// Limits of keys, upstreams, models and clients over real sockets (features 7.1 to 7.8, 19.15; defect 18.18): many requests
// at once never get more than there is, and whoever is refused is told why and until when.

import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/config/settings.ts';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import type { Limits } from '../../src/core/routing/policy.ts';
import { askFor, askTimes, beginFor, forKeys, pause, refuseWith, secretsOf } from '../kit/asking.ts';
import { type Received, until } from '../kit/client.ts';
import type { Behaviour, FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway, type GatewaySetup, type UpstreamSetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const A = 'sk-aaaaaaaaaaaa';
const B = 'sk-bbbbbbbbbbbb';
const ALICE = 'key-of-alice';

async function limited(
  upstream: Partial<UpstreamSetup>,
  setup: Partial<GatewaySetup> = {},
  script?: Behaviour,
): Promise<[Gateway, FaultUpstream]> {
  const server = await provider(script);
  const gateway = await gatewayWith({ ...setup, upstreams: [{ origin: server.origin, ...upstream }] });
  return [gateway, server];
}

const client = (limits: Limits): Client => ({ ...clientWithKey('alice', ALICE), limits });
const burst = (gateway: Gateway, count: number, asking = {}): Promise<Received[]> =>
  Promise.all(
    Array.from({ length: count }, (_, index) => askFor(gateway, { stream: index % 2 === 0, ...asking })),
  );
const served = (answers: readonly Received[]): number =>
  answers.filter(({ status }) => status === 200).length;

describe('of 50 requests at once, no more than the limit are sent', () => {
  /** A limit of seven, wherever it may stand. */
  const places: readonly (readonly [
    string,
    (limits: Limits) => [Partial<UpstreamSetup>, Partial<GatewaySetup>?],
  ])[] = [
    ['each key', (keyLimits) => [{ keyLimits }]],
    ['the upstream', (limits) => [{ limits, secrets: [A, B] }]],
    ['a model of the key', (limits) => [{ modelLimits: [{ models: ['m*'], limits }] }]],
    [
      'a model anywhere',
      (limits) => [{ secrets: [A, B] }, { limits: { models: [{ models: ['m'], limits }] } }],
    ],
    ['the client', (limits) => [{ secrets: [A, B] }, { clients: [client(limits)] }]],
  ];

  test.each(places)('7.1 7.2 7.5 requests per minute and per day of %s', async (name, placed) => {
    for (const kind of ['rpm', 'rpd'] as const) {
      const [upstream, setup = {}] = placed({ [kind]: 7 });
      const [gateway, server] = await limited(upstream, setup);
      const answers = await burst(gateway, 50, setup.clients === undefined ? {} : { client: ALICE });
      expect.soft([name, kind, served(answers), server.turns.length]).toEqual([name, kind, 7, 7]);
      for (const answer of answers.filter(({ status }) => status !== 200)) {
        expect.soft(answer.status).toBe(429);
        const seconds = Number(answer.header('retry-after'));
        expect.soft(seconds).toBeGreaterThan(0);
        expect.soft(seconds).toBeLessThanOrEqual(kind === 'rpm' ? 62 : 86_400);
      }
    }
  });

  test.each(places)('7.3 7.5 tokens per minute and per day of %s', async (name, placed) => {
    for (const kind of ['tpm', 'tpd'] as const) {
      const [upstream, setup = {}] = placed({ [kind]: 700 });
      const [gateway, server] = await limited(upstream, setup, () => {});
      // Each reserves its output, 100 tokens, and a few for its question.
      const asking = {
        members: { max_tokens: 100 },
        ...(setup.clients === undefined ? {} : { client: ALICE }),
      };
      const calls = Array.from({ length: 50 }, () => beginFor(gateway, asking));
      await until(() => gateway.closed.length === 50 - server.turns.length && server.turns.length > 0);
      expect.soft([name, kind, server.turns.length]).toEqual([name, kind, 6]);
      for (const call of calls) call.leave('reset');
    }
  });

  test.each(places)('7.8 at the same time, of %s', async (name, placed) => {
    let running = 0;
    let most = 0;
    const [upstream, setup = {}] = placed({ concurrency: 3 });
    const [gateway, server] = await limited(upstream, setup, (turn) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        turn.healthy();
      }, 30);
    });
    const asking = setup.clients === undefined ? {} : { client: ALICE };
    const answers = await burst(gateway, 50, asking);
    expect([name, most <= 3, server.turns.length]).toEqual([name, true, served(answers)]);
    expect(answers.every(({ status }) => [200, 429, 503].includes(status))).toBe(true);
    expect(served(answers)).toBeGreaterThanOrEqual(3);
    // All of it came back.
    expect(served(await askTimes(gateway, 4, asking))).toBe(4);
  });
});

describe('what counts', () => {
  test('7.1 19.15 a limit of 0 is off, and none at all is none', async () => {
    const [gateway, server] = await limited({ secrets: [A, B], keyLimits: { rpm: 0 } });
    const refused = await askFor(gateway);
    expect([refused.status, server.turns.length]).toEqual([429, 0]);
    // Not a moment that would be told again and again: it never ends by itself.
    expect(refused.header('retry-after')).toBe('3600');
    expect(refused.text()).toMatch(/limit of 0 \(rpm\) lets nothing through.* change of these limits/);
    const [shut] = await limited({}, { clients: [client({ rpm: 0 })] });
    const denied = await askFor(shut, { client: ALICE });
    expect([denied.status, denied.header('retry-after')]).toEqual([429, '3600']);
    expect(denied.text()).toMatch(/Only a change of its limits/);
    const [free, all] = await limited({ limits: {}, keyLimits: {} });
    expect([served(await burst(free, 50)), all.turns.length]).toEqual([50, 50]);
  });

  test('7.5 a provider that names no limit beside what is left is not said to have one of 0', async () => {
    const [gateway] = await limited({}, {}, (turn) =>
      turn.whole(200, wires[turn.dialect].json(turn.model, turn.text), {
        'x-ratelimit-remaining-requests': '0',
      }),
    );
    expect((await askFor(gateway)).status).toBe(200);
    const refused = await askFor(gateway);
    expect([refused.status, refused.header('retry-after')]).toEqual([429, '60']);
    expect(refused.text()).toMatch(/Its provider says that nothing is left of its limit \(rpm\)/);
  });

  test('7.1 a key whose limit is used up is passed over, one of its own counts instead of the common one', async () => {
    const [gateway, server] = await limited({ secrets: [A, B], keyLimits: { rpm: 2 } });
    const answers = await askTimes(gateway, 5);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429]);
    expect([A, B].map((key) => secretsOf(server).filter((secret) => secret === key).length)).toEqual([2, 2]);
    expect(
      answers.every((answer) => answer.status !== 200 || answer.header('x-sluice-attempts') === '1'),
    ).toBe(true);
  });

  test('7.5 an attempt that failed has counted at the key that was asked, and nowhere else', async () => {
    const [gateway, server] = await limited(
      { secrets: [A, B], keyLimits: { rpm: 3 } },
      {
        health: {
          breaker: { failures: 0, openMs: 1 },
          cooldown: { honorHeaders: true, defaultMs: 0, maxMs: 0 },
        },
      },
      forKeys({ [A]: (turn) => refuseWith(turn, 500, 'broken') }),
    );
    const answers = await askTimes(gateway, 6);
    expect(served(answers)).toBe(3);
    expect([A, B].map((key) => secretsOf(server).filter((secret) => secret === key).length)).toEqual([3, 3]);
  });

  test('7.3 tokens that were not used come back, and those that were stay', async () => {
    const [gateway, server] = await limited({ limits: { tpm: 1_000 } });
    // 18 tokens each, as the provider says, though 500 are reserved.
    const answers = await askTimes(gateway, 20, { members: { max_tokens: 500 } });
    expect([served(answers), server.turns.length]).toEqual([20, 20]);
    expect((await askFor(gateway, { members: { max_tokens: 900 } })).status).toBe(429);
  });

  test('7.6 18.18 a fixed window begins with the minute, a sliding one has no seam', async () => {
    for (const window of ['fixed', 'sliding'] as const) {
      const [gateway] = await limited({ limits: { rpm: 1 } }, { limits: { window } });
      await askFor(gateway);
      const refused = await askFor(gateway);
      // The first may have come at the end of a minute of the clock.
      if (refused.status === 200 && window === 'fixed') continue;
      const leftMs = Number(refused.header('retry-after-ms'));
      const toMinuteMs = 60_000 - (Date.now() % 60_000);
      if (window === 'sliding') expect(leftMs).toBeGreaterThan(58_000);
      else {
        // The minute may have ended between the answer and this moment.
        const apartMs = Math.abs(leftMs - toMinuteMs);
        expect(Math.min(apartMs, 60_000 - apartMs)).toBeLessThan(3_000);
      }
    }
  });

  test('7.2 19.20 a day ends at midnight of the configured zone', async () => {
    for (const timeZone of ['UTC', 'Asia/Kolkata', 'America/Los_Angeles']) {
      const [gateway] = await limited({ limits: { rpd: 1 } }, { limits: { timeZone } });
      await askFor(gateway);
      const refused = await askFor(gateway);
      const at = new Date(Date.now() + Number(refused.header('retry-after-ms')) + 2_000);
      const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
        at,
      );
      expect([timeZone, time]).toEqual([timeZone, '00:00']);
    }
  });
});

describe('the limit of a client', () => {
  test.each(DIALECT_IDS)('7.7 is told with retry-after and x-ratelimit headers (%s)', async (dialect) => {
    const [gateway, server] = await limited({}, { clients: [client({ rpm: 2, tpm: 100_000 })] });
    const asking = { dialect, client: ALICE };
    const startedMs = performance.now();
    expect(served(await askTimes(gateway, 2, asking))).toBe(2);
    const refused = await askFor(gateway, asking);
    const tookSeconds = (performance.now() - startedMs) / 1_000;
    expect([refused.status, server.turns.length]).toEqual([429, 2]);
    expect(Math.abs(Number(refused.header('retry-after')) - 60)).toBeLessThanOrEqual(3 + tookSeconds);
    expect(refused.header('x-ratelimit-limit-requests')).toBe('2');
    expect(refused.header('x-ratelimit-remaining-requests')).toBe('0');
    const reset = /^(\d+(?:\.\d+)?)s$/.exec(refused.header('x-ratelimit-reset-requests') ?? '')?.[1];
    expect(Number(reset)).toBeLessThan(62);
    expect(Number(reset)).toBeGreaterThanOrEqual(59 - tookSeconds);
    expect(refused.header('x-ratelimit-limit-tokens')).toBe('100000');
    expect(Number(refused.header('x-ratelimit-remaining-tokens'))).toBeGreaterThan(99_000);
    expect(refused.header('x-ratelimit-limit-requests-day')).toBeUndefined();
  });

  test('7.7 is one client’s alone', async () => {
    const bob = clientWithKey('bob', 'key-of-bob');
    const [gateway] = await limited({}, { clients: [client({ rpm: 1 }), bob] });
    await askTimes(gateway, 2, { client: ALICE });
    expect((await askFor(gateway, { client: 'key-of-bob' })).status).toBe(200);
  });
});

describe('the provider’s own count', () => {
  const families: readonly (readonly [string, () => Readonly<Record<string, string>>])[] = [
    ['OpenAI', () => ({ ...openai('0'), 'x-ratelimit-reset-requests': '1500ms' })],
    ['Anthropic', () => anthropic(new Date(Date.now() + 1_500).toISOString())],
  ];
  function openai(remaining: string): Record<string, string> {
    return { 'x-ratelimit-limit-requests': '600', 'x-ratelimit-remaining-requests': remaining };
  }
  function anthropic(reset: string): Record<string, string> {
    return {
      'anthropic-ratelimit-requests-limit': '600',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': reset,
    };
  }

  test.each(families)(
    '7.5 5.5 that nothing is left keeps requests away until its reset (%s)',
    async (_, headers) => {
      let told = 0;
      const [gateway, server] = await limited({}, {}, (turn) => {
        if (server.turns.length > 1) return turn.healthy();
        told = performance.now();
        turn.whole(200, '{"choices":[{"message":{"content":"x"}}]}', headers());
      });
      expect((await askFor(gateway)).status).toBe(200);
      const refused = await askFor(gateway);
      expect([refused.status, server.turns.length]).toEqual([429, 1]);
      expect(refused.header('retry-after')).toMatch(/^[12]$/);
      await pause(Number(refused.header('retry-after-ms')) + 5);
      expect((await askFor(gateway)).status).toBe(200);
      expect(performance.now() - told).toBeGreaterThanOrEqual(1_440);
      expect((await askFor(gateway, { model: 'another' })).status).toBe(200);
    },
  );

  test('7.5 another key goes on meanwhile', async () => {
    const [gateway, server] = await limited(
      { secrets: [A, B] },
      {},
      forKeys({
        [A]: (turn) =>
          turn.whole(200, '{"choices":[{"message":{"content":"x"}}]}', {
            ...openai('0'),
            'x-ratelimit-reset-requests': '30s',
          }),
      }),
    );
    expect(served(await askTimes(gateway, 5))).toBe(5);
    expect(secretsOf(server)).toEqual([A, B, B, B, B]);
  });
});
