// Requests whose only candidate is being found out about by another request (features 5.6, 5.8): they wait for what it
// finds out, whatever `onExhausted` says, and are never refused for a suspicion of ours.

import { describe, expect, test } from 'vitest';
import { askFor, refuseWith } from '../kit/asking.ts';
import { type Received, until } from '../kit/client.ts';
import type { FaultUpstream, Turn } from '../kit/fault-upstream.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const COOLDOWN = { honorHeaders: true, defaultMs: 0, maxMs: 3_600_000 };

interface Probed {
  readonly gateway: Gateway;
  readonly upstream: FaultUpstream;
  /** Turns that wait to be answered, in the order in which they came. */
  readonly held: Turn[];
  readonly probe: Promise<Received>;
}

/** A gateway with one key, whose breaker is open, and one request on its way to it; its answer is held. */
async function probed(openMs: number, setup: Partial<GatewaySetup> = {}): Promise<Probed> {
  const held: Turn[] = [];
  let broken = true;
  const upstream = await provider((turn) =>
    broken ? refuseWith(turn, 500, 'broken') : void held.push(turn),
  );
  const gateway = await gatewayWith({
    maxAttempts: 1,
    ...setup,
    health: { cooldown: COOLDOWN, breaker: { failures: 1, openMs } },
    upstreams: [{ origin: upstream.origin }],
  });
  await askFor(gateway);
  expect(gateway.standings('one', 'k1')[0]?.state).toBe('open');
  broken = false;
  const probe = askFor(gateway);
  await until(() => held.length === 1);
  return { gateway, upstream, held, probe };
}

async function whoWait(gateway: Gateway, count: number): Promise<Promise<Received>[]> {
  const asked = Array.from({ length: count }, () => askFor(gateway));
  await until(() => gateway.app.memory.waiting.size === count);
  return asked;
}

const statuses = async (answers: readonly Promise<Received>[]): Promise<number[]> =>
  (await Promise.all(answers)).map(({ status }) => status);

describe('while another request finds out whether the only key works again', () => {
  test.each([1, 60_000])(
    '5.6 5.8 others wait and are served together once it does (breaker.openMs %s)',
    async (openMs) => {
      const { gateway, upstream, held, probe } = await probed(openMs);
      const others = await whoWait(gateway, 5);
      expect(upstream.turns.length).toBe(2);
      held[0]?.healthy();
      await until(() => held.length === 6);
      for (const turn of held.slice(1)) turn.healthy();
      expect(await statuses([probe, ...others])).toEqual([200, 200, 200, 200, 200, 200]);
    },
  );

  test('5.6 5.8 the next one finds out where it does not, one at a time, and each hears from the upstream', async () => {
    const { gateway, upstream, held, probe } = await probed(60_000);
    const others = await whoWait(gateway, 3);
    for (let failed = 0; failed < 4; failed++) {
      await until(() => held.length === failed + 1 && gateway.app.memory.waiting.size === 3 - failed);
      const [turn] = held.slice(-1);
      if (turn !== undefined) refuseWith(turn, 500, 'still broken');
    }
    const answers = await Promise.all([probe, ...others]);
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    expect(answers.every((answer) => answer.text().includes('still broken'))).toBe(true);
    expect(upstream.turns.length).toBe(5);
  });

  test('5.6 what a provider says counts at once: when the key is refused nobody waits on', async () => {
    const { gateway, upstream, held, probe } = await probed(1);
    const others = await whoWait(gateway, 3);
    if (held[0] !== undefined) refuseWith(held[0], 401, 'Incorrect API key');
    await probe;
    for (const refused of await Promise.all(others)) {
      expect(refused.status).toBe(503);
      expect(refused.header('x-sluice-error')).toBe('all_cooling');
      expect(Number(refused.header('retry-after'))).toBeGreaterThan(500);
    }
    expect(upstream.turns.length).toBe(2);
  });

  test('5.6 nobody waits longer than queue.maxWaitMs', async () => {
    const { gateway, held, probe } = await probed(1, {
      queue: { maxWaitMs: 60, maxSize: 10, maxPerClient: 10 },
    });
    const refused = await askFor(gateway);
    expect([refused.status, refused.header('retry-after')]).toEqual([503, '1']);
    expect(refused.text()).toContain('queue.maxWaitMs');
    held[0]?.healthy();
    expect((await probe).status).toBe(200);
  });
});
