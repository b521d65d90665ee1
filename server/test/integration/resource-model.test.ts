// Native resources whose JSON body names a model: `upstream-id/model` leads to that upstream, as for a chat (feature 4.5).

import { describe, expect, it } from 'vitest';
import { ask, type Received } from '../kit/client.ts';
import type { FaultUpstream } from '../kit/fault-upstream.ts';
import type { Gateway, UpstreamSetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at } from '../kit/wire.ts';

interface Setting {
  readonly first: FaultUpstream;
  readonly second: FaultUpstream;
  readonly gateway: Gateway;
}

async function two(second: Partial<UpstreamSetup> = {}): Promise<Setting> {
  const [one, other] = [
    await provider((turn) => turn.whole(200, '{"data":[]}')),
    await provider((turn) => turn.whole(200, '{"data":[]}')),
  ];
  const gateway = await gatewayWith({
    upstreams: [
      { id: 'first', origin: one.origin, priority: 10 },
      { id: 'second', origin: other.origin, ...second },
    ],
  });
  return { first: one, second: other, gateway };
}

const post = (gateway: Gateway, path: string, body: string): Promise<Received> =>
  ask(gateway.port, {
    path,
    body,
    headers: path === '/v1/complete' ? ['anthropic-version', '2023-06-01'] : [],
  });

const sent = ({ turns }: FaultUpstream): string[] => turns.map(({ request }) => request.body.toString());

describe('a model that is addressed to an upstream', () => {
  it.each(['/v1/images/generations', '/v1/audio/speech', '/v1/complete'])(
    '4.5 goes there, and without the address (%s)',
    async (path) => {
      const { first, second, gateway } = await two();
      const answer = await post(gateway, path, '{ "n":1.0, "model":"second/m-1",  "prompt":"second/x" }');
      expect(answer.status).toBe(200);
      expect(sent(second)).toEqual(['{ "n":1.0, "model":"m-1",  "prompt":"second/x" }']);
      expect(sent(first)).toEqual([]);
      expect(gateway.closed.at(-1)).toMatchObject({ modelAsked: 'second/m-1', upstreamId: 'second' });
    },
  );

  it('4.5 goes there by the alias of that upstream, too', async () => {
    const { second, gateway } = await two({ aliases: { fast: 'm-2' } });
    await post(gateway, '/v1/images/generations', '{"model":"second/fast"}');
    expect(sent(second)).toEqual(['{"model":"m-2"}']);
  });

  it('4.5 is refused where nobody can be asked at the address', async () => {
    const { first, second, gateway } = await two({ enabled: false });
    const answer = await post(gateway, '/v1/images/generations', '{"model":"second/m"}');
    expect([answer.status, at(JSON.parse(answer.text()), 'error', 'param')]).toEqual([404, 'model']);
    expect([...sent(first), ...sent(second)]).toEqual([]);
  });

  it.each([
    '{ "model":"m" , "prompt":"x" }',
    '{"model":"nobody/m"}',
    '{"prompt":"second/x"}',
    '{"model":["second/m"]}',
    '{"model":"second/m"',
    '[1]',
  ])('4.5 what names no address goes up in its own bytes: %s', async (body) => {
    const { first, gateway } = await two();
    await post(gateway, '/v1/images/generations', body);
    expect(sent(first)).toEqual([body]);
  });
});
