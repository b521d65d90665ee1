// A new configuration takes over between two requests, never within one.

import { describe, expect, it } from 'vitest';
import { ask, begin, until } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { settingsOf } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const wire = wires['openai-chat'];

describe('a reload', () => {
  it('100 times under load fails no request', async () => {
    const one = await provider((turn) => void setTimeout(() => turn.healthy(), 5));
    const two = await provider((turn) => void setTimeout(() => turn.healthy(), 5));
    const gateway = await gatewayWith({ upstreams: [{ id: 'one', origin: one.origin }] });
    let swaps = 0;
    let busy = true;
    const load = Array.from({ length: 8 }, async (_, worker) => {
      let count = 0;
      while (busy) {
        const stream = (count++ + worker) % 2 === 0;
        const answer = await ask(gateway.port, wire.request('m', stream, 'Hello'));
        expect(wire.understand(answer.text(), stream)).toEqual({
          text: ANSWER,
          complete: true,
          error: undefined,
        });
      }
      return count;
    });
    while (swaps < 100) {
      const [id, upstream] = swaps++ % 2 === 0 ? (['two', two] as const) : (['one', one] as const);
      gateway.settings = settingsOf({
        upstreams: [{ id, origin: upstream.origin, secrets: [`sk-of-round-${swaps}`] }],
      });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    busy = false;
    const total = (await Promise.all(load)).reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(100);
    expect(gateway.closed.length).toBe(total);
    expect(gateway.closed.every(({ status, errorCode }) => status === 200 && errorCode === undefined)).toBe(
      true,
    );
    expect(one.turns.length).toBeGreaterThan(0);
    expect(two.turns.length).toBeGreaterThan(0);
  });

  it('leaves a running exchange on what it began with, also for its further attempts', async () => {
    let fail = (): void => {};
    const upstream = await provider((turn) => {
      if (upstream.turns.length === 1) fail = () => turn.whole(500, '{"error":{"message":"x"}}');
      else turn.healthy();
    });
    const gateway = await gatewayWith({
      upstreams: [{ id: 'old', origin: upstream.origin, secrets: ['sk-old-00001', 'sk-old-00002'] }],
    });
    const call = begin(gateway.port, wire.request('m', true, 'Hello'));
    await until(() => upstream.turns.length === 1);
    gateway.settings = settingsOf({ upstreams: [] });
    fail();
    expect(wire.understand((await call.done).text(), true).text).toBe(ANSWER);
    expect(upstream.turns[1]?.request.header('authorization')).toBe('Bearer sk-old-00002');
    const next = await ask(gateway.port, wire.request('m', true, 'Hello'));
    expect(next.status).toBe(404);
  });

  it('does not forget which key is cooling', async () => {
    const upstream = await provider((turn) => {
      if (turn.request.header('authorization') === 'Bearer sk-tired-0001')
        turn.whole(429, '{"error":{"message":"x"}}', { 'Retry-After': '60' });
      else turn.healthy();
    });
    const setup = { upstreams: [{ origin: upstream.origin, secrets: ['sk-tired-0001', 'sk-awake-0001'] }] };
    const gateway = await gatewayWith(setup);
    for (let i = 0; i < 3; i++) {
      await ask(gateway.port, wire.request('m', false, 'Hello'));
      gateway.settings = settingsOf(setup);
    }
    expect(
      upstream.turns.filter(({ request }) => request.header('authorization') === 'Bearer sk-tired-0001')
        .length,
    ).toBe(1);
  });
});
