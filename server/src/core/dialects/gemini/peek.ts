// What the gateway must know of a Gemini request: here the path names the model and tells whether to stream.
// https://ai.google.dev/api/generate-content

import type { Bytes } from '../../bytes.ts';
import type { Use } from '../../model/dialect-id.ts';
import type { SluiceError } from '../../model/error.ts';
import type { Peeked } from '../dialect.ts';
import { checkModelName, isError, scanBody } from '../kit/peek-body.ts';

/** The collection that every plain model is in; others (`tunedModels/`) belong to the name. */
const COLLECTION = 'models/';

/** See Dialect.peek. The body needs only be one JSON object. */
export function peek(
  body: Bytes,
  use: Use,
  pathModel: string | undefined,
  pathStream: boolean,
): Peeked | SluiceError {
  const scan = scanBody(body, []);
  if (isError(scan)) return scan;
  const given = pathModel ?? '';
  const model = checkModelName(given.startsWith(COLLECTION) ? given.slice(COLLECTION.length) : given);
  if (typeof model !== 'string') return model;
  return { model, stream: pathStream && use === 'generate' };
}
