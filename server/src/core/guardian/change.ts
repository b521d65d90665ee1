// Where a prompt stops being the one that the cache holds: the first piece that is another one, and the first byte of it.

import type { Bytes } from '../bytes.ts';
import { meaningOf, type Piece, type Prompt } from './prompt.ts';

/** The first difference between a prompt and the one before it. */
export interface Change {
  /** tools, instructions: before the turns. turn: one of them is another. removed: turns are gone. setting: no text. */
  readonly kind: 'tools' | 'instructions' | 'turn' | 'removed' | 'setting';
  /** The piece: "system", "messages[3]". */
  readonly piece: string;
  /** Offset in the body of the later request, in bytes. */
  readonly byte: number;
}

/** The first change; undefined where the later prompt begins with the whole of the earlier one. */
export function firstChange(before: Prompt, after: Prompt): Change | undefined {
  return changedHead(before, after) ?? changedTurn(before, after) ?? changedSetting(before, after);
}

function changedHead(before: Prompt, after: Prompt): Change | undefined {
  const names = new Set([...before.head, ...after.head].map(({ name }) => name));
  for (const name of names) {
    const byte = changedAt(before, find(before.head, name), after, find(after.head, name));
    if (byte !== undefined) return { kind: name === 'tools' ? 'tools' : 'instructions', piece: name, byte };
  }
  return undefined;
}

function changedTurn(before: Prompt, after: Prompt): Change | undefined {
  for (const [index, turn] of before.turns.entries()) {
    const now = after.turns[index];
    if (now === undefined) return { kind: 'removed', piece: turn.name, byte: after.turns.at(-1)?.end ?? 0 };
    const byte = changedAt(before, turn, after, now);
    if (byte !== undefined) return { kind: 'turn', piece: now.name, byte };
  }
  return undefined;
}

function changedSetting(before: Prompt, after: Prompt): Change | undefined {
  for (const name of new Set([...before.settings, ...after.settings].map((piece) => piece.name))) {
    const byte = changedAt(before, find(before.settings, name), after, find(after.settings, name));
    if (byte !== undefined) return { kind: 'setting', piece: name, byte };
  }
  return undefined;
}

function find(pieces: readonly Piece[], name: string): Piece | undefined {
  return pieces.find((piece) => piece.name === name);
}

/** Where the later piece differs from the earlier one; undefined where they mean the same. */
function changedAt(
  before: Prompt,
  earlier: Piece | undefined,
  after: Prompt,
  later: Piece | undefined,
): number | undefined {
  if (earlier === undefined || later === undefined)
    return earlier === later ? undefined : (later?.start ?? 0);
  const same = firstDifference(before.body, earlier, after.body, later);
  if (same === undefined) return undefined;
  const was = before.body.toString('utf8', earlier.start, earlier.end);
  const is = after.body.toString('utf8', later.start, later.end);
  return meaningOf(was) === meaningOf(is) ? undefined : same;
}

function firstDifference(before: Bytes, earlier: Piece, after: Bytes, later: Piece): number | undefined {
  const length = Math.min(earlier.end - earlier.start, later.end - later.start);
  for (let at = 0; at < length; at++)
    if (before[earlier.start + at] !== after[later.start + at]) return later.start + at;
  return earlier.end - earlier.start === later.end - later.start ? undefined : later.start + length;
}
