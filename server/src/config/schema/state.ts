// `state`: the server through which several gateways are one.

import { z } from 'zod';
import { secretSchema, wholeNumber } from './primitives.ts';

/** The section, defaults applied. */
export interface StateConfig {
  readonly url?: string | undefined;
  readonly prefix: string;
  readonly instances: number;
  readonly timeoutMs: number;
}

/** Schema of the section. */
export const stateSchema: z.ZodType<StateConfig> = z.strictObject({
  url: secretSchema
    .optional()
    .describe(
      'A Redis or Valkey server through which several gateways share limits, budgets, cooldowns, conversations and kept answers: "redis://…" or "rediss://…". Without one this gateway is alone. While it does not answer, each gateway goes on with what it knows itself.',
    ),
  prefix: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits or any of "_.:-"')
    .default('sluice')
    .describe('What all names in that server begin with. Gateways with the same prefix belong together.'),
  instances: wholeNumber(1, 1_000)
    .default(1)
    .describe(
      'How many gateways share it at most. Only matters to one that starts while the server does not answer: it lets in no more than its part of each limit. Otherwise they count each other.',
    ),
  timeoutMs: wholeNumber(5, 10_000)
    .default(50)
    .describe(
      'The longest that a request waits for that server, in milliseconds; after it the gateway goes on by itself until the server answers again. Meanwhile it may let in its part of a limit beside what the others let in: give a server that is far away, or busy, more time.',
    ),
});
