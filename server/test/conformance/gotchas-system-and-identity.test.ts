// Instructions, caching and who is asking: what of it reaches which upstream.

import { describe, expect, test } from 'vitest';
import { convertRequest } from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import { traitsFor } from '../../src/core/providers/traits/index.ts';
import { ask } from '../kit/client.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';
import { requestFor } from './gotchas-run.ts';
import { decoded } from './matrix-run.ts';
import { DIALECT_IDS } from './matrix-targets.ts';

const OTHERS = DIALECT_IDS.filter((id) => id !== 'anthropic-messages');
const BILLING = 'x-anthropic-billing-header: cc_version=2.1; cch=abcdef;';
const claude: JsonObject = {
  model: 'alias',
  max_tokens: 4000,
  system: [
    { type: 'text', text: BILLING },
    { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
  ],
  metadata: { user_id: JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's'.repeat(36) }) },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  messages: [{ role: 'user', content: 'Hi' }],
};

function bodyAt(
  providerId: string,
  to: DialectId,
  model: string,
  from: DialectId,
  body: JsonObject,
): JsonObject {
  const { encoded } = convertRequest({
    from: dialects[from],
    to: dialects[to],
    request: decoded(from, body, false),
    target: { model, stream: false, traits: traitsFor(providerId, to, model) },
  });
  return JSON.parse(JSON.stringify(encoded.body)) as JsonObject;
}

test.each(OTHERS)('G60 the line of billing is nothing for %s', (to) => {
  const text = JSON.stringify(requestFor(to, 'anthropic-messages', claude).json.body);
  expect(text).not.toContain('billing');
  expect(text).toContain('Be brief.');
});

test.each(OTHERS)('G63 the id of a user is short for %s and always the same', (to) => {
  const [one, two] = [1, 2].map(() => requestFor(to, 'anthropic-messages', claude).json.body);
  expect(one).toEqual(two);
  const { safety_identifier, user, prompt_cache_key } = one ?? {};
  for (const id of [safety_identifier, user, prompt_cache_key])
    if (id !== undefined) expect(String(id)).toMatch(/^.{1,64}$/);
  expect(JSON.stringify(one)).not.toContain('d'.repeat(64));
});

test.each(OTHERS)('G65 what only Anthropic knows is not sent to %s', (to) => {
  const { body } = requestFor(to, 'anthropic-messages', claude).json;
  const names = ['context_management', 'metadata', 'thinking', 'output_config', 'mcp_servers', 'betas'];
  const own = to === 'gemini' ? names : names.filter((name) => name !== 'metadata');
  expect(own.filter((name) => name in body)).toEqual([]);
  expect(JSON.stringify(body)).not.toContain('cache_control');
});

describe('instructions that come late', () => {
  const late: JsonObject = {
    ...claude,
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Go on' },
      { role: 'system', content: 'The mode has changed.' },
    ],
  };

  test.each(DIALECT_IDS)('G62 are never the words of the assistant for %s', (to) => {
    const { body } = requestFor(to, 'anthropic-messages', late).json;
    const turns = (body['messages'] ?? body['input'] ?? body['contents']) as readonly JsonObject[];
    const own = turns.filter(({ role }) => role === 'assistant' || role === 'model');
    expect(JSON.stringify(own)).not.toContain('The mode has changed.');
    expect(JSON.stringify(body)).toContain('The mode has changed.');
  });

  test('G61 are words of the user for servers that want instructions first', () => {
    const { messages } = bodyAt(
      'openai-compatible',
      'openai-chat',
      'some-model',
      'anthropic-messages',
      late,
    ) as {
      messages: readonly JsonObject[];
    };
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  });

  test('G61 all of them are kept, in their order', () => {
    const chat: JsonObject = {
      model: 'alias',
      messages: [
        { role: 'system', content: 'One.' },
        { role: 'developer', content: 'Two.' },
        { role: 'user', content: 'Hi' },
      ],
    };
    for (const to of DIALECT_IDS) {
      const text = JSON.stringify(requestFor(to, 'openai-chat', chat).json.body);
      expect(text.indexOf('One.')).toBeGreaterThan(-1);
      expect(text.indexOf('Two.')).toBeGreaterThan(text.indexOf('One.'));
    }
    const { messages } = bodyAt('openai-compatible', 'openai-chat', 'some-model', 'openai-responses', {
      model: 'alias',
      instructions: 'One.',
      input: [
        { role: 'developer', content: 'Two.' },
        { role: 'user', content: 'Hi' },
      ],
    }) as { messages: readonly JsonObject[] };
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
  });
});

