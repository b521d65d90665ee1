// The peeks on generated requests: they agree with a JSON.parse-based reading, their edit changes exactly what it should,
// and no text at all makes them throw.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { peek as peekAnthropic } from '../../src/core/dialects/anthropic-messages/peek.ts';
import type { Dialect, Edit, Peeked } from '../../src/core/dialects/dialect.ts';
import { peek as peekGemini } from '../../src/core/dialects/gemini/peek.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import { peek as peekChat } from '../../src/core/dialects/openai-chat/peek.ts';
import { peek as peekResponses } from '../../src/core/dialects/openai-responses/peek.ts';
import type { DialectId, Use } from '../../src/core/model/dialect-id.ts';
import { withModel } from '../../src/exchange/named-body.ts';

const PEEKS: Readonly<Record<DialectId, Dialect['peek']>> = {
  'openai-chat': peekChat,
  'openai-responses': peekResponses,
  'anthropic-messages': peekAnthropic,
  gemini: peekGemini,
};
const dialect = fc.constantFrom(...(Object.keys(PEEKS) as DialectId[]));
const use = fc.constantFrom<Use>('generate', 'count-tokens', 'embed', 'complete', 'moderate');

function peeked(result: ReturnType<Dialect['peek']>): Peeked {
  if ('code' in result) throw new Error(result.message);
  return result;
}

function apply(body: Buffer, edit: Edit): unknown {
  return JSON.parse(
    Buffer.concat([body.subarray(0, edit.start), Buffer.from(edit.text), body.subarray(edit.end)]).toString(),
  );
}

const absent = Symbol('absent');
const maybe = <T>(...values: T[]): fc.Arbitrary<T | typeof absent> =>
  fc.constantFrom<T | typeof absent>(absent, ...values);
const member = fc.tuple(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const modelName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((name) => !/[\x00-\x1f\x7f]/.test(name));

interface Parts {
  readonly model: unknown;
  readonly stream: unknown;
  readonly stream_options: unknown;
}

/** A body with the members in any order among others, in any layout. */
function bodyOf(
  parts: Parts,
  others: readonly (readonly [string, unknown])[],
  rotate: number,
  indent: number,
): Buffer {
  const own = Object.entries(parts).filter(([, value]) => value !== absent);
  const all = [...others.filter(([name]) => !(name in parts) && name !== 'messages'), ...own];
  const turn = all.length === 0 ? 0 : rotate % all.length;
  return Buffer.from(
    JSON.stringify(Object.fromEntries([...all.slice(turn), ...all.slice(0, turn)]), null, indent),
  );
}

describe('peek', () => {
  test('reads model and stream as JSON.parse does, with the span of the model', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<DialectId>('openai-chat', 'openai-responses', 'anthropic-messages'),
        modelName,
        maybe(true, false, null),
        fc.array(member, { maxLength: 4 }),
        fc.nat(),
        fc.constantFrom(0, 2),
        (id, model, stream, others, rotate, indent) => {
          const body = bodyOf({ model, stream, stream_options: absent }, others, rotate, indent);
          const result = peeked(PEEKS[id](body, 'generate', undefined, false));
          expect(result.model).toBe(model);
          expect(result.stream).toBe(stream === true);
          const span = result.modelSpan ?? { start: 0, end: 0 };
          expect(JSON.parse(body.toString('utf8', span.start, span.end))).toBe(model);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('a model is put into the gap of a request that names none, and no other byte is touched', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<DialectId>('openai-chat', 'openai-responses', 'anthropic-messages'),
        fc.constantFrom<Use>('generate', 'count-tokens', 'embed'),
        maybe('', null),
        modelName,
        maybe(true, false),
        fc.array(member, { maxLength: 4 }),
        fc.nat(),
        fc.constantFrom(0, 2),
        (id, as, given, name, stream, others, rotate, indent) => {
          const body = bodyOf({ model: given, stream, stream_options: absent }, others, rotate, indent);
          const result = peeked(PEEKS[id](body, as, undefined, false));
          expect(result.model).toBe('');
          const { modelGap: gap } = result;
          if (gap === undefined) throw new Error('There is no gap.');
          const text = `${gap.before}${JSON.stringify(name)}${gap.after}`;
          const before = JSON.parse(body.toString()) as Record<string, unknown>;
          expect(apply(body, { start: gap.start, end: gap.end, text })).toEqual({ ...before, model: name });
          expect(body.toString('utf8', gap.start, gap.end)).toBe(
            given === absent ? '' : JSON.stringify(given),
          );

          const filled = withModel(
            { dialect: dialects[id], use: as, model: undefined, stream: false },
            { body, peeked: result },
            name,
          );
          if ('code' in filled) throw new Error(filled.message);
          const span = filled.peeked.modelSpan ?? { start: 0, end: 0 };
          expect(filled.peeked.model).toBe(name);
          // All bytes before and behind the edit are those that came.
          expect(filled.body.subarray(0, gap.start).equals(body.subarray(0, gap.start))).toBe(true);
          const behind = span.end + gap.after.length;
          expect(filled.body.subarray(behind).equals(body.subarray(gap.end))).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('the usage edit changes nothing but stream_options.include_usage, which becomes true', () => {
    const options = fc.oneof(
      maybe<unknown>(null, {}),
      fc
        .tuple(
          fc.dictionary(fc.constantFrom('include_obfuscation', 'x', 'y'), fc.jsonValue({ maxDepth: 1 })),
          maybe(true, false, null),
        )
        .map(([others, include]) => (include === absent ? others : { ...others, include_usage: include })),
    );
    fc.assert(
      fc.property(
        fc.constantFrom<Use>('generate', 'complete'),
        options,
        fc.array(member, { maxLength: 4 }),
        fc.nat(),
        fc.constantFrom(0, 1, 2),
        (as, stream_options, others, rotate, indent) => {
          const body = bodyOf({ model: 'm', stream: true, stream_options }, others, rotate, indent);
          const before = JSON.parse(body.toString()) as Record<string, unknown>;
          const given = (before['stream_options'] ?? {}) as Record<string, unknown>;
          const { usageEdit } = peeked(PEEKS['openai-chat'](body, as, undefined, false));
          expect(usageEdit === undefined).toBe(given['include_usage'] === true);
          if (usageEdit === undefined) return;
          expect(apply(body, usageEdit)).toEqual({
            ...before,
            stream_options: { ...given, include_usage: true },
          });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('answers any text and any bytes with a reading or an error of the client, and never throws', () => {
    const text = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          ':',
          ',',
          '\\',
          '1',
          'null',
          '"model"',
          '"stream"',
          'true',
          ' ',
        ),
      }),
    );
    const bytes = fc.oneof(
      text.map((value) => Buffer.from(value)),
      fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value)),
    );
    fc.assert(
      fc.property(
        dialect,
        use,
        bytes,
        fc.option(fc.string(), { nil: undefined }),
        fc.boolean(),
        (id, as, body, model, stream) => {
          const result = PEEKS[id](body, as, model, stream);
          if ('code' in result) expect(result).toMatchObject({ status: 400, source: 'client' });
          else expect(JSON.parse(body.toString())).toBeTypeOf('object');
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
