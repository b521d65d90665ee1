// Reads the content of messages: a string, or a list of parts. Vendors' kinds of parts that have an equivalent are read
// too; what nobody knows stays as it is.

import type { CacheMark, MediaPart, Part, ReasoningPart } from '../../model/content.ts';
import { isObject, type JsonObject, listOf, objectOf } from '../../model/json.ts';
import { mimeOfSound, sourceOfUrl } from '../kit/data-url.ts';
import { objectIn, type Reading, stringIn, unknownMembers, wrong } from '../kit/read-wire.ts';

const KNOWN: ReadonlySet<string> = new Set([
  'type',
  'text',
  'refusal',
  'thinking',
  'image_url',
  'video_url',
  'input_audio',
  'file',
  'document_url',
  'document_name',
  'cache_control',
  'prompt_cache_breakpoint',
]);
const KNOWN_OF_FILE: ReadonlySet<string> = new Set(['file_data', 'file_id', 'filename']);
const KNOWN_OF_IMAGE: ReadonlySet<string> = new Set(['url', 'detail']);

/** The parts of a message's content. The empty string and null are no parts. */
export function readContent(reading: Reading, message: JsonObject): Part[] {
  const content = message['content'];
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) {
    wrong(reading, message, 'content', 'a string or an array');
    return [];
  }
  const parts: Part[] = [];
  for (let at = 0; at < content.length; at++) {
    const part = readPart(reading, content, at);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** The mark on a part, in OpenAI's words or in Anthropic's (OpenRouter). */
export function cacheMark(from: JsonObject): CacheMark | undefined {
  const mark = objectOf(from['prompt_cache_breakpoint']) ?? objectOf(from['cache_control']);
  if (mark === undefined) return undefined;
  const { ttl } = mark;
  return typeof ttl === 'string' ? { ttl } : {};
}

/** The text of a list of thinking chunks (Mistral), or of a string. */
export function thinkingText(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking;
  let text = '';
  for (const chunk of listOf(thinking)) {
    const piece = isObject(chunk) ? chunk['text'] : chunk;
    if (typeof piece === 'string') text += piece;
  }
  return text;
}

function readPart(reading: Reading, content: readonly unknown[], at: number): Part | undefined {
  const wire = content[at];
  if (typeof wire === 'string') return { type: 'text', text: wire };
  if (!isObject(wire)) return wrong(reading, content, at, 'an object');
  const type = stringIn(reading, wire, 'type') ?? '';
  const part = readKnown(reading, type, wire);
  if (part === undefined) return reading.fault === undefined ? vendorPart(type, wire) : undefined;
  const cache = cacheMark(wire);
  const ext = unknownMembers(wire, KNOWN);
  if (cache === undefined && ext === undefined) return part;
  return {
    ...part,
    ...(cache === undefined ? {} : { cache }),
    ...(ext === undefined ? {} : { ext: { ...part.ext, ...ext } }),
  };
}

function vendorPart(type: string, raw: JsonObject): Part {
  return { type: 'vendor', dialect: 'openai-chat', kind: type, raw };
}

function readKnown(reading: Reading, type: string, wire: JsonObject): Part | undefined {
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: stringIn(reading, wire, 'text') ?? '' };
    case 'refusal':
      return { type: 'refusal', text: stringIn(reading, wire, 'refusal') ?? '' };
    case 'thinking':
      return readThinking(wire);
    case 'image_url':
      return readImage(reading, wire);
    case 'video_url': {
      const url = urlMember(reading, wire, 'video_url');
      return url === undefined ? undefined : { type: 'media', kind: 'video', ...sourceOfUrl(url) };
    }
    case 'input_audio':
      return readSound(reading, wire);
    case 'file':
      return readFile(reading, wire);
    case 'document_url':
      return readDocumentUrl(reading, wire);
    default:
      return undefined;
  }
}

/** Mistral's way of replaying thoughts; the mark in `ext` sends them back in the same way. */
function readThinking(wire: JsonObject): ReasoningPart {
  const text = thinkingText(wire['thinking']);
  return {
    type: 'reasoning',
    form: 'text',
    sections: text === '' ? [] : [text],
    ext: { type: 'thinking' },
  };
}

/** A URL as OpenAI nests it, or bare (Mistral). */
function urlMember(reading: Reading, wire: JsonObject, name: string): string | undefined {
  const value = wire[name];
  if (typeof value === 'string') return value;
  if (!isObject(value)) return wrong(reading, wire, name, 'an object');
  return typeof value['url'] === 'string' ? value['url'] : wrong(reading, value, 'url', 'a string');
}

function readImage(reading: Reading, wire: JsonObject): MediaPart | undefined {
  const url = urlMember(reading, wire, 'image_url');
  if (url === undefined) return undefined;
  const image = objectOf(wire['image_url']) ?? {};
  const detail = stringIn(reading, image, 'detail');
  const ext = unknownMembers(image, KNOWN_OF_IMAGE);
  return {
    type: 'media',
    kind: 'image',
    ...sourceOfUrl(url),
    ...(detail === undefined ? {} : { detail }),
    ...(ext === undefined ? {} : { ext: { image_url: ext } }),
  };
}

function readSound(reading: Reading, wire: JsonObject): MediaPart | undefined {
  const bare = wire['input_audio'];
  if (typeof bare === 'string') return { type: 'media', kind: 'audio', ...sourceOfUrl(bare) };
  const sound = objectIn(reading, wire, 'input_audio');
  if (sound === undefined) return wrong(reading, wire, 'input_audio', 'an object');
  const data = stringIn(reading, sound, 'data');
  if (data === undefined) return wrong(reading, sound, 'data', 'a string');
  const format = stringIn(reading, sound, 'format');
  return {
    type: 'media',
    kind: 'audio',
    source: { type: 'base64', data },
    ...(format === undefined ? {} : { mimeType: mimeOfSound(format) }),
  };
}

function readFile(reading: Reading, wire: JsonObject): MediaPart | undefined {
  const file = objectIn(reading, wire, 'file');
  if (file === undefined) return wrong(reading, wire, 'file', 'an object');
  const data = stringIn(reading, file, 'file_data');
  const id = stringIn(reading, file, 'file_id');
  const filename = stringIn(reading, file, 'filename');
  if (data === undefined && id === undefined)
    return wrong(reading, wire, 'file', 'an object with file_data or file_id');
  const ext = unknownMembers(file, KNOWN_OF_FILE);
  return {
    type: 'media',
    kind: 'document',
    ...(data === undefined ? { source: { type: 'file', id: id ?? '' } } : sourceOfFile(data)),
    ...(filename === undefined ? {} : { filename }),
    ...(ext === undefined ? {} : { ext: { file: ext } }),
  };
}

/** A data URL is documented; bare base64 and URLs (OpenRouter) are met as well. */
function sourceOfFile(data: string): Pick<MediaPart, 'source' | 'mimeType'> {
  const isUrl = data.startsWith('data:') || data.startsWith('https://') || data.startsWith('http://');
  return isUrl ? sourceOfUrl(data) : { source: { type: 'base64', data } };
}

function readDocumentUrl(reading: Reading, wire: JsonObject): MediaPart | undefined {
  const url = urlMember(reading, wire, 'document_url');
  if (url === undefined) return undefined;
  const filename = stringIn(reading, wire, 'document_name');
  return {
    type: 'media',
    kind: 'document',
    ...sourceOfUrl(url),
    ...(filename === undefined ? {} : { filename }),
    ext: { type: 'document_url' },
  };
}
