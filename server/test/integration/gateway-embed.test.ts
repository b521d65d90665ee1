// Embeddings over real sockets: clients of one of the two formats that have them, upstreams of the other.

import { describe, expect, it } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, type Received } from '../kit/client.ts';
import type { Turn } from '../kit/fault-upstream.ts';
import type { Gateway, UpstreamSetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, wires } from '../kit/wire.ts';

/** Exact as 32-bit floats, so that base64 and numbers say the same. */
const VECTORS = [
  [0.5, -1, 0.25],
  [1, 2, -0.125],
];

const packed = (vector: readonly number[]): string =>
  Buffer.from(new Float32Array(vector).buffer).toString('base64');

const sent = (turn: Turn | undefined): unknown => JSON.parse(turn?.request.body.toString() ?? 'null');

const failing = (turn: Turn): void => turn.whole(400, wires[turn.dialect].error(400, 'Too many inputs.'));

async function setUp(dialect: DialectId, script: (turn: Turn) => void, more: Partial<UpstreamSetup> = {}) {
  const one = await provider(script);
  const gateway = await gatewayWith({
    upstreams: [{ id: 'main', origin: one.origin, dialects: [dialect], ...more }],
  });
  return { one, gateway };
}

describe('an OpenAI client of a Gemini upstream', () => {
  const answers = (turn: Turn): void => {
    const { requests } = sent(turn) as { requests: unknown[] };
    turn.whole(200, JSON.stringify({ embeddings: requests.map((_, index) => ({ values: VECTORS[index] })) }));
  };
  const embed = (gateway: Gateway, body: object, headers: readonly string[] = []): Promise<Received> =>
    ask(gateway.port, {
      path: '/v1/embeddings',
      headers: ['content-type', 'application/json', ...headers],
      body: JSON.stringify({ model: 'e', ...body }),
    });

  it.each([
    ['a text', 'one', ['one']],
    ['a list of one', ['one'], ['one']],
    ['a list of two', ['one', 'two'], ['one', 'two']],
  ])('gets a list of vectors for %s', async (_, input, texts) => {
    const { one, gateway } = await setUp('gemini', answers);
    const answer = await embed(gateway, { input, dimensions: 3 });
    expect(JSON.parse(answer.text())).toEqual({
      object: 'list',
      data: texts.map((_text, index) => ({ object: 'embedding', index, embedding: VECTORS[index] })),
      model: 'e',
      usage: { prompt_tokens: expect.any(Number), total_tokens: expect.any(Number) },
    });
    expect([answer.status, answer.header('x-sluice-dialect')]).toEqual([200, 'gemini']);
    expect(one.turns[0]?.request.target).toBe('/v1beta/models/e:batchEmbedContents');
    expect(sent(one.turns[0])).toEqual({
      requests: texts.map((text) => ({
        model: 'models/e',
        content: { parts: [{ text }] },
        outputDimensionality: 3,
      })),
    });
  });

  it('gets base64 when it asks for it, as OpenAI’s libraries do', async () => {
    const { gateway } = await setUp('gemini', answers);
    const answer = await embed(gateway, { input: ['one', 'two'], encoding_format: 'base64' });
    expect(at(JSON.parse(answer.text()), 'data', 0, 'embedding')).toBe(packed([0.5, -1, 0.25]));
    expect(at(JSON.parse(answer.text()), 'data', 1, 'embedding')).toBe(packed([1, 2, -0.125]));
  });

  it('sees the name it asked for, and the ledger the one that served it', async () => {
    const { one, gateway } = await setUp('gemini', answers, { aliases: { e: 'gemini-embedding-001' } });
    const answer = await embed(gateway, { input: 'one' });
    expect(at(JSON.parse(answer.text()), 'model')).toBe('e');
    expect(one.turns[0]?.request.target).toContain('/models/gemini-embedding-001:');
    expect(await gateway.row(answer.header('x-sluice-request-id'))).toMatchObject({
      status: 200,
      upstreamId: 'main',
      dialectOut: 'gemini',
      modelAsked: 'e',
      modelServed: 'gemini-embedding-001',
      // Gemini tells no usage of embeddings.
      usage: { output: { text: 0 } },
      usageEstimated: true,
      bytesOut: answer.body.length,
    });
  });

  it('is refused token ids, which mean nothing to another vendor, before anything is sent', async () => {
    const { one, gateway } = await setUp('gemini', answers);
    const answer = await embed(gateway, { input: [[1, 2, 3]] });
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([400, 'unsupported_feature']);
    expect(one.turns).toEqual([]);
  });

  it.each([
    ['without an input', {}],
    ['with an empty list', { input: [] }],
    ['in an unknown encoding', { input: 'one', encoding_format: 'hex' }],
  ])('is refused a request %s', async (_, body) => {
    const { one, gateway } = await setUp('gemini', answers);
    const answer = await embed(gateway, body);
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([400, 'invalid_request']);
    expect(one.turns).toEqual([]);
  });

  it('hears an upstream’s words in its own shape', async () => {
    const { gateway } = await setUp('gemini', failing);
    const answer = await embed(gateway, { input: 'one' });
    expect([answer.status, at(JSON.parse(answer.text()), 'error', 'message')]).toEqual([
      400,
      'Too many inputs.',
    ]);
  });

  it('gets no answer in which a vector is missing', async () => {
    const short = (turn: Turn): void => turn.whole(200, '{"embeddings":[{"values":[1]}]}');
    const { gateway } = await setUp('gemini', short);
    const answer = await embed(gateway, { input: ['one', 'two'] });
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([502, 'upstream_answer']);
  });
});

