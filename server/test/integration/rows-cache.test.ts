// Answers that are given again: features 8.1 to 8.5 and 8.9.

import { describe, expect, test } from 'vitest';
import { askFor, understood } from '../kit/asking.ts';
import { cached, cacheOf, steady, WAYS } from '../kit/cached-asking.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { clientWithKey, type GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, dataOf } from '../kit/wire.ts';

const whole = { text: ANSWER, complete: true, error: undefined };

async function pair(setup: Partial<GatewaySetup> = {}) {
  const one = await provider();
  const gateway = await gatewayWith({ route: cached(), ...setup, upstreams: [{ origin: one.origin }] });
  return { one, gateway };
}

describe.each(WAYS)('8.1 a question first asked as %s (stream: %s)', (first, firstStreams) => {
  test.each([['openai-chat'], ['openai-responses'], ['anthropic-messages'], ['gemini']] as const)(
    'is answered by an upstream of %s once, and then from memory in every format, whole and streamed',
    async (speaks) => {
      const one = await provider();
      const gateway = await gatewayWith({
        route: cached(),
        upstreams: [{ origin: one.origin, dialects: [speaks] }],
      });
      const asked = await askFor(gateway, steady({ dialect: first, stream: firstStreams }));
      expect(cacheOf(asked)).toEqual([200, 'miss']);
      for (const [dialect, stream] of WAYS) {
        const asking = steady({ dialect, stream });
        const answer = await askFor(gateway, asking);
        expect([dialect, stream, ...cacheOf(answer)]).toEqual([dialect, stream, 200, 'hit']);
        expect(understood(answer, asking)).toEqual(whole);
        expect(answer.header('content-type')).toMatch(stream ? /^text\/event-stream/ : /^application\/json/);
        expect(answer.header('age')).toBe('0');
      }
      expect(one.turns).toHaveLength(1);
    },
  );
});

describe('8.3 the key', () => {
  test.each([
    ['another text', { text: 'Other' }],
    ['another model', { model: 'other' }],
    [
      'a system prompt',
      {
        members: {
          messages: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Hello' },
          ],
        },
      },
    ],
    ['another greatest length', { members: { max_completion_tokens: 101 } }],
    ['tools', { members: { tools: [{ type: 'function', function: { name: 'look' } }] } }],
    ['a form of the answer', { members: { response_format: { type: 'json_object' } } }],
    ['a wish for reasoning', { members: { reasoning_effort: 'low' } }],
    ['a seed', { members: { seed: 7 } }],
    ['a beta switch', { headers: ['anthropic-beta', 'long-2099-01-01'] }],
  ])('8.3 %s makes it another question', async (_, other) => {
    const { one, gateway } = await pair();
    await askFor(gateway, steady());
    expect(cacheOf(await askFor(gateway, steady(other)))).toEqual([200, 'miss']);
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'hit']);
    expect(one.turns).toHaveLength(2);
  });

  test('8.3 an alias and the name behind it are the same model, and each client reads the name it asked for', async () => {
    const { one, gateway } = await pair({ aliases: { quick: 'm' } });
    await askFor(gateway, steady({ model: 'quick' }));
    const answer = await askFor(gateway, steady({ model: 'm' }));
    expect(cacheOf(answer)).toEqual([200, 'hit']);
    expect(JSON.parse(answer.text()).model).toBe('m');
    expect(one.turns).toHaveLength(1);
  });

  test('8.3 a client never gets what another one was answered, unless the route shares', async () => {
    const clients = [clientWithKey('ann', 'key-of-ann-000000'), clientWithKey('bob', 'key-of-bob-000000')];
    for (const [scope, calls] of [
      ['client', 2],
      ['shared', 1],
    ] as const) {
      const { one, gateway } = await pair({ clients, route: cached({ scope }) });
      await askFor(gateway, steady({ client: 'key-of-ann-000000' }));
      const answer = await askFor(gateway, steady({ client: 'key-of-bob-000000' }));
      expect(cacheOf(answer)).toEqual([200, calls === 1 ? 'hit' : 'miss']);
      expect(one.turns).toHaveLength(calls);
    }
  });

  test('8.3 users and labels are no part of the question', async () => {
    const { one, gateway } = await pair();
    await askFor(gateway, steady({ members: { user: 'u-1', metadata: { a: 'b' } } }));
    expect(cacheOf(await askFor(gateway, steady({ members: { user: 'u-2' } })))).toEqual([200, 'hit']);
    expect(one.turns).toHaveLength(1);
  });
});

