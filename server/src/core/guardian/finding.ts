// Says whether less of a prompt was read from the provider's cache than the conversation's own history lets one expect, and
// whose doing that was.

import type { Usage } from '../model/usage.ts';
import type { Change } from './change.ts';

/** One answered request of a conversation. */
export interface Turn {
  readonly upstreamId: string;
  readonly keyId: string;
  /** The model that was asked for at the upstream. */
  readonly model: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly usage: Usage;
}

/** Why the cache was lost: what changed, or that nothing did and it was gone all the same. */
export type FindingCause = 'upstream' | 'key' | 'model' | Change['kind'] | 'expired' | 'unexplained';

/** A cache that was lost. */
export interface Finding {
  readonly cause: FindingCause;
  /** Input tokens that had to be read anew. */
  readonly lostTokens: number;
  /** "messages[3] changed at byte 1822", "key changed". */
  readonly what: string;
}

/** Below this providers cache nothing: https://platform.openai.com/docs/guides/prompt-caching */
const LEAST_TOKENS = 1_024;

/** Less than this share of what could have been read is a loss; providers cut prefixes down to round sizes. */
const GOOD_SHARE = 0.5;

const MINUTE_MS = 60_000;

/** Tokens of the prompt that the cache held after a request, as far as the provider has told. */
function held({ usage: { input } }: Turn): number {
  return input.cacheRead + input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther;
}

/** True where a comparison is worth its while: less was read than the last request of the conversation left in the cache. */
export function isLoss(before: Turn, now: Turn): boolean {
  const expected = held(before);
  return expected >= LEAST_TOKENS && now.usage.input.cacheRead < expected * GOOD_SHARE;
}

/** The finding for a loss. `change` is asked when nothing else explains it. */
export function findingOf(before: Turn, now: Turn, change: () => Change | undefined): Finding {
  const lostTokens = Math.max(0, held(before) - now.usage.input.cacheRead);
  const found = (cause: FindingCause, what: string): Finding => ({ cause, lostTokens, what });
  if (before.upstreamId !== now.upstreamId)
    return found('upstream', `upstream changed: ${before.upstreamId}, now ${now.upstreamId}`);
  if (before.model !== now.model) return found('model', `model changed: ${before.model}, now ${now.model}`);
  if (before.keyId !== now.keyId) return found('key', `key changed: ${before.keyId}, now ${now.keyId}`);
  const changed = change();
  if (changed !== undefined) return found(changed.kind, wordsOf(changed));
  const restedMs = now.atMs - before.atMs;
  if (restedMs >= lifetimeMs(before))
    return found('expired', `silent for ${Math.round(restedMs / MINUTE_MS)} min`);
  return found('unexplained', 'the prompt begins as before');
}

function wordsOf({ kind, piece, byte }: Change): string {
  if (kind === 'removed') return `${piece} and what followed is gone, at byte ${byte}`;
  return `${piece} changed at byte ${byte}`;
}

/** How long a cache lives that nobody reads: an hour where it was paid for, else five minutes. */
function lifetimeMs({ usage }: Turn): number {
  return usage.input.cacheWrite1h > 0 ? 60 * MINUTE_MS : 5 * MINUTE_MS;
}

/** As the ledger keeps it: "turn: messages[3] changed at byte 1822 (12345 tokens)". The first word is the cause. */
export function findingText({ cause, what, lostTokens }: Finding): string {
  return `${cause}: ${what} (${lostTokens} tokens)`;
}
