// Runs a case of the matrix against one target and says what came of it, as its golden keeps it.

import {
  type AnswerFacts,
  type Conversion,
  type ConvertedBody,
  convertBody,
  convertRequest,
  convertStream,
  foldStream,
  streamBody,
} from '../../src/core/conversion/convert.ts';
import { refusal } from '../../src/core/conversion/policy.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { SluiceError } from '../../src/core/model/error.ts';
import type { Emit } from '../../src/core/model/event.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import type { Loss } from '../../src/core/model/loss.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import { sseEvents } from '../kit/sse-events.ts';
import { type AnswerCase, type RequestCase, wireEvents } from './matrix-cases.ts';
import { QUESTIONS, TARGETS } from './matrix-targets.ts';

/** What comes of a request: what the target gets, and whether it would be sent at all. */
export interface RequestGolden {
  /** Set when the gateway refuses unless the operator allows losses: the path at fault. */
  readonly refused?: string;
  readonly losses: readonly Loss[];
  readonly json: { readonly path: string; readonly body: JsonObject };
  /** The path for a stream, and the members of the body that differ (`null`: left out). */
  readonly stream: { readonly path: string; readonly body: JsonObject };
}

/** What comes of an answer: what the client gets, as a body and as the events of a stream. */
export interface AnswerGolden {
  readonly losses: readonly Loss[];
  readonly json?: JsonObject;
  readonly stream: readonly WrittenEvent[];
}

/** One event as a client gets it. */
export interface WrittenEvent {
  readonly event?: string;
  readonly data: unknown;
}

/** One file of ./goldens. */
export type Golden = RequestGolden | AnswerGolden;

/** What the goldens were made with. */
export const FACTS: AnswerFacts = {
  model: 'client-model',
  seed: '0123456789abcdef'.repeat(2),
  createdAt: 1_750_000_000,
  inputTokens: 42,
};

const nobody: Emit = () => undefined;

/** Reads a body of a client, which must be valid. */
export function decoded(dialect: DialectId, body: JsonObject, stream: boolean): ChatRequest {
  const wire = dialect === 'gemini' ? body : { ...body, stream };
  const request = dialects[dialect].codec.decodeRequest(wire, { model: 'alias', stream });
  if ('code' in request) throw new Error(`The case is not a request: ${request.message}`);
  return request;
}

function conversion(from: DialectId, to: DialectId, request: ChatRequest, stream: boolean): Conversion {
  const target = { model: 'target-model', stream, traits: TARGETS[to] };
  return convertRequest({ from: dialects[from], to: dialects[to], request, target });
}

/** Converts a request for one target. */
export function runRequest({ dialect, body }: RequestCase, to: DialectId): RequestGolden {
  const { encoded, losses } = conversion(dialect, to, decoded(dialect, body, false), false);
  const streamed = conversion(dialect, to, decoded(dialect, body, true), true);
  const refused = refusal(losses.losses, { strict: false, lossy: 'refuse' });
  return plain({
    ...(refused === undefined ? {} : { refused: refused.param ?? '' }),
    losses: losses.losses,
    json: encoded,
    stream: { path: streamed.encoded.path, body: differing(encoded.body, streamed.encoded.body) },
  });
}

function differing(before: JsonObject, after: JsonObject): JsonObject {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

/** Converts an answer for a client of one format. */
export function runAnswer(answer: AnswerCase, client: DialectId): AnswerGolden {
  const asked = answerConversion(answer, client, true);
  const text = streamed(answer, asked);
  const json = answer.json === undefined ? undefined : bodied(answer, client);
  return plain({
    losses: asked.losses.losses,
    ...(json === undefined ? {} : { json: 'code' in json ? { ...json } : json.body }),
    stream: written(text),
  });
}

/** The conversion that an answer comes back through. Losses of the question itself are not the answer's. */
export function answerConversion({ dialect }: AnswerCase, client: DialectId, stream: boolean): Conversion {
  const question = decoded(client, QUESTIONS[client], stream);
  const made = conversion(client, dialect, question, stream);
  const asked = new Set(made.losses.losses);
  return {
    ...made,
    losses: {
      add: (loss) => made.losses.add(loss),
      get losses() {
        return made.losses.losses.filter((loss) => !asked.has(loss));
      },
    },
  };
}

/** The answer's stream as the client gets it, as one text. */
export function streamed(answer: AnswerCase, made: Conversion, see: Emit = nobody): string {
  let text = '';
  const decoder = convertStream(made, FACTS, 'sse', (piece) => (text += piece), see);
  for (const [name, data] of wireEvents(answer.stream)) decoder.event(name, data);
  decoder.end();
  return text;
}

/** The answer's body as the client gets it. */
export function bodied(answer: AnswerCase, client: DialectId): ConvertedBody | SluiceError {
  return convertBody(answerConversion(answer, client, false), FACTS, answer.json);
}

/** The answer's stream as the body that a client gets who wants no stream. */
export function foldedBody(answer: AnswerCase, client: DialectId): ConvertedBody | SluiceError {
  const answers: (ConvertedBody | SluiceError)[] = [];
  const made = answerConversion(answer, client, false);
  const decoder = foldStream(made, FACTS, (folded) => answers.push(folded), nobody);
  for (const [name, data] of wireEvents(answer.stream)) decoder.event(name, data);
  decoder.end();
  const [only] = answers;
  if (only === undefined || answers.length > 1)
    throw new Error(`The stream was folded ${answers.length} times.`);
  return only;
}

/** The answer's body as the stream that a client gets who wants one. */
export function streamedBody(answer: AnswerCase, client: DialectId): string | SluiceError {
  let text = '';
  const made = answerConversion(answer, client, true);
  return streamBody(made, FACTS, 'sse', answer.json, (piece) => (text += piece), nobody) ?? text;
}

function written(text: string): WrittenEvent[] {
  return sseEvents(text).map(([event, data]) => ({
    ...(event === '' ? {} : { event }),
    data: data.startsWith('{') || data.startsWith('[{') ? (JSON.parse(data) as unknown) : data,
  }));
}

/** As a golden file gives it back. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
