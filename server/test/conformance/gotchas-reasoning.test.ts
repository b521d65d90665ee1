// Reasoning and its proofs between formats: what is sent back reaches its maker as it was made, and nobody else at all.

import { describe, expect, test } from 'vitest';
import { convertRequest } from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import { traitsFor } from '../../src/core/providers/traits/index.ts';
import { answerOf, bodyFor, candidate, message, requestFor } from './gotchas-run.ts';
import { decoded } from './matrix-run.ts';

const tools = [{ name: 'weather', input_schema: { type: 'object', properties: {} } }];
const ask = (assistant: readonly unknown[], more: object = {}): JsonObject => ({
  model: 'alias',
  max_tokens: 20_000,
  tools,
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: assistant },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: idOf(assistant), content: 'ok' }] },
  ],
  ...more,
});

function idOf(content: readonly unknown[]): unknown {
  return (content as readonly JsonObject[]).find(({ type }) => type === 'tool_use')?.['id'];
}

/** What a named model gets of a request. */
function bodyAt(
  provider: string,
  to: DialectId,
  model: string,
  from: DialectId,
  body: JsonObject,
): JsonObject {
  const { encoded } = convertRequest({
    from: dialects[from],
    to: dialects[to],
    request: decoded(from, body, false),
    target: { model, stream: false, traits: traitsFor(provider, to, model) },
  });
  return JSON.parse(JSON.stringify(encoded.body)) as JsonObject;
}

// All letters of both alphabets of base64, without padding: nobody may decode and encode it again.
const SIGNATURE = 'abc-_DEF+/ghi';
const called = { functionCall: { name: 'weather', args: {} } };

describe('signatures of Gemini', () => {
  const answer = answerOf(
    'gemini',
    candidate([{ text: 'Hm.', thought: true }]),
    candidate([{ ...called, thoughtSignature: SIGNATURE }], 'STOP'),
  );
  const given = bodyFor('anthropic-messages', answer) as { content: readonly object[] };

  test('G66 G67 come back on the call that they came with, unaltered', () => {
    const contents = requestFor('gemini', 'anthropic-messages', ask(given.content)).json.body['contents'];
    expect(contents).toMatchObject([
      { role: 'user' },
      {
        role: 'model',
        parts: expect.arrayContaining([
          expect.objectContaining({
            functionCall: expect.objectContaining({ name: 'weather' }),
            thoughtSignature: SIGNATURE,
          }),
        ]),
      },
      { role: 'user', parts: [{ functionResponse: { name: 'weather' } }] },
    ]);
  });

  test.each(['openai-chat', 'openai-responses'] as const)('G37 G68 are not sent to a vendor of %s', (to) => {
    const { body } = requestFor(to, 'anthropic-messages', ask(given.content)).json;
    expect(JSON.stringify(body)).not.toContain(SIGNATURE);
    expect(JSON.stringify(body)).not.toContain('sluice');
  });

  test('G68 are nothing that Anthropic is shown', () => {
    const text = JSON.stringify(
      bodyAt(
        'anthropic',
        'anthropic-messages',
        'claude-sonnet-4-5',
        'anthropic-messages',
        ask(given.content),
      ),
    );
    expect(text).not.toContain(SIGNATURE);
    expect(text).not.toContain('"thinking"');
  });

  test('G66 a call of somebody else gets the documented placeholder for Gemini 3 and none for 2.5', () => {
    const foreign = ask([{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }]);
    const signatures = (model: string) =>
      JSON.stringify(bodyAt('gemini', 'gemini', model, 'anthropic-messages', foreign)).match(
        /"thoughtSignature":"[^"]*"/g,
      );
    expect(signatures('gemini-3-pro-preview')).toHaveLength(1);
    expect(signatures('gemini-2.5-pro')).toBeNull();
  });

  test.each([
    ['a text', { text: 'Well.', thoughtSignature: SIGNATURE }],
    ['an empty text', { text: '', thoughtSignature: SIGNATURE }],
  ])('G67 on %s reach a client of Gemini where they stood', (_, part) => {
    const body = JSON.stringify(bodyFor('gemini', answerOf('gemini', candidate([part], 'STOP'))));
    expect(body).toContain(`"thoughtSignature":"${SIGNATURE}"`);
  });
});

