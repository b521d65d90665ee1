// A client that leaves an upstream of another format frees it at once, in every phase; one that stops reading slows it
// down; and one upstream that sends without end costs no more than the limits say.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, begin, until } from '../kit/client.ts';
import type { Behaviour, Turn } from '../kit/fault-upstream.ts';
import { promptly } from '../kit/promptly.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, dataOf, wires } from '../kit/wire.ts';

/** What was read and passed on lies about until it is collected. */
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
const MIB = 1024 * 1024;
const SSE = { 'Content-Type': 'text/event-stream' };

function heldBytes(): number {
  collect();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** Each format asks another one, and is asked by another one. */
const ring = (step: number): [DialectId, DialectId][] =>
  DIALECT_IDS.map((from, index) => [from, DIALECT_IDS[(index + step) % DIALECT_IDS.length] ?? from]);

const begun: Behaviour = (turn) => {
  const wire = wires[turn.dialect];
  turn.head(200, SSE);
  for (const event of wire.events('m', turn.text).slice(0, wire.prelude + 1)) turn.piece(event);
};

const phases = [
  { phase: 'while streaming', stream: true, streaming: 'any', script: begun },
  { phase: 'while waiting for headers', stream: true, streaming: 'any', script: () => {} },
  { phase: 'while waiting for a JSON answer', stream: false, streaming: 'any', script: () => {} },
  { phase: 'while a stream is put together', stream: false, streaming: 'always', script: begun },
  { phase: 'while a JSON answer is to become a stream', stream: true, streaming: 'never', script: () => {} },
] as const satisfies readonly { phase: string; stream: boolean; streaming: string; script: Behaviour }[];

describe.each(phases)('$phase', ({ phase, stream, streaming, script }) => {
  it.each(['reset', 'close'] as const)('a %s frees the upstream within 100 ms', async (how) => {
    const leave = async ([from, to]: readonly [DialectId, DialectId]): Promise<number> => {
      const upstream = await provider(script);
      const secrets = ['sk-aaaaaaaa', 'sk-bbbbbbbb'];
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, dialects: [to], secrets, streaming }],
      });
      const call = begin(gateway.port, wires[from].request('m', stream, 'Hello'));
      await until(() => upstream.turns.length === 1);
      if (phase === 'while streaming') await until(() => call.soFar() !== '');
      const leftMs = performance.now();
      call.leave(how);
      await until(() => upstream.turns[0]?.closedMs !== undefined && gateway.closed.length === 1);
      const freedMs = (upstream.turns[0]?.closedMs ?? 0) - leftMs;
      const [row] = gateway.closed;
      expect([row?.status, row?.errorCode, row?.aborted, row?.attempts]).toEqual([
        499,
        'client_closed',
        true,
        1,
      ]);
      expect(upstream.turns.length).toBe(1);
      return freedMs;
    };
    for (const pair of ring(how === 'reset' ? 1 : 2)) await promptly(100, () => leave(pair));
  });
});

const PIECE = 'x'.repeat(16_000);

/** One event of a stream that adds a text, written as the format has it. */
function outputEvent(to: DialectId, text: string): string {
  const wire = wires[to];
  return (wire.events('m', 'abc')[wire.prelude] ?? '').replace('"a"', () => JSON.stringify(text));
}

/** Sends `count` numbered pieces as fast as they are taken, and the end of an answer. */
function flood(turn: Turn, count: number, sent: (number: number) => void): void {
  const wire = wires[turn.dialect];
  const events = wire.events('m', 'abc');
  turn.head(200, SSE);
  for (const event of events.slice(0, wire.prelude)) turn.piece(event);
  let number = 0;
  const push = (): void => {
    while (number < count) {
      const open = turn.piece(outputEvent(turn.dialect, `${number++}:${PIECE};`));
      sent(number);
      if (!open) return void turn.socket.once('drain', push);
    }
    for (const event of events.slice(wire.prelude + 2)) turn.piece(event);
    turn.end();
  };
  push();
}

