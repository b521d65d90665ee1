import { describe, expect, test } from 'vitest';
import type { Part } from '../../model/content.ts';
import type { StreamEvent } from '../../model/event.ts';
import { createFold } from '../../model/fold.ts';
import { checkGrammar } from '../../model/grammar.ts';
import type { ChatResponse } from '../../model/response.ts';
import { decodeStream } from './stream.decode.ts';

/** Feeds chunks; answers the events and what they add up to. */
function read(...chunks: unknown[]) {
  const events: StreamEvent[] = [];
  const answers: (ChatResponse | { code: string })[] = [];
  const fold = createFold('gemini', (result) => answers.push(result));
  const decoder = decodeStream(
    checkGrammar((event) => {
      events.push(event);
      fold(event);
    }),
  );
  for (const chunk of chunks) decoder.event('', typeof chunk === 'string' ? chunk : JSON.stringify(chunk));
  decoder.end();
  const [answer] = answers;
  if (answer === undefined) throw new Error('no answer');
  return { events, answer, choice: 'choices' in answer ? answer.choices[0] : undefined };
}

const chunk = (parts: unknown[], more: object = {}, around: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: 'm-1',
  responseId: 'r-1',
  ...around,
});
const STOP = { finishReason: 'STOP' };
const types = (parts: readonly Part[] | undefined) => parts?.map(({ type }) => type);

