// What holds for any request between any two formats: nothing crashes, what is written can be read, and the calls of the
// history keep their ids, names and results.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertRequest } from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { estimateInputTokens } from '../../src/core/model/estimate.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import { TARGETS } from '../conformance/matrix-targets.ts';
import { anyRequest } from '../kit/chat-arbitrary.ts';

const IDS = Object.keys(dialects) as DialectId[];
const PAIRS = IDS.flatMap((from) => IDS.map((to) => [from, to] as const));

/** The request as the target reads it. */
function received(request: ChatRequest, from: DialectId, to: DialectId): ChatRequest {
  const { encoded } = convertRequest({
    from: dialects[from],
    to: dialects[to],
    request,
    target: { model: 'm-2', stream: request.stream, traits: TARGETS[to] },
  });
  const wire: unknown = JSON.parse(JSON.stringify(encoded.body));
  const read = dialects[to].codec.decodeRequest(wire, { model: 'm-2', stream: request.stream });
  if ('code' in read) throw new Error(`${to} does not understand what was written: ${read.message}`);
  return read;
}

function history({ turns }: ChatRequest): unknown {
  const parts = turns.flatMap((turn) => turn.parts);
  return {
    calls: parts.flatMap((part) =>
      part.type === 'tool-call' ? [[part.id, part.name, JSON.parse(part.arguments)]] : [],
    ),
    results: parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])),
  };
}

function words(request: ChatRequest): string {
  return request.turns
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
    .join('');
}

describe.each(PAIRS)('a request of %s to %s', (from, to) => {
  test('keeps its words, and the calls and results with their ids', () => {
    fc.assert(
      fc.property(anyRequest(from), (request) => {
        const read = received(request, from, to);
        expect(history(read)).toEqual(history(request));
        expect(words(read)).toBe(words(request));
        expect(read.tools.map(({ name }) => name)).toEqual(request.tools.map(({ name }) => name));
        expect(read.sampling.temperature).toBe(request.sampling.temperature);
        expect(estimateInputTokens(read)).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(IDS)('%s', (id) => {
  test('reads any JSON value as a request, or says what is wrong with it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(dialects[id].codec.decodeRequest(value, { model: 'm', stream: false })).toBeTypeOf('object');
      }),
    );
  });

  test('reads any JSON value as an answer, or says what is wrong with it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(dialects[id].codec.decodeResponse(value)).toBeTypeOf('object');
      }),
    );
  });
});
