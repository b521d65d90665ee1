// The codec of gemini on anything: it never throws, and what it has read once it reads the same again.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnswerEncoding, Framing } from '../../src/core/dialects/dialect.ts';
import { gemini } from '../../src/core/dialects/gemini/index.ts';
import type { SluiceError } from '../../src/core/model/error.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { createFold } from '../../src/core/model/fold.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { unfold } from '../../src/core/model/unfold.ts';
import { traitsFor } from '../../src/core/providers/traits/index.ts';

const { codec } = gemini;
const TRAITS = traitsFor('gemini', 'gemini', 'gemini-3-flash-preview');
const RUNS = { numRuns: 300 };

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
  model: 'm',
  seed: 'f'.repeat(32),
  createdAt: 1,
  inputTokens: 1,
  losses: lossReport(),
};

/** JSON whose members have the format's names more often than not, with values of any type. */
const NAMES = [
  'contents',
  'parts',
  'role',
  'text',
  'thought',
  'thoughtSignature',
  'functionCall',
  'functionResponse',
  'name',
  'id',
  'args',
  'response',
  'partialArgs',
  'jsonPath',
  'stringValue',
  'willContinue',
  'inlineData',
  'fileData',
  'mimeType',
  'data',
  'fileUri',
  'tools',
  'functionDeclarations',
  'parameters',
  'type',
  'properties',
  'toolConfig',
  'functionCallingConfig',
  'mode',
  'generationConfig',
  'thinkingConfig',
  'responseSchema',
  'system_instruction',
  'candidates',
  'content',
  'finishReason',
  'index',
  'usageMetadata',
  'promptTokenCount',
  'groundingMetadata',
  'groundingSupports',
  'groundingChunkIndices',
  'groundingChunks',
  'segment',
  'startIndex',
  'endIndex',
  'web',
  'uri',
  'promptFeedback',
  'blockReason',
  'error',
  '__proto__',
  'constructor',
];
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1e21,
      '',
      'STOP',
      'user',
      'model',
      'OBJECT',
      '$.a[9].b',
      '$.a',
      'c2x1aWNlLjEueA==',
    ),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 5 }),
  ),
})).value;

const fixed = fc.constantFrom('c2ln', undefined);
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
/** Parts as Google's models send them. */
const part = fc.oneof(
  fc.record({ text, thoughtSignature: fixed }, { requiredKeys: ['text'] }),
  fc.record(
    { text, thought: fc.constant(true), thoughtSignature: fixed },
    { requiredKeys: ['text', 'thought'] },
  ),
  fc.record({
    functionCall: fc.record({
      name: fc.constantFrom('f', 'g'),
      args: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })),
    }),
    thoughtSignature: fixed,
  }),
  fc.constant({ executableCode: { code: '1', language: 'PYTHON' } }),
  fc.constant({ inlineData: { mimeType: 'image/png', data: 'AA==' } }),
);
const answer = fc.record({
  candidates: fc
    .array(
      fc.record({
        content: fc.record({ parts: fc.array(part, { maxLength: 5 }), role: fc.constant('model') }),
        finishReason: fc.constantFrom('STOP', 'MAX_TOKENS', 'SAFETY', 'MALFORMED_FUNCTION_CALL'),
      }),
      { minLength: 1, maxLength: 2 },
    )
    .map((candidates) => candidates.map((candidate, index) => ({ ...candidate, index }))),
  usageMetadata: fc.record({
    promptTokenCount: fc.nat(99),
    candidatesTokenCount: fc.nat(99),
    thoughtsTokenCount: fc.nat(99),
  }),
  modelVersion: fc.constant('m'),
  responseId: fc.constant('r'),
});

function decoded(pieces: readonly string[]): {
  events: StreamEvent[];
  answer: ChatResponse | SluiceError | undefined;
} {
  const events: StreamEvent[] = [];
  let result: ChatResponse | SluiceError | undefined;
  const fold = createFold('gemini', (all) => {
    result = all;
  });
  const decoder = codec.decodeStream(
    checkGrammar((event) => {
      events.push(event);
      fold(event);
    }),
  );
  for (const piece of pieces) decoder.event('', piece);
  decoder.end();
  return { events, answer: result };
}

