// What is tried again, how often and where (features 6.3 to 6.7, 6.15; defects 18.20, 18.23, 18.27, 18.32; 19.6).

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { type Asking, askFor, askTimes, forKeys, refuseWith, secretsOf, understood } from '../kit/asking.ts';
import { ANSWER, type Behaviour, type FaultUpstream } from '../kit/fault-upstream.ts';
import { faults } from '../kit/faults.ts';
import { type Gateway, type GatewaySetup, NEVER_RESTS, type UpstreamSetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const A = 'sk-aaaaaaaaaaaa';
const B = 'sk-bbbbbbbbbbbb';
/** Short, and longer than a busy machine may keep a healthy answer waiting. */
const SHORT = { headersMs: 800, answerMs: 800, firstOutputMs: 800, idleMs: 800 };
const BACKOFF = { initialMs: 40, maxMs: 80 };

const fails =
  (status: number): Behaviour =>
  (turn) =>
    refuseWith(turn, status, 'broken');

async function pair(
  first: Behaviour,
  setup: Partial<GatewaySetup> = {},
  more: readonly Partial<UpstreamSetup>[] = [],
): Promise<[Gateway, FaultUpstream, FaultUpstream]> {
  const one = await provider(first);
  const two = await provider();
  const gateway = await gatewayWith({
    ...setup,
    upstreams: [
      { id: 'first', origin: one.origin, priority: 1, timeouts: SHORT, ...more[0] },
      { id: 'second', origin: two.origin, timeouts: SHORT, ...more[1] },
    ],
  });
  return [gateway, one, two];
}

describe('which failures are tried elsewhere', () => {
  test.each([
    [408, true],
    [409, true],
    [425, true],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [504, true],
    [529, true],
    [401, true],
    [403, true],
    [404, true],
    [402, true],
    [307, true],
    [400, false],
    [413, false],
    [422, false],
  ])('6.3 19.6 status %s: %s', async (status, tried) => {
    const [gateway, one, two] = await pair(fails(status));
    const answer = await askFor(gateway);
    expect(answer.status).toBe(tried ? 200 : status);
    expect([one.turns.length, two.turns.length]).toEqual([1, tried ? 1 : 0]);
  });

  test('6.3 401 and 403 are tried with another key of the same upstream', async () => {
    for (const status of [401, 403]) {
      const upstream = await provider(forKeys({ [A]: fails(status) }));
      const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [A, B] }] });
      expect((await askFor(gateway)).status).toBe(200);
      expect(secretsOf(upstream)).toEqual([A, B]);
    }
  });

  test('6.3 19.8 retry.on may add 400 and leave out 5xx', async () => {
    const on = ['400', '429'];
    const [adding, , other] = await pair(fails(400), { retry: { on } });
    expect((await askFor(adding)).status).toBe(200);
    expect(other.turns.length).toBe(1);
    expect(adding.standings('first', 'k1')).toEqual([]);
    const [without, , spared] = await pair(fails(500), { retry: { on } });
    expect((await askFor(without)).status).toBe(500);
    expect(spared.turns.length).toBe(0);
  });

  test('6.3 each word of retry.on stands for its own failures alone', async () => {
    const words: readonly (readonly [string, Behaviour])[] = [
      ['network', faults['reset-before-head']?.behave ?? fails(500)],
      ['empty', faults['empty-200']?.behave ?? fails(500)],
      ['auth', fails(401)],
      ['model', fails(404)],
    ];
    for (const [word, behave] of words) {
      for (const [other] of words) {
        const [gateway, , two] = await pair(behave, { retry: { on: [other] } });
        await askFor(gateway);
        expect.soft([word, other, two.turns.length]).toEqual([word, other, word === other ? 1 : 0]);
      }
    }
  });

  test.each(DIALECT_IDS)(
    '18.32 a request at fault is asked once, however many upstreams there are (%s)',
    async (dialect) => {
      for (const status of [400, 422]) {
        const [gateway, one, two] = await pair(fails(status), { retry: { sameUpstream: 2, maxAttempts: 9 } });
        for (const stream of [false, true])
          expect((await askFor(gateway, { dialect, stream })).status).toBe(status);
        expect([one.turns.length, two.turns.length]).toEqual([2, 0]);
      }
    },
  );
});

