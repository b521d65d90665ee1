// `queue`: requests that wait for capacity (`onExhausted: "wait"`).

import { z } from 'zod';
import { DEFAULT_QUEUE, type QueuePolicy } from '../../core/routing/policy.ts';
import { wholeNumber } from './primitives.ts';

/** Schema of the section. */
export const queueSchema: z.ZodType<QueuePolicy> = z.strictObject({
  maxWaitMs: wholeNumber(0, 3_600_000)
    .default(DEFAULT_QUEUE.maxWaitMs)
    .describe('Longest wait of one request, in milliseconds; within `timeouts.totalMs`.'),
  maxSize: wholeNumber(0, 100_000)
    .default(DEFAULT_QUEUE.maxSize)
    .describe(
      'Requests that may wait at the same time. One more is refused at once. With several processes (server.workers) or gateways it holds for each of them.',
    ),
  maxPerClient: wholeNumber(0, 100_000)
    .default(DEFAULT_QUEUE.maxPerClient)
    .describe('The same for each client, in each process.'),
});
