// Where a request would go, and why, without sending it.

import { z } from 'zod';

const DIALECTS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
type DialectName = (typeof DIALECTS)[number];

const text = z.string().min(1).max(512);

/** A request that is not sent. */
export interface ExplainRequest {
  readonly model: string;
  readonly dialect?: DialectName | undefined;
  readonly client?: string | undefined;
  readonly stream?: boolean | undefined;
  readonly conversation?: string | undefined;
  readonly tokens?: number | undefined;
}

/** Schema of ExplainRequest. */
export const explainRequestSchema: z.ZodType<ExplainRequest> = z.strictObject({
  model: text,
  dialect: z.enum(DIALECTS).optional(),
  client: text.optional(),
  stream: z.boolean().optional(),
  conversation: text.optional(),
  tokens: z.number().min(0).optional(),
});

/** Who could serve a request, or why not. */
export interface ExplainedView {
  readonly upstreamId: string;
  readonly keyId?: string | undefined;
  readonly keyName?: string | undefined;
  /** The name that would be sent. */
  readonly model?: string | undefined;
  readonly dialect?: string | undefined;
  /** Without conversion. */
  readonly native?: boolean | undefined;
  readonly priority?: number | undefined;
  /** free; half-open: one request finds out; suspect: only when nobody else is there; barred: not now. */
  readonly state?: string | undefined;
  /** A sentence. */
  readonly why: string;
}

/** Where it would go, and why. */
export interface ExplainView {
  readonly model?: string | undefined;
  readonly dialect?: string | undefined;
  readonly route?: string | undefined;
  readonly order?: string | undefined;
  readonly dispatch?: unknown;
  /** In the order in which they would be asked. */
  readonly candidates: readonly ExplainedView[];
  readonly passedOver: readonly ExplainedView[];
  /** Sentences about the whole. */
  readonly notes?: readonly string[] | undefined;
  /** Why nobody could serve it. */
  readonly error?:
    | { readonly code: string; readonly message: string; readonly suggestion?: string | undefined }
    | undefined;
}

const explainedSchema: z.ZodType<ExplainedView> = z.object({
  upstreamId: z.string(),
  keyId: z.string().optional(),
  keyName: z.string().optional(),
  model: z.string().optional().describe('The name that would be sent.'),
  dialect: z.string().optional(),
  native: z.boolean().optional().describe('Without conversion.'),
  priority: z.number().optional(),
  state: z.string().optional().describe('free, half-open, suspect or barred.'),
  why: z.string().describe('A sentence.'),
});

/** Schema of ExplainView. */
export const explainSchema: z.ZodType<ExplainView> = z.object({
  model: z.string().optional(),
  dialect: z.string().optional(),
  route: z.string().optional(),
  order: z.string().optional(),
  dispatch: z.unknown().optional(),
  candidates: z.array(explainedSchema).describe('In the order in which they would be asked.'),
  passedOver: z.array(explainedSchema),
  notes: z.array(z.string()).optional(),
  error: z
    .object({ code: z.string(), message: z.string(), suggestion: z.string().optional() })
    .optional()
    .describe('Why nobody could serve it.'),
});
