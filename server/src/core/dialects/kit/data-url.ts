// Media as OpenAI's formats have them: bytes in data URLs, and sound with the name of its format instead of a media type.
// https://www.rfc-editor.org/rfc/rfc2397

import type { MediaPart } from '../../model/content.ts';

/** Source and type of a URL: the bytes of a base64 data URL (not copied), any other URL as it is. */
export function sourceOfUrl(url: string): Pick<MediaPart, 'source' | 'mimeType'> {
  if (!url.startsWith('data:')) return { source: { type: 'url', url } };
  const comma = url.indexOf(',');
  const head = comma === -1 ? '' : url.slice('data:'.length, comma);
  if (!head.endsWith(';base64')) return { source: { type: 'url', url } };
  const mimeType = head.slice(0, head.indexOf(';'));
  const source = { type: 'base64', data: url.slice(comma + 1) } as const;
  return mimeType === '' ? { source } : { source, mimeType };
}

/** The data URL of base64. */
export function dataUrl(mimeType: string, data: string): string {
  return `data:${mimeType};base64,${data}`;
}

/** Media type of a sound format: "wav" is audio/wav. */
export function mimeOfSound(format: string): string {
  return format === 'mp3' ? 'audio/mpeg' : `audio/${format}`;
}
