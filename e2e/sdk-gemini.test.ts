// The official Google library through the gateway, against a mock of Gemini, on both versions of the API that it speaks.

import { ApiError, type FunctionDeclaration, GoogleGenAI } from '@google/genai';
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
  setting = await startVendorGateway('gemini');
  return () => setting.stop();
});

const MODEL = 'gemini-mock';
const SERVED = {
  route: 'gemini.generateContent',
  status: 200,
  client: 'tester',
  upstream: 'gemini',
  attempts: 1,
  streamed: false,
  error: null,
  ...GREETING_USAGE,
};
const USED = { promptTokenCount: GREETING_USAGE.input, candidatesTokenCount: GREETING_USAGE.output };
const declaration: FunctionDeclaration = {
  name: WEATHER_CALL.name,
  description: 'Tells the weather',
  parametersJsonSchema: WEATHER_PARAMETERS,
};

describe.each(['v1', 'v1beta'])('API version %s', (apiVersion) => {
  /** A library as a user makes it; its requests carry a conversation id. */
  function client(conversation: string, apiKey: string = CLIENT_KEY): GoogleGenAI {
    return new GoogleGenAI({
      apiKey,
      apiVersion,
      httpOptions: { baseUrl: setting.gateway.origin, headers: { [CONVERSATION]: named(conversation) } },
    });
  }
  const named = (conversation: string): string => `${apiVersion}/${conversation}`;
  const row = async (conversation: string): Promise<object> => served(await setting.row(named(conversation)));

  test('models are listed as Gemini lists them', async () => {
    const pager = await client('models').models.list();
    expect(pager.page.map((model) => model.name)).toEqual([
      'models/gemini-mock',
      'models/embedding-mock',
      `models/${LIMITED_MODEL}`,
    ]);
    expect(pager.page[0]).toMatchObject({ displayName: 'Mock gemini-mock', inputTokenLimit: 1_000_000 });
    await row('models');
  });

  test('one model is described', async () => {
    const model = await client('one-model').models.get({ model: MODEL });
    expect(model.name).toBe(`models/${MODEL}`);
    await row('one-model');
  });

  test('content is generated with its usage', async () => {
    const response = await client('content').models.generateContent({
      model: MODEL,
      contents: `Please ${GREETING}.`,
    });
    expect(response.text).toBe(GREETED);
    expect(response.usageMetadata).toMatchObject(USED);
    expect(await row('content')).toEqual(SERVED);
  });

  test('a stream arrives in pieces', async () => {
    const stream = await client('stream').models.generateContentStream({
      model: MODEL,
      contents: `Please ${GREETING}.`,
    });
    const pieces: string[] = [];
    let usage: unknown;
    for await (const chunk of stream) {
      pieces.push(chunk.text ?? '');
      usage = chunk.usageMetadata ?? usage;
    }
    expect(pieces.join('')).toBe(GREETED);
    expect(pieces.length).toBeGreaterThan(3);
    expect(usage).toMatchObject(USED);
    expect(await row('stream')).toEqual({ ...SERVED, route: 'gemini.streamGenerateContent', streamed: true });
  });

  test('a function is called and its response is answered', async () => {
    const asked = { role: 'user', parts: [{ text: `Tell me: ${WEATHER} in Paris?` }] };
    const config = { tools: [{ functionDeclarations: [declaration] }] };
    const first = await client('tool').models.generateContent({ model: MODEL, contents: [asked], config });
    expect(first.functionCalls?.[0]).toMatchObject({ name: WEATHER_CALL.name, args: WEATHER_CALL.arguments });

    const called = first.candidates?.[0]?.content;
    if (called === undefined) throw new Error('No content came back.');
    const answer = {
      role: 'user',
      parts: [{ functionResponse: { name: WEATHER_CALL.name, response: { degrees: 18 } } }],
    };
    const contents = [asked, called, answer];
    const second = await client('tool-result').models.generateContent({ model: MODEL, contents, config });
    expect(second.text).toBe(WEATHER_TOLD);
    expect(await row('tool')).toEqual({ ...SERVED, ...WEATHER_CALL_USAGE });
    expect(await row('tool-result')).toEqual({ ...SERVED, ...WEATHER_TOLD_USAGE });
  });

  test('tokens are counted', async () => {
    const count = await client('count').models.countTokens({ model: MODEL, contents: 'How many?' });
    expect(count.totalTokens).toBe(COUNTED);
    expect(await row('count')).toMatchObject({
      route: 'gemini.countTokens',
      status: 200,
      upstream: 'gemini',
    });
  });

  test('contents are embedded', async () => {
    const answer = await client('embed').models.embedContent({
      model: 'embedding-mock',
      contents: ['one', 'two'],
    });
    expect(answer.embeddings?.map((embedding) => embedding.values)).toEqual([VECTOR, VECTOR]);
    expect(await row('embed')).toMatchObject({
      route: 'gemini.batchEmbedContents',
      status: 200,
      upstream: 'gemini',
    });
  });

  describe('errors', () => {
    // The library has one class of errors and tells them apart by status.
    test('a wrong client key is an ApiError of status 401 and leaves no row', async () => {
      const call = client('wrong-key', WRONG_KEY).models.generateContent({
        model: MODEL,
        contents: GREETING,
      });
      const error = await call.catch((thrown: unknown) => thrown);
      if (!(error instanceof ApiError)) throw error;
      expect(error.status).toBe(401);
      expect(error.message).toContain('UNAUTHENTICATED');
    });

    test('an unknown model is an ApiError of status 404 that names the model', async () => {
      const call = client('unknown').models.generateContent({ model: 'no-such-model', contents: GREETING });
      const error = await call.catch((thrown: unknown) => thrown);
      if (!(error instanceof ApiError)) throw error;
      expect(error.status).toBe(404);
      expect(error.message).toContain('NOT_FOUND');
      expect(error.message).toContain('no-such-model');
      expect(await row('unknown')).toMatchObject({ status: 404, error: 'model_not_found' });
    });
  });
});

test("an upstream's 429 is an ApiError of status 429 with the upstream's own words", async () => {
  const headers = { [CONVERSATION]: 'limited' };
  const client = new GoogleGenAI({
    apiKey: CLIENT_KEY,
    httpOptions: { baseUrl: setting.gateway.origin, headers },
  });
  const call = client.models.generateContent({ model: LIMITED_MODEL, contents: GREETING });
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw error;
  expect(error.status).toBe(429);
  expect(error.message).toContain(LIMITED_WORDS);
  expect(served(await setting.row('limited'))).toMatchObject({
    status: 429,
    error: 'upstream_error',
    upstream: 'limited',
  });
});

test('the upstream sees the key of the gateway and never that of the client', () => {
  const calls = setting.received;
  expect(calls.length).toBeGreaterThan(5);
  for (const { url, headers } of calls) {
    expect(headers['x-goog-api-key']).toBe(UPSTREAM_KEY);
    expect(url + JSON.stringify(headers)).not.toContain(CLIENT_KEY);
  }
});
