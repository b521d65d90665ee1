// A short fingerprint of text, for names and ids that must come out the same every time. Not for secrets.

/** FNV-1a over UTF-16 units, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** 16 characters of [0-9a-f]. */
export function digest(text: string): string {
  const first = fnv(text, 0x811c9dc5);
  const second = fnv(text, Math.imul(first, 0x9e3779b1) ^ 0x5bd1e995);
  return first.toString(16).padStart(8, '0') + second.toString(16).padStart(8, '0');
}
