// Files of variables, one "NAME=value" to a line. All other lines stay as they are.

import type { JsonValue } from '../../config/document.ts';
import type { Changed, MemberChange, ReadValues, TextFormat } from '../plan.ts';
import { ended, lineBreakIn, linesOf } from './lines.ts';

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=[ \t]*(.*?)[ \t]*\r?\n?$/;

/** Files that are read by dotenv: of two lines with one name the later one counts. */
export const dotenvFormat: TextFormat = { read, change };

function read(text: string): ReadValues {
  const values: { [name: string]: JsonValue } = {};
  for (const line of linesOf(text)) {
    const [, name, written = ''] = ASSIGNMENT.exec(line) ?? [];
    if (name !== undefined) values[name] = unquoted(written);
  }
  return { ok: true, values };
}

function unquoted(written: string): string {
  const quoted = /^(["'`])(.*)\1(?:\s*#.*)?$/.exec(written);
  return quoted === null ? written.replace(/\s+#.*$/, '') : (quoted[2] ?? '');
}

function change(text: string | undefined, changes: readonly MemberChange[]): Changed {
  let now = text ?? '';
  for (const { path, value } of changes) {
    const [name = ''] = path;
    if (value !== undefined && (typeof value !== 'string' || /[\r\n']/.test(value)))
      return { ok: false, message: `What ${name} is to be does not fit on a line.` };
    now = value === undefined ? without(now, name) : withLine(now, name, value);
  }
  return { ok: true, text: now };
}

function withLine(text: string, name: string, value: string): string {
  const written = `${name}=${/^[\w:/.@%+,=-]*$/.test(value) ? value : `'${value}'`}`;
  const lines = [...linesOf(text)];
  const at = lines.findLastIndex((line) => nameIn(line) === name);
  if (at < 0) return `${ended(text)}${written}${lineBreakIn(text)}`;
  const end = /\r?\n$/.exec(lines[at] ?? '')?.[0] ?? '';
  lines[at] = `${written}${end}`;
  return lines.join('');
}

function without(text: string, name: string): string {
  const lines = [...linesOf(text)];
  const at = lines.findLastIndex((line) => nameIn(line) === name);
  if (at >= 0) lines.splice(at, 1);
  return lines.join('');
}

function nameIn(line: string): string | undefined {
  return ASSIGNMENT.exec(line)?.[1];
}
