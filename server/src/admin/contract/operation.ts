// Keys, models, prices, explanations and conversions: what the gateway would do, and with what.

import { z } from 'zod';
import { type ShownPriceView, shownPriceSchema, type TraitsView, traitsSchema } from './prices.ts';

const text = z.string().min(1).max(512);
const DIALECTS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
type DialectName = (typeof DIALECTS)[number];

/** Why a key, one of its models or its upstream is left alone, or what has failed of late. Times are epoch milliseconds. */
export interface StandingView {
  readonly scope: 'upstream' | 'key' | 'model';
  readonly model?: string | undefined;
  /** closed: still in use. */
  readonly state: 'closed' | 'cooling' | 'open' | 'half-open' | 'quarantined';
  readonly reason: string;
  /** A sentence. */
  readonly why: string;
  readonly sinceAtMs: number;
  readonly untilAtMs?: number | undefined;
  readonly status?: number | undefined;
  /** The provider's own words, without secrets. */
  readonly message?: string | undefined;
}

/** One limit and what is left of it. */
export interface LimitUseView {
  readonly kind: 'rpm' | 'rpd' | 'tpm' | 'tpd' | 'concurrency';
  readonly level: 'upstream' | 'key' | 'model';
  readonly model?: string | undefined;
  readonly limit: number;
  readonly remaining: number;
  /** null: not foreseeable. */
  readonly resetInMs: number | null;
}

/** One limit in the provider's own words. */
export interface ReportedLimitView {
  readonly kind: 'rpm' | 'rpd' | 'tpm' | 'tpd';
  readonly model: string;
  /** Absent: it did not say. */
  readonly limit?: number | undefined;
  /** As it said, less what was used since. */
  readonly remaining: number;
  readonly saidAtMs: number;
  readonly resetInMs: number;
}

/** One key with all that is known of it; of the secret the last four characters are shown. */
export interface KeyView {
  readonly upstreamId: string;
  /** "k_none" for an upstream that wants no key. */
  readonly keyId: string;
  readonly name?: string | undefined;
  readonly last4: string;
  readonly disabled: boolean;
  readonly standings: readonly StandingView[];
  readonly inFlight: number;
  readonly use: readonly LimitUseView[];
  readonly reported?: readonly ReportedLimitView[] | undefined;
  readonly lastUsedAtMs?: number | undefined;
  /** The quickest of its models, of late. */
  readonly ttftMs?: number | undefined;
}

/** All keys. */
export interface KeyList {
  readonly keys: readonly KeyView[];
}

const standingSchema: z.ZodType<StandingView> = z.object({
  scope: z.enum(['upstream', 'key', 'model']),
  model: z.string().optional(),
  state: z.enum(['closed', 'cooling', 'open', 'half-open', 'quarantined']).describe('closed: still in use.'),
  reason: z.string(),
  why: z.string().describe('A sentence.'),
  sinceAtMs: z.number(),
  untilAtMs: z.number().optional(),
  status: z.number().optional(),
  message: z.string().optional().describe("The provider's own words, without secrets."),
});

const useSchema: z.ZodType<LimitUseView> = z.object({
  kind: z.enum(['rpm', 'rpd', 'tpm', 'tpd', 'concurrency']),
  level: z.enum(['upstream', 'key', 'model']),
  model: z.string().optional(),
  limit: z.number(),
  remaining: z.number(),
  resetInMs: z.number().nullable().describe('Until all of it is there again; null: not foreseeable.'),
});

const reportedSchema: z.ZodType<ReportedLimitView> = z.object({
  kind: z.enum(['rpm', 'rpd', 'tpm', 'tpd']),
  model: z.string(),
  limit: z.number().optional().describe('Absent: the provider did not say.'),
  remaining: z.number().describe('As the provider said, less what was used since.'),
  saidAtMs: z.number(),
  resetInMs: z.number(),
});

/** Schema of KeyList. */
export const keyListSchema: z.ZodType<KeyList> = z.object({
  keys: z.array(
    z.object({
      upstreamId: z.string(),
      keyId: z.string(),
      name: z.string().optional(),
      last4: z.string(),
      disabled: z.boolean(),
      standings: z.array(standingSchema),
      inFlight: z.number(),
      use: z.array(useSchema),
      reported: z
        .array(reportedSchema)
        .optional()
        .describe('What the provider itself last said of its limits; absent where it says nothing.'),
      lastUsedAtMs: z.number().optional(),
      ttftMs: z.number().optional(),
    }),
  ),
});

/** The path of an action on a key. */
export interface KeyPath {
  readonly upstream: string;
  readonly key: string;
}
/** Schema of KeyPath. */
export const keyPath: z.ZodType<KeyPath> = z.object({ upstream: text, key: text });

/** What became of an action on a key. */
export interface KeyDone {
  readonly upstream: string;
  readonly key: string;
  /** After enable and disable. */
  readonly disabled?: boolean | undefined;
  readonly reset?: boolean | undefined;
  /** After a test: the provider accepts it. */
  readonly ok?: boolean | undefined;
  /** HTTP status of the provider's answer to a test, if there was one. */
  readonly status?: number | undefined;
  /** What a test came to: a sentence. */
  readonly message?: string | undefined;
}
/** Schema of KeyDone. */
export const keyDoneSchema: z.ZodType<KeyDone> = z.object({
  upstream: z.string(),
  key: z.string(),
  disabled: z.boolean().optional(),
  reset: z.boolean().optional(),
  ok: z.boolean().optional(),
  status: z.number().optional(),
  message: z.string().optional(),
});

