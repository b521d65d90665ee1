// An outside judge of discipline: the shared faulty provider says in every way there is that a key has used up its limit, and
// its journal shows that the key is left alone from then on; and that nothing else is asked more often than allowed.

import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, begin, until } from '../kit/client.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith } from '../kit/setting.ts';
import {
  type SharedFault,
  sharedFaults,
  sharedFaultTool,
  startSharedFaults,
} from '../kit/shared-fault-provider.ts';
import { wires } from '../kit/wire.ts';

/** How long each leaves the key alone, in milliseconds. */
const RESTS: Readonly<Record<string, readonly [leastMs: number, mostMs: number]>> = {
  '429': [15_000, 15_000],
  '429-retry-after': [7_000, 7_000],
  // A date has no fractions of a second.
  '429-retry-date': [5_000, 8_000],
  '429-retry-zero': [250, 250],
  '429-retry-huge': [3_600_000, 3_600_000],
  '429-retry-garbage': [15_000, 15_000],
  '429-openai': [1_500, 1_500],
  '429-anthropic': [9_000, 9_000],
  '429-gemini': [37_000, 37_000],
  '429-quota': [600_000, 600_000],
  '429-empty': [15_000, 15_000],
};

/** The two that only one vendor says. */
const SAID_BY: Readonly<Record<string, DialectId>> = {
  '429-anthropic': 'anthropic-messages',
  '429-gemini': 'gemini',
};

/** One call as the provider noted it. */
interface Call {
  readonly key: string;
  readonly model: string;
  readonly fault: string;
  readonly t: number;
}

