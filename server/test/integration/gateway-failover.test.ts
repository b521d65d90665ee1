// With a second candidate, what goes wrong before the first output is not the client's concern; after it, nothing is
// tried twice.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, type Received } from '../kit/client.ts';
import { ANSWER, type FaultUpstream, type Turn } from '../kit/fault-upstream.ts';
import { faults } from '../kit/faults.ts';
import type { Gateway, UpstreamSetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

/** Short, and longer than a busy machine may keep a healthy answer waiting. */
const SHORT = { headersMs: 800, answerMs: 800, firstOutputMs: 800, idleMs: 800 };

/** Two upstreams of which the first is preferred. */
async function pair(first: Partial<UpstreamSetup> = {}): Promise<[Gateway, FaultUpstream, FaultUpstream]> {
  const bad = await provider();
  const good = await provider((turn) => turn.healthy());
  const gateway = await gatewayWith({
    upstreams: [
      {
        id: 'bad',
        origin: bad.origin,
        priority: 1,
        timeouts: SHORT,
        secrets: ['sk-bad-000000001'],
        ...first,
      },
      { id: 'good', origin: good.origin, secrets: ['sk-good-00000001'] },
    ],
  });
  return [gateway, bad, good];
}

function expectWhole(answer: Received, dialect: DialectId, stream: boolean, name: string): void {
  const seen = wires[dialect].understand(answer.text(), stream);
  expect
    .soft([answer.status, answer.end, seen.text, seen.complete], name)
    .toEqual([200, 'clean', ANSWER, true]);
}

const secretOf = (turn: Turn): string => turn.request.header('authorization')?.replace('Bearer ', '') ?? '';

describe('before the first output', () => {
  const recoverable = Object.keys(faults).filter((name) => faults[name]?.recoverable);

  it.each(DIALECT_IDS)('a second candidate answers in place of every fault (%s)', async (dialect) => {
    for (const stream of [false, true]) {
      const names = recoverable.filter((name) => faults[name]?.to !== (stream ? 'json' : 'stream'));
      await Promise.all(
        names.map(async (name) => {
          const [gateway, bad] = await pair();
          bad.script = faults[name]?.behave ?? ((turn) => turn.healthy());
          const answer = await ask(gateway.port, wires[dialect].request('m', stream, 'Hello'));
          expectWhole(answer, dialect, stream, name);
          const row = await gateway.row(answer.header('x-sluice-request-id'));
          expect
            .soft([row.attempts, row.status, row.upstreamId, row.errorCode], name)
            .toEqual([2, 200, 'good', undefined]);
          expect.soft(gateway.closed.length, name).toBe(1);
          expect.soft(answer.header('x-sluice-attempts'), name).toBe('2');
        }),
      );
    }
  });

  it('a refused connection is passed over', async () => {
    const gone = await provider();
    await gone.close();
    const [gateway] = await pair({ origin: gone.origin });
    const answer = await ask(gateway.port, wires['openai-chat'].request('m', true, 'Hello'));
    expectWhole(answer, 'openai-chat', true, 'refused');
  });

  it.each(['status-400', 'status-413', 'status-422'])(
    '%s is the request’s own fault and final',
    async (name) => {
      const [gateway, bad, good] = await pair();
      bad.script = faults[name]?.behave ?? ((turn) => turn.healthy());
      const answer = await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
      expect(answer.status).toBe(Number(name.slice(-3)));
      expect(good.turns.length).toBe(0);
      expect((await gateway.row(answer.header('x-sluice-request-id'))).attempts).toBe(1);
    },
  );

  it('no more attempts are made than configured', async () => {
    const upstream = await provider(faults['status-500']?.behave);
    const secrets = ['sk-aaaaaaaa', 'sk-bbbbbbbb', 'sk-cccccccc', 'sk-dddddddd'];
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets }], maxAttempts: 2 });
    const answer = await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    expect(answer.status).toBe(500);
    expect(upstream.turns.length).toBe(2);
  });

  it('what the request did wrong is told rather than that a key was bad', async () => {
    const upstream = await provider((turn) => {
      const isFirst = secretOf(turn) === 'sk-aaaaaaaa';
      (isFirst ? faults['status-404'] : faults['status-401'])?.behave(turn);
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: ['sk-aaaaaaaa', 'sk-bbbbbbbb'] }],
    });
    const answer = await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    expect(answer.status).toBe(404);
    expect(upstream.turns.length).toBe(2);
  });
});

describe('after the first output', () => {
  it.each(DIALECT_IDS)('nothing is tried again (%s)', async (dialect) => {
    for (const name of ['reset-mid', 'close-mid', 'stall-mid']) {
      const [gateway, bad, good] = await pair();
      bad.script = faults[name]?.behave ?? ((turn) => turn.healthy());
      const answer = await ask(gateway.port, wires[dialect].request('m', true, 'Hello'));
      const seen = wires[dialect].understand(answer.text(), true);
      expect([answer.status, answer.end, seen.complete, seen.error !== undefined]).toEqual([
        200,
        'clean',
        false,
        true,
      ]);
      expect(good.turns.length).toBe(0);
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect([row.attempts, row.status]).toEqual([1, 200]);
      expect(row.errorCode).toBe(name === 'stall-mid' ? 'upstream_timeout' : 'upstream_closed');
    }
  });
});

describe('the order of candidates', () => {
  it('takes turns inside a priority', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const secrets = ['sk-aaaaaaaa', 'sk-bbbbbbbb', 'sk-cccccccc'];
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets }] });
    for (let i = 0; i < 6; i++) await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    expect(upstream.turns.map(secretOf)).toEqual([...secrets, ...secrets]);
  });

  it('prefers the higher priority as long as it answers', async () => {
    const [gateway, bad, good] = await pair();
    for (let i = 0; i < 4; i++) await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    expect([bad.turns.length, good.turns.length]).toEqual([4, 0]);
  });

  it('leaves a key alone that named its time, also when the other one fails', async () => {
    const upstream = await provider((turn) => {
      if (secretOf(turn) === 'sk-tired-0001')
        turn.whole(429, '{"error":{"message":"slow down"}}', { 'Retry-After': '60' });
      else turn.healthy();
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: ['sk-tired-0001', 'sk-awake-0001'] }],
    });
    for (let i = 0; i < 5; i++) {
      const answer = await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
      expect(answer.status).toBe(200);
    }
    expect(upstream.turns.map(secretOf).filter((secret) => secret === 'sk-tired-0001').length).toBe(1);
    upstream.script = faults['status-500']?.behave ?? ((turn) => turn.healthy());
    await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    expect(upstream.turns.slice(-2).map(secretOf)).toEqual(['sk-awake-0001', 'sk-awake-0001']);
  });
});
