// What the gateway must know of a Gemini request: here the path names the model and tells whether to stream.
// https://ai.google.dev/api/generate-content

import type { Bytes } from '../../bytes.ts';
import type { Use } from '../../model/dialect-id.ts';
import type { SluiceError } from '../../model/error.ts';
import type { Peeked } from '../dialect.ts';
import { checkModelName, isError, scanBody } from '../kit/peek-body.ts';

/** The collection that every plain model is in; others (`tunedModels/`) belong to the name. */
const COLLECTION = 'models/';

/** How many answers are asked for; Google reads both spellings. */
const COUNTS = [
  ['generationConfig', 'candidateCount'],
  ['generation_config', 'candidate_count'],
  ['generationConfig', 'candidate_count'],
  ['generation_config', 'candidateCount'],
];

/** See Dialect.peek. The body needs only be one JSON object. */
export function peek(
  body: Bytes,
  use: Use,
  pathModel: string | undefined,
  pathStream: boolean,
): Peeked | SluiceError {
  const scan = scanBody(body, COUNTS);
  if (isError(scan)) return scan;
  const given = pathModel ?? '';
  const model = checkModelName(given.startsWith(COLLECTION) ? given.slice(COLLECTION.length) : given);
  if (typeof model !== 'string') return model;
  const several = scan.found.some(
    (count) => count !== undefined && body.toString('latin1', count.start, count.end) !== '1',
  );
  return { model, stream: pathStream && use === 'generate', ...(several ? { several } : {}) };
}
