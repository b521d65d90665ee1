// Contents of a request: who said what, part by part. https://ai.google.dev/api/caching#Content

import type { MediaPart, Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import type { Role, Turn } from '../../model/request.ts';
import type { OpaqueToken } from '../../model/token.ts';
import { type CallBook, createCallBook } from './call-ids.ts';
import { readFileData, readInlineData, readResolution } from './media.ts';
import { rejoined } from './thought-pieces.ts';
import { readSignature } from './thought-signature.ts';
import { extOf, mapAt, objectAt, objectsAt, type Reading, spelled, textAt } from './wire.read.ts';

/** Results of functions may also come under the role "function"; without a role it is the user who speaks. */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ['user', 'user'],
  ['function', 'user'],
  ['model', 'assistant'],
]);

/** The turns of `contents`. Text alone is taken for one turn of the user. */
export function decodeContents(reading: Reading, contents: unknown): readonly Turn[] {
  if (contents === undefined || contents === null) {
    reading.fault('contents', 'a list of contents');
    return [];
  }
  if (typeof contents === 'string') return [{ role: 'user', parts: [{ type: 'text', text: contents }] }];
  const calls = createCallBook();
  const turns = objectsAt(reading, contents, 'contents').map((content, at): Turn => {
    const path = `contents[${at}]`;
    const { role, parts, ...rest } = content;
    const said = (textAt(reading, role, `${path}.role`) ?? 'user').toLowerCase();
    const known = said === '' ? 'user' : ROLES.get(said);
    if (known === undefined) reading.fault(`${path}.role`, '"user" or "model"');
    return {
      role: known ?? 'user',
      parts: decodeParts(reading, parts, { path: `${path}.parts`, turn: at, calls }),
      ...extOf(rest),
    };
  });
  return rejoined(turns);
}

/** The turn of a system instruction, given as content, as one part, as text, or as a list of those. */
export function decodeInstruction(reading: Reading, instruction: unknown): Turn | undefined {
  const path = 'systemInstruction';
  if (instruction === undefined || instruction === null) return undefined;
  const calls = createCallBook();
  const given = typeof instruction === 'string' ? [instruction] : instruction;
  if (Array.isArray(given)) {
    const parts = given.map((part: unknown) => (typeof part === 'string' ? { text: part } : part));
    return { role: 'system', parts: decodeParts(reading, parts, { path, turn: -1, calls }) };
  }
  const content = objectAt(reading, instruction, path);
  if (content === undefined) return undefined;
  if ('text' in content && !('parts' in content))
    return { role: 'system', parts: decodeParts(reading, [content], { path, turn: -1, calls }) };
  const { role: _role, parts, ...rest } = content;
  return {
    role: 'system',
    parts: decodeParts(reading, parts, { path: `${path}.parts`, turn: -1, calls }),
    ...extOf(rest),
  };
}

/** Where parts stand. */
interface Place {
  readonly path: string;
  readonly turn: number;
  readonly calls: CallBook;
}

function decodeParts(reading: Reading, list: unknown, place: Place): Part[] {
  const parts: Part[] = [];
  objectsAt(reading, list, place.path).forEach((wire, at) => {
    const path = `${place.path}[${at}]`;
    const part = decodePart(reading, wire, path, place, at);
    if (part === undefined) return;
    parts.push(part);
  });
  return parts;
}

function decodePart(
  reading: Reading,
  wire: JsonObject,
  path: string,
  place: Place,
  at: number,
): Part | undefined {
  if (isPlainText(wire)) return { type: 'text', text: wire['text'] };
  const { thoughtSignature, ...part } = wire;
  const slot = textAt(reading, thoughtSignature, `${path}.thoughtSignature`);
  const found = readSignature(slot);
  const token = found === undefined ? {} : { token: found };
  if ('functionCall' in part) {
    const call = decodeCall(reading, part, path, place, at);
    return call === undefined ? undefined : { ...call, ...token };
  }
  if ('functionResponse' in part) {
    const result = decodeResult(reading, part, path, place, at);
    return result === undefined ? undefined : { ...result, ...token };
  }
  if ('inlineData' in part || 'fileData' in part) {
    const media = decodeMedia(reading, part, path);
    return media === undefined ? undefined : { ...media, ...token };
  }
  if ('text' in part || Object.keys(part).every((name) => name === 'thought')) {
    const { text: said, thought, ...rest } = part;
    const text = textAt(reading, said, `${path}.text`) ?? '';
    if (thought === true) return reasoningOf(text, found, rest);
    if (said === undefined && found === undefined) return undefined;
    return { type: 'text', text, ...token, ...extOf(rest) };
  }
  return { ...vendorPart(part), ...token };
}

