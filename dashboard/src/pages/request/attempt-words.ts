// The words for how an attempt ended and why it was made. What the ledger says is looked up; a word that is not known here
// stands as it is.

import type { AttemptCause, AttemptEnd, Reason } from '../../../../server/src/admin/contract.ts';
import type { Translated } from '../../language/messages.ts';
import type { attemptMessages } from './attempt-messages.ts';

/** The messages of attempts in one language. */
export type Words = Translated<(typeof attemptMessages)['en']>;

const ENDS: Readonly<Record<AttemptEnd, `end_${AttemptEnd}`>> = {
  answered: 'end_answered',
  failed: 'end_failed',
  cut: 'end_cut',
  lost: 'end_lost',
  left: 'end_left',
};

const CAUSES: Readonly<Record<AttemptCause, `cause_${AttemptCause}`>> = {
  first: 'cause_first',
  retry: 'cause_retry',
  again: 'cause_again',
  hedge: 'cause_hedge',
  race: 'cause_race',
  resume: 'cause_resume',
};

const REASONS: Readonly<Record<Reason, `reason_${Reason}`>> = {
  answered: 'reason_answered',
  'client-left': 'reason_client-left',
  unreachable: 'reason_unreachable',
  timeout: 'reason_timeout',
  'broken-answer': 'reason_broken-answer',
  'empty-answer': 'reason_empty-answer',
  'bad-key': 'reason_bad-key',
  forbidden: 'reason_forbidden',
  'no-credit': 'reason_no-credit',
  'rate-limited': 'reason_rate-limited',
  overloaded: 'reason_overloaded',
  'server-error': 'reason_server-error',
  'model-missing': 'reason_model-missing',
  conflict: 'reason_conflict',
  redirected: 'reason_redirected',
  'bad-request': 'reason_bad-request',
  'bad-token': 'reason_bad-token',
  'not-carried': 'reason_not-carried',
  gateway: 'reason_gateway',
};

function known<Word extends string>(table: Readonly<Record<Word, unknown>>, word: string): word is Word {
  return Object.hasOwn(table, word);
}

/** How it ended. */
export function endWords(end: string, text: Words): string {
  return known(ENDS, end) ? text[ENDS[end]] : end;
}

/** Why it was made, a sentence. */
export function causeWords(cause: string, text: Words): string {
  return known(CAUSES, cause) ? text[CAUSES[cause]] : cause;
}

/** Why it failed, a sentence. */
export function reasonWords(reason: string, text: Words): string {
  return known(REASONS, reason) ? text[REASONS[reason]] : reason;
}

/** The colour of an end. */
export function endTone(end: string): string {
  if (end === 'answered') return 'text-good';
  return end === 'lost' || end === 'left' ? 'text-faint' : 'text-bad';
}
