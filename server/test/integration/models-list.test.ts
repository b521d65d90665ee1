// What the list of models says of aliases and of the models that routes give.

import { describe, expect, it } from 'vitest';
import { ask, type Received } from '../kit/client.ts';
import { clientWithKey, type GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith } from '../kit/setting.ts';
import { at } from '../kit/wire.ts';

const KEYS = { a: 'key-of-a-00001', b: 'key-of-b-00001' };
const SETUP: GatewaySetup = {
  upstreams: [
    {
      origin: 'http://127.0.0.1:1',
      models: ['real', 'glob-*'],
      aliases: { nice: 'real', 'prefix-*': 'real' },
    },
  ],
  aliases: { global: 'real', '*': 'real' },
  clients: Object.entries(KEYS).map(([id, key]) => clientWithKey(id, key)),
  routes: [
    { id: 'ra', clients: ['a'], forceModel: 'glob-forced', defaultModel: 'glob-default' },
    { id: 'rb', clients: ['b'], forceModel: 'nice' },
  ],
  route: { defaultModel: 'real' },
};

const SHAPES = [
  ['openai', '/v1/models', [], 'data', 'id', ''],
  ['anthropic', '/v1/models', ['anthropic-version', '2023-06-01'], 'data', 'id', ''],
  ['gemini', '/v1beta/models', [], 'models', 'name', 'models/'],
] as const;

function names(answer: Received, list: string, member: string): unknown[] {
  const items = at(JSON.parse(answer.text()), list);
  return Array.isArray(items) ? items.map((item) => at(item, member)).sort() : [];
}

describe.each(SHAPES)('19.9 the list of models for %s', (_, path, headers, list, member, prefix) => {
  it.each([
    ['a', ['glob-default', 'glob-forced', 'global', 'nice', 'real']],
    ['b', ['global', 'nice', 'real']],
  ] as const)('shows client %s aliases, and what its routes give', async (client, expected) => {
    const gateway = await gatewayWith(SETUP);
    const authorization = ['Authorization', `Bearer ${KEYS[client]}`];
    const answer = await ask(gateway.port, { path, headers: [...headers, ...authorization] });
    expect(names(answer, list, member)).toEqual(expected.map((name) => prefix + name));
  });

  it('tells of one such model too', async () => {
    const gateway = await gatewayWith(SETUP);
    const one = async (name: string, client: keyof typeof KEYS): Promise<number> => {
      const authorization = ['Authorization', `Bearer ${KEYS[client]}`];
      const answer = await ask(gateway.port, {
        path: `${path}/${name}`,
        headers: [...headers, ...authorization],
      });
      return answer.status;
    };
    expect(await one('nice', 'b')).toBe(200);
    expect(await one('glob-forced', 'a')).toBe(200);
    expect(await one('glob-forced', 'b')).toBe(404);
  });
});