describe('a Gemini client of an OpenAI upstream', () => {
  /** Turned round: the index counts, not the place. */
  const answers = (turn: Turn): void => {
    const { input } = sent(turn) as { input: string | string[] };
    const inputs = typeof input === 'string' ? [input] : input;
    const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding: VECTORS[index] }));
    const usage = { prompt_tokens: 5, total_tokens: 5 };
    turn.whole(200, JSON.stringify({ object: 'list', data: data.reverse(), model: 'served', usage }));
  };
  const content = (text: string): object => ({ content: { parts: [{ text }] } });
  const embed = (gateway: Gateway, verb: string, body: object): Promise<Received> =>
    ask(gateway.port, { path: `/v1beta/models/e:${verb}`, body: JSON.stringify(body) });

  it('gets one vector for one content', async () => {
    const { one, gateway } = await setUp('openai-chat', answers);
    const answer = await embed(gateway, 'embedContent', { ...content('one'), outputDimensionality: 3 });
    expect([answer.status, JSON.parse(answer.text())]).toEqual([200, { embedding: { values: VECTORS[0] } }]);
    expect(one.turns[0]?.request.target).toBe('/v1/embeddings');
    expect(sent(one.turns[0])).toEqual({ model: 'e', input: 'one', encoding_format: 'float', dimensions: 3 });
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row).toMatchObject({ modelServed: 'served', dialectOut: 'openai-chat', losses: undefined });
    expect(row.usage?.input.uncached).toBe(5);
  });

  it.each([[['one']], [['one', 'two']]])('gets a list in the order of its batch of %j', async (texts) => {
    const { one, gateway } = await setUp('openai-chat', answers);
    const requests = texts.map((text) => ({ model: 'models/e', ...content(text) }));
    const answer = await embed(gateway, 'batchEmbedContents', { requests });
    expect(JSON.parse(answer.text())).toEqual({
      embeddings: texts.map((_, index) => ({ values: VECTORS[index] })),
    });
    expect(at(sent(one.turns[0]), 'input')).toEqual(texts.length === 1 ? 'one' : texts);
  });

  it('gets numbers from a server that always answers in base64', async () => {
    const { gateway } = await setUp('openai-chat', (turn) =>
      turn.whole(200, JSON.stringify({ data: [{ index: 0, embedding: packed([0.5, -1, 0.25]) }] })),
    );
    const answer = await embed(gateway, 'embedContent', content('one'));
    expect(JSON.parse(answer.text())).toEqual({ embedding: { values: VECTORS[0] } });
  });

  it('is told, and the ledger too, that the purpose of its vectors was lost', async () => {
    const { gateway } = await setUp('openai-chat', answers);
    const answer = await embed(gateway, 'embedContent', { ...content('one'), taskType: 'RETRIEVAL_QUERY' });
    expect([answer.status, answer.header('x-sluice-loss')]).toEqual([200, 'embedding-purpose=dropped']);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row.losses).toBe('embedding-purpose=dropped');
  });

  it.each([
    ['embedContent', { content: { parts: [{ inlineData: { mimeType: 'image/png', data: '' } }] } }],
    ['embedContent', {}],
    ['batchEmbedContents', { requests: [] }],
  ])('is refused a request for %s of %j', async (verb, body) => {
    const { one, gateway } = await setUp('openai-chat', answers);
    const answer = await embed(gateway, verb, body);
    expect([answer.status, at(JSON.parse(answer.text()), 'error', 'status')]).toEqual([
      400,
      'INVALID_ARGUMENT',
    ]);
    expect(one.turns).toEqual([]);
  });

  it('hears an upstream’s words in its own shape', async () => {
    const { gateway } = await setUp('openai-chat', failing);
    const answer = await embed(gateway, 'embedContent', content('one'));
    expect([answer.status, at(JSON.parse(answer.text()), 'error', 'message')]).toEqual([
      400,
      'Too many inputs.',
    ]);
  });
});

describe('embeddings', () => {
  it('are asked of an upstream that has them, never of one that has not', async () => {
    const { one, gateway } = await setUp('anthropic-messages', (turn) => turn.healthy());
    const answer = await ask(gateway.port, { path: '/v1/embeddings', body: '{"model":"e","input":"one"}' });
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([400, 'dialect_unavailable']);
    expect(one.turns).toEqual([]);
  });

  it.each([
    ['/v1/embeddings', 'openai-chat', '{"model":"e","input":["one"],"encoding_format":"base64","x":1}'],
    ['/v1beta/models/e:embedContent', 'gemini', '{"content":{"parts":[{"text":"one"}]},"x":1}'],
  ] as const)(
    'of %s go through as they are where the upstream speaks %s, too',
    async (path, dialect, body) => {
      const theirs =
        dialect === 'gemini'
          ? '{"embedding":{"values":[1]}, "y":1}'
          : '{"data":[{"embedding":"AACAPw=="}], "y":1}';
      const { one, gateway } = await setUp(dialect, (turn) => turn.whole(200, theirs));
      const answer = await ask(gateway.port, { path, body });
      expect([answer.text(), one.turns[0]?.request.body.toString()]).toEqual([theirs, body]);
    },
  );
});
