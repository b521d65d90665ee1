// Reads the content of messages and of results of tools.
// https://platform.openai.com/docs/api-reference/responses/create#responses-create-input

import type { CacheMark, MediaPart, Part, TextPart } from '../../model/content.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import { mimeOfSound, sourceOfUrl } from '../kit/data-url.ts';
import { extra, type Reading, requiredString, stringIn, unknownMembers, wrong } from '../kit/read-wire.ts';
import { decodeAnnotations, decodeLogprobs } from './annotations.ts';

const TEXT: ReadonlySet<string> = new Set([
  'type',
  'text',
  'prompt_cache_breakpoint',
  'annotations',
  'logprobs',
]);
const REFUSAL: ReadonlySet<string> = new Set(['type', 'refusal']);
const IMAGE: ReadonlySet<string> = new Set([
  'type',
  'image_url',
  'file_id',
  'detail',
  'prompt_cache_breakpoint',
]);
const FILE: ReadonlySet<string> = new Set([
  'type',
  'file_data',
  'file_url',
  'file_id',
  'filename',
  'detail',
  'prompt_cache_breakpoint',
]);
const AUDIO: ReadonlySet<string> = new Set(['type', 'input_audio', 'prompt_cache_breakpoint']);

/** Marks vendor parts that stood inside of a message, and not beside it as an item. */
export const IN_CONTENT: JsonObject = { place: 'content' };

/** The content of a message or result, the member `member` of it: a string, or a list of parts. */
export function decodeContent(reading: Reading, holder: JsonObject, member: string): Part[] {
  const content = holder[member];
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) {
    wrong(reading, holder, member, 'a string or an array');
    return [];
  }
  const parts: Part[] = [];
  for (let at = 0; at < content.length; at++) parts.push(decodePart(reading, content, at));
  return parts;
}

function decodePart(reading: Reading, content: readonly unknown[], at: number): Part {
  const raw = content[at];
  if (!isObject(raw)) {
    wrong(reading, content, at, 'an object');
    return { type: 'text', text: '' };
  }
  switch (raw['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return decodeText(reading, raw);
    case 'refusal':
      return { type: 'refusal', text: requiredString(reading, raw, 'refusal'), ...extra(raw, REFUSAL) };
    case 'input_image':
      return decodeImage(reading, raw) ?? vendorPart(raw);
    case 'input_file':
      return decodeFile(reading, raw) ?? vendorPart(raw);
    case 'input_audio':
      return decodeAudio(raw) ?? vendorPart(raw);
    default:
      return vendorPart(raw);
  }
}

/** A part that only this format knows. */
function vendorPart(raw: JsonObject): Part {
  return {
    type: 'vendor',
    dialect: 'openai-responses',
    kind: textOf(raw['type']) ?? 'unknown',
    raw,
    ext: IN_CONTENT,
  };
}

/** Empty lists are kept: a list of none is said to be none, which is what comes back. */
function decodeText(reading: Reading, raw: JsonObject): TextPart {
  const part: { -readonly [Member in keyof TextPart]: TextPart[Member] } = {
    type: 'text',
    text: requiredString(reading, raw, 'text'),
  };
  const { annotations, logprobs } = raw;
  if (Array.isArray(annotations)) part.citations = decodeAnnotations(annotations);
  if (Array.isArray(logprobs)) part.logprobs = decodeLogprobs(logprobs) ?? [];
  if (raw['prompt_cache_breakpoint'] !== undefined) Object.assign(part, cacheMark(raw));
  const ext = unknownMembers(raw, TEXT);
  if (ext !== undefined) part.ext = ext;
  return part;
}

function cacheMark(raw: JsonObject): { cache?: CacheMark } {
  const mark = objectOf(raw['prompt_cache_breakpoint']);
  if (mark === undefined) return {};
  const ttl = textOf(mark['ttl']);
  return { cache: ttl === undefined ? {} : { ttl } };
}

function decodeImage(reading: Reading, raw: JsonObject): MediaPart | undefined {
  // Chat's shape of it, {url}, is a common mistake.
  const url = textOf(raw['image_url']) ?? textOf(objectOf(raw['image_url'])?.['url']);
  const id = textOf(raw['file_id']);
  if (url === undefined && id === undefined) return undefined;
  const detail = stringIn(reading, raw, 'detail');
  return {
    type: 'media',
    kind: 'image',
    ...(url === undefined ? { source: { type: 'file', id: id ?? '' } } : sourceOfUrl(url)),
    ...(detail === undefined ? {} : { detail }),
    ...cacheMark(raw),
    ...extra(raw, IMAGE),
  };
}

function decodeFile(reading: Reading, raw: JsonObject): MediaPart | undefined {
  const data = textOf(raw['file_data']);
  const url = textOf(raw['file_url']);
  const id = textOf(raw['file_id']);
  const filename = stringIn(reading, raw, 'filename');
  const detail = stringIn(reading, raw, 'detail');
  let place: Pick<MediaPart, 'source' | 'mimeType'>;
  if (data !== undefined)
    place = data.startsWith('data:') ? sourceOfUrl(data) : { source: { type: 'base64', data } };
  else if (url !== undefined) place = { source: { type: 'url', url } };
  else if (id !== undefined) place = { source: { type: 'file', id } };
  else return undefined;
  return {
    type: 'media',
    kind: 'document',
    ...place,
    ...(filename === undefined ? {} : { filename }),
    ...(detail === undefined ? {} : { detail }),
    ...cacheMark(raw),
    ...extra(raw, FILE),
  };
}

function decodeAudio(raw: JsonObject): MediaPart | undefined {
  const audio = objectOf(raw['input_audio']);
  const data = textOf(audio?.['data']);
  const format = textOf(audio?.['format']);
  if (data === undefined || format === undefined) return undefined;
  return {
    type: 'media',
    kind: 'audio',
    source: { type: 'base64', data },
    mimeType: mimeOfSound(format),
    ...cacheMark(raw),
    ...extra(raw, AUDIO),
  };
}
