// Requests side by side and one after the other (features 6.14, 6.16): nothing in the gateway makes them wait for each
// other, and connections to upstreams are used again.

import { describe, expect, test } from 'vitest';
import { askFor, askTimes, beginFor, forKeys, pause, refuseWith } from '../kit/asking.ts';
import { until } from '../kit/client.ts';
import type { Turn } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const KEYS = Array.from({ length: 8 }, (_, index) => `sk-key-number-000${index}`);

describe('many requests', () => {
  test('6.16 16 clients at once are 16 requests at once upstream, round after round', async () => {
    const held: Turn[] = [];
    const upstream = await provider((turn) => void held.push(turn));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: KEYS }] });
    for (let round = 0; round < 5; round++) {
      const calls = Array.from({ length: 16 }, (_, index) => beginFor(gateway, { stream: index % 2 === 0 }));
      // If one of them waited for another, this would never come true.
      await until(() => held.length === 16);
      for (const turn of held.splice(0)) turn.healthy();
      for (const call of calls) expect((await call.done).status).toBe(200);
    }
    expect(upstream.turns.length).toBe(80);
  });

  test('6.16 a key that is slow to answer holds up no other request', async () => {
    const [slow = '', ...others] = KEYS;
    const held: Turn[] = [];
    const upstream = await provider(forKeys({ [slow]: (turn) => void held.push(turn) }));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: KEYS }] });
    const first = beginFor(gateway);
    await until(() => held.length === 1);
    for (const answer of await askTimes(gateway, others.length)) expect(answer.status).toBe(200);
    held[0]?.healthy();
    expect((await first.done).status).toBe(200);
  });
});

describe('connections to an upstream', () => {
  test('6.14 are used again by requests of any key and model', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: KEYS }] });
    for (let i = 0; i < 12; i++) {
      expect((await askFor(gateway, { model: `m${i}`, stream: i % 2 === 0 })).status).toBe(200);
      // A socket that has just answered rests for a moment.
      await pause(15);
    }
    expect(upstream.turns.length).toBe(12);
    expect(upstream.connections).toBeLessThan(6);
  });

  test('6.14 are each upstream’s own, and outlive its refusals', async () => {
    const one = await provider((turn) => refuseWith(turn, 422, 'no'));
    const two = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'one', origin: one.origin, models: ['a'] },
        { id: 'two', origin: two.origin, models: ['b'] },
      ],
    });
    for (let i = 0; i < 8; i++) {
      expect((await askFor(gateway, { model: 'a' })).status).toBe(422);
      expect((await askFor(gateway, { model: 'b' })).status).toBe(200);
      await pause(15);
    }
    expect([one.turns.length, two.turns.length]).toEqual([8, 8]);
    expect(one.connections).toBeLessThan(5);
    expect(two.connections).toBeLessThan(5);
  });
});
