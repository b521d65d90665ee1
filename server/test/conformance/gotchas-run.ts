// Small answers and requests as a test writes them down, converted by the public functions: what a client gets, and what an
// upstream gets.

import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { SluiceError } from '../../src/core/model/error.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import { sseEvents } from '../kit/sse-events.ts';
import type { AnswerCase } from './matrix-cases.ts';
import { answerConversion, foldedBody, type RequestGolden, runRequest, streamed } from './matrix-run.ts';

/** An upstream's stream of a dialect, event by event; strings are data that is no JSON. */
export function answerOf(dialect: DialectId, ...stream: readonly (object | string)[]): AnswerCase {
  return {
    kind: 'answer',
    name: '',
    about: '',
    features: [],
    dialect,
    stream: stream as readonly (JsonObject | string)[],
  };
}

/** The stream that a client gets, as text. */
export function textFor(client: DialectId, answer: AnswerCase): string {
  return streamed(answer, answerConversion(answer, client, true));
}

/** The data of the events that a client gets. */
export function eventsFor(client: DialectId, answer: AnswerCase): readonly JsonObject[] {
  return sseEvents(textFor(client, answer))
    .filter(([, data]) => data !== '[DONE]')
    .map(([, data]) => JSON.parse(data) as JsonObject);
}

/** The body that a client gets who wants no stream; its error otherwise. */
export function bodyFor(client: DialectId, answer: AnswerCase): JsonObject | SluiceError {
  const folded = foldedBody(answer, client);
  return 'code' in folded ? folded : folded.body;
}

/** What an upstream of a format gets of a client's request. */
export function requestFor(to: DialectId, dialect: DialectId, body: JsonObject): RequestGolden {
  return runRequest({ kind: 'request', name: '', about: '', features: [], dialect, body }, to);
}

/** A chunk of chat with one delta. */
export function chunk(delta: object | undefined, finish: string | null = null, more: object = {}): object {
  const choices = delta === undefined ? [] : [{ index: 0, delta, finish_reason: finish }];
  return { id: 'c-1', object: 'chat.completion.chunk', created: 1, model: 'up', choices, ...more };
}

/** A chunk of Gemini with some parts. */
export function candidate(parts: readonly object[], finishReason?: string, more: object = {}): object {
  const ending = finishReason === undefined ? {} : { finishReason };
  return { candidates: [{ index: 0, content: { role: 'model', parts }, ...ending }], ...more };
}

/** A stream of Messages with these blocks, each of one delta. */
export function message(
  blocks: readonly (readonly [block: object, delta: object])[],
  stop: string,
  usage: object = { output_tokens: 3 },
  first: object = { input_tokens: 5, output_tokens: 1 },
): readonly object[] {
  const start = { id: 'msg_1', type: 'message', role: 'assistant', model: 'up', content: [], usage: first };
  const stop_sequence = stop === 'stop_sequence' ? 'END' : null;
  return [
    { type: 'message_start', message: start },
    ...blocks.flatMap(([content_block, delta], index) => [
      { type: 'content_block_start', index, content_block },
      { type: 'content_block_delta', index, delta },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence }, usage },
    { type: 'message_stop' },
  ];
}
