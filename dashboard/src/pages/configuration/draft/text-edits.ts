// Single changes in the text of the file, for people to see before they are made: the gateway makes them itself, so that
// this only has to be near to how it writes.

import { applyEdits, findNodeAtLocation, modify, type Node, parseTree } from 'jsonc-parser';
import { type Edit, isMembers, type Path } from './values.ts';

/** The text with the changes in it, one after the other; comments stay where they are. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  return edits.reduce(withOne, text);
}

function withOne(text: string, { path, value }: Edit): string {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root === undefined) return text;
  const found = findNodeAtLocation(root, [...path]);
  if (value === undefined && found === undefined) return text;
  if (value !== undefined) {
    if (found !== undefined) return splice(text, found.offset, found.offset + found.length, oneLine(value));
    const added = appended(text, root, path, value);
    if (added !== undefined) return added;
  }
  return applyEdits(text, modify(text, [...path], value, { formattingOptions: layoutOf(text) }));
}

function splice(text: string, from: number, to: number, put: string): string {
  return text.slice(0, from) + put + text.slice(to);
}

/** A new member behind the others of an object, on a line of its own where they have one; undefined without others. */
function appended(text: string, root: Node, path: Path, value: unknown): string | undefined {
  let depth = path.length - 1;
  while (depth > 0 && findNodeAtLocation(root, path.slice(0, depth)) === undefined) depth--;
  const parent = findNodeAtLocation(root, path.slice(0, depth));
  const last = parent?.children?.at(-1);
  const name = path[depth];
  if (parent?.type !== 'object' || last === undefined || typeof name !== 'string') return undefined;
  const whole = path
    .slice(depth + 1)
    .reduceRight<unknown>((inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), value);
  const end = last.offset + last.length;
  const [, comma, comment = ''] = /^([ \t]*,)?([ \t]*\/\/[^\r\n]*)?/.exec(text.slice(end)) ?? [];
  if (!text.slice(parent.offset, last.offset).includes('\n'))
    return splice(text, end, end, `, ${JSON.stringify(name)}: ${oneLine(whole)}`);
  const indent = /[ \t]*$/.exec(text.slice(0, last.offset))?.[0] ?? '';
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const member = `${lineBreak}${indent}${JSON.stringify(name)}: ${oneLine(whole)}`;
  const put = comma === undefined ? `,${comment}${member}` : `${comma}${comment}${member},`;
  return splice(text, end, end + (comma ?? '').length + comment.length, put);
}

/** A value on one line, with the spaces that people put there. */
function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (!isMembers(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${oneLine(one)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function layoutOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const [, indent = '  '] = /^([ \t]+)["{[]/m.exec(text) ?? [];
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: Math.max(1, indent.length), eol };
}
