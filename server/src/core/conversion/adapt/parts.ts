// Walks over the parts of a conversation, those of results included, and rebuilds only what changes.

import type { Part, ToolResultPart } from '../../model/content.ts';
import type { DialectId } from '../../model/dialect-id.ts';
import type { Turn } from '../../model/request.ts';
import { pathOf } from './paths.ts';

/** Where a part stands, in the words of a format. */
export type PathIn = (origin: DialectId) => string;

/** What becomes of a part: itself, another one, several, or nothing. `path` and `turn` (its number) say where it stands. */
export type PartChange = (part: Part, path: PathIn, turn: number) => Part | readonly Part[] | undefined;

/** Where the walk is; read only when somebody asks for the path. */
interface Cursor {
  readonly change: PartChange;
  readonly path: PathIn;
  turn: number;
  /** Positions of the part and of those that hold it, outermost first; what lies beyond `depth` is of the past. */
  readonly steps: number[];
  depth: number;
}

function cursor(turns: readonly Turn[], change: PartChange): Cursor {
  const at: Cursor = {
    change,
    turn: 0,
    steps: [],
    depth: 0,
    path: (origin) => pathOf(origin, turns, at.turn, at.steps.slice(0, at.depth + 1)),
  };
  return at;
}

/** A list after a change; undefined when it stays the same. */
function changedList(parts: readonly Part[], at: Cursor, depth: number): readonly Part[] | undefined {
  let changed: Part[] | undefined;
  for (let step = 0; step < parts.length; step++) {
    const part = parts[step];
    if (part === undefined) continue;
    at.steps[depth] = step;
    const inner = part.type === 'tool-result' ? withinResult(part, at, depth + 1) : part;
    at.depth = depth;
    const kept = at.change(inner, at.path, at.turn);
    if (kept === part) changed?.push(part);
    else {
      changed ??= parts.slice(0, step);
      if (Array.isArray(kept)) for (const one of kept as readonly Part[]) changed.push(one);
      else if (kept !== undefined) changed.push(kept as Part);
    }
  }
  return changed;
}

function withinResult(part: ToolResultPart, at: Cursor, depth: number): ToolResultPart {
  const content = changedList(part.content, at, depth);
  return content === undefined ? part : { ...part, content };
}

/** The turns with every part changed; the same list when no part is. Turns may be left without parts. */
export function mapParts(turns: readonly Turn[], change: PartChange): readonly Turn[] {
  const at = cursor(turns, change);
  let changed: Turn[] | undefined;
  for (let index = 0; index < turns.length; index++) {
    const turn = turns[index];
    if (turn === undefined) continue;
    at.turn = index;
    const parts = changedList(turn.parts, at, 0);
    if (parts === undefined) changed?.push(turn);
    else {
      changed ??= turns.slice(0, index);
      changed.push({ ...turn, parts });
    }
  }
  return changed ?? turns;
}

/** How many turns of the system or developer stand at the beginning. */
export function leadingSystemTurns(turns: readonly Turn[]): number {
  const first = turns.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  return first === -1 ? turns.length : first;
}

/** The turns with one more instruction, after those that stand at the beginning. */
export function withInstruction(turns: readonly Turn[], text: string): readonly Turn[] {
  const leading = leadingSystemTurns(turns);
  const instruction: Turn = { role: 'system', parts: [{ type: 'text', text }] };
  return [...turns.slice(0, leading), instruction, ...turns.slice(leading)];
}
