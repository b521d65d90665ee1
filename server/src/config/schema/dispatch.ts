// `dispatch`: whether candidates are asked one after the other or side by side. A word, or an object that says more.

import { z } from 'zod';
import { durationMs, wholeNumber } from './primitives.ts';

const TYPES = ['serial', 'hedged', 'race'] as const;

/** One of the ways. */
export type DispatchType = (typeof TYPES)[number];

/** The object. Its names in snake case are those of an earlier gateway. */
export interface DispatchObjectConfig {
  readonly type: DispatchType;
  readonly delayMs?: number | 'p95' | undefined;
  readonly delay_ms?: number | 'p95' | undefined;
  readonly maxParallel?: number | undefined;
  readonly max_parallel?: number | undefined;
  readonly budget?: number | undefined;
}

/** As written. */
export type DispatchConfig = DispatchType | DispatchObjectConfig;

const delay = z.union([durationMs(), z.enum(['p95'])]).optional();
const parallel = wholeNumber(2, 16).optional();

/** Schema of the member. */
export const dispatchSchema: z.ZodType<DispatchConfig> = z.union([
  z.enum(TYPES),
  z.strictObject({
    type: z
      .enum(TYPES)
      .describe(
        'serial: one after the other. hedged: the next one joins when the first has shown nothing for a while. race: several at once. The first useful output wins, the others are stopped.',
      ),
    delayMs: delay.describe(
      'hedged: how long the first one has, in milliseconds; "p95", the default: as long as 95 of 100 answers of this candidate take to begin.',
    ),
    maxParallel: parallel.describe('hedged and race: attempts at the same time; 2 where absent.'),
    budget: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('hedged: share of requests that may have a second attempt, 0 to 1; 0.07 where absent.'),
    delay_ms: delay.describe('Another name of `delayMs`.'),
    max_parallel: parallel.describe('Another name of `maxParallel`.'),
  }),
]);
