// Reads what the ledger says of a prompt cache that was lost: "turn: messages[3] changed at byte 1822 (12345 tokens)". A
// text that is long for its column ends early there, so that only the cause is certain to be read.

import type { FindingCause } from '../../../../server/src/admin/contract.ts';

/** Why it was lost, where, and how much had to be read anew. */
export interface CacheFinding {
  readonly cause: FindingCause;
  /** Empty where it is not told. */
  readonly what: string;
  readonly lostTokens: number | undefined;
}

const CAUSES: Readonly<Record<FindingCause, true>> = {
  upstream: true,
  key: true,
  model: true,
  tools: true,
  instructions: true,
  turn: true,
  removed: true,
  setting: true,
  expired: true,
  unexplained: true,
};

function isCause(word: string): word is FindingCause {
  return Object.hasOwn(CAUSES, word);
}

/** The finding; undefined where the text is of another shape. */
export function cacheFindingOf(text: string): CacheFinding | undefined {
  const [, cause = '', rest = ''] = /^([a-z]+)(?:: (.*))?$/s.exec(text) ?? [];
  if (!isCause(cause)) return undefined;
  const [, what = rest, tokens] = /^(.*) \((\d+) tokens\)$/s.exec(rest) ?? [];
  return { cause, what, lostTokens: tokens === undefined ? undefined : Number(tokens) };
}
