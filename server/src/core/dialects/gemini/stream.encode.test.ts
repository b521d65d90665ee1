import { describe, expect, test } from 'vitest';
import { sluiceError } from '../../model/error.ts';
import type { StreamEvent } from '../../model/event.ts';
import { lossReport } from '../../model/loss.ts';
import { wrapToken } from '../../model/token.ts';
import type { AnswerEncoding, Framing } from '../dialect.ts';
import { encodeResponse } from './response.encode.ts';
import { encodeStream } from './stream.encode.ts';

const ENCODING: AnswerEncoding = {
  request: {
    origin: 'gemini',
    model: 'm',
    stream: true,
    includeUsage: true,
    turns: [],
    tools: [],
    sampling: {},
  },
  model: 'alias',
  seed: '0123456789abcdef0123456789abcdef',
  createdAt: 1,
  inputTokens: 1,
  losses: lossReport(),
};

function written(events: readonly StreamEvent[], framing: Framing = 'sse'): string {
  let out = '';
  const encoder = encodeStream(
    (text) => {
      out += text;
    },
    ENCODING,
    framing,
  );
  for (const event of events) encoder.event(event);
  return out;
}

const START: StreamEvent = { type: 'start', id: 'r-1', model: 'up' };
const STOP: StreamEvent = { type: 'stop', choice: 0, stop: { reason: 'stop' } };
const END: StreamEvent = { type: 'end' };
const said = (text: string): StreamEvent[] => [
  { type: 'open', block: 0, choice: 0, part: { type: 'text', text: '' } },
  { type: 'delta', block: 0, text },
  { type: 'close', block: 0, part: { type: 'text', text } },
];
const tail = { modelVersion: 'alias', responseId: 'r-1' };
const part = (value: object) => ({
  candidates: [{ content: { parts: [value], role: 'model' }, index: 0 }],
  ...tail,
});
const called = (text: string): StreamEvent[] => {
  const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'f' } as const;
  return [
    { type: 'open', block: 0, choice: 0, part: { ...call, arguments: '' } },
    { type: 'delta', block: 0, text },
    { type: 'close', block: 0, part: { ...call, arguments: text } },
  ];
};
const last = (finishReason: string, more: object = {}) => ({
  candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason, index: 0 }],
  ...more,
  ...tail,
});
const parsed = (out: string) =>
  out
    .split('\r\n\r\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.slice('data: '.length)) as unknown);

describe('encodeStream of gemini', () => {
  test("G27 events have Google's line ends, no names and no [DONE]", () => {
    const out = written([START, ...said('Hi'), STOP, END]);
    expect(out).toBe(
      `data: ${JSON.stringify(part({ text: 'Hi' }))}\r\n\r\ndata: ${JSON.stringify(last('STOP'))}\r\n\r\n`,
    );
  });

  test('an array opens with the first chunk and is closed by the end or by an error', () => {
    const whole = written([START, ...said('Hi'), STOP, END], 'json-array');
    expect(JSON.parse(whole)).toEqual([part({ text: 'Hi' }), last('STOP')]);
    const failed = written(
      [START, ...said('Hi'), { type: 'error', error: sluiceError('upstream_closed', 'gone') }, END],
      'json-array',
    );
    expect(JSON.parse(failed)).toMatchObject([part({ text: 'Hi' }), { error: { code: 502 } }]);
    const early = written([{ type: 'error', error: sluiceError('upstream_closed', 'gone') }], 'json-array');
    expect(JSON.parse(early)).toMatchObject([{ error: { code: 502 } }]);
  });

  test('calls come whole, with their id in the slot of the token too, and end with STOP', () => {
    const stop: StreamEvent = { type: 'stop', choice: 0, stop: { reason: 'tool-calls' } };
    const thoughtSignature = Buffer.from('sluice.1.c.c').toString('base64');
    expect(parsed(written([START, ...called('{"a":1}'), stop, END]))).toEqual([
      part({ functionCall: { id: 'c', name: 'f', args: { a: 1 } }, thoughtSignature }),
      last('STOP'),
    ]);
    expect(parsed(written([START, ...called(''), stop, END]))[0]).toEqual(
      part({ functionCall: { id: 'c', name: 'f', args: {} }, thoughtSignature }),
    );
  });

  test('G45 arguments that are cut off are an error, not an empty object', () => {
    const chunks = parsed(written([START, ...called('{"a":'), STOP, END]));
    expect(chunks).toMatchObject([{ error: { code: 502 } }]);
  });

  test('thoughts carry tokens of other vendors as base64 of their wrapping', () => {
    const token = { vendor: 'anthropic', kind: 'signature', value: 'abc' } as const;
    const thought = { type: 'reasoning', form: 'text' } as const;
    const chunks = parsed(
      written([
        START,
        { type: 'open', block: 0, choice: 0, part: { ...thought, sections: [] } },
        { type: 'delta', block: 0, text: 'a' },
        { type: 'section', block: 0 },
        { type: 'delta', block: 0, text: 'b' },
        { type: 'close', block: 0, part: { ...thought, sections: ['a', 'b'], token } },
        STOP,
        END,
      ]),
    );
    const thoughtSignature = Buffer.from(wrapToken(token)).toString('base64');
    expect(chunks.slice(0, 3)).toEqual([
      part({ text: 'a', thought: true }),
      part({ text: '\n\nb', thought: true }),
      part({ text: '', thought: true, thoughtSignature }),
    ]);
  });

  test('G77 usage comes with the last chunk, thoughts apart from candidates and cached tokens within the prompt', () => {
    const usage = {
      input: { uncached: 1, cacheRead: 2, cacheWrite5m: 3, cacheWrite1h: 0, cacheWriteOther: 0, audio: 0 },
      output: { text: 4, reasoning: 5, audio: 0 },
      clamped: false,
    };
    const usageMetadata = {
      promptTokenCount: 6,
      candidatesTokenCount: 4,
      totalTokenCount: 15,
      cachedContentTokenCount: 2,
      thoughtsTokenCount: 5,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 6 }],
    };
    expect(parsed(written([START, STOP, { type: 'usage', usage }, END]))).toEqual([
      last('STOP', { usageMetadata }),
    ]);
  });

  test('a ping is blank lines', () => {
    expect(written([{ type: 'ping' }])).toBe('\r\n\r\n');
  });

  test('citations of others become sources, positions in bytes over the whole answer', () => {
    const citation = {
      url: 'https://a',
      title: 'A',
      start: 1,
      end: 2,
      dialect: 'openai-chat',
      raw: {},
    } as const;
    const body = encodeResponse(
      {
        origin: 'openai-chat',
        id: '',
        model: 'm',
        choices: [
          {
            index: 0,
            parts: [
              { type: 'text', text: 'é' },
              { type: 'text', text: '°C', citations: [citation] },
            ],
            stop: { reason: 'length' },
          },
        ],
      },
      ENCODING,
    );
    expect(body).toEqual({
      candidates: [
        {
          content: { parts: [{ text: 'é' }, { text: '°C' }], role: 'model' },
          finishReason: 'MAX_TOKENS',
          citationMetadata: {
            citationSources: [{ startIndex: 4, endIndex: 5, uri: 'https://a', title: 'A' }],
          },
          index: 0,
        },
      ],
      modelVersion: 'alias',
      responseId: ENCODING.seed,
    });
  });
});
