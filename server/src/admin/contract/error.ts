// Errors of the admin API.

import { z } from 'zod';

/** The body of every answer that is an error. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly suggestion?: string | undefined;
    readonly issues?:
      | readonly {
          readonly path: string;
          readonly message: string;
          readonly line?: number | undefined;
          readonly column?: number | undefined;
        }[]
      | undefined;
  };
}

const issueSchema = z.object({
  path: z.string().describe('Where, as in "upstreams[0].baseUrl".'),
  message: z.string(),
  line: z.number().optional(),
  column: z.number().optional(),
});

/** Schema of ErrorBody. */
export const errorSchema: z.ZodType<ErrorBody> = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    suggestion: z.string().optional(),
    issues: z.array(issueSchema).optional(),
  }),
});

/** The body of an answer that has none. */
export const nothingSchema: z.ZodType<null> = z.null();
