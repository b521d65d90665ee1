// The official OpenAI library through the gateway, against a mock of OpenAI: Chat Completions, Responses, embeddings.

import OpenAI from 'openai';
import { beforeAll, describe, expect, test } from 'vitest';
import { CONVERSATION } from './kit/gateway.ts';
import {
  CLIENT_KEY,
  served,
  startVendorGateway,
  UPSTREAM_KEY,
  type VendorGateway,
  WRONG_KEY,
} from './kit/vendor-gateway.ts';
import {
  EMBEDDING_TOKENS,
  GREETED,
  GREETING,
  GREETING_USAGE,
  LIMITED_MODEL,
  LIMITED_WORDS,
  VECTOR,
  WEATHER,
  WEATHER_CALL,
  WEATHER_CALL_USAGE,
  WEATHER_PARAMETERS,
  WEATHER_TOLD,
  WEATHER_TOLD_USAGE,
} from './kit/vendor-mock.ts';

let setting: VendorGateway;
beforeAll(async () => {
  setting = await startVendorGateway('openai');
  return () => setting.stop();
});

const MODEL = 'gpt-mock';
const WELL = { status: 200, client: 'tester', upstream: 'openai', attempts: 1, streamed: false, error: null };

/** A library as a user makes it; its requests carry a conversation id. */
function client(conversation: string, apiKey: string = CLIENT_KEY): OpenAI {
  return new OpenAI({
    baseURL: `${setting.gateway.origin}/v1`,
    apiKey,
    maxRetries: 0,
    defaultHeaders: { [CONVERSATION]: conversation },
  });
}

const weatherTool = {
  name: WEATHER_CALL.name,
  description: 'Tells the weather',
  parameters: WEATHER_PARAMETERS,
};

test('models are listed as OpenAI lists them', async () => {
  const models = await client('models').models.list();
  expect(models.data).toContainEqual({
    id: MODEL,
    object: 'model',
    created: 1_700_000_000,
    owned_by: 'mock',
  });
  expect(served(await setting.row('models'))).toMatchObject({ status: 200, client: 'tester', attempts: 0 });
});

test('one model is described', async () => {
  const model = await client('one-model').models.retrieve(MODEL);
  expect(model.id).toBe(MODEL);
  await setting.row('one-model');
});

describe('Chat Completions', () => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: `Please ${GREETING}.` }];
  const greeted = { ...WELL, route: 'chat.completions', ...GREETING_USAGE };

  test('a completion arrives with its usage', async () => {
    const { data, response } = await client('chat')
      .chat.completions.create({ model: MODEL, messages })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe(GREETED);
    expect(data.usage).toMatchObject({
      prompt_tokens: GREETING_USAGE.input,
      completion_tokens: GREETING_USAGE.output,
    });
    expect(response.headers.get('x-sluice-upstream')).toBe('openai');
    expect(served(await setting.row('chat'))).toEqual(greeted);
  });

  test('a stream arrives in pieces, with the usage it asked for', async () => {
    const stream = client('chat-stream').chat.completions.stream({
      model: MODEL,
      messages,
      stream_options: { include_usage: true },
    });
    let pieces = 0;
    stream.on('content', () => {
      pieces += 1;
    });
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]?.message.content).toBe(GREETED);
    expect(pieces).toBeGreaterThan(3);
    expect(completion.usage).toMatchObject({
      prompt_tokens: GREETING_USAGE.input,
      completion_tokens: GREETING_USAGE.output,
    });
    expect(served(await setting.row('chat-stream'))).toEqual({ ...greeted, streamed: true });
  });

  test('a stream that did not ask for usage shows none, and the ledger has it all the same', async () => {
    const stream = await client('chat-stream-bare').chat.completions.create({
      model: MODEL,
      messages,
      stream: true,
    });
    let text = '';
    for await (const chunk of stream) {
      expect(chunk.choices).toHaveLength(1);
      expect(chunk.usage ?? null).toBeNull();
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toBe(GREETED);
    expect(served(await setting.row('chat-stream-bare'))).toEqual({ ...greeted, streamed: true });
  });

  test('a tool is called and its result is answered', async () => {
    const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: weatherTool }];
    const asked: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: `Tell me: ${WEATHER} in Paris?` },
    ];
    const first = await client('chat-tool').chat.completions.create({ model: MODEL, messages: asked, tools });
    const message = first.choices[0]?.message;
    const call = message?.tool_calls?.[0];
    if (message === undefined || call?.type !== 'function') throw new Error('No function was called.');
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    expect(call.function.name).toBe(WEATHER_CALL.name);
    expect(JSON.parse(call.function.arguments)).toEqual(WEATHER_CALL.arguments);

    const result: OpenAI.ChatCompletionMessageParam = { role: 'tool', tool_call_id: call.id, content: '18' };
    const second = await client('chat-tool-result').chat.completions.create({
      model: MODEL,
      messages: [...asked, message, result],
      tools,
    });
    expect(second.choices[0]?.message.content).toBe(WEATHER_TOLD);
    expect(served(await setting.row('chat-tool'))).toEqual({ ...greeted, ...WEATHER_CALL_USAGE });
    expect(served(await setting.row('chat-tool-result'))).toEqual({ ...greeted, ...WEATHER_TOLD_USAGE });
  });

  test('a streamed tool call is put together by the library', async () => {
    const stream = client('chat-tool-stream').chat.completions.stream({
      model: MODEL,
      messages: [{ role: 'user', content: `Tell me: ${WEATHER} in Paris?` }],
      tools: [{ type: 'function', function: weatherTool }],
    });
    const message = await stream.finalMessage();
    const call = message.tool_calls?.[0];
    if (call?.type !== 'function') throw new Error('No function was called.');
    expect(call.id).toBe(WEATHER_CALL.id);
    expect(JSON.parse(call.function.arguments)).toEqual(WEATHER_CALL.arguments);
    expect(served(await setting.row('chat-tool-stream'))).toEqual({
      ...greeted,
      ...WEATHER_CALL_USAGE,
      streamed: true,
    });
  });
});