describe('8.4 what is answered from memory', () => {
  test('8.4 without a cache on the route nothing is, and nothing is said of it', async () => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin }] });
    await askFor(gateway, steady());
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, undefined]);
    expect(one.turns).toHaveLength(2);
    expect(gateway.closed.map(({ cache }) => cache)).toEqual([undefined, undefined]);
  });

  test('8.4 a request that may get another answer each time is not, unless the route wants it', async () => {
    const { one, gateway } = await pair();
    for (const members of [{}, { temperature: 0.7 }, { top_p: 0.1 }]) {
      for (let i = 0; i < 2; i++)
        expect(cacheOf(await askFor(gateway, { members }))).toEqual([200, 'bypass']);
    }
    expect(one.turns).toHaveLength(6);
    const eager = await pair({ route: cached({ deterministicOnly: false }) });
    await askFor(eager.gateway, { members: { temperature: 0.7 } });
    expect(cacheOf(await askFor(eager.gateway, { members: { temperature: 0.7 } }))).toEqual([200, 'hit']);
  });

  test.each([
    ['a hosted tool', { dialect: 'openai-responses', members: { tools: [{ type: 'web_search' }] } }],
    [
      'a response that is to be continued',
      { dialect: 'openai-responses', members: { conversation: 'conv_1' } },
    ],
    ['an answer that the provider is to store', { members: { store: true } }],
    ['a member that nobody knows', { members: { remember_me: true } }],
  ] as const)('8.4 %s is never', async (_, asking) => {
    const { one, gateway } = await pair();
    for (let i = 0; i < 2; i++)
      expect(cacheOf(await askFor(gateway, steady(asking)))).toEqual([200, 'bypass']);
    expect(one.turns).toHaveLength(2);
  });

  test('8.4 calls of tools are, with their ids and arguments', async () => {
    const { one, gateway } = await pair();
    const call = { id: 'call_7', type: 'function', function: { name: 'look', arguments: '{"q":"a b"}' } };
    one.script = (turn) =>
      turn.whole(
        200,
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          created: 5,
          model: 'm',
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: null, tool_calls: [call] },
              finish_reason: 'tool_calls',
            },
          ],
        }),
      );
    const chatTools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
    await askFor(gateway, steady({ members: { tools: chatTools } }));
    const messages = await askFor(
      gateway,
      steady({
        dialect: 'anthropic-messages',
        members: { tools: [{ name: 'look', input_schema: { type: 'object' } }] },
      }),
    );
    expect(cacheOf(messages)).toEqual([200, 'hit']);
    const said = JSON.parse(messages.text());
    expect(said.stop_reason).toBe('tool_use');
    expect(said.content).toEqual([
      expect.objectContaining({ type: 'tool_use', id: 'call_7', name: 'look', input: { q: 'a b' } }),
    ]);
    const stream = await askFor(gateway, steady({ stream: true, members: { tools: chatTools } }));
    expect(cacheOf(stream)).toEqual([200, 'hit']);
    const calls = dataOf(stream.text()).flatMap(
      (chunk) => at(chunk, 'choices', 0, 'delta', 'tool_calls') ?? [],
    );
    expect(JSON.stringify(calls)).toContain('call_7');
    expect(one.turns).toHaveLength(1);
  });

  test.each([
    ['an error', 200, { error: { message: 'broken', type: 'server_error' } }],
    ['a refused status', 400, { error: { message: 'no', type: 'invalid_request_error' } }],
    [
      'a withheld answer',
      200,
      {
        choices: [
          { index: 0, message: { role: 'assistant', content: 'Half' }, finish_reason: 'content_filter' },
        ],
      },
    ],
    [
      'a refusal',
      200,
      {
        choices: [
          { index: 0, message: { role: 'assistant', content: null, refusal: 'No.' }, finish_reason: 'stop' },
        ],
      },
    ],
  ])('8.4 %s is not kept', async (_, status, body) => {
    const { one, gateway } = await pair();
    one.script = (turn) =>
      turn.whole(
        status,
        JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', ...body }),
      );
    await askFor(gateway, steady());
    one.script = (turn) => turn.healthy();
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'miss']);
  });

  test('8.4 an answer that is larger than the largest is not kept, and arrives all the same', async () => {
    const { one, gateway } = await pair({ cache: { maxEntryBytes: 20 } });
    for (const stream of [false, true]) {
      const asking = steady({ stream });
      expect(understood(await askFor(gateway, asking), asking)).toEqual(whole);
      expect(cacheOf(await askFor(gateway, asking))).toEqual([200, 'miss']);
    }
    expect(one.turns).toHaveLength(4);
  });
});

