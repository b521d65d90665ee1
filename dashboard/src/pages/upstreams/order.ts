// Puts upstreams into another order of priority: groups of equals, first those that are tried first. Pure: the dialog draws
// what comes out of it, and sends it when it is wanted.

import type { UpstreamView } from '../../../../server/src/admin/contract.ts';

/** Ids of upstreams; those of one group have the same priority. */
export type Groups = readonly (readonly string[])[];

/** The order that is in force, of the upstreams that stand in the file: others have no priority to be written. */
export function groupsOf(upstreams: readonly UpstreamView[]): Groups {
  const written = upstreams.filter(({ inFile }) => inFile);
  const priorities = [...new Set(written.map(({ priority }) => priority))].sort((one, other) => other - one);
  return priorities.map((priority) => written.filter((one) => one.priority === priority).map(({ id }) => id));
}

function without(groups: Groups, id: string): Groups {
  return groups.map((group) => group.filter((one) => one !== id));
}

function filled(groups: Groups): Groups {
  return groups.filter((group) => group.length > 0);
}

/** Puts one into a group, at its end. */
export function joined(groups: Groups, id: string, place: number): Groups {
  const rest = without(groups, id);
  return filled(rest.map((group, index) => (index === place ? [...group, id] : group)));
}

/** Gives one a group of its own, before the group that stands at a place now (or after the last one). */
export function placedAlone(groups: Groups, id: string, place: number): Groups {
  const rest = without(groups, id);
  return filled([...rest.slice(0, place), [id], ...rest.slice(place)]);
}

/**
 * One step up or down: out of a group of several into one of its own, and from there past the next group. Joining is
 * another wish: with it, a step alone never makes equals of two.
 */
export function moved(groups: Groups, id: string, step: 'up' | 'down'): Groups {
  const place = groups.findIndex((group) => group.includes(id));
  const group = groups[place];
  if (group === undefined) return groups;
  const isAlone = group.length === 1;
  if (step === 'up')
    return isAlone ? placedAlone(groups, id, Math.max(0, place - 1)) : placedAlone(groups, id, place);
  return isAlone
    ? placedAlone(groups, id, Math.min(groups.length, place + 2))
    : placedAlone(groups, id, place + 1);
}

/** Makes one an equal of the group above it. */
export function joinedAbove(groups: Groups, id: string): Groups {
  const place = groups.findIndex((group) => group.includes(id));
  return place <= 0 ? groups : joined(groups, id, place - 1);
}

/** True where two orders are the same; within a group the order says nothing. */
export function isSameOrder(one: Groups, other: Groups): boolean {
  const text = (groups: Groups): string => JSON.stringify(groups.map((group) => [...group].sort()));
  return text(one) === text(other);
}
