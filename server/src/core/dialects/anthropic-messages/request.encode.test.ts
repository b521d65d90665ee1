import { describe, expect, test } from 'vitest';
import { messagesTraits } from '../../../../test/kit/messages-answers.ts';
import { parseExactly, writeExactly } from '../../json/exact-numbers.ts';
import type { Part } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Loss, lossReport } from '../../model/loss.ts';
import type { ChatRequest, Turn } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { encodeRequest } from './request.encode.ts';

interface Written {
  readonly body: JsonObject;
  readonly losses: readonly Loss[];
}

/** 'none' leaves the limit out. */
function encoded(
  request: Partial<ChatRequest>,
  traits: ModelTraits = messagesTraits(),
  limit: 'some' | 'none' = 'some',
): Written {
  const report = lossReport();
  const whole: ChatRequest = {
    origin: 'openai-chat',
    model: 'alias',
    stream: false,
    includeUsage: true,
    turns: [said('user', 'hi')],
    tools: [],
    sampling: {},
    ...(limit === 'some' ? { maxOutputTokens: 100 } : {}),
    ...request,
  };
  const { body, path } = encodeRequest(whole, { model: 'claude', stream: true, traits, losses: report });
  expect(path).toBe('/v1/messages');
  return { body: parseExactly(writeExactly(body)) as JsonObject, losses: report.losses };
}

function said(role: Turn['role'], ...texts: readonly string[]): Turn {
  return { role, parts: texts.map((text) => ({ type: 'text', text })) };
}

const call = (id: string, text = '{}'): Part => ({
  type: 'tool-call',
  id,
  kind: 'function',
  name: 'f',
  arguments: text,
});
const result = (callId: string): Part => ({
  type: 'tool-result',
  callId,
  kind: 'function',
  content: [{ type: 'text', text: 'done' }],
});
const block = (text: string): JsonObject => ({ type: 'text', text });
const features = (losses: readonly Loss[]): readonly string[] => losses.map(({ feature }) => feature);

describe('encodeRequest of anthropic-messages: the conversation', () => {
  test('leading instructions become system, later ones stay where the model takes them', () => {
    const turns = [said('system', 'a'), said('developer', 'b'), said('user', 'c'), said('system', 'd')];
    expect(encoded({ turns }).body).toMatchObject({
      system: [block('a'), block('b')],
      messages: [
        { role: 'user', content: [block('c')] },
        { role: 'system', content: [block('d')] },
      ],
    });
  });

  test('instructions alone become the words of the user', () => {
    const { body, losses } = encoded({ turns: [said('system', 'a')] });
    expect(body['messages']).toEqual([{ role: 'user', content: [block('a')] }]);
    expect(body).not.toHaveProperty('system');
    expect(features(losses)).toEqual(['system-only']);
  });

  test('a conversation that begins with the assistant gets a first turn of the user', () => {
    const { body, losses } = encoded({ turns: [said('assistant', 'a'), said('user', 'b')] });
    expect(body['messages']).toMatchObject([{ role: 'user' }, { role: 'assistant' }, { role: 'user' }]);
    expect(features(losses)).toEqual(['first-turn']);
  });

  test('G49 G50 results come first and together in the turn after the calls', () => {
    const turns: Turn[] = [
      said('user', 'go'),
      { role: 'assistant', parts: [call('a'), call('b')] },
      { role: 'user', parts: [{ type: 'text', text: 'look' }, result('a')] },
      { role: 'user', parts: [result('b')] },
    ];
    const [, calls, results] = encoded({ turns }).body['messages'] as [JsonObject, JsonObject, JsonObject];
    expect(calls['content']).toMatchObject([
      { type: 'tool_use', id: 'a' },
      { type: 'tool_use', id: 'b' },
    ]);
    expect(results['content']).toMatchObject([
      { type: 'tool_result', tool_use_id: 'a', content: [block('done')] },
      { type: 'tool_result', tool_use_id: 'b' },
      block('look'),
    ]);
  });

  test('G52 empty text is left out, and turns that were nothing else join their neighbours', () => {
    const turns = [said('user', 'a'), said('assistant', '', ' '), said('user', 'b')];
    expect(encoded({ turns }).body['messages']).toEqual([
      { role: 'user', content: [block('a'), block('b')] },
    ]);
  });

  test('numbers of many digits stay what they are', () => {
    const turns = [
      said('user', 'hi'),
      { role: 'assistant', parts: [call('a', '{"id":12345678901234567890}')] },
    ];
    const { body, losses } = encoded({ turns: turns as Turn[] });
    expect(writeExactly(body)).toContain('"input":{"id":12345678901234567890}');
    expect(features(losses)).not.toContain('big-number');
  });

  test('white space at the end of an answer to be continued is cut off', () => {
    const { body, losses } = encoded({ turns: [said('user', 'a'), said('assistant', 'b \n')] });
    expect(body['messages']).toMatchObject([{}, { role: 'assistant', content: [block('b')] }]);
    expect(losses).toMatchObject([{ feature: 'trailing-space', severity: 'hint' }]);
  });

  test.each([
    ['', {}, 0],
    ['{}', {}, 0],
    ['null', {}, 0],
    ['{"a":1}', { a: 1 }, 0],
    ['{"a":', { input: '{"a":' }, 1],
    ['[1]', { input: '[1]' }, 1],
  ])('G45 arguments %j are the input %j', (text, input, lost) => {
    const turns: Turn[] = [said('user', 'go'), { role: 'assistant', parts: [call('a', text)] }];
    const { body, losses } = encoded({ turns });
    expect(body['messages']).toMatchObject([{}, { content: [{ type: 'tool_use', input }] }]);
    expect(losses).toHaveLength(lost);
  });

  test('images of types that the API takes are sent, others are a semantic loss', () => {
    const image = (mimeType: string): Part => ({
      type: 'media',
      kind: 'image',
      source: { type: 'base64', data: 'AA' },
      mimeType,
    });
    const { body, losses } = encoded({
      turns: [{ role: 'user', parts: [image('image/png'), image('image/svg+xml')] }],
    });
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }],
      },
    ]);
    expect(losses).toMatchObject([{ feature: 'image', severity: 'semantic' }]);
  });

  test('at most four cache marks are sent, the last ones', () => {
    const parts = ['a', 'b', 'c', 'd', 'e'].map((text): Part => ({ type: 'text', text, cache: {} }));
    const { body, losses } = encoded({ turns: [{ role: 'user', parts }] });
    const marked = JSON.stringify(body).split('cache_control').length - 1;
    expect([marked, features(losses)]).toEqual([4, ['cache-marks']]);
    expect(body['messages']).toMatchObject([
      { content: [{ text: 'a' }, { cache_control: { type: 'ephemeral' } }, {}, {}, {}] },
    ]);
  });
});

