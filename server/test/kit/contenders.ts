// Contenders for tests of choosing: named, with facts that a test sets, and a run of requests through `pick`.

import { FREE, type Grade } from '../../src/core/routing/grade.ts';
import { type Contender, type PickOptions, pick } from '../../src/core/routing/pick.ts';

/** A contender with a name and the grade that it is to have. */
export interface Named extends Contender {
  readonly id: string;
  grade: Grade;
}

/** Contenders from names such as `a1`: the first letter is the upstream, places are those of the list. */
export function contenders(facts: Readonly<Record<string, Partial<Named>>>): Named[] {
  const groups: string[] = [];
  return Object.entries(facts).map(([id, given], place) => {
    const group = id.slice(0, 1);
    if (!groups.includes(group)) groups.push(group);
    return {
      id,
      grade: FREE,
      priority: 0,
      native: true,
      weight: 1,
      price: undefined,
      place,
      groupPlace: groups.indexOf(group),
      inFlight: 0,
      used: 0,
      lastUsedMs: 0,
      ttftMs: undefined,
      credit: 0,
      ...given,
    };
  });
}

/** Contenders of which nothing is known but their names. */
export function plain(...ids: readonly string[]): Named[] {
  return contenders(Object.fromEntries(ids.map((id) => [id, {}])));
}

/** One choice; what a test does not say is as quiet as can be. */
export function chosen(
  all: readonly Named[],
  options: Partial<PickOptions<Named>> & { readonly asked?: readonly Named[] } = {},
): Named | undefined {
  const { asked = [], ...given } = options;
  return pick(all, {
    order: 'fill_first',
    preferNative: true,
    nowMs: 1_000_000,
    random: () => 0.5,
    cursor: 0,
    grade: ({ grade }) => grade,
    tried: (contender) => asked.includes(contender),
    favourite: undefined,
    ...given,
  });
}

/**
 * So many requests, one after the other, each with the next turn and a millisecond after the last: who was chosen. Each
 * counts as used; none stays in flight.
 */
export function run(
  all: readonly Named[],
  requests: number,
  options: Partial<PickOptions<Named>> = {},
): string[] {
  const { nowMs: startMs = 1_000_000, cursor: first = 0, ...given } = options;
  return Array.from({ length: requests }, (_, request) => {
    const nowMs = startMs + request;
    const contender = chosen(all, { ...given, nowMs, cursor: first + request });
    if (contender === undefined) return '';
    contender.used++;
    contender.lastUsedMs = nowMs;
    return contender.id;
  });
}

/** How often each was chosen. */
export function tally(ids: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}
