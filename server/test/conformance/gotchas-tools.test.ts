// Tools between formats: definitions, calls and results as the formats take them, each fact by its number.

import { describe, expect, test } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import { traitsFor } from '../../src/core/providers/traits/index.ts';
import { answerOf, bodyFor, chunk, eventsFor, requestFor } from './gotchas-run.ts';
import { DIALECT_IDS } from './matrix-targets.ts';

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const tools = ['weather', 'now'].map((name) => ({ name, input_schema: parameters }));
const use = (id: string, name = 'weather', input: object = { city: 'Oslo' }) => ({
  type: 'tool_use',
  id,
  name,
  input,
});
const result = (tool_use_id: string, content: unknown, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id,
  content,
  ...more,
});
const PIXEL = 'iVBORw0KGgo=';
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } };
const asked = (assistant: readonly object[], user: readonly object[], more: object = {}): JsonObject => ({
  model: 'alias',
  max_tokens: 100,
  tools,
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: assistant },
    { role: 'user', content: user },
  ],
  ...more,
});
const sent = (to: DialectId, body: JsonObject, from: DialectId = 'anthropic-messages'): JsonObject =>
  requestFor(to, from, body).json.body;

describe('definitions', () => {
  test('G33 a function without strict is sent to Responses with strict: false', () => {
    const { tools: written } = sent('openai-responses', asked([use('toolu_1')], [result('toolu_1', 'ok')]));
    expect(written).toMatchObject([
      { name: 'weather', strict: false },
      { name: 'now', strict: false },
    ]);
  });

  test('G40 G41 Gemini gets the schema as JSON Schema without its address', () => {
    const input_schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { $schema: { type: 'string' }, size: { type: ['integer', 'null'], exclusiveMinimum: 0 } },
    };
    const body = sent(
      'gemini',
      asked([], [{ type: 'text', text: 'Go' }], { tools: [{ name: 'f', input_schema }] }),
    );
    const [{ functionDeclarations }] = body['tools'] as readonly [
      { functionDeclarations: readonly JsonObject[] },
    ];
    const schema = functionDeclarations[0]?.['parametersJsonSchema'] as JsonObject;
    expect(Object.keys(schema)).not.toContain('$schema');
    expect(schema['properties']).toMatchObject({
      $schema: { type: 'string' },
      size: { exclusiveMinimum: 0 },
    });
  });

  test('G53 a tool of Claude Code without a type is a function everywhere', () => {
    for (const to of DIALECT_IDS)
      expect(JSON.stringify(sent(to, asked([use('toolu_1')], [result('toolu_1', 'ok')]))['tools'])).toMatch(
        /"name":"now"/,
      );
  });

  test.each(DIALECT_IDS.filter((id) => id !== 'anthropic-messages'))(
    'G54 G55 %s gets no choice when the only tool was one that it has not',
    (to) => {
      const body = {
        ...asked([], [{ type: 'text', text: 'Go' }]),
        tools: [{ type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' }],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      };
      const { json, losses } = requestFor(to, 'anthropic-messages', body);
      const hasTools = JSON.stringify(json.body['tools'] ?? []).length > 2;
      const names = ['tool_choice', 'parallel_tool_calls', 'toolConfig'];
      if (hasTools) expect(JSON.stringify(json.body['tools'])).toContain('str_replace_based_edit_tool');
      else {
        expect(names.filter((name) => name in json.body)).toEqual([]);
        expect(losses).not.toEqual([]);
      }
    },
  );

  test.each([
    ['anthropic', 'anthropic-messages', 'claude-sonnet-4-5', false],
    ['openai', 'openai-chat', 'gpt-5.1', true],
  ] as const)('G58 %s (%s, %s) is forced to call while it reasons: %s', (provider, dialect, model, may) => {
    expect(traitsFor(provider, dialect, model).forcedToolChoiceWhileReasoning).toBe(may);
  });

  test('G58 Messages that reason are not forced', () => {
    const body = {
      model: 'alias',
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'function', function: { name: 'weather', parameters } }],
      tool_choice: 'required',
      reasoning_effort: 'high',
    };
    const { json, losses } = requestFor('anthropic-messages', 'openai-chat', body);
    expect(json.body).toMatchObject({ thinking: { type: 'adaptive' } });
    const choice = json.body['tool_choice'] as JsonObject | undefined;
    expect(choice?.['type'] ?? 'auto').toBe('auto');
    expect(losses.map(({ feature }) => feature)).toContain('tool-choice');
  });
});