describe('thinking of Anthropic', () => {
  const thought = [
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'Hm.' },
  ] as const;
  const use = [
    { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
    { type: 'input_json_delta', partial_json: '{}' },
  ] as const;
  const [start, opened, delta, ...rest] = message([thought, use], 'tool_use');
  const signed = {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'signature_delta', signature: SIGNATURE },
  };
  const answer = answerOf(
    'anthropic-messages',
    ...[start, opened, delta, signed, ...rest].filter((each) => each !== undefined),
  );

  test('G68 comes back byte for byte and in its place through a client of Responses', () => {
    const { output } = bodyFor('openai-responses', answer) as { output: readonly JsonObject[] };
    const body = {
      model: 'alias',
      store: false,
      tools: [
        { type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: false },
      ],
      reasoning: { effort: 'medium' },
      input: [
        { role: 'user', content: 'Hi' },
        ...output,
        { type: 'function_call_output', call_id: 'toolu_1', output: 'ok' },
      ],
    };
    const { messages } = bodyAt(
      'anthropic',
      'anthropic-messages',
      'claude-sonnet-4-5',
      'openai-responses',
      body,
    ) as {
      messages: readonly JsonObject[];
    };
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: SIGNATURE },
        { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
      ],
    });
  });

  test('G69 a turn before results without thinking switches thinking off', () => {
    const chat = {
      model: 'alias',
      reasoning_effort: 'high',
      tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'ok' },
      ],
    };
    const written = bodyAt('anthropic', 'anthropic-messages', 'claude-sonnet-4-5', 'openai-chat', chat);
    expect((written['thinking'] as JsonObject | undefined)?.['type'] ?? 'disabled').toBe('disabled');
  });

  test.each([
    ['claude-sonnet-4-5', 1200],
    ['claude-haiku-4-5', 30_000],
  ])('G72 %s: the budget is less than the %d tokens of output', (model, max_completion_tokens) => {
    const body = {
      model: 'alias',
      reasoning_effort: 'high',
      max_completion_tokens,
      messages: [{ role: 'user', content: 'Hi' }],
    };
    const written = bodyAt('anthropic', 'anthropic-messages', model, 'openai-chat', body);
    const thinking = written['thinking'] as { budget_tokens?: number } | undefined;
    expect(thinking?.budget_tokens ?? 0).toBeLessThan(written['max_tokens'] as number);
    if (thinking?.budget_tokens !== undefined) expect(thinking.budget_tokens).toBeGreaterThanOrEqual(1024);
  });

  test('G73 an effort that a model lacks becomes the nearest that it has', () => {
    const body = { model: 'alias', reasoning_effort: 'xhigh', messages: [{ role: 'user', content: 'Hi' }] };
    const { output_config } = bodyAt(
      'anthropic',
      'anthropic-messages',
      'claude-opus-4-6',
      'openai-chat',
      body,
    );
    expect(output_config).toMatchObject({ effort: expect.stringMatching(/^(high|max)$/) });
  });

  test.each(['claude-opus-4-7', 'claude-opus-4-8', 'claude-sonnet-5'])(
    'G75 %s gets nothing that steers sampling',
    (model) => {
      const body = {
        model: 'alias',
        temperature: 0.3,
        top_p: 0.5,
        messages: [{ role: 'user', content: 'Hi' }],
      };
      const written = bodyAt('anthropic', 'anthropic-messages', model, 'openai-chat', body);
      expect(Object.keys(written)).toEqual(expect.not.arrayContaining(['temperature', 'top_p', 'top_k']));
    },
  );
});

describe('encrypted reasoning of OpenAI', () => {
  const item = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] };
  const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' };
  const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'up', output: [] };
  const answer = answerOf(
    'openai-responses',
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, summary: [], encrypted_content: 'RlJPTQ' },
    },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { ...item, encrypted_content: 'RlJPTSBET05F' },
    },
    { type: 'response.output_item.added', output_index: 1, item: { ...call, arguments: '' } },
    { type: 'response.output_item.done', output_index: 1, item: { ...call, status: 'completed' } },
    { type: 'response.completed', response: { ...response, status: 'completed' } },
  );
  const { content } = bodyFor('anthropic-messages', answer) as { content: readonly object[] };

  test('G34 G35 G36 comes back complete, before its call and without its id', () => {
    const { input } = requestFor('openai-responses', 'anthropic-messages', ask(content)).json.body as {
      input: readonly JsonObject[];
    };
    const at = input.findIndex(({ type }) => type === 'reasoning');
    expect(input[at]).toMatchObject({ encrypted_content: 'RlJPTSBET05F' });
    expect(input[at]).not.toHaveProperty('id');
    expect(input[at + 1]).toMatchObject({ type: 'function_call', call_id: 'call_1' });
  });

  test('G34 nothing is left of it alone', () => {
    const alone = content.filter((block) => 'type' in block && block.type !== 'tool_use');
    const body = {
      model: 'alias',
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: alone },
        { role: 'user', content: 'Go on' },
      ],
    };
    const { input } = requestFor('openai-responses', 'anthropic-messages', body).json.body as {
      input: readonly JsonObject[];
    };
    expect(input.map(({ type }) => type)).not.toContain('reasoning');
  });
});

describe('DeepSeek', () => {
  test('G71 gets the reasoning of calls back, and its member even where there is none', () => {
    const spoken = ask([
      { type: 'thinking', thinking: 'Hm.', signature: 'x' },
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
    ]);
    const { messages } = bodyAt(
      'deepseek',
      'openai-chat',
      'deepseek-reasoner',
      'anthropic-messages',
      spoken,
    ) as {
      messages: readonly JsonObject[];
    };
    expect(messages.find(({ role }) => role === 'assistant')).toHaveProperty('reasoning_content');
  });
});
