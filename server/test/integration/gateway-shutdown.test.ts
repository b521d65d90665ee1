// A stopping gateway takes nothing new, lets what runs finish, and tells those it cannot wait for.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask, begin, until } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';
import { keep } from './http-kit.ts';

describe('stopping', () => {
  it('16.6 lets streams in flight finish while no new connection is taken', async () => {
    let finish = (): void => {};
    const upstream = await provider((turn) => {
      const events = wires[turn.dialect].events('m', ANSWER);
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      for (const event of events.slice(0, 3)) turn.piece(event);
      finish = () => {
        for (const event of events.slice(3)) turn.piece(event);
        turn.end();
      };
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    expect((await ask(gateway.port, { path: '/ready' })).status).toBe(200);
    const call = begin(gateway.port, wires['openai-chat'].request('m', true, 'Hello'));
    await until(() => call.soFar() !== '');
    const stopped = gateway.app.stop(5_000);
    const late = await ask(gateway.port, { path: '/ready' });
    expect([0, 503]).toContain(late.status);
    finish();
    const answer = await call.done;
    expect(wires['openai-chat'].understand(answer.text(), true)).toEqual({
      text: ANSWER,
      complete: true,
      error: undefined,
    });
    const beforeMs = performance.now();
    await stopped;
    expect(performance.now() - beforeMs).toBeLessThan(2_500);
    expect(gateway.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([[200, undefined]]);
  });

  it('P15 an exchange that begins on a connection which was to be kept may run to its end', async () => {
    const upstream = await provider((turn) => {
      // Longer than idle connections are kept and said goodbye to.
      setTimeout(() => turn.healthy(), 1_800);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const kept = await keep(gateway.port);
    const host = `Host: 127.0.0.1:${gateway.port}`;
    kept.send(`GET /ready HTTP/1.1\r\n${host}\r\n\r\n`);
    await until(() => kept.received().includes('HTTP/1.1 200'));
    const stopped = gateway.app.stop(60_000);
    const { path, body } = wires['openai-chat'].request('m', false, 'Hello');
    const lines = [`POST ${path} HTTP/1.1`, host, 'Content-Type: application/json'];
    kept.send([...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'));
    expect(await kept.ended).toBe('clean');
    expect(Buffer.from(kept.received(), 'latin1').toString()).toContain(ANSWER);
    expect(kept.received()).toMatch(/\r\nconnection: close\r\n/i);
    await stopped;
    expect(gateway.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([[200, undefined]]);
  });

  it.each(DIALECT_IDS)(
    '16.6 tells a stream that it cannot wait for any longer, and closes its row (%s)',
    async (dialect) => {
      const wire = wires[dialect];
      const upstream = await provider((turn) => {
        turn.head(200, { 'Content-Type': 'text/event-stream' });
        for (const event of wire.events('m', ANSWER).slice(0, wire.prelude + 1)) turn.piece(event);
      });
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, secrets: ['sk-aaaaaaaa', 'sk-bbbbbbbb'] }],
      });
      const call = begin(gateway.port, wire.request('m', true, 'Hello'));
      await until(() => call.soFar() !== '');
      await gateway.app.stop(50);
      const answer = await call.done;
      const seen = wire.understand(answer.text(), true);
      expect([answer.end, seen.complete]).toEqual(['clean', false]);
      expect(seen.error).toMatch(/stopping/);
      expect(gateway.closed.map(({ status, errorCode, attempts }) => [status, errorCode, attempts])).toEqual([
        [200, 'shutting_down', 1],
      ]);
    },
  );

  it.each([
    ['waits for an answer', 0],
    ['reads an error answer that does not end', 500],
  ])('refuses a request that %s, without another attempt', async (_, status) => {
    const upstream = await provider((turn) => {
      if (status !== 0) turn.head(status, { 'Content-Length': '100' });
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: ['sk-aaaaaaaa', 'sk-bbbbbbbb'] }],
    });
    const call = begin(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    await until(() => upstream.turns.length === 1);
    // The head must have been read: the gateway notes its time.
    await new Promise((resolve) => setTimeout(resolve, 30));
    await gateway.app.stop(0);
    const answer = await call.done;
    expect(answer.status).toBe(503);
    expect(wires['openai-chat'].understand(answer.text(), false).error).toMatch(/stopping/);
    expect(gateway.closed.map(({ errorCode, attempts }) => [errorCode, attempts])).toEqual([
      ['shutting_down', 1],
    ]);
    expect(upstream.turns.length).toBe(1);
  });
});