describe('arguments', () => {
  const empty = (text: string) =>
    answerOf(
      'openai-chat',
      chunk({
        role: 'assistant',
        tool_calls: [
          { index: 0, id: 'call_1', type: 'function', function: { name: 'now', arguments: text } },
        ],
      }),
      chunk({}, 'tool_calls'),
      '[DONE]',
    );

  test.each(['', '{}'])('G45 %j is an object without members for everybody', (text) => {
    expect(bodyFor('anthropic-messages', empty(text))).toMatchObject({
      content: [{ type: 'tool_use', input: {} }],
    });
    expect(bodyFor('openai-responses', empty(text))).toMatchObject({ output: [{ arguments: '{}' }] });
    const [part] = eventsFor('gemini', empty(text)).flatMap((event) => {
      const [candidate] = event['candidates'] as readonly { content?: { parts?: readonly JsonObject[] } }[];
      return (candidate?.content?.parts ?? []).filter((each) => 'functionCall' in each);
    });
    const { args = {} } = (part?.['functionCall'] ?? { args: 'no call' }) as { args?: unknown };
    expect(args).toEqual({});
  });

  test('G43 members of arguments that are called like keywords of schemas stay', () => {
    const input = { title: 'T', format: 'F', $schema: 'S', default: null, additionalProperties: false };
    for (const to of DIALECT_IDS) {
      const body = JSON.stringify(
        sent(to, asked([use('toolu_1', 'weather', input)], [result('toolu_1', 'ok')])),
      );
      for (const name of Object.keys(input)) expect(body.replaceAll('\\"', '"')).toContain(`"${name}":`);
    }
  });
});

