// Shows the client the model name that it asked for: replaces the JSON string of the upstream's name, and nothing else.

import type { Bytes } from '../../bytes.ts';
import { readElements } from '../../json/array-blocks.ts';
import { scanObject, type Wanted } from '../../json/scan.ts';
import type { Edit, Framing, Span } from '../dialect.ts';
import { dataSpan, eventEnd, eventStart } from './event-bounds.ts';

/** Where a dialect names the model in its events. */
export interface ModelPlace {
  /** Paths of the name, as for scanObject. */
  readonly paths: readonly Wanted[];
  /** Stands in every event with a name; see Needle in stream-grammar.ts for what makes it fast. */
  readonly needle: string;
}

/** The edits of one JSON object; none where there is no name, or no valid object. */
export function echoInObject(body: Bytes, paths: readonly Wanted[], echoModel: string): readonly Edit[] {
  return namesIn(body, { start: 0, end: body.length }, paths).map((span) => ({
    ...span,
    text: JSON.stringify(echoModel),
  }));
}

/** The edits of one run of complete events or elements, in order. */
export function echoInBlock(
  block: Bytes,
  place: ModelPlace,
  echoModel: string,
  framing: Framing,
): readonly Edit[] {
  const text = JSON.stringify(echoModel);
  const names = framing === 'sse' ? namesInEvents(block, place) : namesInElements(block, place);
  return names.map((span) => ({ ...span, text }));
}

/**
 * Events of one stream mostly begin with the same bytes up to the end of the model's name. Where they do, the name stands
 * at the same place and need not be looked for.
 */
function namesInEvents(block: Bytes, { needle, paths }: ModelPlace): Span[] {
  const spans: Span[] = [];
  let opening = '';
  let nameBytes = 0;
  let at = block.indexOf(needle);
  while (at !== -1) {
    const start = eventStart(block, at);
    const end = eventEnd(block, at);
    if (opening !== '' && block.toString('latin1', start, start + opening.length) === opening) {
      const nameEnd = start + opening.length;
      spans.push({ start: nameEnd - nameBytes, end: nameEnd });
    } else {
      const data = dataSpan(block, start, end);
      const found = data === undefined ? [] : namesIn(block, data, paths);
      const only = found.length === 1 ? found[0] : undefined;
      opening = only === undefined ? '' : block.toString('latin1', start, only.end);
      nameBytes = only === undefined ? 0 : only.end - only.start;
      spans.push(...found);
    }
    at = end < block.length ? block.indexOf(needle, end) : -1;
  }
  return spans;
}

function namesInElements(block: Bytes, { paths }: ModelPlace): Span[] {
  const spans: Span[] = [];
  readElements(block, (_text, start, end) => spans.push(...namesIn(block, { start, end }, paths)));
  return spans;
}

function namesIn(block: Bytes, span: Span, paths: readonly Wanted[]): Span[] {
  const scan = scanObject(block.subarray(span.start, span.end), paths);
  if (!scan.ok) return [];
  return scan.found
    .filter((found) => found?.kind === 'string')
    .map((found) => ({ start: span.start + (found?.start ?? 0), end: span.start + (found?.end ?? 0) }))
    .sort((a, b) => a.start - b.start);
}
