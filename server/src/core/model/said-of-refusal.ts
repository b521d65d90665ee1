// What a provider says about an answer that was declined or withheld. A format that has a place for a refusal, but none for
// such a sentence, can show it there.

import type { Stop } from './response.ts';

/** The sentence to show as the refusal; undefined where there is none, or the answer has words of its own. */
export function saidOfRefusal({ reason, explanation }: Stop, hasWords: boolean): string | undefined {
  if (hasWords || (reason !== 'refusal' && reason !== 'filtered')) return undefined;
  return explanation === '' ? undefined : explanation;
}
