// How an exchange stands, in one word: what the colour and the first sentence of the page are made of.

import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import type { Tone } from '../../ui/badge.tsx';

/**
 * cut: it failed after output had reached the client. interrupted: the gateway stopped in the middle. stale: a kept
 * answer that was too old stood in.
 */
export type Standing = 'open' | 'interrupted' | 'left' | 'failed' | 'cut' | 'hit' | 'stale' | 'answered';

/** How it stands. */
export function standingOf(row: ExchangeRow): Standing {
  if (row.state === 'open') return 'open';
  if (row.state === 'interrupted') return 'interrupted';
  if (row.errorCode === 'client_closed' || row.aborted === true) return 'left';
  if (row.errorCode !== undefined || (row.status ?? 0) >= 400)
    return row.firstOutputAtMs === undefined ? 'failed' : 'cut';
  if (row.cache === 'hit' || row.cache === 'stale') return row.cache;
  return 'answered';
}

/** The colour of each. */
export const TONES: Readonly<Record<Standing, Tone>> = {
  open: 'water',
  interrupted: 'caution',
  left: 'calm',
  failed: 'bad',
  cut: 'bad',
  hit: 'good',
  stale: 'caution',
  answered: 'good',
};
