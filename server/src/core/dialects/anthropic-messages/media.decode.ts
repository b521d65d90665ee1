// Images, documents and search results as the model holds them.
// https://docs.anthropic.com/en/docs/build-with-claude/vision, …/pdf-support, …/search-results

import type { MediaPart, MediaSource, Part, VendorPart } from '../../model/content.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { booleanIn, objectIn, otherMembers, type Reading, stringIn } from '../kit/read-wire.ts';
import { markOf, withFacts } from './reading.ts';

/** Reads blocks within blocks. Handed in, because content is made of media and media of content. */
export type ReadContent = (holder: JsonObject, member: string, reading: Reading) => readonly Part[];

interface ReadSource {
  readonly source: MediaSource;
  readonly mimeType?: string;
  /** Members of the source that the model has no place for. */
  readonly rest: JsonObject | undefined;
}

const KNOWN_OF_IMAGE: ReadonlySet<string> = new Set(['type', 'source', 'cache_control']);
const KNOWN_OF_DOCUMENT: ReadonlySet<string> = new Set([
  'type',
  'source',
  'title',
  'context',
  'citations',
  'cache_control',
]);
/** Its type is kept: it tells a search result from other documents. */
const KNOWN_OF_RESULT: ReadonlySet<string> = new Set([
  'source',
  'title',
  'content',
  'citations',
  'cache_control',
]);

/** Reads an image block; one whose source is of an unknown kind stays as it is. */
export function decodeImage(
  block: JsonObject,
  reading: Reading,
  content: ReadContent,
): MediaPart | VendorPart {
  const read = decodeSource(block, reading, content);
  if (read === undefined) return vendorBlock(block);
  const part: MediaPart = {
    type: 'media',
    kind: 'image',
    source: read.source,
    ...(read.mimeType === undefined ? {} : { mimeType: read.mimeType }),
  };
  return withFacts(part, block, KNOWN_OF_IMAGE, sourceExt(read));
}

/** Reads a document block. */
export function decodeDocument(
  block: JsonObject,
  reading: Reading,
  content: ReadContent,
): MediaPart | VendorPart {
  const read = decodeSource(block, reading, content);
  if (read === undefined) return vendorBlock(block);
  const title = stringIn(reading, block, 'title');
  const context = stringIn(reading, block, 'context');
  const cited = decodeCiting(block, reading);
  const part: MediaPart = {
    type: 'media',
    kind: 'document',
    source: read.source,
    ...(read.mimeType === undefined ? {} : { mimeType: read.mimeType }),
    ...(title === undefined ? {} : { title }),
    ...(context === undefined ? {} : { context }),
    ...(cited.citable === undefined ? {} : { citable: cited.citable }),
  };
  return withFacts(part, block, KNOWN_OF_DOCUMENT, { ...sourceExt(read), ...cited.ext });
}

/**
 * Reads a search_result block as a document of text: every format has those. Its address is its context for readers of
 * other formats; `ext` remembers what it was.
 */
export function decodeSearchResult(block: JsonObject, reading: Reading, content: ReadContent): MediaPart {
  const title = stringIn(reading, block, 'title');
  const address = stringIn(reading, block, 'source');
  const cited = decodeCiting(block, reading);
  const parts = isMissing(block['content']) ? [] : content(block, 'content', reading);
  const part: MediaPart = {
    type: 'media',
    kind: 'document',
    source: { type: 'parts', parts },
    ...(title === undefined ? {} : { title }),
    ...(address === undefined ? {} : { context: address }),
    ...(cited.citable === undefined ? {} : { citable: cited.citable }),
  };
  return withFacts(part, block, KNOWN_OF_RESULT, cited.ext);
}

/** A block that means something to this format only. */
export function vendorBlock(block: JsonObject): VendorPart {
  const kind = block['type'];
  const cache = markOf(block['cache_control']);
  return {
    type: 'vendor',
    dialect: 'anthropic-messages',
    kind: typeof kind === 'string' ? kind : '',
    raw: block,
    ...(cache === undefined ? {} : { cache }),
  };
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** The member of a source that its bytes, text or address are in, by its type. */
const HOLDS: ReadonlyMap<unknown, string> = new Map([
  ['base64', 'data'],
  ['text', 'data'],
  ['url', 'url'],
  ['file', 'file_id'],
  ['content', 'content'],
]);

function decodeSource(block: JsonObject, reading: Reading, content: ReadContent): ReadSource | undefined {
  const raw = objectIn(reading, block, 'source');
  if (raw === undefined) return undefined;
  const mimeType = stringIn(reading, raw, 'media_type');
  const member = HOLDS.get(raw['type']);
  const source = member === undefined ? undefined : sourceOf(raw, member, reading, content);
  if (member === undefined || source === undefined) return undefined;
  const rest = otherMembers(raw, new Set(['type', 'media_type', member]));
  return mimeType === undefined ? { source, rest } : { source, mimeType, rest };
}

function sourceOf(
  raw: JsonObject,
  member: string,
  reading: Reading,
  content: ReadContent,
): MediaSource | undefined {
  const { type } = raw;
  const held = raw[member];
  if (type === 'content')
    return { type: 'parts', parts: isMissing(held) ? [] : content(raw, member, reading) };
  if (typeof held !== 'string') return undefined;
  if (type === 'base64') return { type, data: held };
  if (type === 'text') return { type, text: held };
  return type === 'url' ? { type, url: held } : { type: 'file', id: held };
}

function sourceExt({ rest }: ReadSource): JsonObject | undefined {
  return rest === undefined ? undefined : { source: rest };
}

/** `citations: {enabled}`; whatever else stands there is kept. */
function decodeCiting(
  block: JsonObject,
  reading: Reading,
): { readonly citable?: boolean; readonly ext?: JsonObject } {
  const citations = block['citations'];
  if (isMissing(citations)) return {};
  const citable = isObject(citations) ? booleanIn(reading, citations, 'enabled') : undefined;
  if (citable === undefined || !isObject(citations)) return { ext: { citations } };
  return Object.keys(citations).length === 1 ? { citable } : { citable, ext: { citations } };
}
