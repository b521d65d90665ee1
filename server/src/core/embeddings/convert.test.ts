import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lossReport } from '../model/loss.ts';
import { base64ToFloats, floatsToBase64 } from './base64-floats.ts';
import { convertEmbedResponse, decodeEmbedRequest, encodeEmbedRequest } from './convert.ts';
import type { EmbedRequest } from './model.ts';

function decoded(...args: Parameters<typeof decodeEmbedRequest>): EmbedRequest {
  const request = decodeEmbedRequest(...args);
  if ('code' in request) throw new Error(request.message);
  return request;
}

describe('floats in base64', () => {
  it('are what Node makes of a Float32Array', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true }), (floats) => {
        const expected = Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('base64');
        expect(floatsToBase64([...floats])).toBe(expected);
        expect(base64ToFloats(expected)).toEqual([...floats]);
      }),
    );
  });

  it('are refused where they are none', () => {
    expect(base64ToFloats('AAAA')).toBeUndefined();
    expect(base64ToFloats('AA*A')).toBeUndefined();
  });
});

describe('an OpenAI client of a Gemini upstream', () => {
  it('gets a batch with the dimensions that it wants', () => {
    const request = decoded('openai-chat', { model: 'e', input: ['one', 'two'], dimensions: 8 }, '');
    expect(encodeEmbedRequest('gemini', request, 'gemini-embedding-001', lossReport())).toEqual({
      path: '/v1beta/models/gemini-embedding-001:batchEmbedContents',
      body: {
        requests: ['one', 'two'].map((text) => ({
          model: 'models/gemini-embedding-001',
          content: { parts: [{ text }] },
          outputDimensionality: 8,
        })),
      },
    });
  });

  it('may ask for a model whose name no address can hold', () => {
    const request = decoded('openai-chat', { model: 'e', input: 'one' }, '');
    expect(encodeEmbedRequest('gemini', request, 'a b/\ud800', lossReport()).path).toBe(
      '/v1beta/models/a%20b/%EF%BF%BD:batchEmbedContents',
    );
  });

  it('gets base64 where it asks for it, and floats otherwise', () => {
    const wire = { embeddings: [{ values: [0.5, -1] }] };
    const answer = (more: object): unknown => {
      const request = decoded('openai-chat', { model: 'e', input: 'one', ...more }, '');
      return convertEmbedResponse('openai-chat', 'gemini', request, wire, 'e');
    };
    expect(answer({ encoding_format: 'base64' })).toMatchObject({
      body: { object: 'list', model: 'e', data: [{ index: 0, embedding: floatsToBase64([0.5, -1]) }] },
    });
    expect(answer({})).toMatchObject({
      body: { data: [{ embedding: [0.5, -1] }], usage: { prompt_tokens: 1 } },
    });
  });

  it('hears that token ids cannot be carried', () => {
    const losses = lossReport();
    encodeEmbedRequest('gemini', decoded('openai-chat', { model: 'e', input: [1, 2, 3] }, ''), 'g', losses);
    expect(losses.losses).toMatchObject([{ feature: 'embedding-tokens', severity: 'semantic' }]);
  });

  it.each([
    [{}],
    [{ input: '', dimensions: '8' }],
    [{ input: [] }],
    [{ input: [['a']] }],
    [{ input: 'a', encoding_format: 'hex' }],
    [null],
  ])('gets a 400 for %j', (wire) => {
    expect(decodeEmbedRequest('openai-chat', wire, '')).toMatchObject({
      code: 'invalid_request',
      status: 400,
    });
  });
});

describe('a Gemini client of an OpenAI upstream', () => {
  const batch = {
    requests: [
      { content: { parts: [{ text: 'a' }, { text: 'b' }] }, taskType: 'RETRIEVAL_QUERY' },
      { content: { parts: [{ text: 'c' }] } },
    ],
  };

  it('gets one embedding for one content and a list for a batch', () => {
    const one = decoded('gemini', { content: { parts: [{ text: 'a' }] }, output_dimensionality: 4 }, 'e');
    const many = decoded('gemini', batch, 'e');
    const wire = {
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: [1] },
      ],
      usage: { prompt_tokens: 7 },
    };
    expect(encodeEmbedRequest('openai-chat', one, 'm', lossReport()).body).toEqual({
      model: 'm',
      input: 'a',
      encoding_format: 'float',
      dimensions: 4,
    });
    expect(convertEmbedResponse('gemini', 'openai-chat', many, wire, 'e')).toMatchObject({
      body: { embeddings: [{ values: [1] }, { values: [2] }] },
      usage: { input: { uncached: 7 } },
    });
    const single = { data: [{ embedding: floatsToBase64([1]) }] };
    expect(convertEmbedResponse('gemini', 'openai-chat', one, single, 'e')).toMatchObject({
      body: { embedding: { values: [1] } },
    });
  });

  it('hears that the purpose is lost', () => {
    const losses = lossReport();
    expect(
      encodeEmbedRequest('openai-chat', decoded('gemini', batch, 'e'), 'm', losses).body['input'],
    ).toEqual(['a\nb', 'c']);
    expect(losses.losses).toMatchObject([{ feature: 'embedding-purpose', severity: 'quality' }]);
  });

  it('gets an error when vectors are missing', () => {
    const request = decoded('gemini', batch, 'e');
    expect(
      convertEmbedResponse('gemini', 'openai-chat', request, { data: [{ embedding: [1] }] }, 'e'),
    ).toMatchObject({
      code: 'upstream_answer',
    });
  });

  it('gets a 400 for a content without text', () => {
    expect(decodeEmbedRequest('gemini', { content: { parts: [] } }, 'e')).toMatchObject({ param: 'content' });
    expect(decodeEmbedRequest('gemini', { requests: [] }, 'e')).toMatchObject({ param: 'requests' });
    expect(decodeEmbedRequest('gemini', { requests: [{}] }, 'e')).toMatchObject({
      param: 'requests[0].content',
    });
  });
});
