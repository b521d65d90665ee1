// Writes a value as a person would write it into sluice.jsonc: on one line where it fits, else a member to a line.

import type { JsonValue } from '../document.ts';

/** Longest text that stays on one line, in characters. */
const ONE_LINE = 90;

/** How the file around it is written. */
export interface Layout {
  /** What one level is indented by. */
  readonly unit: string;
  readonly lineBreak: '\n' | '\r\n';
  /** A comma stands behind the last member of a line of its own; JSON proper has none there. Absent: it does. */
  readonly lastComma?: false;
}

/** How a text is laid out: its line breaks, and its smallest indentation. */
export function layoutOf(text: string): Layout {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const indents = [...text.matchAll(/^([ \t]+)["{[]/gm)].map((match) => match[1] ?? '');
  const unit = indents.toSorted((left, right) => left.length - right.length)[0];
  return { unit: unit ?? '  ', lineBreak };
}

/** The text of a value whose first line is indented by `indent` already. */
export function writeValue(value: JsonValue, indent: string, layout: Layout): string {
  const short = oneLine(value);
  if (short.length + indent.length <= ONE_LINE) return short;
  if (typeof value !== 'object' || value === null) return short;
  const inner = indent + layout.unit;
  const parts = Array.isArray(value)
    ? value.map((item) => writeValue(item, inner, layout))
    : Object.entries(value).map(([name, item]) => {
        return `${JSON.stringify(name)}: ${writeValue(item, inner, layout)}`;
      });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = parts.map((part) => `${layout.lineBreak}${inner}${part}`).join(',');
  return `${open}${lines}${lastComma(layout)}${layout.lineBreak}${indent}${close}`;
}

/** What stands behind the last member of a line of its own. */
export function lastComma(layout: Layout): string {
  return layout.lastComma === false ? '' : ',';
}

/** A value on one line, with the spaces that people put there. */
function oneLine(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${oneLine(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
