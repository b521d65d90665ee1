// Properties of the openai-chat codec: it reads what it has written, however the pieces were cut, and nothing makes it throw.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codec } from '../../src/core/dialects/openai-chat/codec.ts';
import type { SluiceError } from '../../src/core/model/error.ts';
import { createFold } from '../../src/core/model/fold.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { anyManyChoices, anyRequest, eventsOf } from '../kit/chat-arbitrary.ts';
import { sseEvents } from '../kit/sse-events.ts';
import { requestOf, traitsOf } from '../kit/tool-setting.ts';

const encoding = (request: ChatRequest = requestOf({})) => ({
  request,
  model: 'm-1',
  seed: '0'.repeat(32),
  createdAt: 1_700_000_000,
  inputTokens: 0,
  losses: lossReport(),
});

/** The stream as text. */
function streamed(response: ChatResponse, pieceLength: number): string {
  let text = '';
  const encoder = codec.encodeStream((piece) => (text += piece), encoding(), 'sse');
  for (const event of eventsOf(response, pieceLength)) encoder.event(event);
  return text;
}

/** The answer that a stream adds up to; the grammar of its events is checked on the way. */
function folded(text: string): ChatResponse | SluiceError | undefined {
  let answer: ChatResponse | SluiceError | undefined;
  const decoder = codec.decodeStream(checkGrammar(createFold('openai-chat', (made) => (answer = made))));
  for (const [name, data] of sseEvents(text)) decoder.event(name, data);
  decoder.end();
  return answer;
}

/** Without ids, and the provider's own word for the reason. */
function said(answer: ChatResponse | SluiceError | undefined): unknown {
  if (answer === undefined || 'code' in answer) return answer;
  const choices = answer.choices.map(({ stop, ...choice }) => ({ ...choice, reason: stop.reason }));
  return { choices, usage: answer.usage };
}

const origins = ['openai-chat', 'anthropic-messages', 'gemini'] as const;
const anyAnswer = fc.constantFrom(...origins).chain((origin) => anyManyChoices(origin));

describe('answers', () => {
  test('a stream adds up to the answer that was written, however it was cut', () => {
    fc.assert(
      fc.property(anyAnswer, fc.integer({ min: 1, max: 9 }), (response, pieceLength) => {
        expect(said(folded(streamed(response, pieceLength)))).toEqual(said(response));
      }),
    );
  });

  test('a body says the same as a stream', () => {
    fc.assert(
      fc.property(anyAnswer, (response) => {
        const body = codec.decodeResponse(
          JSON.parse(JSON.stringify(codec.encodeResponse(response, encoding()))),
        );
        expect(said(body)).toEqual(said(folded(streamed(response, 5))));
      }),
    );
  });
});

describe('requests', () => {
  test('a request of another format stays the same once it was written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...origins).chain(anyRequest), (request) => {
        const write = (one: ChatRequest) =>
          codec.encodeRequest(one, {
            model: 'm-1',
            stream: true,
            traits: traitsOf('openai-chat', { streamOptions: true }),
            losses: lossReport(),
          }).body;
        const first = write(request);
        const again = codec.decodeRequest(JSON.parse(JSON.stringify(first)), {
          model: undefined,
          stream: false,
        });
        if ('code' in again) throw new Error(again.message);
        expect(write(again)).toEqual(first);
      }),
    );
  });
});

/** JSON that uses the words of the format in the wrong places. */
const words = fc.constantFrom(
  'choices',
  'delta',
  'message',
  'content',
  'tool_calls',
  'function',
  'name',
  'arguments',
  'role',
  'messages',
  'index',
  'id',
  'type',
  'reasoning_details',
  'annotations',
  'audio',
  'logprobs',
  'finish_reason',
  'usage',
  'error',
  'tools',
  'response_format',
  'json_schema',
  'image_url',
  'file',
  'custom',
  'extra_content',
  'google',
  '__proto__',
  'tool_choice',
  'stream_options',
  'metadata',
  'function_call',
  'images',
  'refusal',
  'thinking',
  'text',
  'reasoning',
);
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1.5,
      '',
      'text',
      'user',
      'assistant',
      'reasoning.text',
      'custom',
      'error',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(words, tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('nothing makes the decoders throw', () => {
  test('as a request', () => {
    fc.assert(
      fc.property(anyJson, fc.array(anyJson, { maxLength: 3 }), (json, messages) => {
        const path = { model: undefined, stream: false };
        codec.decodeRequest(json, path);
        const request = codec.decodeRequest({ ...(json as object), messages }, path);
        if (!('code' in request))
          codec.encodeRequest(request, {
            model: 'm',
            stream: true,
            traits: traitsOf('openai-chat'),
            losses: lossReport(),
          });
      }),
      { numRuns: 500 },
    );
  });

  test('as an answer or as a stream, whose events keep to the grammar', () => {
    fc.assert(
      fc.property(fc.array(anyJson, { maxLength: 4 }), (chunks) => {
        const encoder = codec.encodeStream(() => undefined, encoding(), 'sse');
        const decoder = codec.decodeStream(checkGrammar(encoder.event));
        for (const chunk of chunks) {
          codec.decodeResponse(chunk);
          decoder.event('', JSON.stringify(chunk));
          decoder.event('', JSON.stringify({ choices: [{ delta: chunk }, chunk] }));
        }
        decoder.event('', '[DONE]');
        decoder.end();
      }),
      { numRuns: 500 },
    );
  });
});
