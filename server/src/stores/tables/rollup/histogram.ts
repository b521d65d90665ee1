// How long things took, as counts in bins whose bounds grow by a tenth: a percentile read from them is wrong by 5 % at
// most. A row holds the bins that have something, each as one byte for the bin and the count in groups of seven bits.

/** Every bin's upper bound is this many times its lower one. */
const GROWTH = 1.1;
const LOG_GROWTH: number = Math.log(GROWTH);
/** The last one begins after six years. */
export const BINS = 255;

/** Counts by bin. */
export type Bins = Map<number, number>;

/** The bin of a time in milliseconds. */
export function binOf(ms: number): number {
  if (!(ms >= 1)) return 0;
  return Math.min(BINS - 1, 1 + Math.floor(Math.log(ms) / LOG_GROWTH + 1e-9));
}

/** The middle of a bin in milliseconds. */
function middleOf(bin: number): number {
  return bin === 0 ? 0 : GROWTH ** (bin - 0.5);
}

/** Adds to a bin. */
export function addTo(bins: Bins, bin: number, count: number): void {
  bins.set(bin, (bins.get(bin) ?? 0) + count);
}

/** The bins as they are stored; null when there is nothing in them. */
export function encodeBins(bins: Bins): Uint8Array | null {
  if (bins.size === 0) return null;
  const bytes: number[] = [];
  for (const [bin, count] of bins) {
    bytes.push(bin);
    let rest = count;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** Hears of every bin in stored histograms, which may stand one after the other. A damaged end is left out. */
export function decodeBins(stored: Uint8Array, hear: (bin: number, count: number) => void): void {
  let at = 0;
  while (at + 1 < stored.length) {
    const bin = stored[at++] ?? 0;
    let count = 0;
    let unit = 1;
    let byte = 128;
    while (byte >= 128 && at < stored.length) {
      byte = stored[at++] ?? 0;
      count += (byte % 128) * unit;
      unit *= 128;
    }
    if (byte < 128) hear(bin, count);
  }
}

/** The time that so large a part (0.95) of all is not above, in milliseconds; 0 when there is none. */
export function percentile(counts: Float64Array, part: number): number {
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return 0;
  const wanted = Math.max(1, Math.ceil(total * part));
  let seen = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    seen += counts[bin] ?? 0;
    if (seen >= wanted) return middleOf(bin);
  }
  return middleOf(counts.length - 1);
}
