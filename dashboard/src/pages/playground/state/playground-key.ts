// The client key of the playground: asked for when it is first needed, kept in memory while it holds.

import type { PlaygroundKey } from '../../../../../server/src/admin/contract.ts';
import { ask } from '../../../api/http.ts';

/** So long before its end it is not used any more: the request has to arrive. */
const MARGIN_MS = 60_000;

let asked: Promise<PlaygroundKey> | undefined;

/** The key. Throws ApiError where the gateway makes none. */
export async function playgroundKey(): Promise<string> {
  const known = asked;
  if (known !== undefined) {
    const { key, expiresAt } = await known;
    if (Date.now() < expiresAt - MARGIN_MS) return key;
  }
  // Whoever comes first asks; the others wait for the same key.
  if (asked === known) asked = askForKey();
  return (await (asked ?? askForKey())).key;
}

function askForKey(): Promise<PlaygroundKey> {
  const asking = ask<PlaygroundKey>('/playground/key', { method: 'POST' });
  asking.catch(() => {
    if (asked === asking) asked = undefined;
  });
  return asking;
}

/** The key is no good any more: the gateway has started anew, or too many others were made. */
export async function forgetKey(key: string): Promise<void> {
  const known = asked;
  if (known !== undefined && (await known).key === key && asked === known) asked = undefined;
}
