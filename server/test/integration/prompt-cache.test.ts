// The prompt caches of conversations through the whole gateway: what is said of a cache that was lost, and marks that the
// gateway sets for clients that set none.

import { describe, expect, test } from 'vitest';
import { ask, type Received } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import type { Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const LONG = 'A long instruction. '.repeat(200);

/** A provider of the Messages API that says what it read from its cache: each answer takes the next number. */
function reading(tokens: readonly number[]): Behaviour {
  const left = [...tokens];
  return (turn) =>
    turn.whole(
      200,
      JSON.stringify({
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-x',
        content: [{ type: 'text', text: 'Hi' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: {
          input_tokens: 5,
          cache_read_input_tokens: left.shift() ?? 0,
          cache_creation_input_tokens: 6_000,
          output_tokens: 2,
        },
      }),
    );
}

const user = (content: unknown) => ({ role: 'user', content });

function say(gateway: Gateway, messages: readonly unknown[], more: object = {}): Promise<Received> {
  const body = { model: 'claude-x', max_tokens: 64, system: LONG, messages, ...more };
  const headers = ['x-claude-code-session-id', 'session-1'];
  return ask(gateway.port, { path: '/v1/messages', body: JSON.stringify(body), headers });
}

async function finding(gateway: Gateway, answer: Received): Promise<string | undefined> {
  return (await gateway.row(answer.header('x-sluice-request-id'))).promptCache;
}

describe('the guardian of prompt caches', () => {
  test('a turn that was edited in the middle is found out, a conversation that goes on is not', async () => {
    const upstream = await provider(reading([0, 6_000, 0]));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const first = [user('Hello'), { role: 'assistant', content: 'Hi' }];
    expect(await finding(gateway, await say(gateway, first))).toBeUndefined();
    const second = [...first, user('More')];
    expect(await finding(gateway, await say(gateway, second))).toBeUndefined();
    const edited = [first[0], { role: 'assistant', content: 'Ho' }, user('More'), user('Even more')];
    const found = await finding(gateway, await say(gateway, edited));
    expect(found).toMatch(/^turn: messages\[1\] changed at byte \d+ \(12000 tokens\)$/);
  });

  test('a request that goes to another key is told from one whose prompt changed', async () => {
    const upstream = await provider(reading([0, 0]));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: ['sk-key-number-one', 'sk-key-number-two'] }],
    });
    await say(gateway, [user('Hello')]);
    const answer = await say(gateway, [user('Hello'), user('More')]);
    expect(await finding(gateway, answer)).toBe('key: key changed: k1, now k2 (6000 tokens)');
  });

  test('other conversations, and questions on the side under the same id, are no loss', async () => {
    const upstream = await provider(reading([0, 0, 0]));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    await say(gateway, [user('Hello')]);
    expect(await finding(gateway, await say(gateway, [user('Name this conversation.')]))).toBeUndefined();
    const other = { system: `Else. ${LONG}` };
    expect(await finding(gateway, await say(gateway, [user('A third.')], other))).toBeUndefined();
  });
});

describe('marks of the gateway', () => {
  const sent = async (messages: unknown[], more: object = {}, dialects?: readonly ['anthropic-messages']) => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, ...(dialects && { dialects }) }],
      route: { promptCacheMarks: 'auto' },
    });
    await say(gateway, messages, more);
    if (dialects !== undefined)
      await ask(gateway.port, {
        path: '/v1/chat/completions',
        body: JSON.stringify({ model: 'claude-x', messages }),
      });
    return upstream.turns.map(
      ({ request }) => JSON.parse(request.body.toString()) as Record<string, unknown>,
    );
  };
  const mark = { type: 'ephemeral' };

  test('a request without a mark gets one, a request with marks stays as it is', async () => {
    const [plain] = await sent([user('Hello')]);
    expect(plain).toMatchObject({ cache_control: mark, messages: [user('Hello')] });
    const content = [{ type: 'text', text: 'Hello', cache_control: mark }];
    const [marked] = await sent([user(content)]);
    expect(marked).not.toHaveProperty('cache_control');
  });

  test('a converted request gets one as well', async () => {
    const bodies = await sent([user('Hello')], {}, ['anthropic-messages']);
    expect(bodies).toHaveLength(2);
    for (const body of bodies) expect(body).toMatchObject({ cache_control: mark });
  });

  test('nothing is added where the route does not say so', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    await say(gateway, [user('Hello')]);
    expect(upstream.turns[0]?.request.body.toString()).not.toContain('cache_control');
  });
});
