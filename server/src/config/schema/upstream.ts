// One entry of `upstreams`: a base URL with keys, and what the operator knows of it.

import { z } from 'zod';
import type { Lossy } from '../../core/conversion/policy.ts';
import type { DialectId } from '../../core/model/dialect-id.ts';
import type { TraitsOverride } from '../../core/model/traits.ts';
import type { AccountAddresses } from '../../core/providers/account.ts';
import { lossySchema } from './conversion.ts';
import { type KeyConfig, keySchema } from './key.ts';
import { type LimitsConfig, limitsSchema, type ModelLimitsConfig, modelLimitsSchema } from './limits.ts';
import { type PricesConfig, pricesSchema } from './prices.ts';
import {
  aliasesSchema,
  dialectSchema,
  nameSchema,
  textSchema,
  weightSchema,
  wholeNumber,
} from './primitives.ts';
import { type TimeoutsOverride, timeoutsOverrideSchema } from './timeouts.ts';
import { traitsSchema } from './traits.ts';

/** One base URL for every dialect, or one per dialect. */
export type BaseUrlConfig = string | Readonly<Partial<Record<DialectId, string>>>;

/** One upstream as configured, defaults applied; presets are not applied yet. */
export interface UpstreamConfig {
  readonly id: string;
  readonly provider: string;
  readonly enabled: boolean;
  readonly baseUrl?: BaseUrlConfig | undefined;
  readonly allowLinkLocal: boolean;
  readonly dialects?: readonly DialectId[] | undefined;
  readonly keys?: readonly KeyConfig[] | undefined;
  readonly priority: number;
  readonly weight: number;
  readonly models: readonly string[];
  readonly aliases: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly proxy?: string | undefined;
  readonly timeouts: TimeoutsOverride;
  readonly convert: boolean | readonly DialectId[];
  readonly streaming: 'any' | 'always' | 'never';
  readonly lossy?: Lossy | undefined;
  readonly traits: Readonly<Record<string, TraitsOverride>>;
  readonly limits?: LimitsConfig | undefined;
  readonly keyLimits?: LimitsConfig | undefined;
  readonly modelLimits: ModelLimitsConfig;
  readonly prices: PricesConfig;
  readonly accounts?: AccountAddresses | undefined;
}

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a valid header name');

const headerValue = z
  .string()
  .regex(
    /^[\t\x20-\x7e\x80-\xff]*$/,
    'has a character that a header cannot carry (line break, control or non-Latin)',
  );

/** Schema of one upstream. */
export const upstreamSchema: z.ZodType<UpstreamConfig> = z.strictObject({
  id: nameSchema.describe('Name of the upstream in the ledger, the metrics and `x-sluice-upstream`.'),
  provider: textSchema.describe(
    'A preset (see the list of providers), or "openai-compatible" for any server that speaks the format of OpenAI.',
  ),
  baseUrl: z
    .union([textSchema, z.partialRecord(dialectSchema, textSchema)])
    .optional()
    .describe(
      'Where the upstream is; default: the address of the preset. One URL for all dialects, or an object of dialect → URL. May be http:// and private, and may carry a query, which is kept.',
    ),
  allowLinkLocal: z
    .boolean()
    .default(false)
    .describe(
      'true accepts an address in 169.254.0.0/16 or fe80::/10, or the metadata service of a cloud: who may change the configuration could otherwise read the credentials of the machine there.',
    ),
  dialects: z
    .array(dialectSchema)
    .min(1)
    .optional()
    .describe('Wire formats that the upstream speaks, best first; default: those of the preset.'),
  keys: z
    .array(keySchema)
    .min(1)
    .optional()
    .describe(
      'API keys; best references such as "${OPENAI_API_KEY}" or "{file:secrets/openai}". One value may hold several keys, separated by commas or line breaks. An object says more about a key. Not needed for local servers.',
    ),
  priority: wholeNumber(-1_000_000, 1_000_000)
    .default(0)
    .describe('Upstreams with a higher priority are tried first.'),
  weight: weightSchema
    .default(1)
    .describe('Its share among upstreams of the same priority, for the order "weighted".'),
  models: z
    .array(textSchema)
    .default([])
    .describe('Models that it offers; "*" stands for any characters, as in "gpt-*". Empty: any model.'),
  aliases: aliasesSchema
    .default({})
    .describe(
      'Other names for its models: name → model. A name may end in "*"; exact names win, then the longest prefix.',
    ),
  headers: z
    .record(headerName, z.union([headerValue, z.null()]))
    .default({})
    .describe('Request headers to set (text) or to remove (null).'),
  proxy: textSchema
    .optional()
    .describe(
      'Proxy for this upstream: http://, https://, socks5:// or socks5h://, with user and password if it needs them.',
    ),
  timeouts: timeoutsOverrideSchema
    .prefault({})
    .describe('Times that differ from the global `timeouts` for this upstream.'),
  convert: z
    .union([z.boolean(), z.array(dialectSchema)])
    .default(true)
    .describe(
      'Serve clients of formats that the upstream does not speak, by conversion: true for all, false for none, or a list of the formats of clients.',
    ),
  streaming: z
    .enum(['any', 'always', 'never'])
    .default('any')
    .describe(
      'Whether the upstream streams as asked ("any"), can only stream ("always") or cannot ("never"). Clients get what they ask for all the same.',
    ),
  lossy: lossySchema.optional().describe('As `conversion.lossy`, for this upstream.'),
  traits: z
    .record(textSchema, traitsSchema)
    .default({})
    .describe(
      'What its models take, where the gateway does not know or is wrong: model name, "*" allowed → traits.',
    ),
  limits: limitsSchema.optional().describe('How much of the upstream may be used, all keys together.'),
  keyLimits: limitsSchema.optional().describe('How much of each key may be used.'),
  modelLimits: modelLimitsSchema
    .default({})
    .describe(
      'How much of some models may be used with each key: the name that is sent, "*" allowed → limits. The first that matches counts.',
    ),
  prices: pricesSchema
    .default({})
    .describe(
      'What models cost here, before every other source of prices: the name that is sent, "*" allowed → price in US dollars for a million tokens. The first that matches counts.',
    ),
  accounts: z
    .strictObject({
      tokenUrl: textSchema.optional().describe('Where their tokens are renewed.'),
      usageUrl: textSchema.optional().describe('Where their quota is told.'),
    })
    .optional()
    .describe(
      'Addresses of the logins of a provider that has accounts in the place of keys ("codex", "kiro"); default: those of the vendor.',
    ),
  enabled: z
    .boolean()
    .default(true)
    .describe('false takes the upstream out of use; its references may then be unset.'),
});