describe('results', () => {
  const mixed = asked(
    [use('toolu_1'), use('toolu_2', 'now', {})],
    [
      { type: 'text', text: 'And then?' },
      result('toolu_1', [{ type: 'text', text: 'a' }, picture]),
      result('toolu_2', 'b'),
    ],
  );

  test('G49 G50 G51 chat: results, then pictures, then what was said', () => {
    const messages = sent('openai-chat', mixed)['messages'] as readonly JsonObject[];
    const from = messages.findIndex(({ role }) => role === 'assistant');
    expect(messages[from]).toMatchObject({ tool_calls: [{ id: 'toolu_1' }, { id: 'toolu_2' }] });
    expect(messages.slice(from + 1, from + 3)).toMatchObject([
      { role: 'tool', tool_call_id: 'toolu_1' },
      { role: 'tool', tool_call_id: 'toolu_2', content: 'b' },
    ]);
    const rest = JSON.stringify(messages.slice(from + 3));
    expect(rest).toContain(PIXEL);
    expect(rest).toContain('And then?');
    expect(rest).not.toContain('"tool"');
  });

  test('G49 G50 Responses: outputs follow their calls', () => {
    const input = sent('openai-responses', mixed)['input'] as readonly JsonObject[];
    const kinds = input.map(({ type, call_id }) => `${type} ${call_id ?? ''}`);
    const first = kinds.indexOf('function_call toolu_1');
    expect(kinds.slice(first, first + 4)).toEqual([
      'function_call toolu_1',
      'function_call toolu_2',
      'function_call_output toolu_1',
      'function_call_output toolu_2',
    ]);
  });

  test('G46 G48 Gemini: as many responses as calls in one content, nothing else in it', () => {
    const contents = sent('gemini', mixed)['contents'] as readonly { parts: readonly JsonObject[] }[];
    const from = contents.findIndex(({ parts }) => parts.some((part) => 'functionCall' in part));
    expect(contents[from]?.parts.filter((part) => 'functionCall' in part)).toHaveLength(2);
    const responses = contents[from + 1]?.parts ?? [];
    expect(responses.filter((part) => 'functionResponse' in part)).toHaveLength(2);
    expect(JSON.stringify(contents.slice(from + 1))).toContain('And then?');
  });

  test('G47 Gemini 2.5 gets the picture beside the responses and Gemini 3 within', () => {
    expect(traitsFor('gemini', 'gemini', 'gemini-2.5-flash').imagesInResults).toBe('after');
    expect(traitsFor('gemini', 'gemini', 'gemini-3-pro-preview').imagesInResults).toBe('native');
  });

  test('G49 Messages: results come first, whatever the client of Responses said between', () => {
    const body = {
      model: 'alias',
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' },
        { role: 'user', content: 'Hurry.' },
        { type: 'function_call_output', call_id: 'call_1', output: 'ok' },
      ],
      tools: [{ type: 'function', name: 'weather', parameters, strict: false }],
    };
    const messages = sent('anthropic-messages', body, 'openai-responses')[
      'messages'
    ] as readonly JsonObject[];
    const from = messages.findIndex(({ role }) => role === 'assistant');
    const [first] = (messages[from + 1]?.['content'] ?? []) as readonly JsonObject[];
    expect(first).toMatchObject({ type: 'tool_result', tool_use_id: 'call_1' });
  });

  test('G59 words of the assistant between a call and its output stand before the output', () => {
    const body = {
      model: 'alias',
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'One moment.' }] },
        { type: 'function_call_output', call_id: 'call_1', output: 'ok' },
      ],
      tools: [{ type: 'function', name: 'weather', parameters, strict: false }],
    };
    const messages = sent('openai-chat', body, 'openai-responses')['messages'] as readonly JsonObject[];
    expect(messages.slice(-2)).toMatchObject([
      { role: 'assistant', content: 'One moment.', tool_calls: [{ id: 'call_1' }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'ok' },
    ]);
    const anthropic = sent('anthropic-messages', body, 'openai-responses')[
      'messages'
    ] as readonly JsonObject[];
    expect(anthropic.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('G52 empty text beside calls is left out', () => {
    const body = {
      model: 'alias',
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'ok' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', parameters } }],
    };
    const messages = sent('anthropic-messages', body, 'openai-chat')['messages'] as readonly JsonObject[];
    expect(messages[1]?.['content']).toMatchObject([{ type: 'tool_use' }]);
    const contents = sent('gemini', body, 'openai-chat')['contents'] as readonly {
      parts: readonly object[];
    }[];
    expect(contents[1]?.parts).toHaveLength(1);
  });

  test('an error of a tool is one for everybody', () => {
    const failed = asked([use('toolu_1')], [result('toolu_1', 'no such city', { is_error: true })]);
    expect(JSON.stringify(sent('openai-chat', failed))).toContain('Error: no such city');
    expect(JSON.stringify(sent('openai-responses', failed))).toContain('Error: no such city');
    expect(JSON.stringify(sent('gemini', failed))).toContain('"response":{"error":"no such city"}');
  });
});

describe('ids and names', () => {
  test('G57 an id of more than 64 characters is short for Responses, on both sides the same', () => {
    const long = `toolu_${'x'.repeat(90)}`;
    const input = sent('openai-responses', asked([use(long)], [result(long, 'ok')]))[
      'input'
    ] as readonly JsonObject[];
    const ids = input.flatMap(({ call_id }) => (typeof call_id === 'string' ? [call_id] : []));
    expect([ids.length, new Set(ids).size, (ids[0] ?? '').length <= 64]).toEqual([2, 1, true]);
  });

  test('G56 a name that the target does not take is another one there, and the client never sees it', () => {
    const name = `mcp.server ${'long '.repeat(20)}`;
    const body = {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      tools: [{ functionDeclarations: [{ name, parametersJsonSchema: parameters }] }],
    };
    const [tool] = sent('anthropic-messages', body, 'gemini')['tools'] as readonly { name: string }[];
    expect(tool?.name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
    const [other] = sent('openai-responses', body, 'gemini')['tools'] as readonly { name: string }[];
    expect(other?.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });
});
