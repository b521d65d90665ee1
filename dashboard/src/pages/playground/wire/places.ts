// Where in a body a path of a conversion's report stands: "tools[2].strict" is a line of the text.

import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import type { LossView } from '../../../../../server/src/admin/contract.ts';

/** A stretch of a text, from offset to offset. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The names and numbers of a path: "tools[2].strict" → tools, 2, strict. */
export function segmentsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index !== undefined ? Number(index) : (quoted ?? name ?? ''),
  );
}

/** Finds places in one text, which is read once. */
export interface Places {
  /** The member with its name, or the nearest one around it; undefined where nothing of it is there. */
  stretchOf(path: string): Stretch | undefined;
  /** From 1. */
  lineOf(offset: number): number;
}

/** Reads the text. */
export function placesIn(text: string): Places {
  const tree = parseTree(text);
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    stretchOf(path) {
      if (tree === undefined) return undefined;
      const segments = segmentsOf(path);
      for (let length = segments.length; length > 0; length--) {
        const node = findNodeAtLocation(tree, segments.slice(0, length));
        if (node !== undefined) return stretchOf(node);
      }
      return undefined;
    },
    lineOf: (offset) => lineAt(starts, offset),
  };
}

function stretchOf(node: Node): Stretch {
  const whole = node.parent?.type === 'property' ? node.parent : node;
  return { from: whole.offset, to: whole.offset + whole.length };
}

/** How many lines begin at the offset or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A line at which something is lost. */
export interface Mark {
  readonly line: number;
  readonly severity: string;
  readonly notes: readonly string[];
}

const ORDER = ['hint', 'quality', 'semantic'];

/** The lines of a text at which something is lost, each with the worst of it; from the top. */
export function marksOf(text: string, losses: readonly LossView[]): readonly Mark[] {
  if (losses.length === 0) return [];
  const places = placesIn(text);
  const marks = new Map<number, Mark>();
  for (const { path, severity, note } of losses) {
    const stretch = places.stretchOf(path);
    if (stretch === undefined) continue;
    const line = places.lineOf(stretch.from);
    const known = marks.get(line);
    const words = `${path}: ${note}`;
    const notes = known?.notes ?? [];
    marks.set(line, {
      line,
      severity: worse(known?.severity, severity),
      notes: notes.includes(words) ? notes : [...notes, words],
    });
  }
  return [...marks.values()].sort((one, other) => one.line - other.line);
}

function worse(one: string | undefined, other: string): string {
  return one !== undefined && ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other;
}
