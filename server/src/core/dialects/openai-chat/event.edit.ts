// Edits chat answers on their way to the client: the model's name, and the usage event that only the gateway asked for.

import type { Bytes } from '../../bytes.ts';
import { readEvents } from '../../sse/parse.ts';
import type { Edit, EventEditing, Framing } from '../dialect.ts';
import { eventEnd, eventStart } from '../kit/event-bounds.ts';
import { isObject, parseJson } from '../kit/json.ts';
import { echoInBlock, echoInObject } from '../kit/model-echo.ts';

const PLACE = { paths: [['model']], needle: 'model"' };
/** Stands in the names of all counts of a usage object. */
const USAGE_NEEDLE = '_tokens';

/** The edits of a complete answer. */
export function editAnswer(body: Bytes, echoModel: string): readonly Edit[] {
  return echoInObject(body, PLACE.paths, echoModel);
}

/** The edits of a run of events. */
export function editEvents(block: Bytes, editing: EventEditing, framing: Framing): 'keep' | readonly Edit[] {
  const removed = editing.hideUsage ? usageOnlyEvents(block) : [];
  const named = editing.echoModel === undefined ? [] : echoInBlock(block, PLACE, editing.echoModel, framing);
  if (removed.length === 0) return named.length === 0 ? 'keep' : named;
  const left = named.filter(
    (edit) => !removed.some(({ start, end }) => edit.start >= start && edit.end <= end),
  );
  return [...removed, ...left].sort((a, b) => a.start - b.start);
}

function usageOnlyEvents(block: Bytes): Edit[] {
  const edits: Edit[] = [];
  let at = block.indexOf(USAGE_NEEDLE);
  while (at !== -1) {
    const start = eventStart(block, at);
    const end = eventEnd(block, at);
    readEvents(block.subarray(start, end), ({ data }) => {
      if (isUsageOnly(data)) edits.push({ start, end, text: '' });
    });
    at = end < block.length ? block.indexOf(USAGE_NEEDLE, end) : -1;
  }
  return edits;
}

/** Keep-alive chunks have no choices either, but no usage. */
function isUsageOnly(data: string): boolean {
  const json = parseJson(data);
  if (!isObject(json) || !isObject(json['usage'])) return false;
  const { choices } = json;
  return Array.isArray(choices) && choices.length === 0;
}
