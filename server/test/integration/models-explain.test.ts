// What is said of a model's name where nothing is sent.

import { describe, expect, it } from 'vitest';
import { type Explained, explainChoice } from '../../src/exchange/operator/explain.ts';
import type { GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith } from '../kit/setting.ts';

const NOWHERE = 'http://127.0.0.1:1';

async function explained(model: string, more: Omit<GatewaySetup, 'upstreams'>): Promise<Explained> {
  const gateway = await gatewayWith({
    ...more,
    upstreams: [
      { id: 'a', origin: NOWHERE, models: ['m', 'forced'] },
      { id: 'b', origin: NOWHERE, aliases: { nice: 'm' } },
    ],
  });
  return explainChoice(gateway.settings, gateway.app.memory.pool, {
    model,
    dialect: 'openai-chat',
    client: undefined,
    stream: false,
    conversation: undefined,
    tokens: undefined,
  });
}

const sent = ({ candidates }: Explained): string[] =>
  candidates.map(({ upstreamId, model }) => `${upstreamId}>${model}`).sort();

describe('19.9 an explanation', () => {
  it('follows a forced model, and says so', async () => {
    const answer = await explained('whatever', { route: { forceModel: 'forced' } });
    expect([answer.model, sent(answer)]).toEqual(['whatever', ['a>forced', 'b>forced']]);
    expect(answer.notes).toContain('The route asks for "forced" whatever is asked for.');
  });

  it('takes the effort off a name, and says so', async () => {
    const answer = await explained('nice-reasoning-low', {});
    expect(sent(answer)).toEqual(['b>m']);
    expect(answer.notes).toContain('The name "nice-reasoning-low" asks for the reasoning effort low.');
    expect(answer.passedOver).toEqual([{ upstreamId: 'a', why: expect.stringContaining('matches "nice"') }]);
  });

  it('reads the name as the route does, among the upstreams of the route', async () => {
    const answer = await explained('b/m', { route: { upstreams: ['b'] } });
    expect(sent(answer)).toEqual(['b>m']);
    expect(answer.passedOver).toEqual([
      { upstreamId: 'a', why: 'a is not among the upstreams of the route "default".' },
    ]);
  });

  it('tells near names of one that nobody offers', async () => {
    const answer = await explained('a/forcd', {});
    expect([answer.candidates, answer.error?.code]).toEqual([[], 'model_not_found']);
    expect(answer.error?.suggestion).toBe('Did you mean a/forced?');
  });
});
