// Two people have changed the configuration: what one of them changed is put on top of what the other one did. Hidden
// secrets are numbers that count anew in every text, so they are followed by the place where they stand.

import { idsOf, isMembers, type Members, same } from './values.ts';

/** What stands for a secret, with a number behind it. */
const HIDDEN = /^••••\d+$/;

/** The merged value, or that a secret which stands in mine is gone from theirs. */
export type Merged = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** Mine on top of theirs; `base` is what both began with. */
export function mergeOnTop(base: unknown, mine: unknown, theirs: unknown): Merged {
  const labels = secretPlaces(base);
  const places = new Map([...secretPlaces(theirs)].map(([label, place]) => [place, label]));
  const byPlace = (value: unknown): unknown => mapTexts(value, (text) => labels.get(text) ?? text);
  const theirLabels = secretPlaces(theirs);
  const theirsByPlace = mapTexts(theirs, (text) => theirLabels.get(text) ?? text);
  const merged = merge(byPlace(base), byPlace(mine), theirsByPlace);
  let lost = false;
  const value = mapTexts(merged, (text) => {
    if (!text.startsWith(MARK)) return text;
    const label = places.get(text);
    if (label === undefined) lost = true;
    return label ?? text;
  });
  return lost ? { ok: false } : { ok: true, value };
}

/** Before the place of a secret; no configuration holds this character. */
const MARK = '\u0000';

function merge(base: unknown, mine: unknown, theirs: unknown): unknown {
  if (same(base, mine)) return theirs;
  if (same(base, theirs) || same(mine, theirs)) return mine;
  if (isMembers(mine) && isMembers(theirs)) return mergeMembers(base, mine, theirs);
  const [mineIds, theirIds] = [idsOf(mine), idsOf(theirs)];
  if (mineIds !== undefined && theirIds !== undefined) return mergeEntries(base, mine, theirs);
  return mine;
}

function mergeMembers(base: unknown, mine: Members, theirs: Members): Members {
  const before = isMembers(base) ? base : {};
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = merge(before[name], mine[name], theirs[name]);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/** Entries are the same by their id. The order is theirs; what I have added comes last. */
function mergeEntries(base: unknown, mine: unknown, theirs: unknown): readonly unknown[] {
  const [before, own, other] = [entries(base), entries(mine), entries(theirs)];
  const merged: unknown[] = [];
  for (const id of new Set([...other.keys(), ...own.keys()])) {
    const value = merge(before.get(id), own.get(id), other.get(id));
    if (value !== undefined) merged.push(value);
  }
  return merged;
}

function entries(list: unknown): ReadonlyMap<string, unknown> {
  const ids = idsOf(list) ?? [];
  return new Map(ids.map((id, index) => [id, Array.isArray(list) ? list[index] : undefined]));
}

/** Label of each hidden secret → its place by names, the same wherever its entry stands in its list. */
function secretPlaces(value: unknown): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const visit = (now: unknown, place: string): void => {
    if (typeof now === 'string' && HIDDEN.test(now)) places.set(now, MARK + place);
    else if (Array.isArray(now)) {
      const ids = idsOf(now);
      for (const [index, item] of now.entries()) visit(item, `${place}/${ids?.[index] ?? index}`);
    } else if (isMembers(now)) {
      for (const [name, item] of Object.entries(now)) visit(item, `${place}/${name}`);
    }
  };
  visit(value, '');
  return places;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isMembers(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change)]));
}
