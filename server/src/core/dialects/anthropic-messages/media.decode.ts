// Images, documents and search results as the model holds them.
// https://docs.anthropic.com/en/docs/build-with-claude/vision, …/pdf-support, …/search-results

import type { MediaPart, MediaSource, Part, VendorPart } from '../../model/content.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { booleanAt, factsOf, MARKED, objectAt, type Reading, stringAt } from './reading.ts';

/** Reads blocks within blocks. Handed in, because content is made of media and media of content. */
export type ReadContent = (value: unknown, path: string, reading: Reading) => readonly Part[];

interface ReadSource {
  readonly source: MediaSource;
  readonly mimeType?: string;
  /** Members of the source that the model has no place for. */
  readonly rest: JsonObject;
}

/** Reads an image block; one whose source is of an unknown kind stays as it is. */
export function decodeImage(
  block: JsonObject,
  path: string,
  reading: Reading,
  content: ReadContent,
): MediaPart | VendorPart {
  const { type: _type, source, cache_control, ...rest } = block;
  const read = decodeSource(source, `${path}.source`, reading, content);
  if (read === undefined) return vendorBlock(block);
  return {
    type: 'media',
    kind: 'image',
    source: read.source,
    ...(read.mimeType === undefined ? {} : { mimeType: read.mimeType }),
    ...factsOf(cache_control, withSource(rest, read)),
  };
}

/** Reads a document block. */
export function decodeDocument(
  block: JsonObject,
  path: string,
  reading: Reading,
  content: ReadContent,
): MediaPart | VendorPart {
  const { type: _type, source, title, context, citations, cache_control, ...rest } = block;
  const read = decodeSource(source, `${path}.source`, reading, content);
  if (read === undefined) return vendorBlock(block);
  const named = stringAt(reading, title, `${path}.title`);
  const about = stringAt(reading, context, `${path}.context`);
  const cited = decodeCiting(citations, `${path}.citations`, reading);
  return {
    type: 'media',
    kind: 'document',
    source: read.source,
    ...(read.mimeType === undefined ? {} : { mimeType: read.mimeType }),
    ...(named === undefined ? {} : { title: named }),
    ...(about === undefined ? {} : { context: about }),
    ...(cited.citable === undefined ? {} : { citable: cited.citable }),
    ...factsOf(cache_control, { ...withSource(rest, read), ...cited.ext }),
  };
}

/**
 * Reads a search_result block as a document of text: every format has those. Its address is its context for readers of
 * other formats; `ext` remembers what it was.
 */
export function decodeSearchResult(
  block: JsonObject,
  path: string,
  reading: Reading,
  content: ReadContent,
): MediaPart {
  const { type, source, title, content: inner, citations, cache_control, ...rest } = block;
  const named = stringAt(reading, title, `${path}.title`);
  const address = stringAt(reading, source, `${path}.source`);
  const cited = decodeCiting(citations, `${path}.citations`, reading);
  return {
    type: 'media',
    kind: 'document',
    source: { type: 'parts', parts: content(inner ?? [], `${path}.content`, reading) },
    ...(named === undefined ? {} : { title: named }),
    ...(address === undefined ? {} : { context: address }),
    ...(cited.citable === undefined ? {} : { citable: cited.citable }),
    ...factsOf(cache_control, { ...rest, ...cited.ext, type }),
  };
}

/** A block that means something to this format only. */
export function vendorBlock(block: JsonObject): VendorPart {
  const kind = block['type'];
  const { cache } = factsOf(block['cache_control'], MARKED);
  return {
    type: 'vendor',
    dialect: 'anthropic-messages',
    kind: typeof kind === 'string' ? kind : '',
    raw: block,
    ...(cache === undefined ? {} : { cache }),
  };
}

function decodeSource(
  value: unknown,
  path: string,
  reading: Reading,
  content: ReadContent,
): ReadSource | undefined {
  const raw = objectAt(reading, value, path);
  if (raw === undefined) return undefined;
  const { type, media_type, ...members } = raw;
  const mimeType = stringAt(reading, media_type, `${path}.media_type`);
  const typed = mimeType === undefined ? {} : { mimeType };
  switch (type) {
    case 'base64': {
      const { data, ...rest } = members;
      return typeof data === 'string' ? { source: { type, data }, ...typed, rest } : undefined;
    }
    case 'text': {
      const { data, ...rest } = members;
      return typeof data === 'string' ? { source: { type, text: data }, ...typed, rest } : undefined;
    }
    case 'url': {
      const { url, ...rest } = members;
      return typeof url === 'string' ? { source: { type, url }, ...typed, rest } : undefined;
    }
    case 'file': {
      const { file_id, ...rest } = members;
      return typeof file_id === 'string' ? { source: { type, id: file_id }, ...typed, rest } : undefined;
    }
    case 'content': {
      const { content: inner, ...rest } = members;
      const parts = content(inner ?? [], `${path}.content`, reading);
      return { source: { type: 'parts', parts }, ...typed, rest };
    }
    default:
      return undefined;
  }
}

function withSource(rest: JsonObject, read: ReadSource): JsonObject {
  for (const _member in read.rest) return { ...rest, source: read.rest };
  return rest;
}

/** `citations: {enabled}`; whatever else stands there is kept. */
function decodeCiting(
  value: unknown,
  path: string,
  reading: Reading,
): { readonly citable?: boolean; readonly ext?: JsonObject } {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) return { ext: { citations: value } };
  const enabled = booleanAt(reading, value['enabled'], `${path}.enabled`);
  if (enabled === undefined) return { ext: { citations: value } };
  return Object.keys(value).length === 1
    ? { citable: enabled }
    : { citable: enabled, ext: { citations: value } };
}