describe('how often, and when', () => {
  test('6.4 18.32 other candidates come first, then the same one again after a pause', async () => {
    const upstream = await provider(fails(500));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: [A, B] }],
      retry: { sameUpstream: 1, maxAttempts: 4, backoff: BACKOFF, budget: 1 },
    });
    expect((await askFor(gateway)).status).toBe(500);
    const [first, second, third, fourth] = secretsOf(upstream);
    expect(new Set([first, second])).toEqual(new Set([A, B]));
    expect(new Set([third, fourth])).toEqual(new Set([A, B]));
    const [row] = gateway.closed;
    expect(row?.tries?.map(({ cause }) => cause)).toEqual(['first', 'retry', 'again', 'again']);
  });

  test('6.4 maxAttempts bounds all of them together', async () => {
    for (const maxAttempts of [1, 2, 3]) {
      const upstream = await provider(fails(503));
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, secrets: [A, B] }],
        retry: { sameUpstream: 5, maxAttempts, backoff: BACKOFF, budget: 1 },
      });
      expect((await askFor(gateway)).header('x-sluice-attempts')).toBe(String(maxAttempts));
      expect(upstream.turns.length).toBe(maxAttempts);
    }
  });

  test('6.4 sameUpstream bounds the repeats of one candidate, and none may be asked for', async () => {
    for (const sameUpstream of [0, 1, 2]) {
      const upstream = await provider(fails(500));
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin }],
        retry: { sameUpstream, maxAttempts: 9, backoff: BACKOFF, budget: 1 },
      });
      await askFor(gateway);
      expect(upstream.turns.length).toBe(1 + sameUpstream);
    }
  });

  test('6.4 no attempt begins after the total time, and the client has its answer by then', async () => {
    const upstream = await provider((turn) => void setTimeout(() => fails(500)(turn), 150));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, timeouts: { totalMs: 400 } }],
      retry: { sameUpstream: 50, maxAttempts: 50, backoff: { initialMs: 1, maxMs: 1 }, budget: 1 },
    });
    const startedMs = performance.now();
    const answer = await askFor(gateway);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(upstream.turns.length).toBeLessThanOrEqual(3);
    for (const turn of gateway.closed[0]?.tries ?? [])
      expect(turn.startedAtMs - (gateway.opened[0]?.receivedAtMs ?? 0)).toBeLessThanOrEqual(401);
  });

  test('6.5 repeats wait, up to twice as long each time, and never longer than the most', async () => {
    const upstream = await provider((turn) =>
      upstream.turns.length < 5 ? fails(500)(turn) : turn.healthy(),
    );
    const backoff = { initialMs: 60, maxMs: 120 };
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      retry: { sameUpstream: 9, maxAttempts: 9, backoff, budget: 1 },
      health: { breaker: { failures: 0, openMs: 1 } },
    });
    const answer = await askFor(gateway);
    expect([answer.status, answer.header('x-sluice-attempts')]).toEqual([200, '5']);
    expect(answer.tookMs).toBeLessThan(60 + 3 * 120 + 1_500);
  });

  test('6.5 a provider that says when to come back is not asked again before', async () => {
    const upstream = await provider((turn) => refuseWith(turn, 503, 'later', { 'retry-after': '30' }));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      retry: { sameUpstream: 5, maxAttempts: 9, backoff: BACKOFF, budget: 1 },
    });
    const answer = await askFor(gateway);
    expect([answer.status, answer.header('retry-after'), upstream.turns.length]).toEqual([503, '30', 1]);
  });

  test('6.4 repeats of the same candidate are at most their share of requests', async () => {
    const upstream = await provider(fails(500));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      retry: { sameUpstream: 1, backoff: { initialMs: 1, maxMs: 1 }, budget: 0.1 },
      health: NEVER_RESTS,
    });
    await askTimes(gateway, 30);
    expect(upstream.turns.length).toBeGreaterThan(30);
    // A tenth of fifty, which is the least that is reckoned with, and one more for each ten that have come since.
    expect(upstream.turns.length).toBeLessThanOrEqual(30 + 5 + 3);
  });
});

