// Whether a failed request may go on, by the operator's list of what is tried again.

import type { RetryOn } from './policy.ts';
import type { Reason, Verdict } from './verdict.ts';

/** The word of the list that stands for a reason, besides the status. */
const WORD_OF: Readonly<Partial<Record<Reason, string>>> = {
  unreachable: 'network',
  timeout: 'network',
  'broken-answer': 'network',
  redirected: 'network',
  'empty-answer': 'empty',
  'bad-key': 'auth',
  forbidden: 'auth',
  'no-credit': 'auth',
  'model-missing': 'model',
};

/**
 * Another candidate may be asked. What is the request's own fault is tried again only where the list names its status,
 * and what never left the gateway (this upstream's format cannot carry it) always.
 */
export function mayRetry(verdict: Verdict, on: readonly RetryOn[]): boolean {
  const { reason, status, final, retry } = verdict;
  if (final) return false;
  if (reason === 'not-carried') return true;
  if (!retry && reason !== 'bad-request') return false;
  const exact = status?.toString();
  if (exact !== undefined && on.includes(exact)) return true;
  if (!retry) return false;
  const word = WORD_OF[reason];
  if (word !== undefined && on.includes(word)) return true;
  return exact !== undefined && on.includes(`${exact[0] ?? ''}xx`);
}

/** Reasons that may be gone in a moment. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>([
  'unreachable',
  'timeout',
  'broken-answer',
  'empty-answer',
  'rate-limited',
  'overloaded',
  'server-error',
  'conflict',
]);

/** Asking the very same candidate once more could help. Not when its provider has said when to come back. */
export function isSameAgain(verdict: Verdict): boolean {
  const { reason, final, told, quarantine, blame } = verdict;
  return !final && !told && !quarantine && blame !== 'request' && PASSING.has(reason);
}