describe('decodeStream of gemini', () => {
  test('runs of text and thoughts become one block each', () => {
    const { choice, events, answer } = read(
      chunk([{ text: 'hm', thought: true }]),
      chunk([{ text: 'm', thought: true }]),
      chunk([{ text: 'Hel' }]),
      chunk([{ text: 'lo' }], STOP),
    );
    expect(choice?.parts).toEqual([
      { type: 'reasoning', form: 'text', sections: ['hmm'] },
      { type: 'text', text: 'Hello' },
    ]);
    expect(answer).toMatchObject({ id: 'r-1', model: 'm-1' });
    expect(events.filter(({ type }) => type === 'delta')).toHaveLength(4);
  });

  test('a signature ends the block it came with, also on an empty text', () => {
    const { choice } = read(
      chunk([{ text: 'a' }]),
      chunk([{ text: '', thoughtSignature: 'c2ln' }]),
      chunk([{ text: 'b' }]),
      chunk([{ functionCall: { name: 'f' } }]),
      chunk([{ text: '', thoughtSignature: 'ZW5k' }], STOP),
    );
    const token = { vendor: 'gemini', kind: 'thought' };
    expect(choice?.parts).toMatchObject([
      { text: 'a', token: { ...token, value: 'c2ln' } },
      { text: 'b' },
      { type: 'tool-call' },
      { text: '', token: { ...token, value: 'ZW5k' } },
    ]);
  });

  test('G19 G29 parallel calls in chunks of their own are calls of their own, and STOP means that they are to be run', () => {
    const { choice, events } = read(
      chunk([{ functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' }]),
      chunk([{ functionCall: { name: 'f', args: {} } }]),
      chunk([{ text: '' }], STOP),
    );
    expect(types(choice?.parts)).toEqual(['tool-call', 'tool-call']);
    const ids = choice?.parts.map((part) => (part.type === 'tool-call' ? part.id : ''));
    expect(new Set(ids).size).toBe(2);
    expect(choice?.parts[0]).toMatchObject({ arguments: '{"a":1}', token: { value: 'c2ln' } });
    expect(choice?.stop).toMatchObject({ reason: 'tool-calls', native: 'STOP' });
    expect(events.filter(({ type }) => type === 'delta')).toHaveLength(2);
  });

  test('G28 arguments that come value by value are put together, also without the empty call at the end', () => {
    const partial = (jsonPath: string, value: object) => ({ jsonPath, ...value });
    const { choice } = read(
      chunk([{ functionCall: { name: 'none' } }]),
      chunk([{ functionCall: { name: 'f', willContinue: true } }]),
      chunk([
        {
          functionCall: {
            partialArgs: [partial('$.a.b', { stringValue: 'x', willContinue: true })],
            willContinue: true,
          },
        },
      ]),
      chunk([
        { functionCall: { partialArgs: [partial('$.a.b', { stringValue: 'y' })], willContinue: true } },
      ]),
      chunk([
        {
          functionCall: {
            partialArgs: [partial('$.l[0]', { numberValue: 1 }), partial('$.l[1]', { boolValue: true })],
            willContinue: true,
          },
        },
      ]),
      chunk([{ functionCall: {} }]),
      chunk([{ functionCall: { name: 'g', willContinue: true } }]),
      chunk(
        [
          {
            functionCall: {
              partialArgs: [partial("$['__proto__']", { nullValue: 'NULL_VALUE' })],
              willContinue: true,
            },
          },
        ],
        STOP,
      ),
    );
    expect(
      choice?.parts.map((part) => (part.type === 'tool-call' ? [part.name, part.arguments] : [])),
    ).toEqual([
      ['none', '{}'],
      ['f', '{"a":{"b":"xy"},"l":[1,true]}'],
      ['g', '{"__proto__":null}'],
    ]);
  });

  test.each([
    ['MALFORMED_FUNCTION_CALL', 'malformed-call'],
    ['UNEXPECTED_TOOL_CALL', 'malformed-call'],
    ['SAFETY', 'filtered'],
    ['MAX_TOKENS', 'length'],
    ['SOMETHING_NEW', 'other'],
    [2, 'length'],
  ])('G30 the reason %j', (finishReason, reason) => {
    expect(read({ candidates: [{ finishReason, finishMessage: 'because' }] }).choice?.stop).toMatchObject({
      reason,
      explanation: 'because',
    });
  });

  test('G31 answers without parts, without content and without candidates', () => {
    expect(
      read({ candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] }).choice?.parts,
    ).toEqual([]);
    expect(read({ candidates: [{ content: {}, finishReason: 'SAFETY' }] }).choice?.stop.reason).toBe(
      'filtered',
    );
    const { choice } = read({ promptFeedback: { blockReason: 'MODEL_ARMOR', blockReasonMessage: 'No.' } });
    expect(choice).toMatchObject({
      parts: [],
      stop: { reason: 'filtered', native: 'MODEL_ARMOR', explanation: 'No.' },
    });
  });

  test('G77 the last count of each kind is the one that counts', () => {
    const { answer } = read(
      chunk(
        [{ text: 'a' }],
        {},
        { usageMetadata: { promptTokenCount: 5, thoughtsTokenCount: 7, candidatesTokenCount: 1 } },
      ),
      chunk([{ text: 'b' }], STOP, {
        usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, cachedContentTokenCount: 4 },
      }),
    );
    expect(answer).toMatchObject({
      usage: { input: { uncached: 1, cacheRead: 4 }, output: { text: 2, reasoning: 7 } },
    });
  });

  test('positions of grounding in bytes become positions in the text', () => {
    const said = 'It is 20°C 😀 here.';
    const start = Buffer.byteLength('It is ');
    const end = Buffer.byteLength('It is 20°C 😀');
    const { choice } = read(
      chunk([{ text: said.slice(0, 8) }]),
      chunk([{ text: said.slice(8) }], {
        ...STOP,
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://a', title: 'A' } }],
          groundingSupports: [
            { segment: { startIndex: start, endIndex: end, text: '20°C 😀' }, groundingChunkIndices: [0] },
          ],
        },
      }),
    );
    const [part] = choice?.parts ?? [];
    const [citation] = part?.type === 'text' ? (part.citations ?? []) : [];
    expect(citation).toMatchObject({ url: 'https://a', title: 'A', start: 6, end: 13 });
    expect(said.slice(citation?.start, citation?.end)).toBe('20°C 😀');
    expect(choice?.stop.ext).toHaveProperty('groundingMetadata');
  });

  test('grounding stays with the text that it is about where calls or further texts follow', () => {
    const source = (uri: string) => ({ web: { uri, title: uri } });
    const support = (startIndex: number, endIndex: number, text: string, chunkIndex: number) => ({
      segment: { startIndex, endIndex, text },
      groundingChunkIndices: [chunkIndex],
    });
    const { choice } = read(
      chunk([{ text: 'one', thoughtSignature: 'AAAA' }, { text: 'two' }, { functionCall: { name: 'f' } }], {
        ...STOP,
        groundingMetadata: {
          groundingChunks: [source('https://a'), source('https://b')],
          groundingSupports: [support(3, 6, 'two', 1), support(0, 3, 'one', 0)],
        },
      }),
    );
    expect(choice?.parts).toMatchObject([
      { type: 'text', text: 'one', citations: [{ url: 'https://a', start: 0, end: 3 }] },
      { type: 'text', text: 'two', citations: [{ url: 'https://b', start: 0, end: 3 }] },
      { type: 'tool-call', name: 'f' },
    ]);
    expect(choice?.parts.map((part) => (part.type === 'text' ? part.citations?.length : 0))).toEqual([
      1, 1, 0,
    ]);
  });

  test('several candidates, log-probabilities, code and media', () => {
    const { answer } = read({
      candidates: [
        {
          index: 0,
          content: {
            parts: [
              { executableCode: { code: '1' }, thoughtSignature: 'c2ln' },
              { inlineData: { mimeType: 'image/png', data: 'AA==' } },
            ],
          },
          ...STOP,
        },
        {
          index: 1,
          content: { parts: [{ text: 'Hi' }] },
          logprobsResult: {
            chosenCandidates: [{ token: 'Hi', logProbability: -1 }],
            topCandidates: [{ candidates: [{ token: 'Ho', logProbability: -2 }] }],
          },
          ...STOP,
        },
      ],
    });
    expect(answer).toMatchObject({
      choices: [
        {
          parts: [
            {
              type: 'vendor',
              kind: 'executableCode',
              raw: { executableCode: { code: '1' } },
              token: { value: 'c2ln' },
            },
            { type: 'media', kind: 'image' },
          ],
        },
        {
          parts: [
            { text: 'Hi', logprobs: [{ token: 'Hi', logprob: -1, top: [{ token: 'Ho', logprob: -2 }] }] },
          ],
        },
      ],
    });
  });

  test('errors end the stream, in a chunk, in a list and by silence', () => {
    const error = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } };
    expect(read(chunk([{ text: 'a' }]), error).answer).toMatchObject({
      code: 'upstream_stream_error',
      status: 503,
    });
    expect(read([error]).answer).toMatchObject({ code: 'upstream_stream_error', status: 503 });
    expect(read(chunk([{ text: 'a' }])).answer).toMatchObject({ code: 'upstream_closed' });
    expect(read().answer).toMatchObject({ code: 'upstream_closed' });
    expect(read('nonsense').answer).toMatchObject({ code: 'upstream_answer' });
  });
});
