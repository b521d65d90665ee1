// What the end of an attempt means for the row, the limits and the standing of its key.

import type { HealthPolicy } from '../core/routing/policy.ts';
import { judge, type Verdict } from '../core/routing/verdict.ts';
import type { Outcome, Target } from './outcome.ts';
import type { AttemptEnd } from './ports.ts';
import { maskedText, secretsOf } from './secrecy.ts';

/** The verdict on an attempt, without secrets: what a provider says of a key may repeat it. */
export function judged(outcome: Outcome, target: Target, epochNowMs: number, health: HealthPolicy): Verdict {
  const verdict = judge(outcome, epochNowMs, health);
  const { message } = verdict;
  return message === undefined ? verdict : { ...verdict, message: maskedText(message, secretsOf(target)) };
}

/** How the ledger calls it. */
export function endOf(outcome: Outcome): AttemptEnd {
  if (outcome.kind !== 'failed') return outcome.kind;
  return outcome.committed ? 'cut' : 'failed';
}

/** It never got as far as a model: nobody was reached, or the answer was a refusal. What was cut or came too late did. */
export function usedNothing(outcome: Outcome): boolean {
  if (outcome.kind !== 'failed') return false;
  const { error, answer } = outcome;
  return answer !== undefined || error.code === 'upstream_connect' || error.connecting === true;
}
