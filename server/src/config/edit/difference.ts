// What a change to the configuration would do, for people to read before it is done.

import { parse } from 'jsonc-parser';
import { type JsonValue, jsonOf, parseDocument } from '../document.ts';
import { HIDDEN } from '../references.ts';
import { type Change, type Comparison, compare } from './compare.ts';
import { hideSecrets, secretSpans } from './secret-text.ts';

/** A difference as it may be shown. */
export interface Difference {
  /** Unified diff; '' where the texts are the same. Secrets are hidden, each distinct one by a letter of its own. */
  readonly unified: string;
  /** Place by place; nothing where only comments or formatting differ. */
  readonly changes: readonly Change[];
}

/** The value of a text; of one with mistakes, what can be made out. */
export function writtenValue(file: string, text: string): JsonValue {
  const parsed = parseDocument(file, text);
  return parsed.ok ? parsed.document.value : jsonOf(parse(text, [], { allowTrailingComma: true }) ?? {});
}

/** Compares two texts place by place. */
export function compareTexts(file: string, before: string, after: string): Comparison {
  return compare(writtenValue(file, before), writtenValue(file, after));
}

/** Compares two texts. */
export async function differenceOf(file: string, before: string, after: string): Promise<Difference> {
  const { changes } = compareTexts(file, before, after);
  if (before === after) return { unified: '', changes };
  const letters = new Map<string, string>();
  for (const { written } of [...secretSpans(before), ...secretSpans(after)])
    if (!letters.has(written)) letters.set(written, `${HIDDEN}${letterOf(letters.size)}`);
  const shown = (text: string): string =>
    hideSecrets(text, ({ written }) => letters.get(written) ?? HIDDEN).replaceAll('\r\n', '\n');
  const { createTwoFilesPatch } = await import('diff');
  const unified = createTwoFilesPatch('before', 'after', shown(before), shown(after), '', '', { context: 3 });
  return { unified: unified.replace(/^=+\n/, ''), changes };
}

/** a, b, …, z, aa, … */
function letterOf(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}
