// One small question to the world from a command, over the gateway's own client: within a time and a size, through a proxy
// where one is set, and without following redirects.

import { systemClock } from '../clock.ts';
import type { SluiceError } from '../core/model/error.ts';
import { createDeadlines, TICK_MS } from '../exchange/deadlines.ts';
import { fetchWhole, type WholeAnswer } from '../exchange/fetch-whole.ts';
import { createTransport } from '../upstream/transport/transport.ts';

/** What is asked. */
export interface OutsideQuestion {
  readonly url: URL;
  readonly proxy: string | undefined;
  readonly accept: string;
  readonly timeoutMs: number;
  readonly limitBytes: number;
}

/** The answer, or why there is none. Never rejects. */
export async function askOutside(question: OutsideQuestion): Promise<WholeAnswer | SluiceError> {
  const { url, proxy, accept, timeoutMs, limitBytes } = question;
  const transport = createTransport();
  const deadlines = createDeadlines(systemClock);
  const ticker = setInterval(() => deadlines.tick(), TICK_MS);
  try {
    return await fetchWhole(
      { transport, deadlines, clock: systemClock },
      {
        destination: { origin: url.origin, proxy },
        method: 'GET',
        target: `${url.pathname}${url.search}`,
        headers: ['accept', accept, 'user-agent', 'sluice'],
        body: { kind: 'none' },
        decode: true,
        connectMs: timeoutMs,
      },
      { timeoutMs, bytes: limitBytes },
    );
  } finally {
    clearInterval(ticker);
    transport.close();
  }
}