describe('encodeRequest of anthropic-messages: settings', () => {
  test('a limit is always there: the model’s own, where the client named none', () => {
    const { body, losses } = encoded({}, messagesTraits(), 'none');
    expect(body['max_tokens']).toBe(32_000);
    expect(losses).toMatchObject([{ feature: 'max-tokens', action: 'defaulted', severity: 'hint' }]);
  });

  test.each([
    [8192, 24_576, { max_tokens: 8192, budget: 4096 }],
    [1000, 4096, { max_tokens: 2024, budget: 1024 }],
    [8192, 2048, { max_tokens: 8192, budget: 2048 }],
  ])(
    'G72 a limit of %d and a budget of %d leave room for each other',
    (maxOutputTokens, budgetTokens, wanted) => {
      const { body } = encoded({ maxOutputTokens, reasoning: { mode: 'on', budgetTokens } });
      expect(body).toMatchObject({
        max_tokens: wanted.max_tokens,
        thinking: { type: 'enabled', budget_tokens: wanted.budget },
      });
    },
  );

  test('G69 thinking is left out where the calls of the last turn lack it', () => {
    const turns: Turn[] = [
      said('user', 'go'),
      { role: 'assistant', parts: [call('a')] },
      { role: 'user', parts: [result('a')] },
    ];
    const reasoning = { mode: 'on', budgetTokens: 2048 } as const;
    const { body, losses } = encoded({ turns, reasoning, maxOutputTokens: 9000 });
    expect(body).not.toHaveProperty('thinking');
    expect(features(losses)).toEqual(['reasoning']);
  });

  test('adaptive models are told the effort beside thinking', () => {
    const { reasoning } = messagesTraits();
    const traits = messagesTraits({ reasoning: { ...reasoning, by: 'adaptive' } });
    const { body } = encoded({ reasoning: { effort: 'high', show: 'summary' } }, traits);
    expect(body).toMatchObject({
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
    });
    expect(encoded({ reasoning: { mode: 'off' } }, traits).body['thinking']).toEqual({ type: 'disabled' });
  });

  test('G44 an output schema has neither name nor strictness', () => {
    const output = { type: 'schema', name: 'n', strict: true, schema: { type: 'object' } } as const;
    expect(encoded({ output }).body['output_config']).toEqual({
      format: { type: 'json_schema', schema: { type: 'object' } },
    });
  });

  test('tools always have a schema of an object, and choices have their own words', () => {
    const { body } = encoded({
      tools: [
        { kind: 'function', name: 'a' },
        { kind: 'function', name: 'b', parameters: { properties: {} }, strict: false },
      ],
      toolChoice: { mode: 'tool', kind: 'function', name: 'a' },
      parallelToolCalls: false,
    });
    expect(body).toMatchObject({
      tools: [
        { name: 'a', input_schema: { type: 'object', properties: {} } },
        { name: 'b', input_schema: { type: 'object', properties: {} } },
      ],
      tool_choice: { type: 'tool', name: 'a', disable_parallel_tool_use: true },
    });
  });

  test('G54 without tools nothing is said of a choice', () => {
    const { body } = encoded({ toolChoice: { mode: 'auto' }, parallelToolCalls: false });
    expect(body).not.toHaveProperty('tool_choice');
    expect(body).not.toHaveProperty('tools');
  });

  test('G65 what only another format knows is not sent, and what cannot be said is reported', () => {
    const { body, losses } = encoded({
      ext: { prediction: {} },
      sampling: { temperature: 1.5, seed: 1, n: 2, stop: ['x'] },
      serviceTier: 'flex',
      endUser: { id: 'u' },
    });
    expect(body).toEqual({
      model: 'claude',
      max_tokens: 100,
      stream: true,
      messages: [{ role: 'user', content: [block('hi')] }],
      stop_sequences: ['x'],
      temperature: 1,
      metadata: { user_id: 'u' },
    });
    expect(features(losses)).toEqual(['temperature', 'service-tier', 'many-choices', 'seed']);
  });
});