/** A price: pico-US-dollars per token, which is US dollars for a million tokens times a million. */
export interface PriceView {
  readonly id: string;
  readonly rates: Readonly<Record<string, number>>;
  readonly tiers: readonly Readonly<Record<string, unknown>>[];
  readonly serviceTiers: Readonly<Record<string, unknown>>;
}

const priceSchema: z.ZodType<PriceView> = z.object({
  id: z.string(),
  rates: z.record(z.string(), z.number()),
  tiers: z.array(z.record(z.string(), z.unknown())),
  serviceTiers: z.record(z.string(), z.unknown()),
});

/** A model that clients can ask for. */
export interface ModelView {
  readonly id: string;
  readonly owner: string;
  /** Who would serve it, in the order in which they would be asked now. */
  readonly candidates: readonly {
    readonly upstreamId: string;
    readonly model: string;
    readonly dialect: string;
    readonly native: boolean;
  }[];
  readonly traits?: TraitsView | undefined;
  readonly price?: PriceView | undefined;
  /** Tokens of prompt and answer together; absent: nobody knows. */
  readonly contextWindow?: number | undefined;
  /** Tokens of the longest answer; absent: nobody knows. */
  readonly maxOutputTokens?: number | undefined;
}

/** Query of the models. */
export interface ModelsQuery {
  readonly client?: string | undefined;
  readonly search?: string | undefined;
  readonly limit?: number | undefined;
}
/** Schema of ModelsQuery. */
export const modelsQuery: z.ZodType<ModelsQuery> = z.strictObject({
  client: text.optional().describe('As this client sees them.'),
  search: text.optional().describe('Only those whose name contains this.'),
  limit: z.int().min(1).max(1000).optional().describe('200 where absent.'),
});

/** Schema of the models. */
export const modelsSchema: z.ZodType<{ readonly models: readonly ModelView[] }> = z.object({
  models: z.array(
    z.object({
      id: z.string(),
      owner: z.string(),
      candidates: z.array(
        z.object({ upstreamId: z.string(), model: z.string(), dialect: z.string(), native: z.boolean() }),
      ),
      traits: traitsSchema.optional(),
      price: priceSchema.optional(),
      contextWindow: z
        .number()
        .optional()
        .describe(
          'Tokens that fit into one request: by the word of the first candidate, else by the price list; absent: nobody knows.',
        ),
      maxOutputTokens: z
        .number()
        .optional()
        .describe(
          'Tokens of the longest answer: by the word of the first candidate, else by what is known of the model; absent: nobody knows.',
        ),
    }),
  ),
});

/** The price list: US dollars for a million tokens. */
export interface PriceList {
  readonly prices: readonly {
    readonly upstream: string;
    readonly provider: string;
    readonly model: string;
    /** null: nobody knows. */
    readonly price: ShownPriceView | null;
  }[];
}

/** Schema of PriceList. */
export const pricesSchema: z.ZodType<PriceList> = z.object({
  prices: z.array(
    z.object({
      upstream: z.string(),
      provider: z.string(),
      model: z.string(),
      price: shownPriceSchema.nullable().describe('null: nobody knows.'),
    }),
  ),
});

/** Models that were asked for and have no price, by requests. */
export interface UnpricedList {
  readonly models: readonly {
    readonly model: string;
    readonly upstream: string;
    readonly requests: number;
    readonly tokens: number;
  }[];
}

/** Schema of UnpricedList. */
export const unpricedSchema: z.ZodType<UnpricedList> = z.object({
  models: z.array(
    z.object({ model: z.string(), upstream: z.string(), requests: z.number(), tokens: z.number() }),
  ),
});

/** A body to convert, without sending it. */
export interface ConvertRequest {
  readonly from: DialectName;
  readonly what: 'request' | 'answer';
  readonly body?: unknown;
  readonly text?: string | undefined;
  readonly model?: string | undefined;
  readonly stream?: boolean | undefined;
  readonly to?: readonly DialectName[] | undefined;
}

/** Schema of ConvertRequest. */
export const convertRequestSchema: z.ZodType<ConvertRequest> = z.strictObject({
  from: z.enum(DIALECTS).describe('The format it is in.'),
  what: z.enum(['request', 'answer']).default('request'),
  body: z.unknown().optional().describe('The JSON to convert.'),
  text: z
    .string()
    .optional()
    .describe('Instead of body: JSON or, for an answer, the events of a stream as text.'),
  model: text.optional().describe('The model, where the body names none or another is meant.'),
  stream: z.boolean().optional(),
  to: z.array(z.enum(DIALECTS)).max(4).optional().describe('All other formats where absent.'),
});

/** One loss of a conversion. */
export interface LossView {
  readonly path: string;
  readonly feature: string;
  readonly action: string;
  readonly severity: string;
  readonly note: string;
}

/** The body in other formats. */
export interface ConvertView {
  readonly targets: readonly {
    readonly to: string;
    readonly path?: string | undefined;
    readonly body?: unknown;
    readonly losses: readonly LossView[];
    readonly error?: { readonly code: string; readonly message: string } | undefined;
  }[];
}

/** Schema of ConvertView. */
export const convertSchema: z.ZodType<ConvertView> = z.object({
  targets: z.array(
    z.object({
      to: z.string(),
      path: z.string().optional(),
      body: z.unknown().optional(),
      losses: z.array(
        z.object({
          path: z.string(),
          feature: z.string(),
          action: z.string(),
          severity: z.string(),
          note: z.string(),
        }),
      ),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
});
