// What holds for any answer: each format reads back what it wrote, in any cut, and keeps the grammar of events.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnswerEncoding } from '../../src/core/dialects/dialect.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { SluiceError } from '../../src/core/model/error.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { createFold } from '../../src/core/model/fold.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { anyManyChoices, anyResponse, eventsOf } from '../kit/chat-arbitrary.ts';
import { sseEvents } from '../kit/sse-events.ts';

const IDS = Object.keys(dialects) as DialectId[];
const PAIRS = IDS.flatMap((from) => IDS.map((to) => [from, to] as const));

function encoding(origin: DialectId): AnswerEncoding {
  const request: ChatRequest = {
    origin,
    model: 'm-1',
    stream: true,
    includeUsage: true,
    turns: [],
    tools: [],
    sampling: { n: 3 },
  };
  return {
    request,
    model: 'm-1',
    seed: '0123456789abcdef'.repeat(2),
    createdAt: 1_700_000_000,
    inputTokens: 1,
    losses: lossReport(),
  };
}

/** Writes events as a stream of the format and reads them again. */
function throughStream(id: DialectId, events: readonly StreamEvent[]): ChatResponse {
  let text = '';
  const { codec } = dialects[id];
  const encoder = codec.encodeStream((piece) => (text += piece), encoding(id), 'sse');
  for (const event of events) encoder.event(event);
  const answers: (ChatResponse | SluiceError)[] = [];
  const decoder = codec.decodeStream(checkGrammar(createFold(id, (answer) => answers.push(answer))));
  for (const [name, data] of sseEvents(text)) decoder.event(name, data);
  decoder.end();
  return theAnswer(answers);
}

function throughBody(id: DialectId, response: ChatResponse): ChatResponse {
  const { codec } = dialects[id];
  return theAnswer([
    codec.decodeResponse(JSON.parse(JSON.stringify(codec.encodeResponse(response, encoding(id))))),
  ]);
}

function theAnswer(answers: readonly (ChatResponse | SluiceError)[]): ChatResponse {
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) throw new Error(`There are ${answers.length} answers.`);
  if ('code' in answer) throw new Error(answer.message);
  return answer;
}

/** Text, reasoning and calls of each choice, as readers of any format know them. */
function said(response: ChatResponse): unknown {
  return response.choices.map(({ parts }) => ({
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    calls: parts.flatMap((part) =>
      part.type === 'tool-call' ? [[part.id, part.name, JSON.parse(part.arguments)]] : [],
    ),
  }));
}

function reasoned(response: ChatResponse): readonly unknown[] {
  return response.choices.flatMap(({ parts }) =>
    parts.flatMap((part) =>
      part.type === 'reasoning' ? [[part.sections.join('\n\n'), part.token?.vendor, part.token?.value]] : [],
    ),
  );
}

const cut = fc.integer({ min: 1, max: 7 });

describe.each(IDS)('%s', (id) => {
  test('reads back every answer that it streamed, in any cut, and keeps the grammar', () => {
    fc.assert(
      fc.property(anyResponse(id), cut, (response, length) => {
        const read = throughStream(id, eventsOf(response, length));
        expect(said(read)).toEqual(said(response));
        expect(reasoned(read)).toEqual(reasoned(response));
        expect(read.choices.map(({ stop }) => stop.reason)).toEqual(
          response.choices.map(({ stop }) => stop.reason),
        );
        expect(read.usage).toEqual(response.usage);
      }),
    );
  });

  test('reads back every answer that it wrote whole', () => {
    fc.assert(
      fc.property(anyResponse(id), (response) => {
        const read = throughBody(id, response);
        expect(said(read)).toEqual(said(response));
        expect(reasoned(read)).toEqual(reasoned(response));
        expect(read.usage).toEqual(response.usage);
      }),
    );
  });
});

describe.each(['openai-chat', 'gemini'] as const)('%s', (id) => {
  test('reads back several choices', () => {
    fc.assert(
      fc.property(anyManyChoices(id), cut, (response, length) => {
        expect(said(throughStream(id, eventsOf(response, length)))).toEqual(said(response));
        expect(said(throughBody(id, response))).toEqual(said(response));
      }),
    );
  });
});

describe.each(PAIRS)('an answer of %s to a client of %s', (from, to) => {
  test('says the same, with the same ids of calls and the same sums of tokens', () => {
    fc.assert(
      fc.property(anyResponse(from), cut, (response, length) => {
        const source = throughBody(from, response);
        for (const read of [throughBody(to, source), throughStream(to, eventsOf(source, length))]) {
          expect(said(read)).toEqual(said(source));
          expect(sums(read)).toEqual(sums(source));
        }
      }),
      { numRuns: 40 },
    );
  });
});

function sums({ usage }: ChatResponse): unknown {
  if (usage === undefined) return undefined;
  const { input, output } = usage;
  return {
    input: Object.values(input).reduce((sum, bucket) => sum + bucket, 0),
    output: Object.values(output).reduce((sum, bucket) => sum + bucket, 0),
    cacheRead: input.cacheRead,
    reasoning: output.reasoning,
  };
}
