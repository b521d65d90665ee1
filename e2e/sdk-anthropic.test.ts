// The official Anthropic library through the gateway, against a mock of Anthropic: messages, streams, tools, counting.

import Anthropic from '@anthropic-ai/sdk';
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
  COUNTED,
  GREETED,
  GREETING,
  GREETING_USAGE,
  LIMITED_MODEL,
  LIMITED_WORDS,
  WEATHER,
  WEATHER_CALL,
  WEATHER_CALL_USAGE,
  WEATHER_PARAMETERS,
  WEATHER_TOLD,
  WEATHER_TOLD_USAGE,
} from './kit/vendor-mock.ts';

let setting: VendorGateway;
beforeAll(async () => {
  setting = await startVendorGateway('anthropic');
  return () => setting.stop();
});

const MODEL = 'claude-mock';
const SERVED = {
  route: 'messages',
  status: 200,
  client: 'tester',
  upstream: 'anthropic',
  attempts: 1,
  streamed: false,
  error: null,
  ...GREETING_USAGE,
};
const USED = { input_tokens: GREETING_USAGE.input, output_tokens: GREETING_USAGE.output };
const greeting: Anthropic.MessageParam[] = [{ role: 'user', content: `Please ${GREETING}.` }];
const weather: Anthropic.MessageParam[] = [{ role: 'user', content: `Tell me: ${WEATHER} in Paris?` }];
const tools: Anthropic.Tool[] = [
  {
    name: WEATHER_CALL.name,
    description: 'Tells the weather',
    input_schema: { ...WEATHER_PARAMETERS, type: 'object' },
  },
];

/** A library as a user makes it; its requests carry a conversation id. */
function client(conversation: string, apiKey: string = CLIENT_KEY): Anthropic {
  return new Anthropic({
    baseURL: setting.gateway.origin,
    apiKey,
    maxRetries: 0,
    defaultHeaders: { [CONVERSATION]: conversation },
  });
}

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

test('models are listed as Anthropic lists them, with what only Anthropic says of them', async () => {
  const page = await client('models').models.list();
  expect(page.data.map((model) => model.id)).toEqual([MODEL, LIMITED_MODEL]);
  expect(page.data[0]).toMatchObject({
    id: MODEL,
    type: 'model',
    display_name: 'Claude Mock',
    max_input_tokens: 200_000,
  });
  expect(served(await setting.row('models'))).toMatchObject({ status: 200, client: 'tester' });
});

test('one model is described', async () => {
  const model = await client('one-model').models.retrieve(MODEL);
  expect(model).toMatchObject({ id: MODEL, display_name: 'Claude Mock' });
  await setting.row('one-model');
});

test('a message arrives with its usage', async () => {
  const message = await client('message').messages.create({
    model: MODEL,
    max_tokens: 100,
    messages: greeting,
  });
  expect(textOf(message)).toBe(GREETED);
  expect(message.stop_reason).toBe('end_turn');
  expect(message.usage).toMatchObject(USED);
  expect(served(await setting.row('message'))).toEqual(SERVED);
});

test('a stream is accumulated to the same message', async () => {
  const stream = client('stream').messages.stream({ model: MODEL, max_tokens: 100, messages: greeting });
  let pieces = 0;
  stream.on('text', () => {
    pieces += 1;
  });
  const message = await stream.finalMessage();
  expect(textOf(message)).toBe(GREETED);
  expect(pieces).toBeGreaterThan(3);
  expect(message.usage).toMatchObject(USED);
  expect(served(await setting.row('stream'))).toEqual({ ...SERVED, streamed: true });
});

test('a tool is called and its result is answered', async () => {
  const first = await client('tool').messages.create({
    model: MODEL,
    max_tokens: 100,
    messages: weather,
    tools,
  });
  const use = first.content.find((block) => block.type === 'tool_use');
  if (use === undefined) throw new Error('No tool was used.');
  expect(first.stop_reason).toBe('tool_use');
  expect(use).toMatchObject({ id: WEATHER_CALL.id, name: WEATHER_CALL.name, input: WEATHER_CALL.arguments });

  const second = await client('tool-result').messages.create({
    model: MODEL,
    max_tokens: 100,
    tools,
    messages: [
      ...weather,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: '18' }] },
    ],
  });
  expect(textOf(second)).toBe(WEATHER_TOLD);
  expect(served(await setting.row('tool'))).toEqual({ ...SERVED, ...WEATHER_CALL_USAGE });
  expect(served(await setting.row('tool-result'))).toEqual({ ...SERVED, ...WEATHER_TOLD_USAGE });
});

test('a streamed tool call is put together by the library', async () => {
  const stream = client('tool-stream').messages.stream({
    model: MODEL,
    max_tokens: 100,
    messages: weather,
    tools,
  });
  const message = await stream.finalMessage();
  expect(message.content.find((block) => block.type === 'tool_use')).toMatchObject({
    input: WEATHER_CALL.arguments,
  });
  expect(served(await setting.row('tool-stream'))).toEqual({
    ...SERVED,
    ...WEATHER_CALL_USAGE,
    streamed: true,
  });
});

test('tokens are counted without making the model write', async () => {
  const count = await client('count').messages.countTokens({ model: MODEL, messages: greeting });
  expect(count.input_tokens).toBe(COUNTED);
  expect(served(await setting.row('count'))).toMatchObject({
    route: 'messages.count_tokens',
    status: 200,
    upstream: 'anthropic',
  });
});

describe('errors', () => {
  test('a wrong client key is an AuthenticationError and leaves no row', async () => {
    const call = client('wrong-key', WRONG_KEY).messages.create({
      model: MODEL,
      max_tokens: 100,
      messages: greeting,
    });
    const error = await call.catch((thrown: unknown) => thrown);
    if (!(error instanceof Anthropic.AuthenticationError)) throw error;
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
  });

  test('an unknown model is a NotFoundError that names the model', async () => {
    const call = client('unknown').messages.create({
      model: 'no-such-model',
      max_tokens: 100,
      messages: greeting,
    });
    const error = await call.catch((thrown: unknown) => thrown);
    if (!(error instanceof Anthropic.NotFoundError)) throw error;
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    expect(error.message).toContain('no-such-model');
    expect(served(await setting.row('unknown'))).toMatchObject({ status: 404, error: 'model_not_found' });
  });

  test("an upstream's 429 is a RateLimitError with the upstream's own words", async () => {
    const call = client('limited').messages.create({
      model: LIMITED_MODEL,
      max_tokens: 100,
      messages: greeting,
    });
    const error = await call.catch((thrown: unknown) => thrown);
    if (!(error instanceof Anthropic.RateLimitError)) throw error;
    expect(error.error).toMatchObject({ error: { type: 'rate_limit_error', message: LIMITED_WORDS } });
    expect(served(await setting.row('limited'))).toMatchObject({
      status: 429,
      error: 'upstream_error',
      upstream: 'limited',
    });
  });
});

test('the upstream sees the key of the gateway, and what the library says about itself', () => {
  const calls = setting.received;
  expect(calls.length).toBeGreaterThan(5);
  for (const { headers } of calls) {
    expect(headers['x-api-key']).toBe(UPSTREAM_KEY);
    expect(headers['anthropic-version']).toMatch(/^20\d\d-/);
    expect(JSON.stringify(headers)).not.toContain(CLIENT_KEY);
  }
});
