// Tries a key from the command line itself, without a gateway.

import { systemClock } from '../../clock.ts';
import type { Settings } from '../../config/settings.ts';
import { createDeadlines, TICK_MS } from '../../exchange/deadlines.ts';
import { type KeyTest, testKey } from '../../exchange/operator/test-key.ts';
import { createTransport } from '../../upstream/transport/transport.ts';

/** Asks the provider with a key of some settings; undefined when they have no such key. */
export async function tryKey(
  settings: Settings,
  upstreamId: string,
  keyId: string,
): Promise<KeyTest | undefined> {
  const upstream = settings.upstreams.find(({ id }) => id === upstreamId);
  const key = upstream?.keys.find(({ id }) => id === keyId);
  if (upstream === undefined || key === undefined) return undefined;
  const transport = createTransport();
  const deadlines = createDeadlines(systemClock);
  const ticker = setInterval(() => deadlines.tick(), TICK_MS);
  try {
    return await testKey({ transport, deadlines, clock: systemClock }, upstream, key);
  } finally {
    clearInterval(ticker);
    transport.close();
  }
}