describe('a client that stops reading', () => {
  it.each(ring(1))(
    'holds its upstream back, in bounded memory, and gets everything once (%s of %s)',
    async (from, to) => {
      const count = 3_000;
      let sent = 0;
      let lastMs = performance.now();
      const upstream = await provider((turn) =>
        flood(turn, count, (number) => {
          sent = number;
          lastMs = performance.now();
        }),
      );
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, dialects: [to], timeouts: { idleMs: 300 } }],
        server: { heartbeatMs: 100 },
      });
      const before = heldBytes();
      const call = begin(gateway.port, wires[from].request('m', true, 'Hello'));
      const head = await call.head;
      head.pause();
      await until(() => sent > 10 && performance.now() - lastMs > 600);
      expect(sent).toBeLessThan(count);
      // The decoder keeps the text of the block that is open; everything else is on its way or freed.
      const said = sent * PIECE.length;
      await until(() => heldBytes() - before < said * 2 + 4 * MIB);
      expect(gateway.closed.length).toBe(0);
      head.resume();
      const answer = await call.done;
      const numbers = [...wires[from].understand(answer.text(), true).text.matchAll(/(\d+):x+;/g)].map(
        ([, digits]) => Number(digits),
      );
      expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index));
      expect((await gateway.row(answer.header('x-sluice-request-id'))).errorCode).toBeUndefined();
    },
    60_000,
  );
});

describe('an upstream that sends without end', () => {
  const rest = (turn: Turn, bytes: string): void => {
    const piece = Buffer.alloc(256 * 1024, bytes);
    const push = (): void => {
      while (!turn.socket.destroyed && turn.piece(piece));
      if (!turn.socket.destroyed) turn.socket.once('drain', push);
    };
    push();
  };
  const endless: Readonly<Record<string, { readonly stream: boolean; readonly script: Behaviour }>> = {
    'one event': {
      stream: true,
      script: (turn) => {
        begun(turn);
        turn.piece('data: {"x":"');
        rest(turn, 'a');
      },
    },
    'white space': {
      stream: true,
      script: (turn) => {
        turn.head(200, SSE);
        rest(turn, '\n');
      },
    },
    'a JSON answer': {
      stream: false,
      script: (turn) => {
        turn.head(200, { 'Content-Type': 'application/json' });
        turn.piece('{"x":"');
        rest(turn, 'a');
      },
    },
    'a JSON answer for a stream': {
      stream: true,
      script: (turn) => {
        turn.head(200, { 'Content-Type': 'application/json' });
        turn.piece('{"x":"');
        rest(turn, 'a');
      },
    },
    'a gzipped JSON answer': {
      stream: false,
      script: (turn) =>
        turn.whole(200, gzipSync(Buffer.alloc(300 * MIB, ' ')), { 'Content-Encoding': 'gzip' }),
    },
  };

  it.each(Object.keys(endless))(
    '7.10 %s is cut off at the limit',
    async (name) => {
      const { stream = false, script = () => {} } = endless[name] ?? {};
      const index = Object.keys(endless).indexOf(name);
      for (const [from, to] of ring(1 + (index % 3)).slice(0, 2)) {
        const upstream = await provider(script);
        const gateway = await gatewayWith({
          upstreams: [
            { origin: upstream.origin, dialects: [to], timeouts: { idleMs: 500, firstOutputMs: 700 } },
          ],
        });
        const answer = await ask(gateway.port, wires[from].request('m', stream, 'Hello'));
        const seen = wires[from].understand(answer.text(), stream && answer.status < 400);
        expect([answer.end, seen.complete, typeof seen.error]).toEqual(['clean', false, 'string']);
        const row = await gateway.row(answer.header('x-sluice-request-id'));
        expect(row.errorCode).toMatch(/^upstream_(too_large|timeout|answer)$/);
        await until(() => upstream.turns[0]?.closedMs !== undefined);
      }
    },
    20_000,
  );

  it('one event of a stream that is put together is cut off as well, and so is the whole', async () => {
    for (const script of [endless['one event']?.script, undefined]) {
      const upstream = await provider(script ?? ((turn) => flood(turn, 1_000_000, () => {})));
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, dialects: ['openai-chat'], streaming: 'always' }],
      });
      const answer = await ask(gateway.port, wires['anthropic-messages'].request('m', false, 'Hello'));
      expect([answer.status, gateway.closed[0]?.errorCode]).toEqual([502, 'upstream_too_large']);
      expect(at(dataOf(`data: ${answer.text()}\n\n`)[0], 'type')).toBe('error');
      await until(() => upstream.turns[0]?.closedMs !== undefined);
    }
  }, 60_000);
});
