// The way through a chart without a pointer: which bucket is looked at, and which stretch is selected.

/** Where somebody stands in a chart. */
export interface Place {
  readonly index: number;
  /** The other end of the selection; undefined: none. */
  readonly anchor?: number;
}

/** What a key leads to. */
export type Step =
  | { readonly to: Place }
  | { readonly choose: readonly [first: number, last: number] }
  | { readonly leave: true };

/** What a key does in a chart of so many buckets; undefined: not ours. Selecting only where it leads to something. */
export function stepOf(
  key: string,
  shift: boolean,
  place: Place | undefined,
  count: number,
  selects: boolean,
): Step | undefined {
  if (count === 0) return undefined;
  if (key === 'Escape') return place === undefined ? undefined : { leave: true };
  if (key === 'Enter' && selects && place !== undefined) {
    const { index, anchor = index } = place;
    return { choose: [Math.min(index, anchor), Math.max(index, anchor)] };
  }
  const next = targetOf(key, place?.index, count);
  if (next === undefined) return undefined;
  if (!shift || !selects || place === undefined) return { to: { index: next } };
  return { to: { index: next, anchor: place.anchor ?? place.index } };
}

/** The first step goes to the newest bucket. */
function targetOf(key: string, index: number | undefined, count: number): number | undefined {
  const last = count - 1;
  const tenth = Math.max(1, Math.round(count / 10));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -tenth,
    PageUp: tenth,
  };
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  const step = steps[key];
  if (step === undefined) return undefined;
  return index === undefined ? last : Math.min(last, Math.max(0, index + step));
}
