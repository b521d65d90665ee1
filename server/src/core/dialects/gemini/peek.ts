// What the gateway must know of a Gemini request: here the path names the model and tells whether to stream.
// https://ai.google.dev/api/generate-content

import type { Bytes } from '../../bytes.ts';
import { readElements } from '../../json/array-blocks.ts';
import { type Found, scanObject } from '../../json/scan.ts';
import type { Use } from '../../model/dialect-id.ts';
import type { SluiceError } from '../../model/error.ts';
import type { Peeked, Span } from '../dialect.ts';
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

/** Where embeddings and counts say the model once more. */
const REPEATS = [
  ['model'],
  ['generateContentRequest', 'model'],
  ['generate_content_request', 'model'],
  ['requests'],
];

/** See Dialect.peek. The body needs only be one JSON object. */
export function peek(
  body: Bytes,
  use: Use,
  pathModel: string | undefined,
  pathStream: boolean,
): Peeked | SluiceError {
  const generates = use === 'generate';
  const scan = scanBody(body, generates ? COUNTS : REPEATS);
  if (isError(scan)) return scan;
  const given = pathModel ?? '';
  const model = checkModelName(given.startsWith(COLLECTION) ? given.slice(COLLECTION.length) : given);
  if (typeof model !== 'string') return model;
  if (!generates) {
    const modelRepeats = repeatsIn(body, scan.found);
    return { model, stream: false, ...(modelRepeats.length > 0 ? { modelRepeats } : {}) };
  }
  const several = scan.found.some(
    (count) => count !== undefined && body.toString('latin1', count.start, count.end) !== '1',
  );
  return { model, stream: pathStream, ...(several ? { several } : {}) };
}

/** Also those of the single requests of a batch. */
function repeatsIn(body: Bytes, [own, inner, snake, requests]: readonly (Found | undefined)[]): Span[] {
  const spans: Span[] = [];
  for (const found of [own, inner, snake])
    if (found?.kind === 'string') spans.push({ start: found.start, end: found.end });
  if (requests?.kind !== 'array') return spans;
  const list = body.subarray(requests.start, requests.end);
  readElements(list, (_text, start, end) => {
    const scan = scanObject(list.subarray(start, end), [['model']]);
    const found = scan.ok ? scan.found[0] : undefined;
    if (found?.kind !== 'string') return;
    const from = requests.start + start;
    spans.push({ start: from + found.start, end: from + found.end });
  });
  return spans;
}
