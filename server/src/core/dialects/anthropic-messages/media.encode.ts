// Media of the model as image and document blocks.
// https://docs.anthropic.com/en/docs/build-with-claude/vision, …/pdf-support

import type { MediaPart, MediaSource, Part } from '../../model/content.ts';
import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { lose, type Wire, type Writing, writeMark } from './writing.ts';

/** Writes parts within a block. Handed in, because media can be made of content. */
export type WriteParts = (parts: readonly Part[], writing: Writing) => string | readonly Wire[];

const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

/** Writes an image or a document; undefined where the format has no place for it. */
export function encodeMedia(part: MediaPart, writing: Writing, content: WriteParts): Wire | undefined {
  const {
    type,
    kind,
    source,
    mimeType,
    filename,
    title,
    context,
    detail,
    citable,
    cache,
    token,
    ext,
    ...rest
  } = part;
  nothingLeft(rest);
  if (kind === 'audio' || kind === 'video') return gone(writing, kind, `The Messages API takes no ${kind}.`);
  const isSearchResult = writing.own && ext?.['type'] === 'search_result';
  if (detail !== undefined && detail !== 'auto' && !writing.own) {
    lose(
      writing.losses,
      'dropped',
      'quality',
      writing.turnsAt,
      'image-detail',
      'Images have no level of detail here.',
    );
  }
  if (token !== undefined) {
    lose(
      writing.losses,
      'dropped',
      'hint',
      writing.turnsAt,
      'media-token',
      'The token of a medium has no place here.',
    );
  }
  if (isSearchResult) return encodeSearchResult(part, writing, content);
  const wireSource =
    kind === 'image'
      ? imageSource(source, mimeType, writing)
      : documentSource(source, mimeType, writing, content);
  if (wireSource === undefined) return undefined;
  const named = title ?? filename;
  const block: Wire = { type: kind, source: wireSource };
  if (kind === 'document') {
    if (named !== undefined) block['title'] = named;
    if (context !== undefined) block['context'] = context;
    if (citable !== undefined) block['citations'] = { enabled: citable };
  }
  if (writing.own && ext !== undefined) spreadExt(block, ext, wireSource);
  writeMark(writing, block, cache, ext);
  return block;
}

function spreadExt(block: Wire, ext: JsonObject, source: Wire): void {
  Object.assign(block, ext);
  if (isObject(ext['source'])) block['source'] = { ...source, ...ext['source'] };
}

function encodeSearchResult(part: MediaPart, writing: Writing, content: WriteParts): Wire {
  const { source, title, context, citable, cache, ext } = part;
  const parts = source.type === 'parts' ? source.parts : [];
  const inner = content(parts, writing);
  const block: Wire = { type: 'search_result', content: inner };
  if (context !== undefined) block['source'] = context;
  if (title !== undefined) block['title'] = title;
  if (citable !== undefined) block['citations'] = { enabled: citable };
  Object.assign(block, ext);
  writeMark(writing, block, cache, ext);
  return block;
}

function imageSource(source: MediaSource, mimeType: string | undefined, writing: Writing): Wire | undefined {
  switch (source.type) {
    case 'base64': {
      const type = mimeType?.toLowerCase() === 'image/jpg' ? 'image/jpeg' : mimeType;
      if (!writing.own && (type === undefined || !IMAGE_TYPES.has(type))) {
        return gone(
          writing,
          'image',
          `Images of type ${type ?? '(unknown)'} cannot be sent to the Messages API.`,
        );
      }
      return { type: 'base64', ...(type === undefined ? {} : { media_type: type }), data: source.data };
    }
    case 'url':
    case 'file':
      return reference(source, mimeType, writing, 'image');
    case 'text':
    case 'parts':
      return gone(writing, 'image', 'An image made of text cannot be sent to the Messages API.');
    default:
      return unreachable(source);
  }
}

function documentSource(
  source: MediaSource,
  mimeType: string | undefined,
  writing: Writing,
  content: WriteParts,
): Wire | undefined {
  const typed = writing.own && mimeType !== undefined ? { media_type: mimeType } : {};
  switch (source.type) {
    case 'base64':
      if (!writing.own && mimeType !== undefined && mimeType !== 'application/pdf') {
        return gone(writing, 'document', `Documents of type ${mimeType} cannot be sent to the Messages API.`);
      }
      return {
        type: 'base64',
        ...(writing.own ? typed : { media_type: 'application/pdf' }),
        data: source.data,
      };
    case 'text':
      return { type: 'text', ...(writing.own ? typed : { media_type: 'text/plain' }), data: source.text };
    case 'parts':
      return { type: 'content', ...typed, content: content(source.parts, writing) };
    case 'url':
    case 'file':
      return reference(source, mimeType, writing, 'document');
    default:
      return unreachable(source);
  }
}

function reference(
  source: Extract<MediaSource, { type: 'url' | 'file' }>,
  mimeType: string | undefined,
  writing: Writing,
  kind: string,
): Wire | undefined {
  const typed = writing.own && mimeType !== undefined ? { media_type: mimeType } : {};
  if (source.type === 'url') return { type: 'url', ...typed, url: source.url };
  if (writing.own) return { type: 'file', ...typed, file_id: source.id };
  return gone(writing, kind, 'The id of a file means something to the account that it was uploaded to only.');
}

function gone(writing: Writing, feature: string, note: string): undefined {
  lose(writing.losses, 'dropped', 'semantic', writing.turnsAt, feature, note);
  return undefined;
}