describe('8.5 a cached answer', () => {
  test('8.5 says that it is one and how old, has an id of its own, and costs nothing', async () => {
    const { gateway } = await pair();
    const first = await askFor(gateway, steady());
    const second = await askFor(gateway, steady());
    const [one, two] = [JSON.parse(first.text()), JSON.parse(second.text())];
    expect([second.header('x-sluice-cache'), second.header('age')]).toEqual(['hit', '0']);
    expect(second.header('x-sluice-request-id')).not.toBe(first.header('x-sluice-request-id'));
    expect(two.id).not.toBe(one.id);
    expect([two.model, two.created, two.usage]).toEqual([
      one.model,
      one.created,
      expect.objectContaining(one.usage),
    ]);
    const row = await gateway.row(second.header('x-sluice-request-id'));
    expect([row.cache, row.attempts, row.usage, row.upstreamId, row.cost]).toEqual([
      'hit',
      0,
      undefined,
      undefined,
      undefined,
    ]);
    expect([row.status, row.modelServed, row.bytesOut]).toEqual([200, 'm', second.body.length]);
    expect((await gateway.row(first.header('x-sluice-request-id'))).cache).toBe('miss');
  });

  test('8.5 tells the usage to a stream that wants it, also where the first stream did not', async () => {
    const { gateway } = await pair();
    await askFor(gateway, steady({ stream: true }));
    const without = await askFor(gateway, steady({ stream: true }));
    expect(without.text()).not.toContain('prompt_tokens');
    const answer = await askFor(
      gateway,
      steady({ stream: true, members: { stream_options: { include_usage: true } } }),
    );
    expect(cacheOf(answer)).toEqual([200, 'hit']);
    expect(answer.text()).toContain('"prompt_tokens":11');
  });

  test('8.5 changes nothing in what is known of upstreams and their limits', async () => {
    const one = await provider();
    const gateway = await gatewayWith({
      route: cached(),
      upstreams: [{ origin: one.origin, keyLimits: { rpm: 1 } }],
    });
    await askFor(gateway, steady());
    for (let i = 0; i < 3; i++) expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'hit']);
    expect((await askFor(gateway, steady({ text: 'other' }))).status).toBe(429);
  });

  test('8.5 counts as a request of its client, but not with its tokens', async () => {
    const one = await provider();
    const ann = { ...clientWithKey('ann', 'key-of-ann-000000'), limits: { rpm: 3, tpm: 150 } };
    const gateway = await gatewayWith({
      route: cached(),
      clients: [ann],
      upstreams: [{ origin: one.origin }],
    });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++)
      statuses.push((await askFor(gateway, steady({ client: 'key-of-ann-000000' }))).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});

describe('8.9 bypass and purge', () => {
  test.each([
    ['cache-control', 'no-store', 'bypass', 'hit'],
    ['x-sluice-cache', 'bypass', 'bypass', 'hit'],
    ['cache-control', 'no-cache', 'miss', 'hit'],
    ['cache-control', 'max-age=0', 'miss', 'hit'],
    ['x-sluice-cache', 'refresh', 'miss', 'hit'],
    ['cache-control', 'max-age=60', 'hit', 'hit'],
  ])('8.9 %s: %s asks anew where it should', async (name, value, told, after) => {
    const { one, gateway } = await pair();
    await askFor(gateway, steady());
    expect(cacheOf(await askFor(gateway, steady({ headers: [name, value] })))).toEqual([200, told]);
    expect(one.turns).toHaveLength(told === 'hit' ? 1 : 2);
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, after]);
  });

  test('8.9 no-store keeps nothing', async () => {
    const { gateway } = await pair();
    await askFor(gateway, steady({ headers: ['cache-control', 'no-store'] }));
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'miss']);
  });

  test.each(WAYS)(
    '8.9 only-if-cached is refused in the words of %s (stream: %s) where there is nothing',
    async (dialect, stream) => {
      const { one, gateway } = await pair();
      const asking = steady({ dialect, stream, headers: ['cache-control', 'only-if-cached'] });
      const answer = await askFor(gateway, asking);
      expect([answer.status, answer.header('x-sluice-error')]).toEqual([504, 'not_cached']);
      expect(understood(answer, { dialect }).error).toMatch(/no cached answer/i);
      expect(one.turns).toHaveLength(0);
      await askFor(gateway, steady({ dialect }));
      expect(cacheOf(await askFor(gateway, asking))).toEqual([200, 'hit']);
    },
  );
});
