// A captured body as lines to be read: JSON spread out with every literal as it was written, the events of a stream one by
// one, and anything else as it is.

import { type JSONVisitor, visit } from 'jsonc-parser';
import type { CapturedBody, CapturedHeaders } from '../../../../../server/src/admin/contract.ts';

/** One line. */
export interface BodyLine {
  readonly text: string;
  /** Where it stands in the body: "messages[0].content"; absent outside of JSON. */
  readonly path?: string;
  /** Name of the event of a stream. */
  readonly event?: string;
}

/** What a body is. */
export type BodyKind = 'json' | 'stream' | 'text' | 'binary';

/** A body that can be read. */
export interface ReadableBody {
  readonly kind: BodyKind;
  readonly lines: readonly BodyLine[];
}

/** Reads a body. */
export function readableBody(body: CapturedBody, headers: CapturedHeaders): ReadableBody {
  if (body.encoding === 'base64') return { kind: 'binary', lines: [] };
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (type.includes('text/event-stream') || /^(?:event|data|id|retry)?:/.test(body.text))
    return { kind: 'stream', lines: eventLines(body.text) };
  const lines = /^\s*[[{]/.test(body.text) ? jsonLines(body.text, body.cut) : undefined;
  if (lines !== undefined) return { kind: 'json', lines };
  return { kind: 'text', lines: body.text.split(/\r\n|\r|\n/).map((text) => ({ text })) };
}

const INDENT = '  ';
/** The gateway takes nothing deeper than this apart, and nobody reads it. */
const DEEPEST = 300;

/** JSON line by line; undefined where it is none. `cut`: it may end anywhere. */
export function jsonLines(source: string, cut: boolean = false): readonly BodyLine[] | undefined {
  const lines: { text: string; path: string }[] = [];
  let depth = 0;
  let name: string | undefined;
  let isFaulty = false;
  const put = (text: string, path: string): void => {
    lines.push({ text: `${INDENT.repeat(depth)}${name ?? ''}${text}`, path });
    name = undefined;
  };
  const open = (sign: string, path: () => readonly (string | number)[]): boolean => {
    if (depth >= DEEPEST) {
      isFaulty = true;
      return false;
    }
    put(sign, pathText(path()));
    depth += 1;
    return true;
  };
  const close = (sign: string, opening: string): void => {
    depth -= 1;
    const last = lines.at(-1);
    if (last === undefined) return;
    if (last.text.endsWith(opening) && isOwn(last.text, depth)) last.text += sign;
    else lines.push({ text: `${INDENT.repeat(depth)}${sign}`, path: '' });
  };
  const raw = (offset: number, length: number): string => source.slice(offset, offset + length);
  const visitor: JSONVisitor = {
    onObjectBegin: (_offset, _length, _line, _column, path) => open('{', path),
    onArrayBegin: (_offset, _length, _line, _column, path) => open('[', path),
    onObjectEnd: () => close('}', '{'),
    onArrayEnd: () => close(']', '['),
    onObjectProperty: (_name, offset, length) => {
      name = `${raw(offset, length)}: `;
    },
    onLiteralValue: (_value, offset, length, _line, _column, path) =>
      put(raw(offset, length), pathText(path())),
    onSeparator: (sign) => {
      const last = lines.at(-1);
      if (sign === ',' && last !== undefined) last.text += ',';
    },
    onError: () => {
      isFaulty = true;
    },
  };
  try {
    visit(source, visitor, { disallowComments: true });
  } catch {
    // Nested deeper than can be followed.
    return undefined;
  }
  return (isFaulty && !cut) || lines.length === 0 ? undefined : lines;
}

/** True where a line belongs to this depth: the last line then is the opening of what is closed, with nothing in it. */
function isOwn(text: string, depth: number): boolean {
  return text.startsWith(INDENT.repeat(depth)) && !text.startsWith(INDENT.repeat(depth + 1));
}

/** A path as losses name it: "tools[2].strict". */
function pathText(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** One line for each event: its name, and its data as they came. */
function eventLines(source: string): readonly BodyLine[] {
  const lines: BodyLine[] = [];
  for (const block of source.split(/\r\n\r\n|\n\n|\r\r/)) {
    let event: string | undefined;
    const data: string[] = [];
    for (const line of block.split(/\r\n|\r|\n/)) {
      if (line.startsWith('event:')) event = line.slice(6).trim();
      else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      else if (line !== '') data.push(line);
    }
    if (event === undefined && data.length === 0) continue;
    lines.push({ text: data.join('\n'), ...(event === undefined ? {} : { event }) });
  }
  return lines;
}