describe.skipIf(sharedFaultTool === undefined)(
  'the shared faults and keys (skipped where the shared tools are absent)',
  () => {
    let child: ChildProcess | undefined;
    let port = 0;
    let kinds: SharedFault[] = [];

    beforeAll(async () => {
      kinds = sharedFaults(sharedFaultTool ?? '').filter(({ name }) => name.startsWith('429'));
      ({ child, port } = await startSharedFaults(sharedFaultTool ?? ''));
    });
    afterAll(() => child?.kill());

    const script = async (match: string, seq: readonly string[], then: string): Promise<void> => {
      await ask(port, { path: '/__ctl/script', body: JSON.stringify({ match, seq, then }) });
    };
    const callsOf = async (...secrets: readonly string[]): Promise<Call[]> => {
      const answer = await ask(port, { path: '/__ctl/requests' });
      return (JSON.parse(answer.text()) as Call[]).filter(({ key }) => secrets.includes(key));
    };
    const gatewayFor = (
      secrets: readonly string[],
      dialect: DialectId = 'openai-chat',
      more: Partial<GatewaySetup> = {},
    ): Promise<Gateway> =>
      gatewayWith({
        upstreams: [{ origin: `http://127.0.0.1:${port}`, secrets, dialects: [dialect] }],
        route: { order: 'fill_first' },
        ...more,
      });

    test('5.5 every kind of 429 is known here', () => {
      expect(kinds.map(({ name }) => name).sort()).toEqual(Object.keys(RESTS).sort());
    });

    test('5.5 no key is called while it cools, whatever kind of 429 it was (native and converted clients)', async () => {
      await Promise.all(
        kinds.flatMap(({ name }) => {
          const dialect = SAID_BY[name] ?? 'openai-chat';
          const others: DialectId = dialect === 'gemini' ? 'openai-chat' : 'gemini';
          return [dialect, others].map(async (from) => {
            const [bad, good] = [`sk-limited-${name}-${from}`, `sk-free-${name}-${from}`];
            await script(bad, [name], 'ok');
            const gateway = await gatewayFor([bad, good], dialect);
            const say = async (): Promise<number> =>
              (await ask(gateway.port, wires[from].request('m', false, 'Hello'))).status;
            expect.soft(await say(), name).toBe(200);
            const [standing] = gateway.standings('one', 'k1');
            const restMs = Math.round((standing?.untilMs ?? 0) - (standing?.sinceMs ?? 0));
            const [leastMs, mostMs] = RESTS[name] ?? [0, 0];
            expect.soft(restMs, `${name} from ${from}`).toBeGreaterThanOrEqual(leastMs);
            expect.soft(restMs, `${name} from ${from}`).toBeLessThanOrEqual(mostMs);
            for (let round = 0; round < 4; round++)
              expect.soft(await Promise.all([say(), say(), say()]), name).toEqual([200, 200, 200]);
            const calls = await callsOf(bad, good);
            const [limited] = calls.filter(({ key }) => key === bad);
            const early = calls.filter(
              ({ key, t }) => key === bad && t > (limited?.t ?? 0) && t < (limited?.t ?? 0) + restMs,
            );
            expect.soft(limited?.fault, name).toBe(name);
            expect.soft(early, name).toEqual([]);
            expect.soft(calls.filter(({ key }) => key === good).length, name).toBeGreaterThan(0);
          });
        }),
      );
    });

    test('5.5 insufficient_quota parks the key for every model, a plain 429 for its model alone', async () => {
      for (const [name, expected] of [
        ['429-quota', ['m1']],
        ['429', ['m1', 'm2']],
      ] as const) {
        const [bad, good] = [`sk-scope-${name}`, `sk-other-${name}`];
        await script(bad, [name], 'ok');
        const gateway = await gatewayFor([bad, good]);
        for (const model of ['m1', 'm2', 'm1', 'm2'])
          expect((await ask(gateway.port, wires['openai-chat'].request(model, false, 'Hello'))).status).toBe(
            200,
          );
        const calls = await callsOf(bad);
        expect([...new Set(calls.map(({ model }) => model))], name).toEqual(expected);
        expect(calls.filter(({ model }) => model === 'm1').length, name).toBe(1);
      }
    });

    test('6.9 with one key, a client is told 429 and when to come back, and the provider is not asked', async () => {
      await script('sk-alone', ['429-retry-after'], 'ok');
      const gateway = await gatewayFor(['sk-alone']);
      const request = wires['openai-chat'].request('m', true, 'Hello');
      const first = await ask(gateway.port, request);
      expect([first.status, first.header('retry-after')]).toEqual([429, '7']);
      for (let round = 0; round < 5; round++) {
        const again = await ask(gateway.port, request);
        expect(again.status).toBe(429);
        expect(Number(again.header('retry-after'))).toBeLessThanOrEqual(7);
        expect(Number(again.header('retry-after'))).toBeGreaterThanOrEqual(5);
      }
      expect(await callsOf('sk-alone')).toHaveLength(1);
    });

    test('6.3 what the request did wrong is not tried on other keys', async () => {
      for (const name of ['400', '413', '422']) {
        const secrets = [`sk-first-${name}`, `sk-second-${name}`];
        for (const secret of secrets) await script(secret, [], name);
        const gateway = await gatewayFor(secrets);
        const answer = await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
        expect(answer.status).toBe(Number(name));
        expect(await callsOf(...secrets), name).toHaveLength(1);
      }
    });

    test('6.4 no more attempts are made than configured', async () => {
      const secrets = [1, 2, 3, 4, 5].map((number) => `sk-down-${number}`);
      for (const secret of secrets) await script(secret, [], '503');
      const gateway = await gatewayFor(secrets, 'openai-chat', { maxAttempts: 3 });
      const answer = await ask(gateway.port, wires.gemini.request('m', true, 'Hello'));
      expect(answer.status).toBe(503);
      expect(await callsOf(...secrets)).toHaveLength(3);
    });

    test('6.13 nobody else is asked for a client that has left', async () => {
      const secrets = ['sk-slow-1', 'sk-slow-2'];
      for (const secret of secrets) await script(secret, [], 'stall-before-headers,ms=1000');
      const gateway = await gatewayFor(secrets);
      const call = begin(gateway.port, wires['anthropic-messages'].request('m', true, 'Hello'));
      let calls = 0;
      while (calls === 0) calls = (await callsOf(...secrets)).length;
      call.leave('reset');
      await call.done;
      await until(() => gateway.closed.length === 1);
      expect(gateway.closed.map(({ status, attempts }) => [status, attempts])).toEqual([[499, 1]]);
      expect(await callsOf(...secrets)).toHaveLength(1);
    });
  },
);
