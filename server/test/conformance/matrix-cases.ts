// The cases of the conversion matrix, as they lie in ./cases: small requests and answers of each format, with the words
// that the published matrix has for what they show.

import { readdirSync, readFileSync } from 'node:fs';
import type { PathFacts } from '../../src/core/dialects/dialect.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { JsonObject } from '../../src/core/model/json.ts';

interface CaseFacts {
  readonly name: string;
  readonly dialect: DialectId;
  /** One sentence. */
  readonly about: string;
  /** Rows of the matrix that the case has something to say about, by the names that losses have too. */
  readonly features: readonly string[];
}

/** What a client sends. */
export interface RequestCase extends CaseFacts {
  readonly kind: 'request';
  readonly path?: PathFacts;
  /** Why even a target of the same format does not get it as it is; absent: it does. */
  readonly bends?: string;
  readonly body: JsonObject;
}

/** What an upstream answers: the same as a body and as the data of a stream's events, or a stream that has no body. */
export interface AnswerCase extends CaseFacts {
  readonly kind: 'answer';
  readonly json?: JsonObject;
  readonly stream: readonly (JsonObject | string)[];
}

/** One file of ./cases. */
export type MatrixCase = RequestCase | AnswerCase;

const folder = new URL('cases/', import.meta.url);

/** All cases, by name. */
export const CASES: readonly MatrixCase[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => ({
    ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as MatrixCase),
    name: file.slice(0, -'.json'.length),
  }));

/** The requests among them. */
export const REQUEST_CASES: readonly RequestCase[] = CASES.filter((each) => each.kind === 'request');

/** The answers among them. */
export const ANSWER_CASES: readonly AnswerCase[] = CASES.filter((each) => each.kind === 'answer');

/** The events of a stream as a decoder gets them: name and data. */
export function wireEvents(stream: AnswerCase['stream']): (readonly [string, string])[] {
  return stream.map((data) => {
    if (typeof data === 'string') return ['', data];
    return [typeof data['type'] === 'string' ? data['type'] : '', JSON.stringify(data)];
  });
}
