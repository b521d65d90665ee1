// Whatever a client or an upstream writes, a conversion neither throws nor hangs: a request is converted or refused, and an
// answer ends in exactly one way that the client's format knows.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnswerFacts,
  type Conversion,
  convertBody,
  convertRequest,
  convertStream,
  foldStream,
  streamBody,
} from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { TARGETS } from '../conformance/matrix-targets.ts';
import { changed, places, RICH } from '../kit/rich-requests.ts';
import { at, dataOf, wires } from '../kit/wire.ts';

const PAIRS = DIALECT_IDS.flatMap((from) => DIALECT_IDS.map((to): [DialectId, DialectId] => [from, to]));
const facts: AnswerFacts = { model: 'm', seed: '0123456789abcdef'.repeat(2), createdAt: 1, inputTokens: 1 };

/** Names and words of the formats, so that what is arbitrary comes near to what is read. */
const WORDS = DIALECT_IDS.flatMap((id) => [RICH[id], JSON.parse(wires[id].json('m', 'text')) as unknown])
  .concat(DIALECT_IDS.flatMap((id) => dataOf(wires[id].events('m', 'text').join(''))))
  .map((value) => JSON.stringify(value))
  .flatMap((text) => text.match(/[a-zA-Z_.]{3,40}/g) ?? []);
const word = fc.constantFrom(...new Set([...WORDS, '__proto__', 'constructor', 'toString']));

const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, 2 ** 60, '', '{}', '{"a":', '\ud800', '\u0000'),
    word,
    fc.array(tie('value'), { maxLength: 3 }),
    // Parsed, so that a member may be called __proto__.
    fc
      .array(fc.tuple(word, tie('value')), { maxLength: 4 })
      .map((members): unknown =>
        JSON.parse(
          `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`,
        ),
      ),
  ),
}));

/** A value with a few places changed to anything. */
function mutated(value: unknown, most: number): fc.Arbitrary<unknown> {
  const everywhere = places(value);
  return fc.array(fc.tuple(fc.constantFrom(...everywhere), anyValue), { maxLength: most }).map((changes) =>
    changes.reduce<unknown>((made, [path, to]) => {
      try {
        return changed(made, path, to);
      } catch {
        // An earlier change has taken the place away.
        return made;
      }
    }, value),
  );
}

function conversionOf(
  from: DialectId,
  to: DialectId,
  wire: unknown,
  stream: boolean,
): Conversion | undefined {
  const request = dialects[from].codec.decodeRequest(wire, { model: 'm', stream });
  if ('code' in request) {
    expect([request.code, request.status]).toEqual([expect.stringMatching(/invalid|unsupported/), 400]);
    return undefined;
  }
  const target = { model: 'm-2', stream, traits: TARGETS[to] };
  return convertRequest({ from: dialects[from], to: dialects[to], request, target });
}

const simple = (from: DialectId, to: DialectId, stream: boolean): Conversion => {
  const conversion = conversionOf(
    from,
    to,
    JSON.parse(wires[from].request('m', stream, 'Hello').body),
    stream,
  );
  if (conversion === undefined) throw new Error('The simple request was refused.');
  return conversion;
};

/** What a client may see of a stream: an end of its own, or one error. */
function expectOneEnding(from: DialectId, written: string, events: readonly StreamEvent[]): void {
  const data = dataOf(written);
  expect(data).not.toContain(undefined);
  const last = events.at(-1)?.type;
  expect(['end', 'error']).toContain(last);
  const { complete, error } = wires[from].understand(written, true);
  expect(error === undefined).toBe(last === 'end');
  if (last === 'error') expect(complete).toBe(false);
}

describe.each(PAIRS)('a client of %s of an upstream of %s', (from, to) => {
  test('may write anything: it is converted, or refused', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(RICH[from], 4), anyValue), fc.boolean(), (wire, stream) => {
        const conversion = conversionOf(from, to, wire, stream);
        if (conversion === undefined) return;
        const { path, body } = conversion.encoded;
        expect(path).toMatch(/^\/v1/);
        expect(JSON.parse(JSON.stringify(body))).toBeTypeOf('object');
        expect(
          conversion.losses.losses.every(({ path: place, note }) => typeof place === 'string' && note !== ''),
        ).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('gets one ending of any stream', () => {
    const healthy = dataOf(wires[to].events('m', 'some text').join(''));
    const anyEvent = fc.oneof(
      fc.constantFrom(...healthy),
      fc
        .constantFrom(...healthy)
        .chain((data) => (typeof data === 'object' ? mutated(data, 2) : fc.constant(data))),
      anyValue,
      fc.constantFrom('[DONE]', 'garbage', '', '{"a":', '[]'),
    );
    const anyStream = fc.oneof(
      fc.array(anyEvent, { maxLength: 8 }),
      fc
        .tuple(fc.nat(healthy.length), anyEvent)
        .map(([place, event]) => [...healthy.slice(0, place), event, ...healthy.slice(place + 1)]),
    );
    fc.assert(
      fc.property(anyStream, fc.boolean(), (events, dies) => {
        let written = '';
        const seen: StreamEvent[] = [];
        const stream = convertStream(
          simple(from, to, true),
          facts,
          'sse',
          (text) => {
            written += text;
          },
          checkGrammar((event) => seen.push(event)),
        );
        const done: unknown[] = [];
        const fold = foldStream(
          simple(from, to, true),
          facts,
          (answer) => done.push(answer),
          () => undefined,
        );
        for (const event of events) {
          const data = typeof event === 'string' ? event : JSON.stringify(event);
          const type = at(event, 'type');
          const name = typeof type === 'string' ? type : '';
          stream.event(name, data);
          fold.event(name, data);
        }
        if (dies && !/^(?:end|error)$/.test(seen.at(-1)?.type ?? '')) {
          const error = {
            code: 'upstream_closed',
            source: 'upstream',
            status: 502,
            message: 'It died.',
          } as const;
          stream.fail(error);
          fold.fail(error);
        } else {
          stream.end();
          fold.end();
        }
        expectOneEnding(from, written, seen);
        expect(done.length).toBe(1);
        expect(() => JSON.stringify(done)).not.toThrow();
      }),
      { numRuns: 150 },
    );
  });

  test('gets an answer or an error of any body', () => {
    const healthy: unknown = JSON.parse(wires[to].json('m', 'some text'));
    fc.assert(
      fc.property(fc.oneof(mutated(healthy, 3), anyValue), (wire) => {
        const answer = convertBody(simple(from, to, false), facts, wire);
        if (!('code' in answer)) {
          const body: unknown = JSON.parse(JSON.stringify(answer.body));
          const read = dialects[from].codec.decodeResponse(body);
          // No reader takes choices with numbers beyond reason.
          const sane = answer.response.choices.every(({ index }) => index < 1_000);
          expect('code' in read && sane).toBe(false);
        }
        let written = '';
        const seen: StreamEvent[] = [];
        const failed = streamBody(
          simple(from, to, true),
          facts,
          'sse',
          wire,
          (text) => {
            written += text;
          },
          (event) => seen.push(event),
        );
        expect(failed === undefined).toBe(!('code' in answer));
        if (failed === undefined) expectOneEnding(from, written, seen);
        else expect(written).toBe('');
      }),
      { numRuns: 150 },
    );
  });
});