describe('marks for caches', () => {
  const marked = (place: 'system' | 'tools', ttl: object = {}): JsonObject => {
    const cache_control = { type: 'ephemeral', ...ttl };
    const tool = { name: 'f', input_schema: { type: 'object' } };
    return {
      ...claude,
      system: [{ type: 'text', text: 'Be brief.', ...(place === 'system' ? { cache_control } : {}) }],
      tools: [place === 'tools' ? { ...tool, cache_control } : tool],
    };
  };

  test('are words of OpenAI where OpenAI has them', () => {
    const { messages } = bodyAt(
      'openai',
      'openai-chat',
      'gpt-5.6-sol',
      'anthropic-messages',
      marked('system'),
    ) as {
      messages: readonly JsonObject[];
    };
    expect(JSON.stringify(messages)).toContain('"prompt_cache_breakpoint":{"mode":"explicit"}');
  });

  // OpenAI knows the lifetimes 30m and 12h alone and answers 400 to others.
  test('have no lifetime of Anthropic for OpenAI', () => {
    const body = bodyAt(
      'openai',
      'openai-chat',
      'gpt-5.6-sol',
      'anthropic-messages',
      marked('system', { ttl: '1h' }),
    );
    expect(JSON.stringify(body)).not.toContain('"ttl":"1h"');
  });

  // OpenAI has them on parts of content alone.
  test('are on no tool for OpenAI', () => {
    const body = bodyAt('openai', 'openai-chat', 'gpt-5.6-sol', 'anthropic-messages', marked('tools'));
    expect(JSON.stringify(body['tools'])).not.toContain('prompt_cache_breakpoint');
  });
});

describe('headers', () => {
  test.each(OTHERS)('G64 those of Anthropic do not reach an upstream of %s', async (to) => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: [to] }] });
    await ask(gateway.port, {
      ...wires['anthropic-messages'].request('m', false, 'Hello'),
      headers: ['anthropic-beta', 'context-management-2025-06-27', 'anthropic-version', '2023-06-01'],
    });
    const [turn] = one.turns;
    expect([turn?.request.header('anthropic-beta'), turn?.request.header('anthropic-version')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('G64 the list of betas reaches Anthropic as the client wrote it', async () => {
    const one = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: one.origin, dialects: ['anthropic-messages'] }],
    });
    await ask(gateway.port, {
      ...wires['anthropic-messages'].request('m', false, 'Hello'),
      headers: ['anthropic-beta', 'one-2025-01-01,two-2025-01-01'],
    });
    expect(one.turns[0]?.request.header('anthropic-beta')).toBe('one-2025-01-01,two-2025-01-01');
  });

  const pairs = DIALECT_IDS.flatMap((from) =>
    DIALECT_IDS.filter((to) => to !== from).map((to) => [from, to] as const),
  );

  test.each(pairs)(
    'G89 a client of %s of an upstream of %s sees the name that it asked for',
    async (from, to) => {
      const one = await provider();
      const gateway = await gatewayWith({
        upstreams: [{ origin: one.origin, dialects: [to] }],
        aliases: { 'my-alias': 'real-model' },
      });
      for (const stream of [false, true]) {
        const answer = await ask(gateway.port, wires[from].request('my-alias', stream, 'Hello'));
        expect(one.turns.at(-1)?.model).toBe('real-model');
        expect(answer.header('x-sluice-model')).toBe('real-model');
        expect(answer.text()).toContain('"my-alias"');
        expect(answer.text()).not.toContain('real-model');
      }
    },
  );
});
