// Matching of model names against globs: `*` is any run of characters, `?` any one. No RegExp, so that neither a
// pattern nor a model name can make it slow (at most pattern × name steps).

/** True when the whole text matches the pattern. Case counts. */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let read = 0;
  let star = -1;
  let resume = 0;
  while (read < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      resume = read;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[read])) {
      at++;
      read++;
    } else if (star !== -1) {
      // Let the last star take one character more.
      at = star + 1;
      read = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** True when any of the patterns matches. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  for (const pattern of patterns) if (matchesGlob(pattern, text)) return true;
  return false;
}

/** True when a name in a list of globs is no pattern but one exact name. */
export function isExactName(pattern: string): boolean {
  return !pattern.includes('*') && !pattern.includes('?');
}
