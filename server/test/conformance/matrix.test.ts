// Every case of ./cases with every target, as a body and as a stream, against its golden.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { belongsTo } from '../../src/config/reference/conversion-page.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { SluiceError } from '../../src/core/model/error.ts';
import { createFold } from '../../src/core/model/fold.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { sseEvents } from '../kit/sse-events.ts';
import { ANSWER_CASES, type AnswerCase, CASES, REQUEST_CASES, wireEvents } from './matrix-cases.ts';
import { expectGolden, goldenFile } from './matrix-goldens.ts';
import {
  answerConversion,
  bodied,
  decoded,
  foldedBody,
  runAnswer,
  runRequest,
  streamed,
  streamedBody,
} from './matrix-run.ts';
import { DIALECT_IDS } from './matrix-targets.ts';

describe.each(REQUEST_CASES)('$name: $about', (each) => {
  test.each(DIALECT_IDS)('to %s', (target) => {
    expectGolden(each.name, target, runRequest(each, target));
  });
});

describe.each(REQUEST_CASES.filter(({ bends }) => bends === undefined))('$name', (each) => {
  test('means the same to a target of its own format, and nothing is lost', () => {
    const { losses, json } = runRequest(each, each.dialect);
    expect(losses).toEqual([]);
    const { model: _model, ...sent } = decoded(each.dialect, json.body, false);
    const { model: _alias, ...asked } = decoded(each.dialect, each.body, false);
    expect(sent).toEqual(asked);
  });
});

describe.each(ANSWER_CASES)('$name: $about', (each) => {
  test.each(DIALECT_IDS)('for a client of %s', (client) => {
    expectGolden(each.name, client, runAnswer(each, client));
  });

  test('keeps the grammar of events', () => {
    expect(readStream(each.dialect, wireEvents(each.stream))).toBeDefined();
  });

  test.each(DIALECT_IDS)('is written for %s so that its own reader finds the grammar kept', (client) => {
    const read = readStream(client, sseEvents(streamed(each, answerConversion(each, client, true))));
    expect('code' in read).toBe(
      'code' in readStream(each.dialect, wireEvents(each.stream)) || isMalformed(each),
    );
  });
});

function isMalformed({ features }: AnswerCase): boolean {
  return features.includes('malformed-call');
}

/** The answer that a dialect reads in a stream, its events checked. */
function readStream(
  dialect: DialectId,
  events: readonly (readonly [string, string])[],
): ChatResponse | SluiceError {
  const answers: (ChatResponse | SluiceError)[] = [];
  const decoder = dialects[dialect].codec.decodeStream(
    checkGrammar(createFold(dialect, (answer) => answers.push(answer))),
  );
  for (const [name, data] of events) decoder.event(name, data);
  decoder.end();
  const [only] = answers;
  if (only === undefined) throw new Error('The decoder came to no end.');
  return only;
}

describe.each(ANSWER_CASES.filter(({ json }) => json !== undefined))('$name', (each) => {
  test.each(DIALECT_IDS)('means the same to a client of %s whichever of them streams', (client) => {
    const whole = bodied(each, client);
    const folded = foldedBody(each, client);
    if ('code' in whole || 'code' in folded) {
      expect([whole, folded].map((answer) => 'code' in answer && answer.code)).toEqual([
        'upstream_answer',
        'upstream_answer',
      ]);
      expect(streamedBody(each, client)).toMatchObject({ code: 'upstream_answer' });
      return;
    }
    expect(folded.body).toEqual(whole.body);
    const text = streamedBody(each, client);
    if (typeof text !== 'string') throw new Error(text.message);
    expect(meaning(readStream(client, sseEvents(text)))).toEqual(
      meaning(dialects[client].codec.decodeResponse(whole.body)),
    );
  });
});

/** What an answer says, without what only its form tells (ids of items, members of one format). */
function meaning(answer: ChatResponse | SluiceError): unknown {
  if ('code' in answer) return answer.code;
  return {
    usage: answer.usage,
    choices: answer.choices.map(({ parts, stop }) => ({
      reason: stop.reason,
      parts: parts.map((part) => {
        switch (part.type) {
          case 'text':
          case 'refusal':
            return [part.type, part.text];
          case 'reasoning':
            return [part.type, part.sections, part.token?.value];
          case 'tool-call':
            return [part.type, part.id, part.name, part.arguments];
          default:
            return [part.type];
        }
      }),
    })),
  };
}

test('every golden belongs to a case', () => {
  const known = new Set(CASES.flatMap(({ name }) => DIALECT_IDS.map((target) => goldenFile(name, target))));
  const files = readdirSync(new URL('goldens/', import.meta.url));
  expect(files.filter((file) => !known.has(file))).toEqual([]);
});

/** Losses of which no case is about: defaults that a format needs, and notes on members of one format. */
const BESIDES: ReadonlySet<string> = new Set([
  'call-signature',
  'foreign-member',
  'include',
  'max-tokens',
  'reasoning',
  'reasoning-history',
  'reasoning-token',
]);

test('every loss is told in a row that its case is about, by a name that the matrix knows', () => {
  const unnamed = CASES.flatMap((each) =>
    DIALECT_IDS.flatMap((target) => {
      const { losses } = each.kind === 'request' ? runRequest(each, target) : runAnswer(each, target);
      return losses
        .filter((loss) => !BESIDES.has(loss.feature) && !each.features.some((row) => belongsTo(row, loss)))
        .map(({ feature }) => `${each.name} to ${target}: ${feature}`);
    }),
  );
  expect([...new Set(unnamed)]).toEqual([]);
});
