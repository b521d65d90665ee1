// Pictures in answers: shown where they are within the answer; an address elsewhere is told and never asked for.

import type { Draft } from './draft.ts';

const SHOWN = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]+$/;

/** Keeps a picture by its address. */
export function keepPicture(draft: Draft, key: string, url: string): void {
  if (SHOWN.test(url)) draft.put(key, 'image', url);
  else draft.put(key, 'other', url.startsWith('data:') ? url.slice(0, 200) : url, { name: 'image' });
}

/** The address of a picture whose bytes are told in base64. */
export function pictureUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}
