// What is wrong with a text that somebody gives for a key. No message repeats any of it.

/** A name that people give to a key: printable, on one line, without blanks at its ends. */
export const KEY_NAME: RegExp = /^(?! )[^\p{C}\p{Zl}\p{Zp}]{1,64}(?<! )$/u;
/** What a name that is none has to be. */
export const KEY_NAME_FAULT = 'must be 1 to 64 printable characters without blanks at the ends';

/** Longest key that is taken, in characters. */
const LONGEST = 8_192;

/** Why a text is no key, and what to do; undefined when it may be one. */
export function keyFault(secret: string): readonly [message: string, suggestion?: string] | undefined {
  if (secret === '') return ['The key is empty.'];
  if (/^bearer\s/i.test(secret)) return ['The key begins with "Bearer".', 'Leave that word off.'];
  if (/^(["'`]).*\1$/.test(secret)) return ['The key stands in quotes.', 'Leave them off.'];
  if (/^\$\{?[A-Za-z_]\w*\}?$/.test(secret))
    return ['This is the name of a variable, not a key.', 'Store a reference to it with --env NAME.'];
  if (/^(?:export +)?[A-Z][A-Z0-9]*_[A-Z0-9_]*=./.test(secret))
    return ['This is an assignment, not a key.', 'Give only what stands after the "=".'];
  if (!/^[\x21-\x7e]+$/.test(secret))
    return ['The key holds a space or a character that a header cannot carry.', 'Copy it once more.'];
  if (secret.length > LONGEST) return [`The key is longer than ${LONGEST} characters.`];
  return undefined;
}
