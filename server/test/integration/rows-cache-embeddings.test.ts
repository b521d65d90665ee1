// Vectors that are given again (feature 8.4).

import { describe, expect, test } from 'vitest';
import { cached, cacheOf } from '../kit/cached-asking.ts';
import { ask, type Received } from '../kit/client.ts';
import type { Turn } from '../kit/fault-upstream.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const answers = (turn: Turn): void =>
  turn.whole(
    200,
    JSON.stringify({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.5, -1] }],
      model: turn.model,
      usage: { prompt_tokens: 3, total_tokens: 3 },
    }),
  );

const embed = (gateway: Gateway, members: object = {}, headers: readonly string[] = []): Promise<Received> =>
  ask(gateway.port, {
    path: '/v1/embeddings',
    headers: ['content-type', 'application/json', ...headers],
    body: JSON.stringify({ model: 'm', input: 'Hello', ...members }),
  });

async function setUp(setup: Partial<GatewaySetup> = {}) {
  const one = await provider(answers);
  const gateway = await gatewayWith({ route: cached(), ...setup, upstreams: [{ origin: one.origin }] });
  return { one, gateway };
}

describe('8.4 embeddings', () => {
  test('8.4 are given again without asking, under the name that was asked for', async () => {
    const { one, gateway } = await setUp({ aliases: { vectors: 'm' } });
    const first = await embed(gateway, { user: 'u-1' });
    const second = await embed(gateway, { model: 'vectors' });
    expect([cacheOf(first), cacheOf(second)]).toEqual([
      [200, 'miss'],
      [200, 'hit'],
    ]);
    expect(JSON.parse(second.text())).toEqual({ ...JSON.parse(first.text()), model: 'vectors' });
    expect(one.turns).toHaveLength(1);
    const row = await gateway.row(second.header('x-sluice-request-id'));
    expect([row.cache, row.usage, row.attempts]).toEqual(['hit', undefined, 0]);
  });

  test.each([
    ['another text', { input: 'Other' }],
    ['other dimensions', { dimensions: 2 }],
    ['another encoding', { encoding_format: 'base64' }],
  ])('8.4 are asked for where the question is %s', async (_, members) => {
    const { gateway } = await setUp();
    await embed(gateway);
    expect(cacheOf(await embed(gateway, members))).toEqual([200, 'miss']);
  });

  test('8.4 are asked for where the client wishes so, and never kept when they fail', async () => {
    const { one, gateway } = await setUp();
    one.script = (turn) => turn.whole(200, '{"object":"list"');
    expect((await embed(gateway)).status).toBe(502);
    one.script = answers;
    expect(cacheOf(await embed(gateway))).toEqual([200, 'miss']);
    expect(cacheOf(await embed(gateway, {}, ['cache-control', 'no-store']))).toEqual([200, 'bypass']);
  });
});
