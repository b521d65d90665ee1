// Reads the client's request into the model when the first target needs it, and keeps it for the next ones.

import type { Dialect, PathFacts } from '../../core/dialects/dialect.ts';
import { parseExactly } from '../../core/json/exact-numbers.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { ChatRequest } from '../../core/model/request.ts';
import { once } from '../once.ts';

/** The request of a body, or what is wrong with it; read at the first call. */
export function decodeOnce(dialect: Dialect, body: Buffer, path: PathFacts): () => ChatRequest | SluiceError {
  return once(() => decode(dialect, body, path));
}

function decode(dialect: Dialect, body: Buffer, path: PathFacts): ChatRequest | SluiceError {
  try {
    return dialect.codec.decodeRequest(parseExactly(body.toString('utf8')), path);
  } catch (thrown) {
    // The body was scanned before, by a stricter grammar than this one.
    return sluiceError('invalid_json', `The body is not valid JSON: ${String(thrown)}`);
  }
}