function encoded(events: readonly StreamEvent[], framing: Framing): string[] {
  let out = '';
  const encoder = codec.encodeStream((piece) => (out += piece), ENCODING, framing);
  for (const event of events) encoder.event(event);
  if (framing === 'json-array')
    return (JSON.parse(out) as unknown[]).map((element) => JSON.stringify(element));
  return out
    .split('\r\n\r\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6));
}

/** What an answer says, with neighbouring runs of one kind and no signature as one. */
function saying(response: ChatResponse | SluiceError | undefined): unknown {
  if (response === undefined || 'code' in response) return response;
  const { choices, usage } = response;
  return {
    usage,
    choices: choices.map(({ index, parts, stop }) => ({
      index,
      reason: stop.reason,
      parts: parts.filter((each) => each.type !== 'text' || each.text !== '' || each.token !== undefined),
    })),
  };
}

describe('the codec of gemini', () => {
  test('reads any JSON as a request or refuses it, and writes what it has read', () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (wire, foreign) => {
        const request = codec.decodeRequest(wire, { model: 'm', stream: true });
        if ('code' in request) return;
        const origin = foreign ? 'openai-chat' : 'gemini';
        const { body } = codec.encodeRequest(
          { ...request, origin },
          { model: 'm', stream: true, traits: TRAITS, losses: lossReport() },
        );
        expect(() => JSON.stringify(body)).not.toThrow();
      }),
      RUNS,
    );
  });

  test('writes a request the same after reading it again', () => {
    const body = fc.record({
      contents: fc.array(
        fc.record({
          role: fc.constantFrom('user', 'model'),
          parts: fc.array(part, { minLength: 1, maxLength: 4 }),
        }),
      ),
    });
    fc.assert(
      fc.property(body, (wire) => {
        const once = (value: unknown) => {
          const request = codec.decodeRequest(value, { model: 'm', stream: false });
          if ('code' in request) throw new Error(request.message);
          return codec.encodeRequest(request, {
            model: 'm',
            stream: false,
            traits: TRAITS,
            losses: lossReport(),
          }).body;
        };
        expect(once(once(wire))).toEqual(once(wire));
      }),
      RUNS,
    );
  });

  test('reads any JSON as an answer or refuses it', () => {
    fc.assert(
      fc.property(anything, (wire) => {
        const response = codec.decodeResponse(wire);
        if (!('code' in response))
          expect(() => JSON.stringify(codec.encodeResponse(response, ENCODING))).not.toThrow();
      }),
      RUNS,
    );
  });

  test('reads any chunks as a stream that keeps to the grammar and ends', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            anything.map((value) => JSON.stringify(value) ?? ''),
            fc.string(),
          ),
        ),
        (pieces) => {
          expect(decoded(pieces).events.at(-1)?.type).toMatch(/^(?:end|error)$/);
        },
      ),
      RUNS,
    );
  });

  test.each(['sse', 'json-array'] as const)(
    'says the same after a stream was written as %s and read again',
    (framing) => {
      fc.assert(
        fc.property(answer, (wire) => {
          const first = decoded([JSON.stringify(wire)]);
          const second = decoded(encoded(first.events, framing));
          expect(saying(second.answer)).toEqual(saying(first.answer));
        }),
        RUNS,
      );
    },
  );

  test('says the same whether the answer comes whole or part by part', () => {
    fc.assert(
      fc.property(answer, (wire) => {
        const pieces = wire.candidates.flatMap(({ content, index, finishReason }) => [
          ...content.parts.map((each) =>
            JSON.stringify({
              responseId: 'r',
              modelVersion: 'm',
              candidates: [{ content: { parts: [each] }, index }],
            }),
          ),
          JSON.stringify({
            responseId: 'r',
            modelVersion: 'm',
            candidates: [{ index, finishReason }],
            usageMetadata: wire.usageMetadata,
          }),
        ]);
        expect(saying(decoded(pieces).answer)).toEqual(saying(codec.decodeResponse(wire)));
      }),
      RUNS,
    );
  });

  test('writes a whole answer as it writes the events of it', () => {
    fc.assert(
      fc.property(answer, (wire) => {
        const response = codec.decodeResponse(wire);
        if ('code' in response) throw new Error(response.message);
        const again = codec.decodeResponse(codec.encodeResponse(response, ENCODING));
        expect(saying(again)).toEqual(saying(response));
        const events: StreamEvent[] = [];
        unfold(response, (event) => void events.push(event));
        expect(saying(decoded(encoded(events, 'sse')).answer)).toEqual(saying(response));
      }),
      RUNS,
    );
  });
});
