// Small changes of a body that somebody writes by hand: only the member that is meant is touched, everything else stays as
// it was written.

import { applyEdits, format, modify, type ParseError, parse } from 'jsonc-parser';
import { objectOf, parseJson, textOf } from './json.ts';

const LAYOUT = { insertSpaces: true, tabSize: 2, eol: '\n' } as const;

/** Where a text stops being JSON: line and column, from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a text that should be JSON; undefined where nothing is. */
export function faultOf(text: string): JsonFault | undefined {
  if (parseJson(text) !== undefined) return undefined;
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const before = text.slice(0, errors[0]?.offset ?? text.length).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** The model that a body names. */
export function modelIn(text: string): string | undefined {
  return textOf(objectOf(parseJson(text))?.['model']);
}

/** Whether a body asks for a stream. */
export function streamIn(text: string): boolean {
  return objectOf(parseJson(text))?.['stream'] === true;
}

/** The body with another value of one of its members; as it is where it is no object. */
export function withMember(text: string, member: string, value: unknown): string {
  if (objectOf(parseJson(text)) === undefined) return text;
  return applyEdits(text, modify(text, [member], value, { formattingOptions: LAYOUT }));
}

/** The body with one member per line; numbers keep their digits. */
export function laidOut(text: string): string {
  return applyEdits(text, format(text, undefined, LAYOUT));
}
