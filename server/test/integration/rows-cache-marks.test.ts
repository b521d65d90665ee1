// Prompt caches behind the gateway (demand 19–23): marks of the client arrive where they were set, conversations stay where
// their cache is, and a loss is told.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ROUTE } from '../../src/core/routing/policy.ts';
import { ask, type Received } from '../kit/client.ts';
import type { Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const MARK = { type: 'ephemeral' };

/** Marks at every place that the Messages API has, and members in an order of their own. */
function marked(session: string, model = 'claude-x'): string {
  return JSON.stringify({
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Look it up.', cache_control: MARK }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: { q: 'b', a: 1 }, cache_control: MARK },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'Found.', cache_control: MARK }],
      },
    ],
    system: [{ cache_control: { type: 'ephemeral', ttl: '1h' }, type: 'text', text: 'Be brief.' }],
    tools: [{ name: 'look', input_schema: { type: 'object', properties: {} }, cache_control: MARK }],
    model,
    metadata: { user_id: `user_x_account__session_${session}` },
    max_tokens: 64,
  });
}

const say = (gateway: Gateway, body: string): Promise<Received> =>
  ask(gateway.port, { path: '/v1/messages', body });

describe('marks of the client', () => {
  test('demand 19, 20 reach an upstream of the same format byte for byte, on calls, results and tools alike', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const body = marked('00000000-0000-4000-8000-000000000001');
    for (let turn = 0; turn < 3; turn++) expect((await say(gateway, body)).status).toBe(200);
    expect(upstream.turns.map(({ request }) => request.body.toString())).toEqual([body, body, body]);
  });

  test('demand 20 are kept on the way to OpenRouter', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        {
          id: 'openrouter',
          origin: upstream.origin,
          dialects: ['openai-chat'],
          provider: { id: 'openrouter' },
        },
      ],
    });
    const sent = marked('00000000-0000-4000-8000-000000000001', 'anthropic/claude-sonnet-4.5');
    expect((await say(gateway, sent)).status).toBe(200);
    const { messages } = JSON.parse(upstream.turns[0]?.request.body.toString() ?? '{}') as {
      messages: { role: string; content: unknown }[];
    };
    const [system, user] = messages;
    expect(JSON.stringify(system)).toContain('"cache_control":{"type":"ephemeral"');
    expect(JSON.stringify(user)).toContain('"cache_control":{"type":"ephemeral"');
  });

  test('demand 19 a converted request is the same bytes each time, so that caches that go by prefix hit', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: ['openai-chat'] }],
    });
    const body = marked('00000000-0000-4000-8000-000000000001');
    for (let turn = 0; turn < 3; turn++) expect((await say(gateway, body)).status).toBe(200);
    const [first, ...others] = upstream.turns.map(({ request }) => request.body.toString());
    expect(others).toEqual([first, first]);
  });
});

describe('conversations', () => {
  test('demand 22, 23 stay with one key each without being told to, and do not all have the same', async () => {
    const upstream = await provider();
    const secrets = Array.from({ length: 4 }, (_, index) => `sk-pool-key-${index}`);
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets }],
      route: { affinity: DEFAULT_ROUTE.affinity },
    });
    const keysOf = new Map<string, Set<string>>();
    const sessions = Array.from(
      { length: 12 },
      (_, index) => `00000000-0000-4000-8000-${100_000_000_000 + index}`,
    );
    for (let turn = 0; turn < 3; turn++)
      for (const session of sessions) {
        const row = await gateway.row((await say(gateway, marked(session))).header('x-sluice-request-id'));
        keysOf.set(session, (keysOf.get(session) ?? new Set()).add(row.keyId ?? ''));
      }
    for (const [session, keys] of keysOf) expect([...keys], session).toHaveLength(1);
    const used = new Set([...keysOf.values()].flatMap((keys) => [...keys]));
    expect(used.size).toBe(4);
  });
});

describe('a loss', () => {
  test('demand 21 raises an alarm', () => {
    const alerts = readFileSync(
      new URL('../../../deploy/prometheus/sluice-alerts.yml', import.meta.url),
      'utf8',
    );
    expect(alerts).toMatch(/alert: \w+\n\s+expr: \|\n.*sluice_prompt_cache_breaks_total/);
  });
});
