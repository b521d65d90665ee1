// Reads the content of messages: a string, or a list of parts. Vendors' kinds of parts that have an equivalent are read
// too; what nobody knows stays as it is.

import type { CacheMark, MediaPart, Part, ReasoningPart } from '../../model/content.ts';
import { isObject, type JsonObject, listOf, objectOf } from '../../model/json.ts';
import { mimeOfSound, sourceOfUrl } from './media.ts';
import { type Faults, fault, readObject, readString, unknownMembers } from './wire.read.ts';

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
export function readContent(faults: Faults, content: unknown, path: string): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) {
    fault(faults, path, 'a string or an array');
    return [];
  }
  const parts: Part[] = [];
  for (let at = 0; at < content.length; at++) {
    const part = readPart(faults, content[at], `${path}[${at}]`);
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

function readPart(faults: Faults, wire: unknown, path: string): Part | undefined {
  if (typeof wire === 'string') return { type: 'text', text: wire };
  if (!isObject(wire)) return fault(faults, path, 'an object');
  const type = readString(faults, wire, 'type', `${path}.`) ?? '';
  const part = readKnown(faults, type, wire, `${path}.`);
  if (part === undefined) return faults.first === undefined ? vendorPart(type, wire) : undefined;
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

function readKnown(faults: Faults, type: string, wire: JsonObject, base: string): Part | undefined {
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: readString(faults, wire, 'text', base) ?? '' };
    case 'refusal':
      return { type: 'refusal', text: readString(faults, wire, 'refusal', base) ?? '' };
    case 'thinking':
      return readThinking(wire);
    case 'image_url':
      return readImage(faults, wire, base);
    case 'video_url': {
      const url = urlMember(faults, wire, 'video_url', base);
      return url === undefined ? undefined : { type: 'media', kind: 'video', ...sourceOfUrl(url) };
    }
    case 'input_audio':
      return readSound(faults, wire, base);
    case 'file':
      return readFile(faults, wire, base);
    case 'document_url':
      return readDocumentUrl(faults, wire, base);
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
function urlMember(faults: Faults, wire: JsonObject, name: string, base: string): string | undefined {
  const value = wire[name];
  if (typeof value === 'string') return value;
  if (!isObject(value)) return fault(faults, base + name, 'an object');
  return typeof value['url'] === 'string' ? value['url'] : fault(faults, `${base}${name}.url`, 'a string');
}

function readImage(faults: Faults, wire: JsonObject, base: string): MediaPart | undefined {
  const url = urlMember(faults, wire, 'image_url', base);
  if (url === undefined) return undefined;
  const image = objectOf(wire['image_url']) ?? {};
  const detail = readString(faults, image, 'detail', `${base}image_url.`);
  const ext = unknownMembers(image, KNOWN_OF_IMAGE);
  return {
    type: 'media',
    kind: 'image',
    ...sourceOfUrl(url),
    ...(detail === undefined ? {} : { detail }),
    ...(ext === undefined ? {} : { ext: { image_url: ext } }),
  };
}

function readSound(faults: Faults, wire: JsonObject, base: string): MediaPart | undefined {
  const bare = wire['input_audio'];
  if (typeof bare === 'string') return { type: 'media', kind: 'audio', ...sourceOfUrl(bare) };
  const sound = readObject(faults, wire, 'input_audio', base);
  if (sound === undefined) return fault(faults, `${base}input_audio`, 'an object');
  const data = readString(faults, sound, 'data', `${base}input_audio.`);
  if (data === undefined) return fault(faults, `${base}input_audio.data`, 'a string');
  const format = readString(faults, sound, 'format', `${base}input_audio.`);
  return {
    type: 'media',
    kind: 'audio',
    source: { type: 'base64', data },
    ...(format === undefined ? {} : { mimeType: mimeOfSound(format) }),
  };
}

function readFile(faults: Faults, wire: JsonObject, base: string): MediaPart | undefined {
  const file = readObject(faults, wire, 'file', base);
  if (file === undefined) return fault(faults, `${base}file`, 'an object');
  const inside = `${base}file.`;
  const data = readString(faults, file, 'file_data', inside);
  const id = readString(faults, file, 'file_id', inside);
  const filename = readString(faults, file, 'filename', inside);
  if (data === undefined && id === undefined)
    return fault(faults, `${base}file`, 'an object with file_data or file_id');
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

function readDocumentUrl(faults: Faults, wire: JsonObject, base: string): MediaPart | undefined {
  const url = urlMember(faults, wire, 'document_url', base);
  if (url === undefined) return undefined;
  const filename = readString(faults, wire, 'document_name', base);
  return {
    type: 'media',
    kind: 'document',
    ...sourceOfUrl(url),
    ...(filename === undefined ? {} : { filename }),
    ext: { type: 'document_url' },
  };
}
