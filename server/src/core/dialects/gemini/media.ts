// Media: `inlineData` holds bytes, `fileData` a reference. Files of the Files API have addresses too, but those mean
// something to their own account only. https://ai.google.dev/api/caching#Part

import type { MediaPart, MediaSource } from '../../model/content.ts';
import { type JsonObject, textOf } from '../../model/json.ts';
import { extOf, spelled } from './wire.read.ts';

/** What a MIME type holds. Text files are documents. */
function mediaKind(mimeType: string | undefined): MediaPart['kind'] {
  const family = mimeType?.slice(0, mimeType.indexOf('/')).toLowerCase();
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

/** Where the format wants a type and the request names none. */
export const DEFAULT_TYPES: Readonly<Record<MediaPart['kind'], string>> = {
  image: 'image/jpeg',
  document: 'application/pdf',
  audio: 'audio/wav',
  video: 'video/mp4',
};

/** Files of the Files API and of no other account. */
const OWN_FILE = /^https:\/\/generativelanguage\.googleapis\.com\/[^/]+\/files\//i;
const ADDRESS = /^(?:https?|gs):\/\//i;
const FILM = /^https?:\/\/(?:[a-z]+\.)?(?:youtube\.com|youtu\.be)\//i;

/** A part with `inlineData`. Members around it are the caller's. */
export function readInlineData(blob: JsonObject): MediaPart {
  const { data, mimeType, displayName, ...rest } = spelled(blob);
  return mediaOf({ type: 'base64', data: typeof data === 'string' ? data : '' }, mimeType, displayName, {
    inlineData: rest,
  });
}

/** A part with `fileData`. */
export function readFileData(file: JsonObject): MediaPart {
  const { fileUri, mimeType, displayName, ...rest } = spelled(file);
  const uri = textOf(fileUri) ?? '';
  const isAddress = ADDRESS.test(uri) && !OWN_FILE.test(uri);
  const source: MediaSource = isAddress ? { type: 'url', url: uri } : { type: 'file', id: uri };
  return mediaOf(source, mimeType, displayName, { fileData: rest });
}

function mediaOf(
  source: MediaSource,
  mime: unknown,
  name: unknown,
  rest: Readonly<Record<string, JsonObject>>,
): MediaPart {
  const mimeType = textOf(mime);
  const filename = textOf(name);
  const isFilm = source.type === 'url' && mimeType === undefined && FILM.test(source.url);
  const left = Object.fromEntries(
    Object.entries(rest).filter(([, members]) => Object.keys(members).length > 0),
  );
  return {
    type: 'media',
    kind: isFilm ? 'video' : mediaKind(mimeType),
    source,
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(filename === undefined ? {} : { filename }),
    ...extOf(left),
  };
}

const DETAILS: Readonly<Record<string, string>> = {
  MEDIA_RESOLUTION_LOW: 'low',
  MEDIA_RESOLUTION_HIGH: 'high',
  MEDIA_RESOLUTION_ULTRA_HIGH: 'original',
};

/** The word for a part's media resolution; undefined for what has no other word (medium, a number of tokens). */
export function readResolution(resolution: unknown): string | undefined {
  if (typeof resolution !== 'object' || resolution === null) return undefined;
  const entries = Object.entries(resolution);
  const [name, level] = entries[0] ?? [];
  if (entries.length !== 1 || name !== 'level' || typeof level !== 'string') return undefined;
  const word = level.toUpperCase();
  return Object.hasOwn(DETAILS, word) ? DETAILS[word] : undefined;
}

/** The level for a word; undefined where Google's default is meant. */
export function writeResolution(detail: string): JsonObject | undefined {
  const level = Object.entries(DETAILS).find(([, word]) => word === detail)?.[0];
  return level === undefined ? undefined : { level };
}
