// Keeping a request: a window of the capture for the playground's client, and the bundle of what was kept in it.

import type { CaptureView } from '../../../../../server/src/admin/contract.ts';
import { ApiError, ask } from '../../../api/http.ts';

const CLIENT = 'playground';
/** A request that never arrives does not leave the window open. */
const OPEN_SECONDS = 120;
/** The most that is kept of one body: pictures are long. */
const MOST_BYTES = 16_777_216;

/** True where a window that is open keeps what the playground sends. */
export function takesPlayground({ open, filter, requestsLeft }: CaptureView, requests: number): boolean {
  const { client, ...rest } = filter;
  const isWide = Object.values(rest).every((value) => value === undefined || value === false);
  const hasRoom = requestsLeft === undefined || requestsLeft >= requests;
  return open && isWide && hasRoom && (client === undefined || client === CLIENT);
}

/**
 * Sees to it that the next requests of the playground are captured. A window that somebody else has opened for something
 * else stays as it is. Throws ApiError.
 */
export async function openCapture(requests: number): Promise<void> {
  const known = await ask<CaptureView>('/capture');
  if (takesPlayground(known, requests)) return;
  if (known.open && known.filter.client !== CLIENT)
    throw new ApiError(409, {
      code: 'conflict',
      message: 'Something else is being captured at this moment.',
      suggestion: 'Wait until that window closes, or close it on the page “System”.',
    });
  const body = { requests, seconds: OPEN_SECONDS, maxBytes: MOST_BYTES, filter: { client: CLIENT } };
  await ask<CaptureView>('/capture', { method: 'POST', body });
}

/** Hands a text to the browser as a file. */
function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** The bundle of an exchange as a file. Throws ApiError. */
export async function downloadBundle(exchangeId: string): Promise<void> {
  const bundle = await ask<object>(`/exchanges/${encodeURIComponent(exchangeId)}/bundle`);
  download(`sluice-${exchangeId}.json`, `${JSON.stringify(bundle, undefined, 2)}\n`);
}
