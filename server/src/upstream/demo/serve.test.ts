// The demo over HTTP in all four formats, judged by the same readers that the gateway judges real providers with.

import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../core/dialects/index.ts';
import { DIALECT_IDS, type DialectId } from '../../core/model/dialect-id.ts';
import { type Demo, startDemo } from './serve.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo(0);
  return () => demo.close();
});

type Json = Record<string, unknown>;

const PROMPT = 'Say hello to Ada.';
const WEATHER = 'Use get_weather for "Paris".';
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const declared = { name: 'get_weather', description: 'Tells the weather', parameters };

/** How each format asks, with and without reasoning and a tool. */
const ASKS: Readonly<
  Record<DialectId, { path: string; body(prompt: string, reasons: boolean): Json; tools: Json }>
> = {
  'openai-chat': {
    path: '/v1/chat/completions',
    body: (content, reasons) => ({
      model: 'any',
      messages: [{ role: 'user', content }],
      ...(reasons ? { reasoning_effort: 'low' } : {}),
      stream_options: { include_usage: true },
    }),
    tools: { tools: [{ type: 'function', function: declared }] },
  },
  'openai-responses': {
    path: '/v1/responses',
    body: (input, reasons) => ({ model: 'any', input, ...(reasons ? { reasoning: { effort: 'low' } } : {}) }),
    tools: { tools: [{ type: 'function', ...declared }] },
  },
  'anthropic-messages': {
    path: '/v1/messages',
    body: (content, reasons) => ({
      model: 'any',
      max_tokens: 1000,
      messages: [{ role: 'user', content }],
      ...(reasons ? { thinking: { type: 'enabled', budget_tokens: 1024 } } : {}),
    }),
    tools: { tools: [{ name: declared.name, input_schema: parameters }] },
  },
  gemini: {
    path: '/v1beta/models/any:generateContent',
    body: (text, reasons) => ({
      contents: [{ role: 'user', parts: [{ text }] }],
      ...(reasons ? { generationConfig: { thinkingConfig: { includeThoughts: true } } } : {}),
    }),
    tools: { tools: [{ functionDeclarations: [declared] }] },
  },
};

async function post(path: string, body: unknown): Promise<{ status: number; type: string; bytes: Buffer }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(demo.origin + path, { method: 'POST', body: text });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** The same question, to be answered in a stream. */
function streamed(dialect: DialectId, body: Json): readonly [path: string, body: Json] {
  const { path } = ASKS[dialect];
  if (dialect === 'gemini') return [`${path.replace(':generate', ':streamGenerate')}?alt=sse`, body];
  return [path, { ...body, stream: true }];
}

describe.each(DIALECT_IDS)('%s', (id) => {
  const { path, body, tools } = ASKS[id];
  const dialect = dialects[id];

  test('a whole answer is one that the gateway accepts, with usage', async () => {
    const { status, bytes } = await post(path, body(PROMPT, false));
    expect(status).toBe(200);
    expect(bytes.toString('utf8')).toContain('You said: \\"Say hello to Ada.\\".');
    const reading = dialect.readAnswer(bytes, 'generate');
    expect(reading).toMatchObject({ ok: true, usage: { clamped: false, output: { reasoning: 0 } } });
  });

  test.each([
    ['an answer', PROMPT, false, {}],
    ['reasoning and an answer', PROMPT, true, {}],
    ['a tool call', WEATHER, false, tools],
  ])('a stream of %s ends well and uses what the whole answer uses', async (_, prompt, reasons, more) => {
    const asked = { ...body(prompt, reasons), ...more };
    const [streamPath, streamBody] = streamed(id, asked);
    const stream = await post(streamPath, streamBody);
    expect(stream.type).toContain('text/event-stream');
    const watch = dialect.watch('sse');
    watch.read(stream.bytes);
    watch.finish();
    expect(watch.phase).toBe('ended');

    const whole = await post(path, asked);
    const reading = dialect.readAnswer(whole.bytes, 'generate');
    if (!reading.ok) throw new Error(reading.error.message);
    expect(watch.usage()?.output).toEqual(reading.usage?.output);
    if (more === tools) expect(whole.bytes.toString('utf8')).toContain('get_weather');
  });

  test('a forbidden tool is not called', async () => {
    const never: Json =
      id === 'gemini'
        ? { toolConfig: { functionCallingConfig: { mode: 'NONE' } } }
        : { tool_choice: id === 'anthropic-messages' ? { type: 'none' } : 'none' };
    const { bytes } = await post(path, { ...body(WEATHER, false), ...tools, ...never });
    expect(bytes.toString('utf8')).toContain('You said');
  });

  test('whatever JSON it is sent, it answers', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const members = fc.dictionary(
      fc.constantFrom('model', 'messages', 'input', 'contents', 'tools', 'system', 'stream'),
      value,
    );
    await fc.assert(
      fc.asyncProperty(members, async (request) => {
        const { status } = await post(path, request);
        expect(status).toBe(200);
      }),
      { numRuns: 50 },
    );
  });
});

test('Gemini streams are one JSON array where SSE was not asked for', async () => {
  const { type, bytes } = await post(
    '/v1beta/models/any:streamGenerateContent',
    ASKS.gemini.body(PROMPT, false),
  );
  expect(type).toContain('application/json');
  const elements: unknown = JSON.parse(bytes.toString('utf8'));
  expect(Array.isArray(elements) && elements.length).toBeGreaterThan(5);
  const watch = dialects.gemini.watch('json-array');
  watch.read(bytes);
  watch.finish();
  expect(watch.phase).toBe('ended');
});

test('only the last text of a turn is taken for what the person wrote', async () => {
  const content = [
    { type: 'text', text: '<notes of the agent>' },
    { type: 'text', text: 'Good morning' },
  ];
  const { bytes } = await post('/v1/messages', { messages: [{ role: 'user', content }] });
  expect(bytes.toString('utf8')).toContain('You said: \\"Good morning\\".');
});

test('tokens are counted', async () => {
  const anthropic = await post('/v1/messages/count_tokens', ASKS['anthropic-messages'].body(PROMPT, false));
  expect(JSON.parse(anthropic.bytes.toString('utf8'))).toEqual({ input_tokens: expect.any(Number) });
  const gemini = await post('/v1beta/models/any:countTokens', ASKS.gemini.body(PROMPT, false));
  expect(JSON.parse(gemini.bytes.toString('utf8'))).toEqual({ totalTokens: expect.any(Number) });
});

test('what is not JSON is refused with 400, and what it does not have with 404', async () => {
  expect((await post('/v1/chat/completions', '{"model":')).status).toBe(400);
  expect((await post('/v1/embeddings', {})).status).toBe(404);
});
