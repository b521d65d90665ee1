// Walks over the parts of a conversation, those of results included, and rebuilds only what changes.

import type { Part, ToolResultPart } from '../../model/content.ts';
import type { Turn } from '../../model/request.ts';

/** What becomes of a part: itself, another one, several, or nothing. `path` says where it stands, when asked. */
export type PartChange = (part: Part, path: () => string, turn: Turn) => Part | readonly Part[] | undefined;

/** A list after a change; undefined when it stays the same. */
function changedList(
  parts: readonly Part[],
  change: PartChange,
  turn: Turn,
  path: () => string,
): readonly Part[] | undefined {
  let changed: Part[] | undefined;
  for (const [at, part] of parts.entries()) {
    const here = (): string => `${path()}.content[${at}]`;
    const inner = part.type === 'tool-result' ? withinResult(part, change, turn, here) : part;
    const kept = change(inner, here, turn);
    if (kept === part) changed?.push(part);
    else {
      changed ??= parts.slice(0, at);
      if (Array.isArray(kept)) for (const one of kept as readonly Part[]) changed.push(one);
      else if (kept !== undefined) changed.push(kept as Part);
    }
  }
  return changed;
}

function withinResult(
  part: ToolResultPart,
  change: PartChange,
  turn: Turn,
  path: () => string,
): ToolResultPart {
  const content = changedList(part.content, change, turn, path);
  return content === undefined ? part : { ...part, content };
}

/** The turns with every part changed; the same list when no part is. Turns may be left without parts. */
export function mapParts(turns: readonly Turn[], change: PartChange): readonly Turn[] {
  let changed: Turn[] | undefined;
  for (const [at, turn] of turns.entries()) {
    const parts = changedList(turn.parts, change, turn, () => `messages[${at}]`);
    if (parts === undefined) changed?.push(turn);
    else {
      changed ??= turns.slice(0, at);
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
