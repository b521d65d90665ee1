// What holds wherever a stream breaks off: either it cannot be resumed, and is not, or the client reads one whole answer
// that says what both models said, with the ids and numbers of the first part.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Framing } from '../../src/core/dialects/dialect.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import type { Usage } from '../../src/core/model/usage.ts';
import { anyResponse, eventsOf } from '../kit/chat-arbitrary.ts';
import { answerOf, expectSoundWire, resumed, textOfAnswer, written } from '../kit/resuming.ts';

const FORMATS: readonly (readonly [DialectId, Framing])[] = [
  ['openai-chat', 'sse'],
  ['openai-responses', 'sse'],
  ['anthropic-messages', 'sse'],
  ['gemini', 'sse'],
  ['gemini', 'json-array'],
];

/** An answer that begins with words that no generated answer has said. */
function restOf(response: ChatResponse): ChatResponse {
  const [choice] = response.choices;
  const parts = (choice?.parts ?? []).filter(({ type }) => type !== 'text');
  const calls = parts.filter(({ type }) => type === 'tool-call');
  const thoughts = parts.filter(({ type }) => type === 'reasoning');
  const all = [...thoughts, { type: 'text', text: '§ and so it ended.' } as const, ...calls];
  const stop = { reason: calls.length > 0 ? 'tool-calls' : 'stop' } as const;
  return { ...response, choices: [{ index: 0, parts: all, stop }] };
}

function outputTokens(usage: Usage | undefined): number {
  return usage === undefined ? 0 : usage.output.text + usage.output.reasoning;
}

describe.each(FORMATS)('resume %s as %s', (id, framing) => {
  test('resume goes on at any cut, or refuses to: one grammatical answer, complete, with sound numbers', () => {
    let count = 0;
    fc.assert(
      fc.property(
        anyResponse(id),
        fc
          .constantFrom<DialectId>('openai-chat', 'openai-responses', 'anthropic-messages', 'gemini')
          .chain(anyResponse),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(),
        (first, second, length, at) => {
          const pieces = written(id, framing, eventsOf(first, length), 'a');
          const cut = at % pieces.length;
          const sent = pieces.slice(0, cut).join('');
          const rest = restOf(second);
          const result = resumed(id, framing, sent, eventsOf(rest, length));
          if (result === undefined) return;
          count++;
          const answer = answerOf(id, framing, result.text);
          expect(textOfAnswer(answer)).toBe(`${result.said}§ and so it ended.`);
          expect(answer.choices[0]?.stop.reason).toBe(rest.choices[0]?.stop.reason);
          expect(outputTokens(answer.usage)).toBeGreaterThanOrEqual(outputTokens(rest.usage));
          expectSoundWire(id, framing, result.text, sent);
        },
      ),
      { numRuns: 300 },
    );
    expect(count).toBeGreaterThan(30);
  });

  test('resume goes on at every cut within text', () => {
    fc.assert(
      fc.property(anyResponse(id), fc.integer({ min: 1, max: 7 }), (first, length) => {
        const events = eventsOf(first, length);
        const texts = new Set(
          events.flatMap((e) => (e.type === 'open' && e.part.type === 'text' ? [e.block] : [])),
        );
        for (const [at, event] of events.entries()) {
          if (event.type !== 'delta' || !texts.has(event.block)) continue;
          const sent = written(id, framing, events.slice(0, at + 1), 'a').join('');
          const result = resumed(id, framing, sent, eventsOf(restOf(first), length));
          const begun = events
            .slice(0, at + 1)
            .map((e) => textIn(e, texts))
            .join('');
          expect(result?.said).toBe(begun);
          expect(textOfAnswer(answerOf(id, framing, result?.text ?? ''))).toBe(`${begun}§ and so it ended.`);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('resume leaves a call alone', () => {
    const call = {
      type: 'tool-call',
      id: 'call_1',
      kind: 'function',
      name: 'sum_up',
      arguments: '{"a":12345678}',
    } as const;
    const first: ChatResponse = {
      origin: id,
      id: 'x',
      model: 'm-1',
      choices: [{ index: 0, parts: [{ type: 'text', text: 'Well.' }, call], stop: { reason: 'tool-calls' } }],
    };
    const pieces = written(id, framing, eventsOf(first, 3), 'a');
    const from = pieces.findIndex((piece) => piece.includes('sum_up'));
    expect(from).toBeGreaterThan(0);
    for (let cut = from + 1; cut <= pieces.length; cut++)
      expect(resumed(id, framing, pieces.slice(0, cut).join(''), [])).toBeUndefined();
  });
});

function textIn(event: StreamEvent, texts: ReadonlySet<number>): string {
  return event.type === 'delta' && texts.has(event.block) ? event.text : '';
}
