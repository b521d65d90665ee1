// The official Mistral library through the gateway: it checks every answer against a schema, so nothing may be missing.

import { Mistral } from '@mistralai/mistralai';
import { MistralError } from '@mistralai/mistralai/models/errors';
import { beforeAll, describe, expect, test } from 'vitest';
import { CONVERSATION } from './kit/gateway.ts';
import {
  CLIENT_KEY,
  served,
  startVendorGateway,
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
  setting = await startVendorGateway('mistral');
  return () => setting.stop();
});

const MODEL = 'mistral-mock';
const SERVED = {
  route: 'chat.completions',
  status: 200,
  client: 'tester',
  upstream: 'mistral',
  attempts: 1,
  streamed: false,
  error: null,
  ...GREETING_USAGE,
};

function client(apiKey: string = CLIENT_KEY): Mistral {
  return new Mistral({ serverURL: setting.gateway.origin, apiKey, retryConfig: { strategy: 'none' } });
}

/** Request options that carry a conversation id. */
const as = (conversation: string) => ({ headers: { [CONVERSATION]: conversation } });

const tools = [
  {
    type: 'function' as const,
    function: { name: WEATHER_CALL.name, description: 'Tells the weather', parameters: WEATHER_PARAMETERS },
  },
];

test('models are listed as Mistral lists them', async () => {
  const models = await client().models.list({}, as('models'));
  expect(models.data?.map((model) => 'id' in model && model.id)).toEqual([
    MODEL,
    'mistral-embed-mock',
    false,
  ]);
  await setting.row('models');
});

test('a completion arrives with its usage', async () => {
  const messages = [{ role: 'user' as const, content: `Please ${GREETING}.` }];
  const answer = await client().chat.complete({ model: MODEL, messages }, as('chat'));
  expect(answer.choices[0]?.message?.content).toBe(GREETED);
  expect(answer.usage).toMatchObject({
    promptTokens: GREETING_USAGE.input,
    completionTokens: GREETING_USAGE.output,
  });
  expect(served(await setting.row('chat'))).toEqual(SERVED);
});

test('a stream arrives in pieces, and the ledger has the usage that the library never asks for', async () => {
  const messages = [{ role: 'user' as const, content: `Please ${GREETING}.` }];
  const stream = await client().chat.stream({ model: MODEL, messages }, as('stream'));
  const pieces: string[] = [];
  for await (const { data } of stream) {
    const content = data.choices[0]?.delta.content;
    if (typeof content === 'string' && content !== '') pieces.push(content);
  }
  expect(pieces.join('')).toBe(GREETED);
  expect(pieces.length).toBeGreaterThan(3);
  expect(served(await setting.row('stream'))).toEqual({ ...SERVED, streamed: true });
});

test('a tool is called and its result is answered', async () => {
  const asked = { role: 'user' as const, content: `Tell me: ${WEATHER} in Paris?` };
  const first = await client().chat.complete({ model: MODEL, messages: [asked], tools }, as('tool'));
  const call = first.choices[0]?.message?.toolCalls?.[0];
  if (call?.id === undefined) throw new Error('No tool was called.');
  expect(call.function.name).toBe(WEATHER_CALL.name);
  const given = call.function.arguments;
  expect(typeof given === 'string' ? JSON.parse(given) : given).toEqual(WEATHER_CALL.arguments);

  const messages = [
    asked,
    { role: 'assistant' as const, content: '', toolCalls: [call] },
    { role: 'tool' as const, toolCallId: call.id, name: WEATHER_CALL.name, content: '18' },
  ];
  const second = await client().chat.complete({ model: MODEL, messages, tools }, as('tool-result'));
  expect(second.choices[0]?.message?.content).toBe(WEATHER_TOLD);
  expect(served(await setting.row('tool'))).toEqual({ ...SERVED, ...WEATHER_CALL_USAGE });
  expect(served(await setting.row('tool-result'))).toEqual({ ...SERVED, ...WEATHER_TOLD_USAGE });
});

test('embeddings arrive with what only Mistral says of them', async () => {
  const answer = await client().embeddings.create(
    { model: 'mistral-embed-mock', inputs: ['one', 'two'] },
    as('embed'),
  );
  expect(answer.data.map((item) => item.embedding)).toEqual([VECTOR, VECTOR]);
  expect(answer.id).toBe('embed-mock-1');
  expect(served(await setting.row('embed'))).toEqual({
    ...SERVED,
    route: 'embeddings',
    input: EMBEDDING_TOKENS,
    output: 0,
  });
});

describe('errors', () => {
  const messages = [{ role: 'user' as const, content: GREETING }];
  // The library has one class of errors for the API and tells them apart by status.
  test('a wrong client key is a MistralError of status 401 and leaves no row', async () => {
    const error = await client(WRONG_KEY)
      .chat.complete({ model: MODEL, messages }, as('wrong-key'))
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof MistralError)) throw error;
    expect(error.statusCode).toBe(401);
    expect(error.body).toContain('client key');
  });

  test('an unknown model is a MistralError of status 404 that names the model', async () => {
    const error = await client()
      .chat.complete({ model: 'no-such-model', messages }, as('unknown'))
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof MistralError)) throw error;
    expect(error.statusCode).toBe(404);
    expect(error.body).toContain('no-such-model');
    expect(served(await setting.row('unknown'))).toMatchObject({ status: 404, error: 'model_not_found' });
  });

  test("an upstream's 429 is a MistralError of status 429 with the upstream's own words", async () => {
    const error = await client()
      .chat.complete({ model: LIMITED_MODEL, messages }, as('limited'))
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof MistralError)) throw error;
    expect(error.statusCode).toBe(429);
    expect(error.body).toContain(LIMITED_WORDS);
    expect(served(await setting.row('limited'))).toMatchObject({
      status: 429,
      error: 'upstream_error',
      upstream: 'limited',
    });
  });
});
