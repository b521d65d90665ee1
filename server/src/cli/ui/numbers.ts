// Numbers as people read them in a terminal.

const INTEGER: Intl.NumberFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const COMPACT: Intl.NumberFormat = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  maximumFractionDigits: 1,
});
const CENTS: Intl.NumberFormat = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const NANO_PER_USD = 1_000_000_000;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 12,345 */
export function integer(value: number): string {
  return INTEGER.format(value);
}

/** 9,876 below ten thousand, then 12.3K, 4.5M. */
export function compact(value: number): string {
  return (Math.abs(value) < 10_000 ? INTEGER : COMPACT).format(value);
}

/** $1,234.56; what is less than a dollar has four decimals, and what is too small for them is not shown as nothing. */
export function usd(nanoUsd: number): string {
  const amount = nanoUsd / NANO_PER_USD;
  if (amount === 0 || amount >= 1) return `$${CENTS.format(amount)}`;
  return amount < 0.0001 ? '<$0.0001' : `$${amount.toFixed(4)}`;
}

/** 850 ms, 1.2 s, 3 min 5 s, 2 h 10 min, 4 d 3 h. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Binary units: 512 B, 1.5 MiB. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}
