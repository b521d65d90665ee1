import { describe, expect, test } from 'vitest';
import { TARGETS } from '../../../test/conformance/matrix-targets.ts';
import type { Codec, Dialect } from '../dialects/dialect.ts';
import { dialects } from '../dialects/index.ts';
import { sluiceError } from '../model/error.ts';
import type { StreamEvent } from '../model/event.ts';
import { isObject, textOf } from '../model/json.ts';
import type { ChatRequest } from '../model/request.ts';
import type { ChatResponse, StopReason } from '../model/response.ts';
import { unfold } from '../model/unfold.ts';
import {
  type AnswerFacts,
  type Conversion,
  convertBody,
  convertRequest,
  convertStream,
  foldStream,
  streamBody,
} from './convert.ts';

/** The answer of the small format below: its text, or why it stopped without one. */
function answer(text: string, reason: StopReason = 'stop'): ChatResponse {
  return {
    origin: 'gemini',
    id: 'up',
    model: 'up-model',
    choices: [{ index: 0, parts: text === '' ? [] : [{ type: 'text', text }], stop: { reason } }],
  };
}

/** A format that is small enough to see through: a body is `{text, reason}`, a stream is one body. */
const small: Codec = {
  decodeRequest: () => sluiceError('internal', 'not needed here'),
  encodeRequest: (request, { model, stream, losses }) => {
    losses.add({ path: 'x', feature: 'x', action: 'dropped', severity: 'hint', note: 'X.' });
    return { path: '/small', body: { model, stream, origin: request.origin } };
  },
  decodeResponse: (wire) => {
    if (!isObject(wire) || wire['broken'] === true) return sluiceError('upstream_answer', 'broken');
    return answer(textOf(wire['text']) ?? '', wire['reason'] as StopReason | undefined);
  },
  encodeResponse: (response, { model, losses }) => {
    losses.add({ path: 'y', feature: 'y', action: 'dropped', severity: 'hint', note: 'Y.' });
    return { model, parts: response.choices[0]?.parts };
  },
  decodeStream: (emit) => ({
    event: (_, data) => {
      const read = small.decodeResponse(JSON.parse(data));
      if ('code' in read) emit({ type: 'error', error: read });
      else unfold(read, emit);
    },
    end: () => undefined,
  }),
  encodeStream: (write, { model }) => ({ event: (event) => write(`${model}:${event.type} `) }),
};

const to: Dialect = { ...dialects.gemini, codec: small };
const from: Dialect = { ...dialects['openai-chat'], codec: small };

const request: ChatRequest = {
  origin: 'openai-chat',
  model: 'alias',
  stream: false,
  includeUsage: true,
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
};

const facts: AnswerFacts = { model: 'alias', seed: '0'.repeat(32), createdAt: 1, inputTokens: 1 };

function converted(): Conversion {
  return convertRequest({
    from,
    to,
    request,
    target: { model: 'm-2', stream: true, traits: TARGETS.gemini },
  });
}

describe('convertRequest', () => {
  test('writes the request for the target and gathers the losses', () => {
    const { encoded, losses } = converted();
    expect(encoded).toEqual({ path: '/small', body: { model: 'm-2', stream: true, origin: 'openai-chat' } });
    expect(losses.losses.map(({ feature }) => feature)).toEqual(['x']);
  });
});

describe('convertStream', () => {
  test('writes the client’s events and lets each be heard before it is written', () => {
    const log: string[] = [];
    const decoder = convertStream(
      converted(),
      facts,
      'sse',
      (text) => log.push(text),
      (event) => log.push(`saw ${event.type}`),
    );
    decoder.event('', '{"text":"hi"}');
    decoder.end();
    expect(log.slice(0, 4)).toEqual(['saw start', 'alias:start ', 'saw open', 'alias:open ']);
    expect(log.at(-1)).toBe('alias:end ');
  });

  test('G30 a malformed call is written as an error', () => {
    let text = '';
    const decoder = convertStream(
      converted(),
      facts,
      'sse',
      (piece) => {
        text += piece;
      },
      () => undefined,
    );
    decoder.event('', '{"reason":"malformed-call"}');
    expect(text).toBe('alias:start alias:error ');
  });
});

describe('convertBody', () => {
  test('gives the client’s body and the answer itself; what writing loses is reported', () => {
    const conversion = converted();
    expect(convertBody(conversion, facts, { text: 'hi' })).toEqual({
      body: { model: 'alias', parts: [{ type: 'text', text: 'hi' }] },
      response: answer('hi'),
    });
    expect(conversion.losses.losses.map(({ feature }) => feature)).toEqual(['x', 'y']);
  });

  test('gives the error of what is no answer', () => {
    expect(convertBody(converted(), facts, { broken: true })).toMatchObject({ code: 'upstream_answer' });
  });

  test('G30 a malformed call is an error', () => {
    expect(convertBody(converted(), facts, { reason: 'malformed-call' })).toMatchObject({
      code: 'upstream_answer',
    });
    expect(convertBody(converted(), facts, { text: 'hi', reason: 'malformed-call' })).toHaveProperty('body');
  });
});

describe('streamBody', () => {
  function streamed(wire: unknown) {
    let text = '';
    const seen: StreamEvent[] = [];
    const error = streamBody(
      converted(),
      facts,
      'sse',
      wire,
      (piece) => {
        text += piece;
      },
      (event) => seen.push(event),
    );
    return { text, seen, error };
  }

  test('writes an answer that came whole as a stream', () => {
    const { text, seen, error } = streamed({ text: 'hi' });
    expect(error).toBeUndefined();
    expect(seen.map(({ type }) => type)).toEqual(['start', 'open', 'delta', 'close', 'stop', 'end']);
    expect(text).toBe(seen.map(({ type }) => `alias:${type} `).join(''));
  });

  test.each([{ broken: true }, { reason: 'malformed-call' }])('writes nothing of %o', (wire) => {
    expect(streamed(wire)).toMatchObject({ text: '', seen: [], error: { code: 'upstream_answer' } });
  });
});

describe('foldStream', () => {
  function folded(...events: string[]) {
    const answers: unknown[] = [];
    const decoder = foldStream(
      converted(),
      facts,
      (made) => answers.push(made),
      () => undefined,
    );
    for (const event of events) decoder.event('', event);
    decoder.end();
    return answers;
  }

  test('gives one body for the stream', () => {
    expect(folded('{"text":"hi"}')).toEqual([
      { body: { model: 'alias', parts: [{ type: 'text', text: 'hi' }] }, response: answer('hi') },
    ]);
  });

  test('gives the error that the stream ended in, once', () => {
    expect(folded('{"broken":true}', '{"text":"hi"}')).toEqual([
      expect.objectContaining({ code: 'upstream_answer' }),
    ]);
    expect(folded('{"reason":"malformed-call"}')).toEqual([
      expect.objectContaining({ code: 'upstream_answer' }),
    ]);
  });
});
