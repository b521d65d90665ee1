// What surrounds the operator: addresses, the providers there are, what was found on the machine, and the key with which
// the playground sends real requests.

import { z } from 'zod';

/** One address at which the gateway may be called. */
export interface GatewayAddress {
  readonly url: string;
  readonly kind: 'loopback' | 'lan' | 'other';
  /** Name of the network interface. */
  readonly interface?: string | undefined;
  /** False while the gateway does not listen there. */
  readonly reachable: boolean;
}

/** How the libraries of one format are pointed at the gateway. */
export interface FormatAddress {
  readonly dialect: string;
  readonly name: string;
  /** As that format's libraries want it. */
  readonly baseUrl: string;
  /** Where a request for an answer goes. */
  readonly path: string;
  /** The header in which those libraries send the key; Authorization takes it as "Bearer <key>". */
  readonly keyHeader: string;
}

/** Where the gateway can be called, and how. */
export interface AddressesView {
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** A client key is asked for, on loopback too. */
  readonly keyRequired: boolean;
  /** Nobody is asked for a key, anywhere. */
  readonly open: boolean;
  readonly listens: 'loopback' | 'network';
  readonly addresses: readonly GatewayAddress[];
  readonly formats: readonly FormatAddress[];
}

/** Schema of AddressesView. */
export const addressesSchema: z.ZodType<AddressesView> = z.object({
  port: z.number(),
  scheme: z.enum(['http', 'https']).describe('That by which this question came.'),
  keyRequired: z.boolean().describe('A client key is asked for, on loopback too.'),
  open: z.boolean().describe('Nobody is asked for a key, anywhere.'),
  listens: z.enum(['loopback', 'network']),
  addresses: z.array(
    z.object({
      url: z.string(),
      kind: z.enum(['loopback', 'lan', 'other']),
      interface: z.string().optional(),
      reachable: z.boolean().describe('False while the gateway does not listen there.'),
    }),
  ),
  formats: z.array(
    z.object({
      dialect: z.string(),
      name: z.string(),
      baseUrl: z.string().describe("As that format's libraries want it, at the address of this question."),
      path: z.string(),
      keyHeader: z.string(),
    }),
  ),
});

/** One provider that the gateway knows. */
export interface ProviderView {
  readonly id: string;
  readonly name: string;
  readonly dialects: readonly string[];
  /** Of the format that it speaks best; absent where the operator has to say it. */
  readonly baseUrl?: string | undefined;
  readonly needsKey: boolean;
  /** It runs on the operator's own machine. */
  readonly local: boolean;
  readonly environment: readonly string[];
  readonly keysPage?: string | undefined;
  /** What its keys begin with. */
  readonly keyHint?: string | undefined;
}

/** All providers. */
export interface ProviderList {
  readonly providers: readonly ProviderView[];
}

/** Schema of ProviderList. */
export const providersSchema: z.ZodType<ProviderList> = z.object({
  providers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      dialects: z.array(z.string()),
      baseUrl: z.string().optional().describe('Absent where the operator has to say it.'),
      needsKey: z.boolean(),
      local: z.boolean().describe("It runs on the operator's own machine."),
      environment: z
        .array(z.string())
        .describe('Variables of the environment in which its key is looked for, first those preferred.'),
      keysPage: z.string().optional().describe('Where its keys are made.'),
      keyHint: z.string().optional().describe('What its keys begin with.'),
    }),
  ),
});

/** What was found on the machine. */
export interface Detected {
  readonly environment: readonly {
    readonly variable: string;
    readonly provider: string;
    readonly providerName: string;
    /** The upstream that uses its key already. */
    readonly upstreamId?: string | undefined;
  }[];
  readonly local: readonly {
    readonly provider: string;
    readonly providerName: string;
    readonly baseUrl: string;
    readonly models: readonly string[];
    /** The upstream that leads there already. */
    readonly upstreamId?: string | undefined;
  }[];
}

/** Schema of Detected. */
export const detectedSchema: z.ZodType<Detected> = z.object({
  environment: z.array(
    z.object({
      variable: z.string().describe('Its name; never its value.'),
      provider: z.string(),
      providerName: z.string(),
      upstreamId: z.string().optional().describe('The upstream that uses its key already.'),
    }),
  ),
  local: z.array(
    z.object({
      provider: z.string(),
      providerName: z.string(),
      baseUrl: z.string(),
      models: z.array(z.string()),
      upstreamId: z.string().optional().describe('The upstream that leads there already.'),
    }),
  ),
});

/** The JSON Schema of sluice.jsonc. */
export type ConfigJsonSchema = Readonly<Record<string, unknown>>;
/** Schema of ConfigJsonSchema. */
export const configJsonSchemaSchema: z.ZodType<ConfigJsonSchema> = z.record(z.string(), z.unknown());

/** What an upstream says that it offers. */
export interface DiscoveredModels {
  readonly id: string;
  readonly models: readonly string[];
  /** Why it does not say; `models` is then what it said before. */
  readonly failure?: string | undefined;
}

/** Schema of DiscoveredModels. */
export const discoveredModelsSchema: z.ZodType<DiscoveredModels> = z.object({
  id: z.string(),
  models: z.array(z.string()),
  failure: z.string().optional().describe('Why it does not say; models is then what it said before.'),
});

/** A client key for the playground, shown this once. */
export interface PlaygroundKey {
  readonly key: string;
  /** Id of the client as which its requests stand in the ledger. */
  readonly client: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Schema of PlaygroundKey. */
export const playgroundKeySchema: z.ZodType<PlaygroundKey> = z.object({
  key: z.string().describe('Shown this once; it is kept in memory alone.'),
  client: z.string().describe('As which its requests stand in the ledger.'),
  expiresAt: z.number().describe('Epoch milliseconds. A restart ends it, too.'),
});
