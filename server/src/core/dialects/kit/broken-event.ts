// An event that was meant to be a JSON object and is none. What it held is lost, so its answer cannot be complete any more;
// other data without JSON are what servers keep connections alive with.

import { type SluiceError, sluiceError } from '../../model/error.ts';

/** The error of an event whose data could not be parsed; undefined where there is nothing of an answer in it. */
export function brokenEvent(json: unknown, data: string): SluiceError | undefined {
  if (json !== undefined || !data.trimStart().startsWith('{')) return undefined;
  return sluiceError('upstream_answer', 'The upstream sent an event that is not a JSON object.');
}
