// How a request ended, and what that is like.

import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import type { Tone } from '../../ui/badge.tsx';

/** left: its client was gone. interrupted: the gateway ended while it was on its way. */
export type Outcome = 'ok' | 'error' | 'left' | 'open' | 'interrupted';

/** What tells it. */
export type Ending = Pick<ExchangeRow, 'state' | 'aborted' | 'errorCode' | 'status'>;

/** How it ended. */
export function outcomeOf({ state, aborted, errorCode, status }: Ending): Outcome {
  if (state !== 'done') return state;
  if (aborted === true) return 'left';
  return errorCode !== undefined || (status ?? 200) >= 400 ? 'error' : 'ok';
}

/** What each is like. */
export const OUTCOME_TONES: Readonly<Record<Outcome, Tone>> = {
  ok: 'good',
  error: 'bad',
  left: 'calm',
  open: 'water',
  interrupted: 'caution',
};
