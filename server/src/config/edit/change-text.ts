// Changes single values in the text of a configuration and leaves every other character as it is: comments, order and
// formatting belong to the person who wrote them.

import { createScanner, findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { JsonValue } from '../document.ts';
import { type PathStep, pathText } from '../problem.ts';
import { type Layout, lastComma, layoutOf, writeValue } from './write-value.ts';

/** One change to a place. */
export type Edit =
  /** Sets a member or list item, making objects on the way. The index after the last item appends; undefined removes. */
  | { readonly path: readonly PathStep[]; readonly value: JsonValue | undefined }
  /** Puts the items of a list into another order: `order[i]` is where the item at `i` stands now. */
  | { readonly path: readonly PathStep[]; readonly order: readonly number[] };

/** The changed text, or why the changes do not fit it. */
export type Edited =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** A replacement of the characters from `start` to `end`. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

// Values of jsonc-parser's SyntaxKind, a const enum that isolated modules cannot import.
const COMMA = 5;
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const LINE_BREAK = 14;
const SPACE = 15;

/**
 * Applies the changes one after the other, each to the text that the ones before it made. `style` "json": for files that
 * are read as JSON proper, so that no comma is put behind a last member.
 */
export function changeText(text: string, edits: readonly Edit[], style: 'json' | 'jsonc' = 'jsonc'): Edited {
  let now = text;
  for (const edit of edits) {
    const errors: ParseError[] = [];
    const root = parseTree(now, errors, { allowTrailingComma: true });
    if (root === undefined || errors.length > 0)
      return { ok: false, message: 'The file has mistakes in it, so that no single value can be changed.' };
    const layout = layoutOf(now);
    const splices = splicesOf(now, root, edit, style === 'json' ? { ...layout, lastComma: false } : layout);
    if (typeof splices === 'string') return { ok: false, message: splices };
    const last = splices.toSorted((left, right) => right.start - left.start);
    for (const { start, end, text: put } of last) now = now.slice(0, start) + put + now.slice(end);
  }
  return { ok: true, text: now };
}

function splicesOf(text: string, root: Node, edit: Edit, layout: Layout): readonly Splice[] | string {
  if ('order' in edit) return reordered(text, root, edit.path, edit.order);
  const { path, value } = edit;
  const found = findNodeAtLocation(root, [...path]);
  if (value === undefined) return found === undefined ? [] : removed(text, found);
  if (found !== undefined) {
    const written = writeValue(value, indentAt(text, found.offset), layout);
    return [{ start: found.offset, end: found.offset + found.length, text: written }];
  }
  return inserted(text, root, path, value, layout);
}

/** Puts a new value into the nearest object or list around it that exists; what is missing between is made. */
function inserted(
  text: string,
  root: Node,
  path: readonly PathStep[],
  value: JsonValue,
  layout: Layout,
): readonly Splice[] | string {
  let depth = path.length - 1;
  while (depth > 0 && findNodeAtLocation(root, path.slice(0, depth)) === undefined) depth--;
  const parent = findNodeAtLocation(root, path.slice(0, depth));
  const step = path[depth];
  if (parent === undefined || step === undefined) return 'There is nothing to change.';
  let item = value;
  for (const below of path.slice(depth + 1).reverse())
    item = typeof below === 'number' ? [item] : { [below]: item };
  const place = pathText(path.slice(0, depth)) || 'The file';
  if (parent.type === 'object' && typeof step === 'string')
    return [appended(text, parent, `${JSON.stringify(step)}: `, item, layout)];
  if (parent.type === 'array' && step === (parent.children ?? []).length)
    return [appended(text, parent, '', item, layout)];
  return parent.type === 'array'
    ? `${place} has no entry ${step}.`
    : `${place} is not of the kind that this goes into.`;
}

/** A new last child. A comment behind the child before it stays there. */
function appended(text: string, parent: Node, name: string, value: JsonValue, layout: Layout): Splice {
  const children = parent.children ?? [];
  const last = children.at(-1);
  const outer = indentAt(text, parent.offset);
  if (last === undefined) {
    const inner = outer + layout.unit;
    const at = parent.offset + 1;
    const rest = text.slice(at, parent.offset + parent.length - 1);
    const put = `${layout.lineBreak}${inner}${name}${writeValue(value, inner, layout)}${lastComma(layout)}`;
    // What else stands between the brackets are comments, on lines of their own after this one.
    return /\S/.test(rest)
      ? { start: at, end: at, text: /^[ \t]*\r?\n/.test(rest) ? put : `${put}${layout.lineBreak}${inner}` }
      : { start: at, end: at + rest.length, text: `${put}${layout.lineBreak}${outer}` };
  }
  const end = last.offset + last.length;
  const { comma, tail } = afterItem(text, end);
  const ownLine = /\n/.test(text.slice(parent.offset, last.offset));
  if (!ownLine) {
    const put = `${name}${writeValue(value, outer, layout)}`;
    const at = comma ?? end;
    return { start: at, end: at, text: comma === undefined ? `, ${put}` : ` ${put},` };
  }
  const inner = indentAt(text, last.offset);
  const put = `${layout.lineBreak}${inner}${name}${writeValue(value, inner, layout)}`;
  if (comma !== undefined) return { start: tail, end: tail, text: `${put},` };
  return { start: end, end: tail, text: `,${text.slice(end, tail)}${put}` };
}

/** Takes a member or item out, with its comma and the comment behind it on its line. */
function removed(text: string, found: Node): readonly Splice[] | string {
  const node = found.parent?.type === 'property' ? found.parent : found;
  const siblings = node.parent?.children ?? [];
  if (node.parent === undefined) return 'The file as a whole cannot be removed.';
  const end = node.offset + node.length;
  const { comma, tail } = afterItem(text, end);
  const lineStart = text.lastIndexOf('\n', node.offset - 1) + 1;
  const alone = /^[ \t]*$/.test(text.slice(lineStart, node.offset));
  const lineEnd = /^[ \t]*(?:\r?\n)/.exec(text.slice(tail))?.[0].length;
  const whole = alone && lineEnd !== undefined;
  const start = whole ? lineStart : node.offset;
  const stop = whole ? tail + lineEnd : (comma ?? end) + (comma === undefined ? 0 : spacesAt(text, comma));
  const splices: Splice[] = [{ start, end: stop, text: '' }];
  const before = siblings[siblings.indexOf(node) - 1];
  if (comma === undefined && before !== undefined) {
    // It was the last one, without a comma behind it: the one before it is that now.
    const own = before.offset + before.length;
    const at = afterItem(text, own).comma;
    if (at !== undefined) {
      const to = whole ? at : start;
      splices.push({ start: at - 1, end: to, text: '' });
    }
  }
  return splices;
}

/** Exchanges the texts of items; comments between them stay where they are. */
function reordered(
  text: string,
  root: Node,
  path: readonly PathStep[],
  order: readonly number[],
): readonly Splice[] | string {
  const items = findNodeAtLocation(root, [...path])?.children ?? [];
  const complete = order.length === items.length && new Set(order).size === items.length;
  if (!complete) return `The order of ${pathText(path)} must name each of its ${items.length} entries once.`;
  const splices: Splice[] = [];
  for (const [index, node] of items.entries()) {
    const from = items[order[index] ?? -1];
    if (from === undefined) return `${pathText(path)} has no entry ${order[index]}.`;
    const put = text.slice(from.offset, from.offset + from.length);
    splices.push({ start: node.offset, end: node.offset + node.length, text: put });
  }
  return splices;
}

/**
 * What follows an item: the offset behind its comma, if it has one, and the end of what belongs to it on its line (the
 * comma and a comment).
 */
function afterItem(text: string, end: number): { readonly comma: number | undefined; readonly tail: number } {
  const scanner = createScanner(text, false);
  scanner.setPosition(end);
  let comma: number | undefined;
  let tail = end;
  let sameLine = true;
  for (;;) {
    const kind = Number(scanner.scan());
    const stop = scanner.getTokenOffset() + scanner.getTokenLength();
    if (kind === COMMA && comma === undefined) {
      comma = stop;
      if (sameLine) tail = stop;
    } else if (kind === LINE_COMMENT || kind === BLOCK_COMMENT) {
      if (sameLine) tail = stop;
    } else if (kind === LINE_BREAK) {
      sameLine = false;
      if (comma !== undefined) return { comma, tail };
    } else if (kind !== SPACE) {
      return { comma, tail };
    }
  }
}

function spacesAt(text: string, offset: number): number {
  return /^[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0;
}

/** The white space at the beginning of the line of an offset. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}
