// The ids that providers and clients give a request, in the row of the exchange and of each attempt (feature 10.10).

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { askFor, refuseWith } from '../kit/asking.ts';
import { ask } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

/** Where providers of a format tell their id. */
const HEADERS: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'x-request-id',
  'openai-responses': 'X-Request-Id',
  'anthropic-messages': 'Request-Id',
  gemini: 'x-goog-request-id',
};
const FORMATS = DIALECT_IDS.flatMap((dialect) =>
  [false, true].map((stream): [DialectId, boolean] => [dialect, stream]),
);
const SSE = { 'Content-Type': 'text/event-stream' };

/** A healthy answer under an id. */
const servesAs =
  (id: string): Behaviour =>
  (turn) => {
    const { dialect, model, text } = turn;
    const headers = { [HEADERS[dialect]]: id };
    if (!turn.stream) return turn.whole(200, wires[dialect].json(model, text), headers);
    turn.head(200, { ...SSE, ...headers });
    for (const event of wires[dialect].events(model, text)) turn.piece(event);
    turn.end();
  };

const failsAs =
  (id: string): Behaviour =>
  (turn) =>
    refuseWith(turn, 503, 'broken', { [HEADERS[turn.dialect]]: id });

/** Begins a stream under an id; then nothing, or the connection breaks. `events`: beyond those before the first output. */
const beginsAs =
  (id: string, events: number, breaks: boolean): Behaviour =>
  ({ dialect, model, text, socket, head, piece }) => {
    head(200, { ...SSE, [HEADERS[dialect]]: id });
    const { prelude } = wires[dialect];
    for (const event of wires[dialect].events(model, text).slice(0, prelude + events)) piece(event);
    if (breaks) socket.end();
  };

async function asking(behaviours: readonly Behaviour[], setup: Partial<GatewaySetup> = {}): Promise<Gateway> {
  const upstreams = await Promise.all(behaviours.map((behaviour) => provider(behaviour)));
  return gatewayWith({
    ...setup,
    route: { order: 'fill_first', ...setup.route },
    upstreams: upstreams.map(({ origin }, at) => ({ id: `up${at + 1}`, origin })),
  });
}

describe.each(FORMATS)("the provider's id, %s, stream: %s", (dialect, stream) => {
  test("10.10 is kept with the exchange, beside the client's own", async () => {
    const gateway = await asking([servesAs('req_theirs')]);
    const answer = await askFor(gateway, { dialect, stream, headers: ['x-request-id', 'mine-1'] });
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect([row.status, row.upstreamRequestId, row.tries]).toEqual([200, 'req_theirs', undefined]);
    expect(gateway.opened[0]?.clientRequestId).toBe('mine-1');
  });

  test('10.10 is kept of an attempt that failed, and of the one that served', async () => {
    const gateway = await asking([failsAs('req_failed'), servesAs('req_served')]);
    const answer = await askFor(gateway, { dialect, stream });
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row.upstreamRequestId).toBe('req_served');
    expect(row.tries?.map(({ end, upstreamRequestId }) => [end, upstreamRequestId])).toEqual([
      ['failed', 'req_failed'],
      ['answered', 'req_served'],
    ]);
  });

  test('10.10 is kept where nobody served', async () => {
    const gateway = await asking([failsAs('req_failed')]);
    const answer = await askFor(gateway, { dialect, stream });
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect([row.status, row.upstreamRequestId]).toEqual([503, 'req_failed']);
  });
});

describe.each(DIALECT_IDS)("the provider's id of a stream, %s", (dialect) => {
  test('10.10 is kept of both where one was hedged', async () => {
    const dispatch = { type: 'hedged', delayMs: 30, maxParallel: 2, budget: 1 } as const;
    const gateway = await asking([beginsAs('req_slow', 0, false), servesAs('req_fast')], {
      route: { dispatch },
    });
    const answer = await askFor(gateway, { dialect, stream: true });
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row.upstreamRequestId).toBe('req_fast');
    const tries = (row.tries ?? []).toSorted((one, other) => one.ordinal - other.ordinal);
    expect(tries.map(({ end, upstreamRequestId }) => [end, upstreamRequestId])).toEqual([
      ['lost', 'req_slow'],
      ['answered', 'req_fast'],
    ]);
  });

  test('10.10 is kept of one that broke off', async () => {
    const gateway = await asking([beginsAs('req_cut', 1, true)]);
    const answer = await askFor(gateway, { dialect, stream: true });
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row.errorCode).toBeDefined();
    expect(row.upstreamRequestId).toBe('req_cut');
  });
});

test('10.10 a conversion changes nothing about it', async () => {
  const upstream = await provider(servesAs('req_converted'));
  const gateway = await gatewayWith({
    upstreams: [{ origin: upstream.origin, dialects: ['anthropic-messages'] }],
  });
  const answer = await askFor(gateway, { dialect: 'openai-chat' });
  const row = await gateway.row(answer.header('x-sluice-request-id'));
  expect([row.dialectOut, row.upstreamRequestId]).toEqual(['anthropic-messages', 'req_converted']);
});

test('10.10 an id that repeats the key is not kept, and the log tells the others', async () => {
  const gateway = await asking([servesAs('for-sk-upstream-secret-0001')]);
  const answer = await askFor(gateway);
  const row = await gateway.row(answer.header('x-sluice-request-id'));
  expect([row.status, row.upstreamRequestId]).toEqual([200, undefined]);
  expect(JSON.stringify([gateway.opened, gateway.closed, gateway.logged])).not.toContain('sk-upstream');
});

test('10.10 a native resource has one, and not that of an account which was asked before', async () => {
  const gateway = await asking([
    failsAs('req_first'),
    (turn) => turn.whole(200, '{"data":[]}', { 'x-request-id': 'req_files' }),
  ]);
  const answer = await ask(gateway.port, { path: '/v1/files' });
  const row = await gateway.row(answer.header('x-sluice-request-id'));
  expect([row.attempts, row.upstreamId, row.upstreamRequestId]).toEqual([2, 'up2', 'req_files']);

  const silent = await asking([failsAs('req_first'), ({ socket }) => void socket.destroy()]);
  const failed = await ask(silent.port, { path: '/v1/files' });
  const other = await silent.row(failed.header('x-sluice-request-id'));
  expect([other.attempts, other.upstreamId, other.upstreamRequestId]).toEqual([2, 'up2', undefined]);
});
