// Media as Chat Completions has them: images and files as data URLs, sound as bare base64 with a format.
// https://platform.openai.com/docs/api-reference/chat/create

import type { MediaPart, MediaSource } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import { dataUrl } from '../kit/data-url.ts';

const SOUND_FORMATS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
};

/** The URL of a source that has one; undefined for ids, text and parts. */
export function urlOfSource(source: MediaSource, mimeType: string): string | undefined {
  if (source.type === 'url') return source.url;
  return source.type === 'base64' ? dataUrl(mimeType, source.data) : undefined;
}

/** Sound format of a media type; undefined where it is no sound. */
export function soundOfMime(mimeType: string): string | undefined {
  return SOUND_FORMATS[mimeType] ?? (mimeType.startsWith('audio/') ? mimeType.slice(6) : undefined);
}

/** A name for a file that has none: the API refuses files without one. */
function fileName(part: MediaPart): string {
  if (part.filename !== undefined && part.filename !== '') return part.filename;
  if (part.title !== undefined && part.title !== '') return part.title;
  const kind = (part.mimeType ?? 'application/pdf').split(/[/;+]/)[1] ?? 'pdf';
  return `document.${kind === 'plain' ? 'txt' : kind}`;
}

/** The `file` object of a part whose source it can hold. */
export function fileObject(part: MediaPart): JsonObject | undefined {
  const { source } = part;
  if (source.type === 'file') {
    return { file_id: source.id, ...(part.filename === undefined ? {} : { filename: part.filename }) };
  }
  const url = urlOfSource(source, part.mimeType ?? 'application/pdf');
  return url === undefined ? undefined : { filename: fileName(part), file_data: url };
}
