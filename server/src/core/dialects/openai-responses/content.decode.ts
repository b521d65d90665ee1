// Reads the content of messages and of results of tools.
// https://platform.openai.com/docs/api-reference/responses/create#responses-create-input

import type { CacheMark, MediaPart, MediaSource, Part, TextPart } from '../../model/content.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import { decodeAnnotations, decodeLogprobs } from './annotations.ts';
import { extra, type Reading, requiredString, stringAt, wrong } from './reading.ts';

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

/** The content of a message or result: a string, or a list of parts. */
export function decodeContent(reading: Reading, content: unknown, path: string): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) {
    wrong(reading, path, 'must be a string or a list.');
    return [];
  }
  return content.map((part, index) => decodePart(reading, part, `${path}[${index}]`));
}

function decodePart(reading: Reading, raw: unknown, path: string): Part {
  if (!isObject(raw)) {
    wrong(reading, path, 'must be an object.');
    return { type: 'text', text: '' };
  }
  switch (raw['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return decodeText(reading, raw, path);
    case 'refusal':
      return {
        type: 'refusal',
        text: requiredString(reading, raw, 'refusal', `${path}.`),
        ...extra(raw, REFUSAL),
      };
    case 'input_image':
      return decodeImage(reading, raw, path) ?? vendorPart(raw);
    case 'input_file':
      return decodeFile(reading, raw, path) ?? vendorPart(raw);
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
function decodeText(reading: Reading, raw: JsonObject, path: string): TextPart {
  const annotations = raw['annotations'];
  const logprobs = raw['logprobs'];
  return {
    type: 'text',
    text: requiredString(reading, raw, 'text', `${path}.`),
    ...(Array.isArray(annotations) ? { citations: decodeAnnotations(annotations) } : {}),
    ...(Array.isArray(logprobs) ? { logprobs: decodeLogprobs(logprobs) ?? [] } : {}),
    ...cacheMark(raw),
    ...extra(raw, TEXT),
  };
}

function cacheMark(raw: JsonObject): { cache?: CacheMark } {
  const mark = objectOf(raw['prompt_cache_breakpoint']);
  if (mark === undefined) return {};
  const ttl = textOf(mark['ttl']);
  return { cache: ttl === undefined ? {} : { ttl } };
}

/** What a data URL holds, without copying it; undefined for every other URL. */
function dataUrl(url: string): { data: string; mimeType?: string } | undefined {
  if (!url.startsWith('data:')) return undefined;
  const comma = url.indexOf(',');
  const head = comma === -1 ? '' : url.slice('data:'.length, comma);
  if (!head.endsWith(';base64')) return undefined;
  const mimeType = head.slice(0, head.indexOf(';'));
  return { data: url.slice(comma + 1), ...(mimeType === '' ? {} : { mimeType }) };
}

function located(url: string): Pick<MediaPart, 'source' | 'mimeType'> {
  const inline = dataUrl(url);
  if (inline === undefined) return { source: { type: 'url', url } };
  const source: MediaSource = { type: 'base64', data: inline.data };
  return inline.mimeType === undefined ? { source } : { source, mimeType: inline.mimeType };
}

function decodeImage(reading: Reading, raw: JsonObject, path: string): MediaPart | undefined {
  // Chat's shape of it, {url}, is a common mistake.
  const url = textOf(raw['image_url']) ?? textOf(objectOf(raw['image_url'])?.['url']);
  const id = textOf(raw['file_id']);
  if (url === undefined && id === undefined) return undefined;
  const detail = stringAt(reading, raw, 'detail', `${path}.`);
  return {
    type: 'media',
    kind: 'image',
    ...(url === undefined ? { source: { type: 'file', id: id ?? '' } } : located(url)),
    ...(detail === undefined ? {} : { detail }),
    ...cacheMark(raw),
    ...extra(raw, IMAGE),
  };
}

function decodeFile(reading: Reading, raw: JsonObject, path: string): MediaPart | undefined {
  const data = textOf(raw['file_data']);
  const url = textOf(raw['file_url']);
  const id = textOf(raw['file_id']);
  const filename = stringAt(reading, raw, 'filename', `${path}.`);
  const detail = stringAt(reading, raw, 'detail', `${path}.`);
  let place: Pick<MediaPart, 'source' | 'mimeType'>;
  if (data !== undefined)
    place = data.startsWith('data:') ? located(data) : { source: { type: 'base64', data } };
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
    mimeType: format === 'mp3' ? 'audio/mpeg' : `audio/${format}`,
    ...cacheMark(raw),
    ...extra(raw, AUDIO),
  };
}
