// Complete answers of generateContent: a stream of one chunk.

import { type SluiceError, sluiceError } from '../../model/error.ts';
import { createFold } from '../../model/fold.ts';
import { isObject } from '../../model/json.ts';
import type { ChatResponse } from '../../model/response.ts';
import type { Codec } from '../dialect.ts';
import { reportedFlaw } from '../kit/answer.ts';
import { readAnswer } from './stream.decode.ts';

/** See Codec.decodeResponse. A list is taken for the chunks of a stream that was gathered. */
export const decodeResponse: Codec['decodeResponse'] = (wire) => {
  const chunks: readonly unknown[] = Array.isArray(wire) ? wire : [wire];
  const [first] = chunks;
  if (!isObject(first)) return flawed('with something that is not a JSON object.');
  const error = reportedFlaw(Array.isArray(first['candidates']) ? { error: first['error'] } : first);
  if (error !== undefined) return error;
  let read: ChatResponse | SluiceError | undefined;
  const answer = readAnswer(
    createFold('gemini', (result) => {
      read = result;
    }),
  );
  for (const chunk of chunks) answer.chunk(chunk);
  answer.end(true);
  return read === undefined || isClosed(read) ? flawed('without candidates.') : read;
};

function isClosed(read: ChatResponse | SluiceError): boolean {
  return 'code' in read && read.code === 'upstream_closed';
}

function flawed(flaw: string): SluiceError {
  return sluiceError('upstream_answer', `The upstream answered ${flaw}`);
}
