// Answers of any format as the Messages API words them: streams in its order, the same as the JSON, and readable again.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codec } from '../../src/core/dialects/anthropic-messages/codec.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { createFold } from '../../src/core/model/fold.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { unfold } from '../../src/core/model/unfold.ts';
import { answerEncoding, inOrder, readStream, writeStream } from '../kit/messages-answers.ts';
import { part, word } from '../kit/messages-parts.ts';

const answer: fc.Arbitrary<ChatResponse> = fc.record({
  origin: fc.constant('openai-responses' as const),
  id: word,
  model: word,
  choices: fc.tuple(
    fc.record({
      index: fc.constant(0),
      parts: fc.array(part, { maxLength: 6 }),
      stop: fc.record({
        reason: fc.constantFrom('stop', 'length', 'tool-calls', 'filtered', 'paused', 'other'),
      }),
    }),
  ),
});

function eventsOf(response: ChatResponse): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  unfold(response, (event) => events.push(event));
  return events;
}

describe('answers of any format', () => {
  test('are streams in the order that the format asks for', () => {
    fc.assert(
      fc.property(answer, (response) => {
        inOrder(writeStream(eventsOf(response)));
      }),
      { numRuns: 1000 },
    );
  });

  test('say the same as a stream and as JSON', () => {
    fc.assert(
      fc.property(answer, (response) => {
        const json = JSON.parse(JSON.stringify(codec.encodeResponse(response, answerEncoding())));
        let folded: unknown;
        const fold = createFold('anthropic-messages', (whole) => {
          folded = 'code' in whole ? whole : codec.encodeResponse(whole, answerEncoding());
        });
        for (const event of readStream(writeStream(eventsOf(response)))) fold(event);
        const again = JSON.parse(JSON.stringify(folded));
        expect([again.content, again.stop_reason]).toEqual([json.content, json.stop_reason]);
      }),
      { numRuns: 1000 },
    );
  });

  test('can be read back: reading and writing once more changes nothing', () => {
    fc.assert(
      fc.property(answer, (response) => {
        const once = JSON.parse(JSON.stringify(codec.encodeResponse(response, answerEncoding())));
        const read = codec.decodeResponse(once);
        if ('code' in read) throw new Error(read.message);
        expect(JSON.parse(JSON.stringify(codec.encodeResponse(read, answerEncoding())))).toEqual(once);
      }),
      { numRuns: 1000 },
    );
  });
});
