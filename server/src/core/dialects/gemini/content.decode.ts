// Contents of a request: who said what, part by part. https://ai.google.dev/api/caching#Content

import { writeExactly } from '../../json/exact-numbers.ts';
import type { MediaPart, Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import type { Role, Turn } from '../../model/request.ts';
import type { OpaqueToken } from '../../model/token.ts';
import { objectIn, otherMembers, type Reading, stringIn, wrong } from '../kit/read-wire.ts';
import { type CallBook, createCallBook } from './call-ids.ts';
import { readFileData, readInlineData, readResolution } from './media.ts';
import { rejoined } from './thought-pieces.ts';
import { readCallId, readSignature } from './thought-signature.ts';
import { extOf, objectsIn, respell, spelled, spelledIn } from './wire.read.ts';

/** Results of functions may also come under the role "function"; without a role it is the user who speaks. */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ['user', 'user'],
  ['function', 'user'],
  ['model', 'assistant'],
]);

const KNOWN_OF_CONTENT: ReadonlySet<string> = new Set(['role', 'parts']);
const KNOWN_OF_TEXT: ReadonlySet<string> = new Set(['text', 'thought', 'thoughtSignature']);
const KNOWN_OF_CALL: ReadonlySet<string> = new Set(['id', 'name', 'args']);
const KNOWN_OF_RESULT: ReadonlySet<string> = new Set(['id', 'name', 'response', 'parts']);
const AROUND_CALL: ReadonlySet<string> = new Set(['functionCall', 'thoughtSignature']);
const AROUND_RESULT: ReadonlySet<string> = new Set(['functionResponse', 'thoughtSignature']);
const AROUND_MEDIA: ReadonlySet<string> = new Set([
  'inlineData',
  'fileData',
  'mediaResolution',
  'thoughtSignature',
]);

/** The turns of `contents`. Text alone is taken for one turn of the user. */
export function decodeContents(reading: Reading, body: JsonObject): readonly Turn[] {
  const { contents } = body;
  if (contents === undefined || contents === null) {
    wrong(reading, body, 'contents', 'a list of contents');
    return [];
  }
  if (typeof contents === 'string') return [{ role: 'user', parts: [{ type: 'text', text: contents }] }];
  const scope: Scope = { reading, turn: -1, calls: createCallBook(), hasProofs: false };
  const turns: Turn[] = [];
  for (const content of objectsIn(reading, body, 'contents')) {
    scope.turn += 1;
    const role = roleOf(reading, content);
    const parts = decodePartsIn(scope, content);
    const ext = otherMembers(content, KNOWN_OF_CONTENT);
    turns.push(ext === undefined ? { role, parts } : { role, parts, ext });
  }
  return scope.hasProofs ? rejoined(turns) : turns;
}

function roleOf(reading: Reading, content: JsonObject): Role {
  const given = content['role'];
  if (given === 'user') return 'user';
  if (given === 'model') return 'assistant';
  const said = (stringIn(reading, content, 'role') ?? 'user').toLowerCase();
  const known = said === '' ? 'user' : ROLES.get(said);
  if (known === undefined) wrong(reading, content, 'role', '"user" or "model"');
  return known ?? 'user';
}

/** The turn of a system instruction, given as content, as one part, as text, or as a list of those. */
export function decodeInstruction(reading: Reading, body: JsonObject): Turn | undefined {
  const instruction = body['systemInstruction'];
  if (instruction === undefined || instruction === null) return undefined;
  const scope: Scope = { reading, turn: -1, calls: createCallBook(), hasProofs: false };
  const given = typeof instruction === 'string' ? [instruction] : instruction;
  if (Array.isArray(given)) {
    const list = given.map((part: unknown) => (typeof part === 'string' ? { text: part } : part));
    reading.copies.set(list, given);
    return { role: 'system', parts: decodeParts(scope, list) };
  }
  const content = spelledIn(reading, body, 'systemInstruction');
  if (content === undefined) return undefined;
  if ('text' in content && !('parts' in content))
    return { role: 'system', parts: decodeParts(scope, [content]) };
  const parts = decodePartsIn(scope, content);
  const ext = otherMembers(content, KNOWN_OF_CONTENT);
  return ext === undefined ? { role: 'system', parts } : { role: 'system', parts, ext };
}

