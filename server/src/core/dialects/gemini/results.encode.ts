// What tools answered, as functionResponse parts. https://ai.google.dev/api/caching#FunctionResponse

import type { Part, ToolResultPart } from '../../model/content.ts';
import { isObject, type JsonObject, parseJson } from '../../model/json.ts';
import { isMadeCallId } from './call-ids.ts';
import { encodeMedia, encodePart, signed } from './content.encode.ts';
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

/** A result, and the media that have no place in it. */
export interface EncodedResult {
  readonly part: JsonObject;
  readonly after: readonly JsonObject[];
}

/** One result. The response object holds `output` or `error`, unless it is an object already. */
export function encodeResult(writing: Writing, part: ToolResultPart, called: Called): EncodedResult {
  const { callId, content, object, isError } = part;
  const media = content.filter((inner) => inner.type !== 'text' && inner.type !== 'refusal');
  const inside = writing.traits.imagesInResults === 'native';
  const blobs: JsonObject[] = [];
  const after: JsonObject[] = [];
  for (const inner of media) {
    const wires = inner.type === 'media' ? encodeMedia(writing, inner) : encodePart(writing, inner);
    for (const wire of wires) (inside && isReference(wire) ? blobs : after).push(wire);
  }
  const known = writing.own && isMadeCallId(callId) ? {} : { id: callId };
  const response = object ?? responseOf(textOfParts(content), isError === true);
  const functionResponse = {
    ...known,
    name: part.name ?? called.name(callId) ?? unnamed(writing),
    response,
    ...(blobs.length === 0 ? {} : { parts: blobs }),
  };
  return { part: signed(writing, part, { functionResponse }), after };
}

function isReference(wire: JsonObject): boolean {
  return 'inlineData' in wire || 'fileData' in wire;
}

function textOfParts(content: readonly Part[]): string {
  const texts = content.flatMap((part) =>
    part.type === 'text' || part.type === 'refusal' ? [part.text] : [],
  );
  return texts.length === 1 ? (texts[0] ?? '') : texts.join('\n');
}

function responseOf(text: string, isError: boolean): JsonObject {
  if (isError) return { error: text };
  const value = /^\s*\{/.test(text) ? parseJson(text) : undefined;
  return isObject(value) ? value : { output: text };
}

/** A result whose call is not in the conversation; the format insists on a name. */
function unnamed(writing: Writing): string {
  writing.losses.add({
    path: 'messages',
    feature: 'tool-result-name',
    action: 'defaulted',
    severity: 'quality',
    note: 'A result answers a call that is not in the conversation; its name is unknown.',
  });
  return 'unknown_function';
}