/** Nothing but text: most parts of long conversations, and worth a short way. */
function isPlainText(wire: JsonObject): wire is { readonly text: string } {
  for (const name in wire) if (name !== 'text') return false;
  return typeof wire['text'] === 'string';
}

function reasoningOf(
  text: string,
  token: OpaqueToken | undefined,
  rest: JsonObject,
): ReasoningPart | undefined {
  if (text === '' && token === undefined) return undefined;
  return {
    type: 'reasoning',
    form: 'text',
    sections: text === '' ? [] : [text],
    ...(token === undefined ? {} : { token }),
    ...(token?.itemId === undefined ? {} : { itemId: token.itemId }),
    ...extOf(rest),
  };
}

/** Members that only qualify what a part carries. */
const QUALIFIERS: ReadonlySet<string> = new Set([
  'thought',
  'mediaResolution',
  'videoMetadata',
  'partMetadata',
]);

/** A part that only this format knows: code that Google ran, calls of its own tools, what is yet to come. */
export function vendorPart(part: JsonObject): Extract<Part, { type: 'vendor' }> {
  const kind = Object.keys(part).find((name) => !QUALIFIERS.has(name)) ?? 'part';
  return { type: 'vendor', dialect: 'gemini', kind, raw: part };
}

function decodeCall(
  reading: Reading,
  { functionCall, ...around }: JsonObject,
  path: string,
  place: Place,
  at: number,
): ToolCallPart | undefined {
  const call = objectAt(reading, functionCall, `${path}.functionCall`);
  if (call === undefined) return undefined;
  const { id, name, args, ...rest } = call;
  const known = textAt(reading, name, `${path}.functionCall.name`) ?? '';
  const given = textOf(textAt(reading, id, `${path}.functionCall.id`));
  const object = mapAt(reading, args, `${path}.functionCall.args`);
  return {
    type: 'tool-call',
    id: place.calls.called(known, given, `${place.turn}.${at}`),
    kind: 'function',
    name: known,
    arguments: object === undefined ? '{}' : JSON.stringify(object),
    ...extOf(Object.keys(rest).length === 0 ? around : { ...around, functionCall: rest }),
  };
}

function decodeResult(
  reading: Reading,
  { functionResponse, ...around }: JsonObject,
  path: string,
  place: Place,
  at: number,
): ToolResultPart | undefined {
  const answer = objectAt(reading, functionResponse, `${path}.functionResponse`);
  if (answer === undefined) return undefined;
  const { id, name, response, parts, ...rest } = answer;
  const known = textAt(reading, name, `${path}.functionResponse.name`) ?? '';
  const given = textOf(textAt(reading, id, `${path}.functionResponse.id`));
  const object = mapAt(reading, response, `${path}.functionResponse.response`);
  const media = objectsAt(reading, parts, `${path}.functionResponse.parts`).map(
    (part, number) =>
      decodeMedia(reading, part, `${path}.functionResponse.parts[${number}]`) ?? vendorPart(part),
  );
  const text = object === undefined ? undefined : resultText(object);
  return {
    type: 'tool-result',
    callId: place.calls.answered(known, given, `${place.turn}.${at}`),
    kind: 'function',
    ...(known === '' ? {} : { name: known }),
    ...(object !== undefined && isError(object) ? { isError: true } : {}),
    content: text === undefined ? media : [{ type: 'text', text }, ...media],
    ...(object === undefined ? {} : { object }),
    ...extOf(Object.keys(rest).length === 0 ? around : { ...around, functionResponse: rest }),
  };
}

/** "output" and "error" are the documented names; alone they hold all there is to say. */
function resultText(object: JsonObject): string {
  const names = Object.keys(object);
  const only = names.length === 1 && (names[0] === 'output' || names[0] === 'error') ? names[0] : undefined;
  const value = only === undefined ? object : object[only];
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function isError(object: JsonObject): boolean {
  return 'error' in object && Object.keys(object).length === 1;
}

function decodeMedia(reading: Reading, part: JsonObject, path: string): MediaPart | undefined {
  const { inlineData, fileData, mediaResolution, ...around } = part;
  const blob = objectAt(reading, inlineData, `${path}.inlineData`);
  const file = blob === undefined ? objectAt(reading, fileData, `${path}.fileData`) : undefined;
  const media =
    blob !== undefined ? readInlineData(blob) : file !== undefined ? readFileData(file) : undefined;
  if (media === undefined) return undefined;
  const detail = readResolution(isObject(mediaResolution) ? spelled(mediaResolution) : undefined);
  const kept = detail === undefined && mediaResolution !== undefined ? { mediaResolution } : {};
  return {
    ...media,
    ...(detail === undefined ? {} : { detail }),
    ...extOf({ ...media.ext, ...around, ...kept }),
  };
}