/** What the parts of a conversation are read with. */
interface Scope {
  readonly reading: Reading;
  readonly calls: CallBook;
  /** The number of the content. */
  turn: number;
  /** A token of another vendor was found. */
  hasProofs: boolean;
}

/** The parts of a content; one part alone is taken for a list of it. */
function decodePartsIn(scope: Scope, content: JsonObject): Part[] {
  const { parts } = content;
  return decodeParts(scope, Array.isArray(parts) ? parts : objectsIn(scope.reading, content, 'parts'));
}

function decodeParts(scope: Scope, list: readonly unknown[]): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < list.length; at++) {
    const wire = list[at];
    if (!isObject(wire)) wrong(scope.reading, list, at, 'an object');
    else if (isPlainText(wire)) parts.push({ type: 'text', text: wire['text'] });
    else {
      const part = decodePart(scope, respell(scope.reading, wire), at);
      if (part !== undefined) parts.push(part);
    }
  }
  return parts;
}

function decodePart(scope: Scope, wire: JsonObject, at: number): Part | undefined {
  const slot =
    wire['thoughtSignature'] === undefined ? undefined : stringIn(scope.reading, wire, 'thoughtSignature');
  const token = slot === undefined ? undefined : readSignature(slot);
  if (token !== undefined && token.vendor !== 'gemini') scope.hasProofs = true;
  const part = decodeUnsigned(scope, wire, at, token);
  if (part === undefined || token === undefined || part.type === 'reasoning') return part;
  return { ...part, token };
}

/** A part without its token, which is told because a part may be nothing else. */
function decodeUnsigned(
  scope: Scope,
  wire: JsonObject,
  at: number,
  token: OpaqueToken | undefined,
): Part | undefined {
  const { reading } = scope;
  if ('functionCall' in wire) return decodeCall(scope, wire, at);
  if ('functionResponse' in wire) return decodeResult(scope, wire, at);
  if ('inlineData' in wire || 'fileData' in wire) return decodeMedia(reading, wire);
  const isText = 'text' in wire;
  if (!isText && !Object.keys(wire).every((name) => name === 'thought' || name === 'thoughtSignature')) {
    if (!('thoughtSignature' in wire)) return vendorPart(wire);
    const { thoughtSignature: _slot, ...raw } = wire;
    return vendorPart(raw);
  }
  const text = stringIn(reading, wire, 'text') ?? '';
  const ext = otherMembers(wire, KNOWN_OF_TEXT);
  if (wire['thought'] === true) return reasoningOf(text, token, ext);
  if (!isText && token === undefined) return undefined;
  return ext === undefined ? { type: 'text', text } : { type: 'text', text, ext };
}

/** Nothing but text: most parts of long conversations, and worth a short way. */
function isPlainText(wire: JsonObject): wire is { readonly text: string } {
  for (const name in wire) if (name !== 'text') return false;
  return typeof wire['text'] === 'string';
}

