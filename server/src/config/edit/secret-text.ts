// The text of a configuration without its secrets, for pages and answers, and the way back: a person may change such a
// text and hand it in, and the secrets return to where they stood.

import { createScanner, getLocation, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { PathStep } from '../problem.ts';
import { HIDDEN } from '../references.ts';
import { isSecret } from './secret-places.ts';

/** A secret in a text: the characters from `start` to `end`, quotes included. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly path: readonly PathStep[];
  /** What stands there. */
  readonly written: string;
}

/** A hidden secret that has come back. */
export interface Restored {
  /** Where it stands now, and where it stood. */
  readonly to: readonly PathStep[];
  readonly from: readonly PathStep[];
}

/** The text with its secrets, or where something hidden stands for none. */
export type Restoration =
  | { readonly ok: true; readonly text: string; readonly restored: readonly Restored[] }
  | { readonly ok: false; readonly path: readonly PathStep[]; readonly offset: number };

// Values of jsonc-parser's SyntaxKind, a const enum that isolated modules cannot import.
const STRING = 10;
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const END_OF_FILE = 17;

/** What looks like a key, also in a comment or in a text that is not JSON. */
const KEY_LIKE =
  /(?<![\w-])(?:(?:sk|pk|rk|gsk|xai|hf|ghp|gho|nvapi|pplx|csk|fw|tgp|r8|key)[-_][\w-]{12,}|AIza[\w-]{20,}|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{36,})/g;

/** Every secret of a text, in order. */
export function secretSpans(text: string): readonly SecretSpan[] {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const spans: SecretSpan[] = [];
  if (root !== undefined) inTree(root, [], text, spans);
  const free = errors.length > 0 ? [...tokensOf(text, [STRING]), ...commentsOf(text)] : commentsOf(text);
  for (const { start, end } of free) {
    for (const match of text.slice(start, end).matchAll(KEY_LIKE)) {
      const at = start + match.index;
      if (/sha256:$/.test(text.slice(0, at)) || covers(spans, at)) continue;
      spans.push({ start: at, end: at + match[0].length, path: [], written: match[0] });
    }
  }
  return spans.sort((left, right) => left.start - right.start);
}

/** How a secret is shown: numbered, so that it can come back. Counts from 1 in the order of the text. */
export function hideSecrets(
  text: string,
  label: (span: SecretSpan, index: number) => string = (_, index) => `${HIDDEN}${index + 1}`,
): string {
  let shown = '';
  let end = 0;
  for (const [index, span] of secretSpans(text).entries()) {
    const quoted = span.written.startsWith('"');
    shown += text.slice(end, span.start) + (quoted ? `"${label(span, index)}"` : label(span, index));
    end = span.end;
  }
  return shown + text.slice(end);
}

/** A text that nothing of can come back into. */
export function hideForGood(text: string): string {
  return hideSecrets(text, () => HIDDEN);
}

/** Puts the secrets of `base` back where `text` has their numbers. */
export function restoreSecrets(text: string, base: string): Restoration {
  if (!text.includes(HIDDEN)) return { ok: true, text, restored: [] };
  const spans = secretSpans(base);
  const restored: Restored[] = [];
  let whole = '';
  let end = 0;
  for (const match of text.matchAll(new RegExp(`("?)${HIDDEN}(\\d*)("?)`, 'g'))) {
    const [found, before, number, after] = match;
    const to = getLocation(text, match.index + 1).path.filter((step) => step !== '');
    const span = spans[Number(number) - 1];
    // A text is hidden as a whole; within a comment it is a word.
    const fits = before === '"' && after === '"' ? span?.written.startsWith('"') : span?.path.length === 0;
    if (number === '' || span === undefined || fits !== true)
      return { ok: false, path: to, offset: match.index };
    whole += text.slice(end, match.index);
    whole += span.path.length === 0 ? `${before}${span.written}${after}` : span.written;
    if (span.path.length > 0) restored.push({ to, from: span.path });
    end = match.index + found.length;
  }
  return { ok: true, text: whole + text.slice(end), restored };
}

function inTree(node: Node, path: readonly PathStep[], text: string, spans: SecretSpan[]): void {
  if (node.type === 'string' && isSecret(path, String(node.value))) {
    const end = node.offset + node.length;
    spans.push({ start: node.offset, end, path, written: text.slice(node.offset, end) });
  }
  for (const [index, child] of (node.children ?? []).entries()) {
    if (node.type === 'array') inTree(child, [...path, index], text, spans);
    else if (node.type === 'object') {
      const [name, value] = child.children ?? [];
      if (name !== undefined && value !== undefined)
        inTree(value, [...path, String(name.value)], text, spans);
    }
  }
}

function commentsOf(text: string): readonly { readonly start: number; readonly end: number }[] {
  return tokensOf(text, [LINE_COMMENT, BLOCK_COMMENT]);
}

function tokensOf(
  text: string,
  kinds: readonly number[],
): readonly { readonly start: number; readonly end: number }[] {
  const scanner = createScanner(text, false);
  const found: { readonly start: number; readonly end: number }[] = [];
  for (;;) {
    const kind = Number(scanner.scan());
    if (kind === END_OF_FILE) return found;
    const start = scanner.getTokenOffset();
    if (kinds.includes(kind)) found.push({ start, end: start + scanner.getTokenLength() });
  }
}

function covers(spans: readonly SecretSpan[], offset: number): boolean {
  return spans.some(({ start, end }) => offset >= start && offset < end);
}
