// sluice.jsonc as a text with positions: comments and trailing commas are fine, repeated members and deep nesting are not.

import {
  createScanner,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { type PathStep, type Position, type Problem, pathText } from './problem.ts';

/** Deepest nesting that is read. A real configuration needs 5; the parser recurses, so there has to be a limit. */
export const MAX_DEPTH = 64;

// Values of jsonc-parser's SyntaxKind, a const enum that isolated modules cannot import.
const OPEN_BRACE = 1;
const CLOSE_BRACE = 2;
const OPEN_BRACKET = 3;
const CLOSE_BRACKET = 4;
const END_OF_FILE = 17;

/** A value as JSON has it. Objects are made without a prototype. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** Copies any value as JSON would have it; what JSON does not have becomes null, undefined members vanish. */
export function jsonOf(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map(jsonOf);
  const object: { [name: string]: JsonValue } = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) object[name] = jsonOf(member);
  }
  return object;
}

/** A parsed file that can say where each of its values stands. */
export interface Document {
  /** Absolute path, or undefined for a configuration that came from no file. */
  readonly file: string | undefined;
  readonly value: JsonValue;
  /** Where a value stands, or the nearest thing around it that exists. `name` asks for the member name instead. */
  at(path: readonly PathStep[], part?: 'name' | 'value'): Position | undefined;
  /** Makes a problem about a place. */
  problem(
    path: readonly PathStep[],
    message: string,
    more?: {
      readonly suggestion?: string | undefined;
      readonly severity?: Problem['severity'];
      readonly part?: 'name' | 'value';
    },
  ): Problem;
}

/** A document without a file, for configurations made from the environment. */
export function documentOf(value: JsonValue): Document {
  return makeDocument(undefined, value, () => undefined);
}

/** Parses the text of a file. What is wrong has its position; of syntax errors only the first is given. */
export function parseDocument(
  file: string,
  text: string,
):
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const lines = lineStarts(text);
  const fail = (offset: number, message: string, suggestion?: string): Problem => ({
    severity: 'error',
    file,
    ...positionAt(lines, offset),
    path: '',
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  const tooDeep = offsetBeyondDepth(text);
  if (tooDeep !== undefined) {
    return { ok: false, problems: [fail(tooDeep, `Nested deeper than ${MAX_DEPTH} levels.`)] };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (root === undefined) {
    const message = 'The file is empty.';
    return { ok: false, problems: [fail(0, message, 'Write at least {}, or run "sluice init".')] };
  }
  // What the parser says after its first complaint is mostly a consequence of it.
  const [first] = errors;
  if (first !== undefined) return { ok: false, problems: [fail(first.offset, ...syntaxMessage(first))] };
  const position = (path: readonly PathStep[], part: 'name' | 'value'): Position => {
    return positionAt(lines, nearestNode(root, path, part).offset);
  };
  const problems: Problem[] = [];
  const value = treeValue(root, [], (node, path, message) => {
    problems.push({ ...fail(node.offset, message), path: pathText(path) });
  });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, document: makeDocument(file, value, position) };
}

function makeDocument(
  file: string | undefined,
  value: JsonValue,
  position: (path: readonly PathStep[], part: 'name' | 'value') => Position | undefined,
): Document {
  return {
    file,
    value,
    at: (path, part = 'value') => position(path, part),
    problem: (path, message, more = {}) => {
      const place = position(path, more.part ?? 'value');
      return {
        severity: more.severity ?? 'error',
        file,
        line: place?.line,
        column: place?.column,
        path: pathText(path),
        message,
        ...(more.suggestion === undefined ? {} : { suggestion: more.suggestion }),
      };
    },
  };
}

function syntaxMessage(error: ParseError): [message: string, suggestion?: string] {
  const code = printParseErrorCode(error.error);
  const words = code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  switch (code) {
    case 'InvalidSymbol':
      return ['This is not JSON.', 'Text and names need double quotes.'];
    case 'CommaExpected':
      return ['A comma is missing before this.'];
    case 'ColonExpected':
      return ['A colon is missing before this.'];
    case 'PropertyNameExpected':
      return ['A member name in double quotes is expected here.'];
    case 'ValueExpected':
      return ['A value is expected here.'];
    case 'CloseBraceExpected':
      return ['The file ends before an object is closed.', 'Add the missing "}".'];
    case 'CloseBracketExpected':
      return ['The file ends before a list is closed.', 'Add the missing "]".'];
    case 'EndOfFileExpected':
      return ['There is something after the end of the configuration.'];
    default:
      return [`Not valid JSON: ${words}.`];
  }
}

/** Finds the first bracket that nests too deep, without recursion. */
export function offsetBeyondDepth(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (;;) {
    const token = scanner.scan();
    if (token === END_OF_FILE) return undefined;
    if (token === OPEN_BRACE || token === OPEN_BRACKET) depth++;
    else if (token === CLOSE_BRACE || token === CLOSE_BRACKET) depth--;
    if (depth > MAX_DEPTH) return scanner.getTokenOffset();
  }
}

/** Turns the tree into a value, reporting members that JavaScript objects or people would lose. */
function treeValue(
  node: Node,
  path: readonly PathStep[],
  report: (node: Node, path: readonly PathStep[], message: string) => void,
): JsonValue {
  if (node.type === 'array') {
    return (node.children ?? []).map((child, index) => treeValue(child, [...path, index], report));
  }
  if (node.type !== 'object') return typeof node.value === 'object' ? null : node.value;
  const object: { [name: string]: JsonValue } = Object.create(null);
  for (const member of node.children ?? []) {
    const [key, child] = member.children ?? [];
    if (key === undefined || child === undefined) continue;
    const name = String(key.value);
    const here = [...path, name];
    if (name === '__proto__') report(key, here, 'This name cannot be used.');
    else if (name in object) report(key, here, 'This member is there twice; only one can count.');
    else object[name] = treeValue(child, here, report);
  }
  return object;
}

function nearestNode(root: Node, path: readonly PathStep[], part: 'name' | 'value'): Node {
  for (let length = path.length; length > 0; length--) {
    const found = findNodeAtLocation(root, path.slice(0, length));
    if (found === undefined) continue;
    const isName = part === 'name' && length === path.length && found.parent?.type === 'property';
    return (isName ? found.parent?.children?.[0] : undefined) ?? found;
  }
  return root;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}

function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
