// A client that stops reading slows its own upstream down and costs next to nothing; nothing is lost when it reads on.

import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { begin, until } from '../kit/client.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, dataOf, wires } from '../kit/wire.ts';

/** What was read and passed on lies about until it is collected. */
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function heldBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

const PIECE = 'x'.repeat(16_000);
const COUNT = 4_000;
const MIB = 1024 * 1024;

describe('a client that stops reading', () => {
  it('holds its upstream back, in bounded memory, and gets everything once when it reads on', async () => {
    const wire = wires['openai-chat'];
    let sent = 0;
    let lastMs = performance.now();
    const upstream = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const push = (): void => {
        while (sent < COUNT) {
          lastMs = performance.now();
          const open = turn.piece(
            `data: {"choices":[{"index":0,"delta":{"content":"${sent++}:${PIECE}"}}]}\n\n`,
          );
          if (!open) return void turn.socket.once('drain', push);
        }
        for (const event of wire.events('m', 'end').slice(-3)) turn.piece(event);
        turn.end();
      };
      push();
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const before = heldBytes();

    const call = begin(gateway.port, wire.request('m', true, 'Hello'));
    const head = await call.head;
    head.pause();
    // Everything stands still once the buffers of the operating system are full.
    await until(() => sent > 10 && performance.now() - lastMs > 400);
    const heldAt = sent;
    expect(heldAt).toBeLessThan(COUNT);
    // Buffers are freed some time after they were collected; what is really held stays.
    await until(() => heldBytes() - before < 2 * MIB);
    expect(gateway.closed.length).toBe(0);

    head.resume();
    const answer = await call.done;
    const numbers = dataOf(answer.text()).flatMap((data) => {
      const content = at(data, 'choices', 0, 'delta', 'content');
      return typeof content === 'string' && content.includes(':') ? [Number(content.split(':')[0])] : [];
    });
    expect(numbers).toEqual(Array.from({ length: COUNT }, (_, index) => index));
    expect(wire.understand(answer.text(), true).complete).toBe(true);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect([row.status, row.errorCode]).toEqual([200, undefined]);
  });

  it('is not blamed on the upstream, however long it lasts', async () => {
    let sent = 0;
    let lastMs = performance.now();
    const upstream = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const push = (): void => {
        for (; sent < 1_500; ) {
          lastMs = performance.now();
          sent++;
          if (!turn.piece(`data: {"choices":[{"index":0,"delta":{"content":"${PIECE}"}}]}\n\n`))
            return void turn.socket.once('drain', push);
        }
        for (const event of wires['openai-chat'].events('m', 'end').slice(-3)) turn.piece(event);
        turn.end();
      };
      push();
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, timeouts: { idleMs: 300 } }],
      server: { heartbeatMs: 100 },
    });
    const call = begin(gateway.port, wires['openai-chat'].request('m', true, 'Hello'));
    const head = await call.head;
    head.pause();
    await until(() => sent > 10 && performance.now() - lastMs > 900);
    head.resume();
    const answer = await call.done;
    expect(wires['openai-chat'].understand(answer.text(), true).complete).toBe(true);
    expect(gateway.closed[0]?.errorCode).toBeUndefined();
  });

  it('and then leaves frees its upstream', async () => {
    const upstream = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const push = (): void => {
        while (turn.piece(`data: {"choices":[{"index":0,"delta":{"content":"${PIECE}"}}]}\n\n`));
        turn.socket.once('drain', push);
      };
      push();
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const { path, body } = wires['openai-chat'].request('m', true, 'Hello');
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    socket.once('data', () => socket.pause());
    await until(() => socket.isPaused());
    socket.resetAndDestroy();
    await until(() => upstream.turns[0]?.closedMs !== undefined && gateway.closed.length === 1);
    expect(gateway.closed[0]?.status).toBe(499);
  });
});
