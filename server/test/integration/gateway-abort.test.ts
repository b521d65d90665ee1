// A client that leaves frees its upstream at once, in every phase, and nothing is tried again for it.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { begin, until } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import { promptly } from '../kit/promptly.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const phases: readonly { readonly phase: string; readonly stream: boolean; readonly script: Behaviour }[] = [
  {
    phase: 'while streaming',
    stream: true,
    script: (turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const wire = wires[turn.dialect];
      for (const event of wire.events('m', turn.text).slice(0, wire.prelude + 1)) turn.piece(event);
    },
  },
  { phase: 'while waiting for headers', stream: true, script: () => {} },
  { phase: 'while waiting for a JSON answer', stream: false, script: () => {} },
];

describe.each(phases)('$phase', ({ stream, script }) => {
  it.each(['reset', 'close'] as const)(
    '6.13 18.17 18.23 a %s frees the upstream within 100 ms',
    async (how) => {
      const upstream = await provider(script);
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, secrets: ['sk-aaaaaaaa', 'sk-bbbbbbbb'] }],
      });
      const leave = async (dialect: DialectId): Promise<number> => {
        upstream.turns.length = 0;
        gateway.closed.length = 0;
        const call = begin(gateway.port, wires[dialect].request('m', stream, 'Hello'));
        await until(() => upstream.turns.length === 1);
        if (stream && script.length > 0) await until(() => call.soFar() !== '');
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
        const started = stream && script.length > 0;
        if (started && dialect === 'anthropic-messages') expect(row?.usage?.input.uncached).toBe(11);
        return freedMs;
      };
      for (const dialect of DIALECT_IDS) await promptly(100, () => leave(dialect));
    },
  );
});

describe('while sending the body', () => {
  it('6.13 a client that leaves ends with one row and no attempt', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const { connect } = await import('node:net');
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"model":`,
    );
    await until(() => gateway.opened.length === 1);
    socket.resetAndDestroy();
    await until(() => gateway.closed.length === 1);
    const [row] = gateway.closed;
    expect([row?.status, row?.errorCode, row?.aborted, row?.attempts]).toEqual([
      499,
      'client_closed',
      true,
      0,
    ]);
    expect(upstream.turns.length).toBe(0);
  });
});
