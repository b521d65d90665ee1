// Parts of a conversation as Google's parts. https://ai.google.dev/api/caching#Part

import { roundsNumbers } from '../../json/exact-numbers.ts';
import type { MediaPart, Part, ToolCallPart } from '../../model/content.ts';
import { unreachable } from '../../model/exhaustive.ts';
import { isObject, type JsonObject, parseJson } from '../../model/json.ts';
import { isMadeCallId } from './call-ids.ts';
import { DEFAULT_TYPES, writeResolution } from './media.ts';
import { withExt } from './wire.read.ts';
import { dropped, type Writing } from './writing.ts';

/** Adds the wire's parts of one part: none where it has no place, several where it is made of several. */
export function addPart(writing: Writing, part: Part, parts: JsonObject[]): void {
  switch (part.type) {
    case 'text':
      if (part.text === '' && part.token === undefined && !writing.own) return;
      parts.push(signed(writing, part, { text: part.text }));
      return;
    case 'refusal':
      if (part.text !== '') parts.push(signed(writing, part, { text: part.text }));
      return;
    case 'reasoning':
      if (part.token === undefined && !writing.own && !writing.traits.replaysReasoningText) return;
      parts.push(signed(writing, part, { text: part.sections.join('\n\n'), thought: true }));
      return;
    case 'media':
      for (const wire of encodeMedia(writing, part)) parts.push(signed(writing, part, wire));
      return;
    case 'tool-call':
      parts.push(signed(writing, part, { functionCall: encodeCall(writing, part) }));
      return;
    case 'tool-result':
      // A result where none belongs, in a turn of the model.
      dropped(
        writing,
        writing.turnsAt,
        'tool-result',
        'semantic',
        'A result of a tool stood in a turn of the model.',
      );
      return;
    case 'vendor':
      if (part.dialect === 'gemini') {
        parts.push(signed(writing, part, part.raw));
        return;
      }
      dropped(
        writing,
        writing.turnsAt,
        'vendor-part',
        'quality',
        `A part "${part.kind}" means nothing to Gemini.`,
      );
      return;
    default:
      unreachable(part);
  }
}

/** The wire's parts of several parts. */
export function encodeParts(writing: Writing, parts: readonly Part[]): JsonObject[] {
  const wires: JsonObject[] = [];
  for (const part of parts) addPart(writing, part, wires);
  return wires;
}

/** With what belongs to any part: the signature that came with it, and members that only this format has. */
export function signed(
  writing: Writing,
  { token, ext }: Pick<Part, 'token' | 'ext'>,
  wire: JsonObject,
): JsonObject {
  const whole = ext === undefined || !writing.own ? wire : withExt(wire, ext);
  return token === undefined ? whole : { ...whole, thoughtSignature: token.value };
}

function encodeCall(writing: Writing, part: ToolCallPart): JsonObject {
  const { id, name } = part;
  const args = argumentsOf(writing, part.kind === 'custom', part.arguments);
  // Ids that were made for a client of this format were never on the wire.
  return writing.own && isMadeCallId(id) ? { name, args } : { id, name, args };
}

function argumentsOf(writing: Writing, isInput: boolean, text: string): JsonObject {
  if (isInput) return { input: text };
  if (text === '') return {};
  const value = parseJson(text);
  if (isObject(value)) {
    if (roundsNumbers(text))
      writing.losses.add({
        path: writing.turnsAt,
        feature: 'big-number',
        action: 'approximated',
        severity: 'quality',
        note: 'Arguments of a call hold a number of more digits than can be kept.',
      });
    return value;
  }
  writing.losses.add({
    path: writing.turnsAt,
    feature: 'tool-arguments',
    action: 'approximated',
    severity: 'quality',
    note: 'Arguments of a call that are no JSON object are sent as its member "input".',
  });
  return { input: value === undefined ? text : value };
}

/** The wire's parts of a medium: the bytes, a reference, or the text it consists of. */
export function encodeMedia(writing: Writing, part: MediaPart): JsonObject[] {
  const { source, mimeType, filename, title } = part;
  if (!writing.own && source.type !== 'text' && source.type !== 'parts') tellNames(writing, part);
  const named = writing.own && filename !== undefined ? { displayName: filename } : {};
  switch (source.type) {
    case 'base64': {
      const type = mimeType ?? defaultType(writing, part);
      return [resolved(writing, part, { inlineData: { data: source.data, mimeType: type, ...named } })];
    }
    case 'url':
    case 'file': {
      const fileUri = source.type === 'url' ? source.url : source.id;
      const type = mimeType === undefined ? {} : { mimeType };
      return [resolved(writing, part, { fileData: { ...type, fileUri, ...named } })];
    }
    case 'text': {
      const heading = title ?? filename;
      return [{ text: heading === undefined ? source.text : `${heading}\n\n${source.text}` }];
    }
    case 'parts':
      return encodeParts(writing, source.parts);
    default:
      return unreachable(source);
  }
}

/** Media have no names on Google's public API; instructions that speak of them by name lead nowhere. */
function tellNames(writing: Writing, { filename, title, context }: MediaPart): void {
  for (const [member, value] of Object.entries({ filename, title, context }))
    if (value !== undefined)
      dropped(writing, writing.turnsAt, 'media-name', 'hint', `Media have no ${member} here.`);
}

function defaultType(writing: Writing, part: MediaPart): string {
  const type = DEFAULT_TYPES[part.kind];
  writing.losses.add({
    path: writing.turnsAt,
    feature: 'media-type',
    action: 'defaulted',
    severity: 'quality',
    note: `A medium without a type is sent as ${type}.`,
  });
  return type;
}

/** Models before Gemini 3 refuse a resolution of single parts. */
function resolved(writing: Writing, { detail }: MediaPart, wire: JsonObject): JsonObject {
  const mediaResolution = detail === undefined ? undefined : writeResolution(detail);
  if (mediaResolution === undefined) return wire;
  if (writing.own || writing.traits.imagesInResults === 'native') return { ...wire, mediaResolution };
  dropped(
    writing,
    writing.turnsAt,
    'image-detail',
    'quality',
    'The model takes no resolution of single images.',
  );
  return wire;
}
