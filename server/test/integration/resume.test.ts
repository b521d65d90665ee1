// Streams that break off after output, gone on with by another candidate (`streamFailure: "resume"`), over real sockets.

import { describe, expect, it } from 'vitest';
import { CONTINUATION_PROMPT } from '../../src/core/conversion/resume/continued-request.ts';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { afterReading } from '../kit/after-reading.ts';
import { ask } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import type { Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const FIRST = 'The quick brown fox jumps ';
const REST = 'over the lazy dog, and then it sleeps.';

/** Sends two thirds of a text, and then does what is worst. */
function breaksOff(how: 'reset' | 'end' | 'error' | 'stall'): Behaviour {
  return (turn) => {
    const wire = wires[turn.dialect];
    const events = wire.events(turn.model, `${FIRST}${'?'.repeat(FIRST.length / 2)}`);
    turn.head(200, { 'Content-Type': 'text/event-stream' });
    turn.piece(events.slice(0, wire.prelude + 2).join(''));
    if (how === 'reset') afterReading(20, () => turn.socket.resetAndDestroy());
    if (how === 'end') turn.end();
    if (how === 'error') {
      turn.piece(wire.errorEvent('Overloaded'));
      turn.end();
    }
  };
}

const goesOn: Behaviour = (turn) => {
  turn.head(200, { 'Content-Type': 'text/event-stream' });
  turn.piece(wires[turn.dialect].events(turn.model, REST).join(''));
  turn.end();
};

interface Pair {
  readonly gateway: Gateway;
  readonly second: Awaited<ReturnType<typeof provider>>;
}

async function pair(first: Behaviour, second: Behaviour, from: DialectId, to: DialectId): Promise<Pair> {
  const [one, two] = [await provider(first), await provider(second)];
  const gateway = await gatewayWith({
    route: { streamFailure: 'resume' },
    upstreams: [
      { id: 'first', origin: one.origin, priority: 2, dialects: [from], timeouts: { idleMs: 400 } },
      { id: 'second', origin: two.origin, priority: 1, dialects: [to] },
    ],
  });
  return { gateway, second: two };
}

const WAYS = DIALECT_IDS.flatMap((client) =>
  DIALECT_IDS.flatMap((from) => DIALECT_IDS.map((to) => [client, from, to] as const)),
);

describe('a stream that breaks off in its text is gone on with', () => {
  it.each(WAYS)('for a client of %s, begun in %s, ended in %s', async (client, from, to) => {
    const { gateway, second } = await pair(breaksOff('reset'), goesOn, from, to);
    const answer = await ask(gateway.port, wires[client].request('m', true, 'Tell me.'));
    const seen = wires[client].understand(answer.text(), true);
    expect(seen).toEqual({ text: FIRST + REST, complete: true, error: undefined });
    const asked = second.turns[0]?.request.body.toString() ?? '';
    expect(asked).toContain(FIRST.trimEnd());
    expect(asked).toContain(CONTINUATION_PROMPT);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row).toMatchObject({ status: 200, errorCode: undefined, attempts: 2, upstreamId: 'second' });
    expect(row.tries?.map(({ cause, end, upstreamId }) => [cause, end, upstreamId])).toEqual([
      ['first', 'cut', 'first'],
      ['resume', 'answered', 'second'],
    ]);
  });

  it.each(['end', 'error', 'stall'] as const)('also when it ends by: %s', async (how) => {
    for (const client of DIALECT_IDS) {
      const { gateway } = await pair(breaksOff(how), goesOn, client, client);
      const answer = await ask(gateway.port, wires[client].request('m', true, 'Tell me.'));
      const seen = wires[client].understand(answer.text(), true);
      expect([client, seen]).toEqual([client, { text: FIRST + REST, complete: true, error: undefined }]);
    }
  });
});

describe('a stream that nobody can go on with', () => {
  it.each(DIALECT_IDS)('ends with an error of its format (%s)', async (client) => {
    const { gateway } = await pair(
      breaksOff('reset'),
      (turn) => turn.whole(500, wires[turn.dialect].error(500, 'Not me.')),
      client,
      client,
    );
    const answer = await ask(gateway.port, wires[client].request('m', true, 'Tell me.'));
    const seen = wires[client].understand(answer.text(), true);
    expect(seen.complete).toBe(false);
    expect(seen.text).toBe(FIRST);
    expect(seen.error).toMatch(/closed the connection|broke/i);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row.errorCode).toBe('upstream_closed');
    // The second candidate is asked once more: nobody else is left.
    expect(row.tries?.map(({ end }) => end)).toEqual(['cut', 'failed', 'failed']);
  });

  it.each(DIALECT_IDS)('is not gone on with unless the route says so (%s)', async (client) => {
    const { gateway, second } = await pair(breaksOff('reset'), goesOn, client, client);
    const [route] = gateway.settings.routes;
    if (route === undefined) throw new Error('There is no route.');
    gateway.settings = { ...gateway.settings, routes: [{ ...route, streamFailure: 'error' }] };
    const answer = await ask(gateway.port, wires[client].request('m', true, 'Tell me.'));
    expect(wires[client].understand(answer.text(), true).complete).toBe(false);
    expect(second.turns).toHaveLength(0);
  });
});

describe('one that breaks off twice', () => {
  it.each(DIALECT_IDS)('is gone on with twice (%s)', async (client) => {
    const [one, two, three] = [
      await provider(breaksOff('reset')),
      await provider((turn) => {
        const wire = wires[turn.dialect];
        turn.head(200, { 'Content-Type': 'text/event-stream' });
        turn.piece(
          wire
            .events(turn.model, 'over the lazy dog, ???????????')
            .slice(0, wire.prelude + 2)
            .join(''),
        );
        afterReading(20, () => turn.socket.resetAndDestroy());
      }),
      await provider((turn) => {
        turn.head(200, { 'Content-Type': 'text/event-stream' });
        turn.piece(wires[turn.dialect].events(turn.model, 'and then it sleeps.').join(''));
        turn.end();
      }),
    ];
    const gateway = await gatewayWith({
      route: { streamFailure: 'resume' },
      upstreams: [one, two, three].map(({ origin }, index) => ({
        id: `u${index}`,
        origin,
        priority: 9 - index,
        dialects: [client],
      })),
    });
    const answer = await ask(gateway.port, wires[client].request('m', true, 'Tell me.'));
    const seen = wires[client].understand(answer.text(), true);
    expect(seen.complete).toBe(true);
    expect(seen.text.startsWith(`${FIRST}over the lazy dog,`)).toBe(true);
    expect(seen.text.endsWith('and then it sleeps.')).toBe(true);
  });
});
