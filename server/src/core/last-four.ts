// What may be shown of a secret.

/** Secrets shorter than this show nothing of themselves. */
const SHOWS_FROM = 12;

/** The last four characters of a secret, by which people tell keys apart; '' where that would give too much away. */
export function lastFour(secret: string): string {
  return secret.length < SHOWS_FROM ? '' : secret.slice(-4);
}