function reasoningOf(
  text: string,
  token: OpaqueToken | undefined,
  ext: JsonObject | undefined,
): ReasoningPart | undefined {
  if (text === '' && token === undefined) return undefined;
  return {
    type: 'reasoning',
    form: 'text',
    sections: text === '' ? [] : [text],
    ...(token === undefined ? {} : { token }),
    ...(token?.itemId === undefined ? {} : { itemId: token.itemId }),
    ...(ext === undefined ? {} : { ext }),
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

function decodeCall(scope: Scope, wire: JsonObject, at: number): ToolCallPart | undefined {
  const { reading, calls } = scope;
  const call = spelledIn(reading, wire, 'functionCall');
  if (call === undefined) return undefined;
  const name = stringIn(reading, call, 'name') ?? '';
  // Many clients do not send the id back, but the slot that came with it.
  const given = textOf(stringIn(reading, call, 'id')) ?? readCallId(wire['thoughtSignature']);
  const args = objectIn(reading, call, 'args');
  const part: ToolCallPart = {
    type: 'tool-call',
    id: calls.called(name, given, scope.turn, at),
    kind: 'function',
    name,
    arguments: args === undefined ? '{}' : writeExactly(args),
  };
  const ext = nestedExt(wire, AROUND_CALL, 'functionCall', otherMembers(call, KNOWN_OF_CALL));
  return ext === undefined ? part : { ...part, ext };
}

/** Members that only this format has: around a call or result, and inside of it under its name. */
function nestedExt(
  wire: JsonObject,
  known: ReadonlySet<string>,
  name: string,
  inside: JsonObject | undefined,
): JsonObject | undefined {
  const around = otherMembers(wire, known);
  return inside === undefined ? around : { ...around, [name]: inside };
}

function decodeResult(scope: Scope, wire: JsonObject, at: number): ToolResultPart | undefined {
  const { reading, calls } = scope;
  const answer = spelledIn(reading, wire, 'functionResponse');
  if (answer === undefined) return undefined;
  const name = stringIn(reading, answer, 'name') ?? '';
  const given = textOf(stringIn(reading, answer, 'id'));
  const object = objectIn(reading, answer, 'response');
  const content: Part[] = object === undefined ? [] : [{ type: 'text', text: resultText(object) }];
  if (answer['parts'] !== undefined)
    for (const part of objectsIn(reading, answer, 'parts'))
      content.push(decodeMedia(reading, part) ?? vendorPart(part));
  const result: { -readonly [Name in keyof ToolResultPart]: ToolResultPart[Name] } = {
    type: 'tool-result',
    callId: calls.answered(name, given, scope.turn, at),
    kind: 'function',
    content,
  };
  if (name !== '') result.name = name;
  if (object !== undefined) {
    if (isError(object)) result.isError = true;
    result.object = object;
  }
  const ext = nestedExt(wire, AROUND_RESULT, 'functionResponse', otherMembers(answer, KNOWN_OF_RESULT));
  if (ext !== undefined) result.ext = ext;
  return result;
}

/** "output" and "error" are the documented names; alone they hold all there is to say. */
function resultText(object: JsonObject): string {
  const name = onlyMember(object);
  const value = name === 'output' || name === 'error' ? object[name] : object;
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? writeExactly(value) : (JSON.stringify(value) ?? '');
}

function isError(object: JsonObject): boolean {
  return 'error' in object && onlyMember(object) === 'error';
}

/** The name of an object's one member; undefined where it has more, or none. */
function onlyMember(object: JsonObject): string | undefined {
  let only: string | undefined;
  for (const name in object) {
    if (only !== undefined) return undefined;
    only = name;
  }
  return only;
}

function decodeMedia(reading: Reading, wire: JsonObject): MediaPart | undefined {
  const blob = spelledIn(reading, wire, 'inlineData');
  const file = blob === undefined ? spelledIn(reading, wire, 'fileData') : undefined;
  const media =
    blob !== undefined ? readInlineData(blob) : file !== undefined ? readFileData(file) : undefined;
  if (media === undefined) return undefined;
  const { mediaResolution } = wire;
  const detail = readResolution(isObject(mediaResolution) ? spelled(mediaResolution) : undefined);
  const kept = detail === undefined && mediaResolution !== undefined ? { mediaResolution } : {};
  return {
    ...media,
    ...(detail === undefined ? {} : { detail }),
    ...extOf({ ...media.ext, ...otherMembers(wire, AROUND_MEDIA), ...kept }),
  };
}
