// Edits chat answers on their way to the client: the model's name, and the usage event that only the gateway asked for.

import type { Bytes } from '../../bytes.ts';
import { isObject, parseJson } from '../../model/json.ts';
import { readEvents } from '../../sse/parse.ts';
import type { Edit, EventEditing, Framing } from '../dialect.ts';
import { eventEnd, eventStart } from '../kit/event-bounds.ts';
import { echoInBlock, echoInObject } from '../kit/model-echo.ts';

const PLACE = { paths: [['model']], needle: 'model"' };
/** Stands in the names of all counts of a usage object. */
const USAGE_NEEDLE = '_tokens';
const USAGE_NAME = 'usage"';
const NULL = 'null';
const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;

/** The edits of a complete answer. */
export function editAnswer(body: Bytes, echoModel: string): readonly Edit[] {
  return echoInObject(body, PLACE.paths, echoModel);
}

/** The edits of a run of events. */
export function editEvents(block: Bytes, editing: EventEditing, framing: Framing): 'keep' | readonly Edit[] {
  const removed = editing.hideUsage ? unaskedUsage(block) : [];
  const named = editing.echoModel === undefined ? [] : echoInBlock(block, PLACE, editing.echoModel, framing);
  if (removed.length === 0) return named.length === 0 ? 'keep' : named;
  const left = named.filter(
    (edit) => !removed.some(({ start, end }) => edit.start >= start && edit.end <= end),
  );
  return [...removed, ...left].sort((a, b) => a.start - b.start);
}

/** The event that only carries usage, and the `"usage":null` that stands in every other event once usage was asked for. */
function unaskedUsage(block: Bytes): Edit[] {
  const events = usageOnlyEvents(block);
  const members = nullUsageMembers(block);
  return events.length === 0 ? members : [...members, ...events];
}

/** The member with one neighbouring comma. Quotes inside JSON strings are escaped, so these bytes are always a member. */
function nullUsageMembers(block: Bytes): Edit[] {
  const edits: Edit[] = [];
  for (let at = block.indexOf(USAGE_NAME); at !== -1; at = block.indexOf(USAGE_NAME, at + 1)) {
    const colon = skipSpace(block, at + USAGE_NAME.length);
    const value = skipSpace(block, colon + 1);
    const end = value + NULL.length;
    if (block[at - 1] !== QUOTE || block[colon] !== COLON) continue;
    if (block.toString('latin1', value, Math.min(end, block.length)) !== NULL) continue;
    edits.push(memberCut(block, at - 1, end));
  }
  return edits;
}

function memberCut(block: Bytes, start: number, end: number): Edit {
  let before = start - 1;
  while (isSpace(block[before])) before -= 1;
  if (block[before] === COMMA) return { start: before, end, text: '' };
  const after = skipSpace(block, end);
  return { start, end: block[after] === COMMA ? after + 1 : end, text: '' };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipSpace(block: Bytes, from: number): number {
  let at = from;
  while (isSpace(block[at])) at += 1;
  return at;
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
