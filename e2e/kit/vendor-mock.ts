// The upstream of the SDK tests: aimock, a provider mock that others wrote, told what to answer. Calls that it does not
// have (token counting, batch embeddings, some lists of models) are answered here, in the shape that vendors document.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { LLMock, type Mountable } from '@copilotkit/aimock';

/** What the mock says to a prompt that holds GREETING, and what it charges. */
export const GREETING = 'greet me';
export const GREETED = 'Hello from the mock upstream, nice to meet you.';
export const GREETING_USAGE = { input: 21, output: 7 };

/** A prompt that makes the mock call get_weather, and its words once it has the result. */
export const WEATHER = 'what is the weather';
export const WEATHER_CALL = { id: 'call_weather_1', name: 'get_weather', arguments: { city: 'Paris' } };
export const WEATHER_CALL_USAGE = { input: 33, output: 9 };
export const WEATHER_TOLD = 'It is 18 degrees in Paris.';
export const WEATHER_TOLD_USAGE = { input: 44, output: 8 };

/** JSON schema of the parameters of get_weather. */
export const WEATHER_PARAMETERS = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Name of the city' } },
  required: ['city'],
};

/** Asking this model is answered with 429 and these words. */
export const LIMITED_MODEL = 'limited-model';
export const LIMITED_WORDS = 'Mock quota reached for organisation org-4711.';

/** Tokens that every counting endpoint counts. */
export const COUNTED = 42;
/** The vector that every embedding endpoint answers; float32 holds its numbers exactly. */
export const VECTOR = [0.5, -0.25, 0.125, 1];
export const EMBEDDING_TOKENS = 5;

/** A family of calls as one vendor makes them. */
export type Vendor = 'openai' | 'anthropic' | 'gemini' | 'mistral';

const MODELS: Readonly<Record<Vendor, readonly string[]>> = {
  openai: ['gpt-mock', 'text-embedding-mock'],
  anthropic: ['claude-mock'],
  gemini: ['gemini-mock', 'embedding-mock'],
  mistral: ['mistral-mock', 'mistral-embed-mock'],
};

const usage = ({ input, output }: { input: number; output: number }) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});

/** One request as it reached the mock; its own journal hides credentials. */
export interface Received {
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A running mock. */
export interface VendorMock {
  /** "http://127.0.0.1:port" */
  readonly url: string;
  readonly received: readonly Received[];
  stop(): Promise<void>;
}

/** Starts the mock of one vendor on a free port. */
export async function startVendor(vendor: Vendor): Promise<VendorMock> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 8, logLevel: 'silent' });
  mock.on(
    { model: LIMITED_MODEL },
    { error: { message: LIMITED_WORDS, type: 'rate_limit_error', code: 'rate_limit_exceeded' }, status: 429 },
  );
  mock.onMessage(GREETING, { content: GREETED, usage: usage(GREETING_USAGE) });
  mock.on(
    { userMessage: WEATHER, hasToolResult: false },
    { toolCalls: [WEATHER_CALL], usage: usage(WEATHER_CALL_USAGE) },
  );
  mock.on({ hasToolResult: true }, { content: WEATHER_TOLD, usage: usage(WEATHER_TOLD_USAGE) });
  const received: Received[] = [];
  mock.mount('', {
    handleRequest: async ({ url, headers }) => {
      received.push({ url: url ?? '', headers });
      return false;
    },
  });
  for (const [path, gap] of Object.entries(GAPS[vendor])) mock.mount(path, gap);
  await mock.start();
  return { url: mock.url, received, stop: () => mock.stop() };
}

/** Answers a call, or undefined to let the mock do so. */
type Answer = (subPath: string, body: Record<string, unknown>) => object | undefined;

function gap(methods: readonly string[], fits: (subPath: string) => boolean, answer: Answer): Mountable {
  return {
    handleRequest: async (request: IncomingMessage, response: ServerResponse, subPath: string) => {
      if (!methods.includes(request.method ?? '') || !fits(subPath)) return false;
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(Buffer.from(part));
      const text = Buffer.concat(parts).toString('utf8');
      const body = answer(subPath, text === '' ? {} : JSON.parse(text));
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? { error: { message: `No ${subPath} here.` } }));
      return true;
    },
  };
}

const exactly = (subPath: string): boolean => subPath === '/';

/** Embeddings as floats, or as little-endian float32 in base64 where that was asked for. */
function embeddings(body: Record<string, unknown>, more: object): object {
  const inputs = Array.isArray(body['input']) ? body['input'] : [body['input']];
  const base64 = Buffer.from(Float32Array.from(VECTOR).buffer).toString('base64');
  const embedding = body['encoding_format'] === 'base64' ? base64 : VECTOR;
  return {
    object: 'list',
    model: body['model'],
    data: inputs.map((_, index) => ({ object: 'embedding', index, embedding })),
    ...more,
  };
}

const GAPS: Readonly<Record<Vendor, Readonly<Record<string, Mountable>>>> = {
  openai: {
    '/v1/models': gap(['GET'], exactly, () => ({
      object: 'list',
      data: MODELS.openai.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'mock' })),
    })),
    '/v1/embeddings': gap(['POST'], exactly, (_, body) =>
      embeddings(body, { usage: { prompt_tokens: EMBEDDING_TOKENS, total_tokens: EMBEDDING_TOKENS } }),
    ),
  },
  anthropic: {
    '/v1/models': gap(['GET'], exactly, () => ({
      data: MODELS.anthropic.map((id) => ({
        id,
        type: 'model',
        display_name: 'Claude Mock',
        created_at: '2026-01-01T00:00:00Z',
        max_input_tokens: 200_000,
      })),
      has_more: false,
      first_id: 'claude-mock',
      last_id: 'claude-mock',
    })),
    '/v1/messages/count_tokens': gap(['POST'], exactly, () => ({ input_tokens: COUNTED })),
  },
  gemini: {
    '/v1beta/models': gap(
      ['GET', 'POST'],
      (subPath) => subPath === '/' || /:(?:countTokens|batchEmbedContents)$/.test(subPath),
      (subPath, body) => {
        if (subPath.endsWith(':countTokens')) return { totalTokens: COUNTED };
        const requests = Array.isArray(body['requests']) ? body['requests'] : [];
        if (subPath !== '/') return { embeddings: requests.map(() => ({ values: VECTOR })) };
        return {
          models: MODELS.gemini.map((id) => ({
            name: `models/${id}`,
            displayName: `Mock ${id}`,
            inputTokenLimit: 1_000_000,
          })),
        };
      },
    ),
  },
  mistral: {
    '/v1/models': gap(['GET'], exactly, () => ({
      object: 'list',
      data: MODELS.mistral.map((id) => ({
        id,
        object: 'model',
        created: 1_700_000_000,
        owned_by: 'mistralai',
        type: 'base',
        capabilities: { completion_chat: true },
      })),
    })),
    '/v1/embeddings': gap(['POST'], exactly, (_, body) =>
      embeddings(body, {
        id: 'embed-mock-1',
        usage: { prompt_tokens: EMBEDDING_TOKENS, completion_tokens: 0, total_tokens: EMBEDDING_TOKENS },
      }),
    ),
  },
};
