import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Phase } from '../../src/core/dialects/dialect.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import type { Usage } from '../../src/core/model/usage.ts';
import { MADE_STREAMS } from '../conformance/fixtures/made-streams.ts';
import { watchChunks } from '../conformance/stream-run.ts';

const NAMES = [
  'choices',
  'delta',
  'content',
  'finish_reason',
  'usage',
  'prompt_tokens',
  'prompt_tokens_details',
  'cached_tokens',
  'total_tokens',
  'error',
  'message',
  'code',
  'status',
  'details',
  'type',
  'response',
  'output',
  'item',
  'model',
  'id',
  'content_block',
  'input_tokens',
  'output_tokens',
  'cache_creation',
  'candidates',
  'parts',
  'text',
  'finishReason',
  'usageMetadata',
  'promptTokenCount',
  'thoughtsTokenCount',
  'promptTokensDetails',
  'promptFeedback',
  'blockReason',
  'modelVersion',
  'errors',
  'detail',
  'object',
  'success',
  '__proto__',
  'constructor',
  'toString',
];
const TEXTS = [
  '',
  'stop',
  'message_start',
  'message_delta',
  'message_stop',
  'content_block_start',
  'content_block_delta',
  'error',
  'text',
  'response.created',
  'response.completed',
  'response.failed',
  'response.output_text.delta',
  'response.output_item.added',
  '[DONE]',
  'STOP',
  'AUDIO',
  '5',
  '1s',
  'model"',
  '"usage":{',
  '\ud800',
];
const NUMBERS = [0, 1, -1, 5, 400, 529, 1.5, 1e308, -1e308, 2 ** 53, 2 ** 60];

/** JSON in which the words of all formats stand in any place. */
const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.constantFrom(...NUMBERS),
    fc.constantFrom(...TEXTS),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 6 }).map(objectText),
  ),
})).value;

/** Built by definition, so that "__proto__" becomes a member as in parsed JSON. */
function objectText(members: readonly (readonly [string, unknown])[]): object {
  const result = {};
  for (const [name, value] of members)
    Object.defineProperty(result, name, { value, enumerable: true, configurable: true });
  return result;
}

const anyEvent = fc.oneof(
  fc
    .tuple(fc.constantFrom('', 'error', 'ping', 'message_stop', 'response.completed'), anyJson)
    .map(([name, value]) => {
      const text = `data: ${JSON.stringify(value)}\n\n`;
      return name === '' ? text : `event: ${name}\n${text}`;
    }),
  fc.constantFrom(
    'data: [DONE]\n\n',
    ': comment\n\n',
    'data\n\n',
    'data: {"a\n\n',
    '\n\n',
    'data: 1\r\n\r\n',
    'id: 1\n\n',
  ),
  fc.constantFrom(...MADE_STREAMS.filter(({ framing }) => framing === 'sse').flatMap(({ pieces }) => pieces)),
);

const ORDER: Readonly<Record<Phase, number>> = { prelude: 0, output: 1, ended: 2, failed: 2 };

function expectSound(usage: Usage | undefined): void {
  if (usage === undefined) return;
  for (const bucket of [...Object.values(usage.input), ...Object.values(usage.output)]) {
    expect(Number.isSafeInteger(bucket) && bucket >= 0).toBe(true);
  }
}

describe.each(DIALECT_IDS)('a watcher of %s', (dialect) => {
  it('never throws, and its phases only move forward', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
        (blocks) => {
          const watch = dialects[dialect].watch('sse');
          let phase = watch.phase;
          const step = (): void => {
            expect(ORDER[watch.phase]).toBeGreaterThanOrEqual(ORDER[phase]);
            if (phase === 'ended' || phase === 'failed') expect(watch.phase).toBe(phase);
            expect(watch.phase === 'failed').toBe(watch.error !== undefined);
            expectSound(watch.usage());
            phase = watch.phase;
          };
          for (const block of blocks) {
            watch.read(Buffer.from(block.join('')));
            step();
          }
          watch.finish();
          step();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never throws over elements of an array', () => {
    fc.assert(
      fc.property(
        fc.array(anyJson, { maxLength: 5 }),
        fc.integer({ min: 1, max: 50 }),
        (elements, chunkBytes) => {
          const { watch } = watchChunks(
            dialect,
            'json-array',
            Buffer.from(JSON.stringify(elements)),
            chunkBytes,
          );
          expectSound(watch.usage());
        },
      ),
      { numRuns: 100 },
    );
  });

  it('sees the same in a made-up stream however it is cut', () => {
    const streams = MADE_STREAMS.filter((made) => made.dialect === dialect);
    fc.assert(
      fc.property(
        fc.constantFrom(...streams),
        fc.integer({ min: 1, max: 200 }),
        ({ framing, pieces }, chunkBytes) => {
          const body = Buffer.from(pieces.join(''));
          const whole = watchChunks(dialect, framing, body, body.length).watch;
          const cut = watchChunks(dialect, framing, body, chunkBytes).watch;
          expect([cut.phase, cut.error, cut.usage(), cut.id, cut.model]).toEqual([
            whole.phase,
            whole.error,
            whole.usage(),
            whole.id,
            whole.model,
          ]);
        },
      ),
    );
  });
});

describe.each(DIALECT_IDS)('any JSON body, given to %s', (dialect) => {
  it('is read, edited and judged without throwing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyJson.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        fc.constantFrom('generate', 'count-tokens', 'embed', 'complete', 'moderate'),
        (text, use) => {
          const body = Buffer.from(text);
          const reading = dialects[dialect].readAnswer(body, use);
          if (reading.ok) expectSound(reading.usage);
          else expect(reading.error.code).toBe('upstream_answer');
          dialects[dialect].isErrorBody(body);
          for (const { start, end } of dialects[dialect].editAnswer(body, 'alias')) {
            expect(body.toString('utf8', start, start + 1) + body.toString('utf8', end - 1, end)).toBe('""');
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('as an event keeps all its other bytes when it is edited', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 6 }), fc.boolean(), (events, hideUsage) => {
        const block = Buffer.from(events.join(''));
        const edits = dialects[dialect].editEvents(block, { echoModel: 'alias', hideUsage }, 'sse');
        if (edits === 'keep') return;
        let at = 0;
        for (const { start, end, text } of edits) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          if (text !== '') expect(typeof JSON.parse(block.toString('utf8', start, end))).toBe('string');
          at = end;
        }
        expect(at).toBeLessThanOrEqual(block.length);
      }),
      { numRuns: 200 },
    );
  });
});

it('objects nested without end are survived', () => {
  const deep = `${'{"error":{"message":['.repeat(20_000)}${']}}'.repeat(20_000)}`;
  for (const dialect of DIALECT_IDS) {
    const watch = dialects[dialect].watch('sse');
    watch.read(Buffer.from(`data: ${deep}\n\n`));
    watch.finish();
    expect(dialects[dialect].readAnswer(Buffer.from(deep), 'generate').ok).toBe(false);
    dialects[dialect].isErrorBody(Buffer.from(deep.slice(0, 200_000)));
  }
});