describe('Responses', () => {
  const answered = { ...WELL, route: 'responses', ...GREETING_USAGE };

  test('a response arrives with its usage', async () => {
    const response = await client('responses').responses.create({
      model: MODEL,
      input: `Please ${GREETING}.`,
    });
    expect(response.output_text).toBe(GREETED);
    expect(response.usage).toMatchObject({
      input_tokens: GREETING_USAGE.input,
      output_tokens: GREETING_USAGE.output,
    });
    expect(served(await setting.row('responses'))).toEqual(answered);
  });

  test('a streamed response arrives in pieces', async () => {
    const stream = client('responses-stream').responses.stream({
      model: MODEL,
      input: `Please ${GREETING}.`,
    });
    let pieces = 0;
    for await (const event of stream) if (event.type === 'response.output_text.delta') pieces += 1;
    const response = await stream.finalResponse();
    expect(response.output_text).toBe(GREETED);
    expect(pieces).toBeGreaterThan(3);
    expect(served(await setting.row('responses-stream'))).toEqual({ ...answered, streamed: true });
  });

  test('a function is called and its output is answered', async () => {
    const tools: OpenAI.Responses.FunctionTool[] = [{ type: 'function', strict: false, ...weatherTool }];
    const asked: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: `Tell me: ${WEATHER} in Paris?` },
    ];
    const first = await client('responses-tool').responses.create({ model: MODEL, input: asked, tools });
    const call = first.output.find((item) => item.type === 'function_call');
    if (call === undefined) throw new Error('No function was called.');
    expect(call.name).toBe(WEATHER_CALL.name);
    expect(JSON.parse(call.arguments)).toEqual(WEATHER_CALL.arguments);

    const second = await client('responses-tool-result').responses.create({
      model: MODEL,
      input: [...asked, call, { type: 'function_call_output', call_id: call.call_id, output: '18' }],
      tools,
    });
    expect(second.output_text).toBe(WEATHER_TOLD);
    expect(served(await setting.row('responses-tool'))).toEqual({ ...answered, ...WEATHER_CALL_USAGE });
    expect(served(await setting.row('responses-tool-result'))).toEqual({
      ...answered,
      ...WEATHER_TOLD_USAGE,
    });
  });
});

test('embeddings arrive in base64, which the library asks for and decodes', async () => {
  const answer = await client('embeddings').embeddings.create({
    model: 'text-embedding-mock',
    input: ['one', 'two'],
  });
  expect(answer.data.map((item) => [...item.embedding])).toEqual([VECTOR, VECTOR]);
  const plain = await client('embeddings-float').embeddings.create({
    model: 'text-embedding-mock',
    input: 'one',
    encoding_format: 'float',
  });
  expect(plain.data[0]?.embedding).toEqual(VECTOR);
  const used = { ...WELL, route: 'embeddings', input: EMBEDDING_TOKENS, output: 0 };
  expect(served(await setting.row('embeddings'))).toEqual(used);
  expect(served(await setting.row('embeddings-float'))).toEqual(used);
});

describe('errors', () => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: GREETING }];

  test('a wrong client key is an AuthenticationError and leaves no row', async () => {
    const call = client('wrong-key', WRONG_KEY).chat.completions.create({ model: MODEL, messages });
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(String(error)).toContain('client key');
  });

  test('an unknown model is a NotFoundError that names the model', async () => {
    const call = client('unknown-model').chat.completions.create({ model: 'no-such-model', messages });
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(String(error)).toContain('no-such-model');
    expect(served(await setting.row('unknown-model'))).toMatchObject({
      status: 404,
      error: 'model_not_found',
      attempts: 0,
    });
  });

  test("an upstream's 429 is a RateLimitError with the upstream's own words", async () => {
    const call = client('limited').chat.completions.create({ model: LIMITED_MODEL, messages });
    const error = await call.catch((thrown: unknown) => thrown);
    if (!(error instanceof OpenAI.RateLimitError)) throw error;
    expect(error.error).toMatchObject({ message: LIMITED_WORDS, code: 'rate_limit_exceeded' });
    expect(error.headers.get('retry-after')).not.toBeNull();
    expect(served(await setting.row('limited'))).toMatchObject({
      status: 429,
      error: 'upstream_error',
      upstream: 'limited',
      attempts: 1,
    });
  });
});

test('the upstream sees the key of the gateway and never that of the client', () => {
  const calls = setting.received;
  expect(calls.length).toBeGreaterThan(5);
  for (const { headers } of calls) {
    expect(headers['authorization']).toBe(`Bearer ${UPSTREAM_KEY}`);
    expect(JSON.stringify(headers)).not.toContain(CLIENT_KEY);
  }
});

test('the usage report sums up what the rows say', async () => {
  const { code, stdout } = await setting.gateway.command('usage', '--json');
  expect(code).toBe(0);
  const reported: unknown = JSON.parse(stdout);
  const rows = await setting.gateway.ledger((all) => all);
  const sum = (column: 'input_uncached' | 'output_text'): number =>
    rows.reduce((total, row) => total + (row[column] ?? 0), 0);
  expect(reported).toMatchObject({
    total: { requests: rows.length, inputUncached: sum('input_uncached'), outputText: sum('output_text') },
  });
});
