// Amounts of money: whole nano-US-dollars inside, US dollars for people.

const NANO_PER_USD = 1_000_000_000;

/** Nano-US-dollars of an amount in US dollars. */
export function nanoUsdOf(usd: number): number {
  return Math.round(usd * NANO_PER_USD);
}

/** US dollars of an amount in nano-US-dollars, for people and for other programs' formats. */
export function usdOf(nanoUsd: number): number {
  return nanoUsd / NANO_PER_USD;
}

/** An amount for people and headers, in US dollars: at least two places, at most nine, no exponent. */
export function usdText(nanoUsd: number): string {
  const whole = Math.max(0, Math.round(nanoUsd));
  const dollars = Math.floor(whole / NANO_PER_USD);
  const places = String(whole % NANO_PER_USD)
    .padStart(9, '0')
    .replace(/0{1,7}$/, '');
  return `${dollars}.${places}`;
}
