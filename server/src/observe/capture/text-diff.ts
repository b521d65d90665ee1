// Two texts line by line, for people.

import { createTwoFilesPatch } from 'diff';

/** A unified diff; '' where the texts are the same. */
export function textDiff(before: string, after: string): string {
  if (before === after) return '';
  return createTwoFilesPatch('before', 'after', before, after, undefined, undefined, { context: 3 });
}
