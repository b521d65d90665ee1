// What tools answered, as functionResponse parts. https://ai.google.dev/api/caching#FunctionResponse

import { roundsNumbers } from '../../json/exact-numbers.ts';
import type { Part, ToolResultPart } from '../../model/content.ts';
import { isObject, type JsonObject, parseJson } from '../../model/json.ts';
import { isMadeCallId } from './call-ids.ts';
import { encodeMedia, encodeParts, signed } from './content.encode.ts';
import type { Writing } from './writing.ts';

/** The calls of a conversation as far as it is written: names by id, and their order. */
export interface Called {
  add(id: string, name: string): void;
  name(id: string): string | undefined;
  order(id: string): number;
}

/** No calls yet. */
export function createCalled(): Called {
  const calls = new Map<string, { readonly name: string; readonly order: number }>();
  return {
    add: (id, name) => void calls.set(id, { name, order: calls.size }),
    name: (id) => calls.get(id)?.name,
    order: (id) => calls.get(id)?.order ?? Number.MAX_SAFE_INTEGER,
  };
}

/**
 * One result; media that have no place in it are added to `after`. The response object holds `output` or `error`, unless
 * it is an object already.
 */
export function encodeResult(
  writing: Writing,
  part: ToolResultPart,
  called: Called,
  after: JsonObject[],
): JsonObject {
  const { callId, content, object } = part;
  const name = part.name ?? called.name(callId) ?? unnamed(writing);
  const response = object ?? responseOf(textOfParts(content), part.isError === true);
  const functionResponse: Record<string, unknown> =
    writing.own && isMadeCallId(callId) ? { name, response } : { id: callId, name, response };
  if (content.length > 1 || (content[0] !== undefined && !isWords(content[0]))) {
    const blobs = mediaOf(writing, content, after);
    if (blobs.length > 0) functionResponse['parts'] = blobs;
  }
  return signed(writing, part, { functionResponse });
}

function isWords({ type }: Part): boolean {
  return type === 'text' || type === 'refusal';
}

/** The media that go into a response; all others are added to `after`. */
function mediaOf(writing: Writing, content: readonly Part[], after: JsonObject[]): JsonObject[] {
  const inside = writing.traits.imagesInResults === 'native';
  const blobs: JsonObject[] = [];
  for (const part of content) {
    if (isWords(part)) continue;
    const wires = part.type === 'media' ? encodeMedia(writing, part) : encodeParts(writing, [part]);
    for (const wire of wires) (inside && isReference(wire) ? blobs : after).push(wire);
  }
  return blobs;
}

function isReference(wire: JsonObject): boolean {
  return 'inlineData' in wire || 'fileData' in wire;
}

function textOfParts(content: readonly Part[]): string {
  const [first] = content;
  if (content.length === 1 && first?.type === 'text') return first.text;
  const texts: string[] = [];
  for (const part of content) if (part.type === 'text' || part.type === 'refusal') texts.push(part.text);
  const [opening] = texts;
  // JSON that came in pieces is put together again.
  if (opening !== undefined && looksLikeJson(opening)) {
    const whole = texts.join('');
    if (parseJson(whole) !== undefined) return whole;
  }
  return texts.join('\n');
}

function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

function responseOf(text: string, isError: boolean): JsonObject {
  if (isError) return { error: text };
  const value = /^\s*\{/.test(text) ? parseJson(text) : undefined;
  // As text, numbers of many digits stay what they are.
  return isObject(value) && !roundsNumbers(text) ? value : { output: text };
}

/** A result whose call is not in the conversation; the format insists on a name. */
function unnamed(writing: Writing): string {
  writing.losses.add({
    path: writing.turnsAt,
    feature: 'tool-result-name',
    action: 'defaulted',
    severity: 'quality',
    note: 'A result answers a call that is not in the conversation; its name is unknown.',
  });
  return 'unknown_function';
}
