// What sending a captured request again has shown; see docs/guide/captures.md.

import { z } from 'zod';
import { type UsageView, usageSchema } from './spent.ts';

/** One of the two answers, in no format's words. */
export interface ReplayAnswerView {
  readonly exchangeId: string;
  readonly status: number;
  readonly model?: string | undefined;
  readonly upstreamId?: string | undefined;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
  readonly stop?: string | undefined;
  readonly usage?: UsageView | undefined;
  readonly costNanoUsd?: number | undefined;
  readonly error?: string | undefined;
  readonly readable: boolean;
  readonly durationMs: number;
  readonly firstOutputMs?: number | undefined;
}

/** A member in which they differ. */
export interface ReplayDifferenceView {
  readonly member: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** It changes what a program does next. */
  readonly matters: boolean;
}

/** Both answers and how they differ. */
export interface ReplayView {
  readonly request: {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    readonly model?: string | undefined;
    readonly streamed: boolean;
    readonly bytes: number;
    readonly to: { readonly model?: string | undefined; readonly upstream?: string | undefined };
    readonly notes: readonly string[];
  };
  readonly before: ReplayAnswerView;
  readonly after: ReplayAnswerView;
  readonly diff: {
    readonly same: boolean;
    readonly differences: readonly ReplayDifferenceView[];
    readonly text?: string | undefined;
  };
}

const answerSchema: z.ZodType<ReplayAnswerView> = z.object({
  exchangeId: z.string(),
  status: z.number(),
  model: z.string().optional(),
  upstreamId: z.string().optional(),
  text: z.string(),
  reasoning: z.string(),
  toolCalls: z.array(z.object({ name: z.string(), arguments: z.string() })),
  stop: z.string().optional(),
  usage: usageSchema.optional(),
  costNanoUsd: z.number().optional(),
  error: z.string().optional().describe('What the client was told where it failed.'),
  readable: z.boolean().describe('Its body could be read as a whole answer.'),
  durationMs: z.number(),
  firstOutputMs: z.number().optional(),
});

/** Schema of ReplayView. */
export const replaySchema: z.ZodType<ReplayView> = z.object({
  request: z.object({
    id: z.string(),
    method: z.string(),
    path: z.string(),
    model: z.string().optional(),
    streamed: z.boolean(),
    bytes: z.number(),
    to: z.object({ model: z.string().optional(), upstream: z.string().optional() }),
    notes: z.array(z.string()).describe('What is not as it was when the request came first.'),
  }),
  before: answerSchema,
  after: answerSchema,
  diff: z.object({
    same: z.boolean().describe('Nothing that matters differs.'),
    differences: z.array(
      z.object({
        member: z.string(),
        before: z.unknown().optional(),
        after: z.unknown().optional(),
        matters: z.boolean(),
      }),
    ),
    text: z.string().optional().describe('The texts line by line, as a unified diff.'),
  }),
});