describe('before any output', () => {
  const hidden = [
    'error-in-200',
    'error-first',
    'error-after-prelude',
    'empty-200',
    'empty-stream',
    'prelude-only',
    'stall-after-head',
    'stall-before-head',
    'html-200',
    'null-200',
    'json-for-stream',
  ];

  test.each(DIALECT_IDS)(
    '6.6 18.23 an error, an empty answer or a stalled start is tried elsewhere (%s)',
    async (dialect) => {
      for (const stream of [true, false]) {
        const names = hidden.filter((name) =>
          ['both', stream ? 'stream' : 'json'].includes(faults[name]?.to ?? ''),
        );
        await Promise.all(
          names.map(async (name) => {
            const [gateway] = await pair(faults[name]?.behave ?? fails(500));
            const asking: Asking = { dialect, stream };
            const answer = await askFor(gateway, asking);
            const seen = understood(answer, asking);
            expect
              .soft([name, answer.status, seen])
              .toEqual([name, 200, { text: ANSWER, complete: true, error: undefined }]);
            expect
              .soft(gateway.closed.map(({ attempts, upstreamId }) => [attempts, upstreamId]))
              .toEqual([[2, 'second']]);
          }),
        );
      }
    },
  );

  test.each(DIALECT_IDS)(
    '6.6 6.7 the same where it is converted, by a candidate of another format (%s)',
    async (dialect) => {
      const next = DIALECT_IDS[(DIALECT_IDS.indexOf(dialect) + 1) % 4] ?? dialect;
      const third = DIALECT_IDS[(DIALECT_IDS.indexOf(dialect) + 2) % 4] ?? dialect;
      for (const stream of [true, false]) {
        const names = hidden
          .filter((name) => ['both', stream ? 'stream' : 'json'].includes(faults[name]?.to ?? ''))
          // A document in place of a stream can be read there.
          .filter((name) => name !== 'json-for-stream');
        await Promise.all(
          names.map(async (name) => {
            const [gateway] = await pair(faults[name]?.behave ?? fails(500), {}, [
              { dialects: [next] },
              { dialects: [third] },
            ]);
            const asking: Asking = { dialect, stream };
            const answer = await askFor(gateway, asking);
            const seen = understood(answer, asking);
            expect
              .soft([name, answer.status, seen])
              .toEqual([name, 200, { text: ANSWER, complete: true, error: undefined }]);
            expect.soft(gateway.closed[0]?.attempts).toBe(2);
          }),
        );
      }
    },
  );

  test.each(DIALECT_IDS)(
    '6.7 a client of one format is served by the other three in turn (%s)',
    async (dialect) => {
      const others = DIALECT_IDS.filter((other) => other !== dialect);
      const upstreams = await Promise.all(
        others.map((_, index) => provider(index === 2 ? undefined : fails(500))),
      );
      const gateway = await gatewayWith({
        upstreams: upstreams.map(({ origin }, index) => ({
          id: `u${index}`,
          origin,
          dialects: [others[index] ?? dialect],
          priority: -index,
        })),
      });
      const answer = await askFor(gateway, { dialect, stream: true });
      expect(understood(answer, { dialect, stream: true }).text).toBe(ANSWER);
      expect(upstreams.map(({ turns }) => turns.map((turn) => turn.dialect))).toEqual(
        others.map((other) => [other]),
      );
    },
  );
});

describe('after output', () => {
  test.each(DIALECT_IDS)(
    '6.6 18.27 nothing is tried again, and the client is told once (%s)',
    async (dialect) => {
      for (const name of ['reset-mid', 'end-mid', 'torn-event', 'stall-mid']) {
        const [gateway, one, two] = await pair(faults[name]?.behave ?? fails(500), {
          retry: { sameUpstream: 3, maxAttempts: 9, backoff: BACKOFF, budget: 1 },
        });
        const answer = await askFor(gateway, { dialect, stream: true });
        const seen = understood(answer, { dialect, stream: true });
        expect.soft([name, seen.complete, seen.error !== undefined]).toEqual([name, false, true]);
        expect.soft([one.turns.length, two.turns.length]).toEqual([1, 0]);
        expect.soft(gateway.closed.length).toBe(1);
      }
    },
  );
});
