// Changes pieces of the conversation without copying what stays the same.

import type { Part } from '../../../model/content.ts';
import type { Turn } from '../../../model/request.ts';

/** The turns with each part replaced by what `change` makes of it. What it gives back as it was is not copied. */
export function changedParts(turns: readonly Turn[], change: (part: Part) => Part): readonly Turn[] {
  let changed: Turn[] | undefined;
  for (let at = 0; at < turns.length; at++) {
    const turn = turns[at];
    if (turn === undefined) continue;
    const parts = changedList(turn.parts, change);
    if (parts === turn.parts) continue;
    changed ??= [...turns];
    changed[at] = { ...turn, parts };
  }
  return changed ?? turns;
}

/** The same for one list. */
export function changedList<Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] {
  let changed: Item[] | undefined;
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (item === undefined) continue;
    const next = change(item);
    if (next === item) continue;
    changed ??= [...items];
    changed[at] = next;
  }
  return changed ?? items;
}
