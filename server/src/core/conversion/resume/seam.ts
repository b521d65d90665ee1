// Where a continuation is sewn to what was said before. Models like to repeat the last words before they go on, and one
// that was given a beginning without the white space at its end writes that white space itself.

/** A repetition is at most this long; so much is held back to find it. */
const MOST_CHARACTERS = 200;

/** Fewer characters may be the same by chance. */
const LEAST_CHARACTERS = 8;

/** Rules of tables, indentation and the like are repeated by intent. */
const LEAST_DIFFERENT = 3;

/** Takes the beginning of a continuation, piece by piece. */
export interface Seam {
  /** More of the continuation; answers what can be said of it by now, '' while nothing can. */
  push(text: string): string;
  /** Nothing more comes before something has to be said: answers what was held back. */
  settle(): string;
  readonly isSettled: boolean;
  /** Characters that were left out. */
  readonly removed: number;
}

/** A seam behind this text. */
export function createSeam(said: string): Seam {
  const tail = said.slice(-MOST_CHARACTERS);
  let held = '';
  let isSettled = tail === '';
  let removed = 0;

  const settle = (): string => {
    if (isSettled) return '';
    isSettled = true;
    removed = repeatedAtStart(tail, held);
    const rest = held.slice(removed);
    held = '';
    return rest;
  };

  return {
    push(text) {
      if (isSettled) return text;
      held += text;
      return mayRepeat(tail, held) ? '' : settle();
    },
    settle,
    get isSettled() {
      return isSettled;
    },
    get removed() {
      return removed;
    },
  };
}

/** More of the text could turn it into a repetition, or into a longer one. */
function mayRepeat(tail: string, text: string): boolean {
  if (text.length >= MOST_CHARACTERS) return false;
  const words = text.trimStart();
  return words === '' || isWithin(tail, text) || (words !== text && isWithin(tail, words));
}

/** The text stands in the tail, with more of the tail behind it. */
function isWithin(tail: string, text: string): boolean {
  const at = tail.indexOf(text);
  return at !== -1 && at + text.length < tail.length && tail.length - at >= LEAST_CHARACTERS;
}

/** How many characters at the beginning of a text are there already. */
function repeatedAtStart(tail: string, text: string): number {
  const space = text.length - text.trimStart().length;
  const overlap = overlapOf(tail, text);
  if (overlap > 0) return overlap;
  const behindSpace = space === 0 ? 0 : overlapOf(tail, text.slice(space));
  return behindSpace > 0 ? space + behindSpace : spaceOverlap(tail, text.slice(0, space));
}

/** The longest end of the tail that the text begins with; 0 where it is too short to mean anything. */
function overlapOf(tail: string, text: string): number {
  for (let length = Math.min(tail.length, text.length); length >= LEAST_CHARACTERS; length--) {
    const start = text.slice(0, length);
    if (tail.endsWith(start)) return isTelling(start) ? length : 0;
  }
  return 0;
}

function isTelling(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text) && new Set(text).size >= LEAST_DIFFERENT;
}

/** The white space at the end of the tail that the text begins with once more. */
function spaceOverlap(tail: string, space: string): number {
  const end = tail.slice(tail.trimEnd().length);
  for (let length = Math.min(end.length, space.length); length > 0; length--)
    if (end.endsWith(space.slice(0, length))) return length;
  return 0;
}
