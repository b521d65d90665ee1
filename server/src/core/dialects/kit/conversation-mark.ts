// The steps that the dialects share to tell one conversation from another by a request's bytes: an id that the client sent,
// or a digest of how the conversation begins. All turns of a conversation begin with the same instructions and the same
// first words of the user; what is added later stands behind them. Nothing is parsed but a few short members, and of long
// texts only their ends are read.

import type { Bytes } from '../../bytes.ts';
import { type Found, scanObject, stringAt } from '../../json/scan.ts';
import { FAILED, openText, skipSpace } from '../../json/text.ts';
import { skipValue } from '../../json/values.ts';
import { BILLING_LINE } from '../../model/billing-line.ts';
import { digest } from '../../model/digest.ts';

/** Of each text, so many bytes from its beginning and from its end are read; its length stands for the rest. */
const HEAD_BYTES = 3072;
const TAIL_BYTES = 1024;

/** All that is read of one request; later texts are known by their lengths alone. */
const MOST_BYTES = 16_384;

/** Elements of a list that are looked at before the first words of the user must have come. */
const MOST_ELEMENTS = 64;

const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Claude Code's first block of instructions, which is another one in every request (G60). */
const BILLING = `"${BILLING_LINE}`;

const CACHE_MARK = '"cache_control"';

/** How the conversation begins. */
export interface Beginning {
  /** Adds a text, or another value as it stands. Empty and absent values add nothing. */
  value(found: Found | undefined): void;
  /** Adds text that stands in a string, or in a list of blocks or parts; where the cache marks stand makes no difference. */
  content(found: Found | undefined): void;
  /** A short text for all that was added; undefined when it was nothing. */
  mark(): string | undefined;
}

/** A mark made of an id that all turns of a conversation have. `kind` keeps ids of different meanings apart. */
export function idMark(kind: string, id: string): string {
  return `${kind}-${digest(id.length > 1024 ? `${id.slice(0, 1024)}${id.length}` : id)}`;
}

/** The mark of a member that holds such an id; undefined where it holds none. */
export function memberMark(body: Bytes, found: Found | undefined, kind: string): string | undefined {
  if (found?.kind !== 'string') return undefined;
  const id = stringAt(body, found);
  return id === '' ? undefined : idMark(kind, id);
}

/** Begins to read how a conversation begins. */
export function beginningOf(body: Bytes): Beginning {
  const pieces: string[] = [];
  let read = 0;

  const add = (start: number, end: number): void => {
    const length = end - start;
    if (length <= 0) return;
    if (read >= MOST_BYTES) {
      pieces.push(`${length}`);
    } else if (length <= HEAD_BYTES + TAIL_BYTES) {
      pieces.push(body.toString('latin1', start, end));
      read += length;
    } else {
      const head = body.toString('latin1', start, start + HEAD_BYTES);
      pieces.push(`${length}`, head, body.toString('latin1', end - TAIL_BYTES, end));
      read += HEAD_BYTES + TAIL_BYTES;
    }
  };

  const block = (start: number, end: number): void => {
    if (body[start] !== OPEN_BRACE) {
      if (!isBilling(body, start)) add(start, end);
      return;
    }
    const [text, mark] = membersOf(body, start, end, [['text'], ['cache_control']]);
    if (text?.kind === 'string') {
      if (!isBilling(body, text.start)) add(text.start, text.end);
      return;
    }
    // The inside of the object; of what stands before and after the mark usually one is empty.
    const from = start + 1;
    const to = end - 1;
    const before = mark === undefined ? to : endBefore(body, from, mark.start);
    const behind = mark === undefined ? to : startBehind(body, mark.end, to);
    if (before > from && to > behind && before - from + to - behind <= HEAD_BYTES) {
      pieces.push(`${body.toString('latin1', from, before)},${body.toString('latin1', behind, to)}`);
      return;
    }
    add(from, before);
    add(behind, to);
  };

  return {
    value(found) {
      if (found !== undefined && found.kind !== 'null') add(found.start, found.end);
    },
    content(found) {
      if (found === undefined || found.kind === 'null') return;
      if (found.kind === 'array')
        eachElement(body, found, (start, end) => {
          block(start, end);
          return false;
        });
      else block(found.start, found.end);
    },
    mark: () => (pieces.length === 0 ? undefined : idMarkOfAll(pieces)),
  };
}

function idMarkOfAll(pieces: readonly string[]): string {
  return `prefix-${digest(pieces.join('\n'))}`;
}

function isBilling(body: Bytes, start: number): boolean {
  return body.toString('latin1', start, start + BILLING.length) === BILLING;
}

/** Where an object's members end before the cache mark whose value begins at `value`. */
function endBefore(body: Bytes, from: number, value: number): number {
  let end = Math.max(from, body.lastIndexOf(CACHE_MARK, value));
  while (end > from && (body[end - 1] === COMMA || isSpace(body[end - 1]))) end--;
  return end;
}

/** Where they go on behind it. */
function startBehind(body: Bytes, at: number, to: number): number {
  while (at < to && (body[at] === COMMA || isSpace(body[at]))) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Members of an object that stands in a body, at their places in the body. Nothing is found in what is no object. */
function membersOf(
  body: Bytes,
  start: number,
  end: number,
  wanted: readonly (readonly string[])[],
): readonly (Found | undefined)[] {
  const scan = scanObject(body.subarray(start, end), wanted);
  if (!scan.ok) return [];
  return scan.found.map((found) =>
    found === undefined
      ? undefined
      : { start: found.start + start, end: found.end + start, kind: found.kind },
  );
}

/** Visits the first elements of an array, until `visit` answers true. */
function eachElement(body: Bytes, array: Found, visit: (start: number, end: number) => boolean): void {
  const text = openText(body);
  let at = skipSpace(body, array.start + 1, array.end);
  for (let count = 0; count < MOST_ELEMENTS && at < array.end - 1; count++) {
    const end = skipValue(text, at, 0);
    if (end === FAILED || visit(at, end) === true) return;
    at = skipSpace(body, end, array.end);
    if (body[at] !== COMMA) return;
    at = skipSpace(body, at + 1, array.end);
  }
}

/**
 * Adds the messages up to the first one of the user, that one included. `says`: the member that holds what is said.
 * A message without a role is the user's.
 */
export function addOpening(
  beginning: Beginning,
  body: Bytes,
  messages: Found | undefined,
  says: 'content' | 'parts',
): void {
  if (messages?.kind !== 'array' || body[messages.start] !== OPEN_BRACKET) return;
  eachElement(body, messages, (start, end) => {
    const [role, said] = membersOf(body, start, end, [['role'], [says]]);
    const speaker = role?.kind === 'string' ? stringAt(body, role) : 'user';
    beginning.content(said);
    return speaker === 'user' && said !== undefined;
  });
}
