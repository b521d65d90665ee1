// A prompt as its provider's cache sees it: a row of pieces, of which the cache holds a beginning. Read from the bytes of a
// request, in the order in which providers put them together: tools, instructions, then turn after turn.

import type { Bytes } from '../bytes.ts';
import { readElements } from '../json/array-blocks.ts';
import { type Found, scanObject } from '../json/scan.ts';
import { BILLING_LINE } from '../model/billing-line.ts';
import { digest } from '../model/digest.ts';
import { isObject, parseJson } from '../model/json.ts';

/** Where a format keeps the pieces of a prompt. */
export interface PromptMembers {
  /** Members that stand before the turns, in the order in which they come in the prompt. */
  readonly head: readonly string[];
  /** The member with the list of turns. */
  readonly turns: string;
  /** Members that are no text and change the prompt all the same. */
  readonly settings: readonly string[];
}

/** One piece, at its place in the body. */
export interface Piece {
  /** "system", "messages[3]". */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The pieces of one prompt. */
export interface Prompt {
  readonly body: Bytes;
  readonly head: readonly Piece[];
  readonly turns: readonly Piece[];
  readonly settings: readonly Piece[];
}

/** Reads the pieces; undefined where the body has no list of turns. */
export function readPrompt(body: Bytes, members: PromptMembers): Prompt | undefined {
  const names = [...members.head, members.turns, ...members.settings];
  const scan = scanObject(
    body,
    names.map((name) => [name]),
  );
  if (!scan.ok) return undefined;
  const at = members.head.length;
  const list = scan.found[at];
  if (list === undefined || (list.kind !== 'array' && list.kind !== 'string')) return undefined;
  const pieces = (from: number, to: number): readonly Piece[] =>
    names.slice(from, to).flatMap((name, index) => pieceOf(name, scan.found[from + index]));
  return {
    body,
    head: pieces(0, at),
    turns: list.kind === 'string' ? pieceOf(members.turns, list) : turnsOf(body, members.turns, list),
    settings: pieces(at + 1, names.length),
  };
}

function pieceOf(name: string, found: Found | undefined): Piece[] {
  return found === undefined || found.kind === 'null' ? [] : [{ name, start: found.start, end: found.end }];
}

function turnsOf(body: Bytes, name: string, list: Found): readonly Piece[] {
  const turns: Piece[] = [];
  readElements(body.subarray(list.start, list.end), (_text, start, end) => {
    turns.push({ name: `${name}[${turns.length}]`, start: list.start + start, end: list.start + end });
  });
  return turns;
}

/** Of long pieces only the ends are read. */
const END_CHARACTERS = 2_048;

/** A short text that is the same for pieces that mean the same to a cache. */
export function pieceMark({ body }: Prompt, { start, end }: Piece): string {
  const text = body.toString('latin1', start, end);
  const plain = text.includes(MARK) ? meaningOf(body.toString('utf8', start, end)) : text;
  if (plain.length <= 2 * END_CHARACTERS) return digest(plain);
  return digest(`${plain.length} ${plain.slice(0, END_CHARACTERS)}${plain.slice(-END_CHARACTERS)}`);
}

const MARK = '"cache_control"';

/** What is left of a piece without the marks for the cache, which move from turn to turn and are not part of the prompt. */
export function meaningOf(text: string): string {
  if (!text.includes(MARK) && !text.includes(BILLING_LINE)) return text;
  const value = parseJson(text);
  return value === undefined ? text : JSON.stringify(unmarked(value));
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isBilling(item)).map(unmarked);
  if (!isObject(value)) return value;
  const rest: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value))
    if (name !== 'cache_control') rest[name] = unmarked(member);
  return rest;
}

function isBilling(value: unknown): boolean {
  return isObject(value) && typeof value['text'] === 'string' && value['text'].startsWith(BILLING_LINE);
}
