// Entries of the configuration one by one: upstreams with their keys, clients, routes and aliases.

import { z } from 'zod';
import { KEY_NAME, KEY_NAME_FAULT } from '../../config/key-fault.ts';
import { type ConfigOutcome, configOutcomeSchema } from './config.ts';

const members = z.record(z.string(), z.unknown());

/** An entry as it is to stand in the file; the schema of the configuration judges it. */
export type EntryBody = Readonly<Record<string, unknown>>;
/** Schema of EntryBody. */
export const entryBodySchema: z.ZodType<EntryBody> = members;

/** The id in a path. */
export interface IdPath {
  readonly id: string;
}
/** Schema of IdPath. */
export const idPathSchema: z.ZodType<IdPath> = z.object({ id: z.string().min(1).max(64) });

/** The ids in the path of a key. */
export interface StoredKeyPath {
  readonly id: string;
  readonly key: string;
}
/** Schema of StoredKeyPath. */
export const storedKeyPathSchema: z.ZodType<StoredKeyPath> = z.object({
  id: z.string().min(1).max(64),
  key: z.string().min(1).max(64),
});

/** What is known of every entry. */
export interface EntryView {
  readonly id: string;
  /** False: it comes from the environment or from stored keys. */
  readonly inFile: boolean;
  readonly enabled: boolean;
  /** As it stands in the file; secrets are hidden. */
  readonly written?: EntryBody | undefined;
}

/** A key of an upstream, as it may be shown. */
export interface UpstreamKeyView {
  readonly id: string;
  readonly name?: string | undefined;
  readonly last4: string;
  readonly disabled: boolean;
}

const entryMembers = {
  id: z.string(),
  inFile: z.boolean().describe('False: it comes from the environment or from stored keys.'),
  enabled: z.boolean(),
  written: members.optional().describe('As it stands in the file; secrets are hidden.'),
} as const;

/** An upstream. */
export interface UpstreamView extends EntryView {
  readonly provider: string;
  readonly providerName: string;
  readonly priority: number;
  readonly weight: number;
  readonly dialects: readonly string[];
  readonly baseUrls: Readonly<Record<string, string>>;
  readonly models: readonly string[];
  /** What it said last that it offers; absent where it was not asked yet, or has not said. */
  readonly discovered?: readonly string[] | undefined;
  readonly keys: readonly UpstreamKeyView[];
  /** It takes logins in the place of keys, of this kind. */
  readonly accounts?: string | undefined;
  /** Exchanges that it serves at this moment. */
  readonly inFlight: number;
}
/** Schema of UpstreamView. */
const upstreamViewSchema: z.ZodType<UpstreamView> = z.object({
  ...entryMembers,
  provider: z.string(),
  providerName: z.string(),
  priority: z.number(),
  weight: z.number(),
  dialects: z.array(z.string()),
  baseUrls: z.record(z.string(), z.string()),
  models: z.array(z.string()),
  discovered: z
    .array(z.string())
    .optional()
    .describe('What it said last that it offers; absent where it was not asked yet, or has not said.'),
  keys: z.array(
    z.object({
      id: z.string(),
      name: z.string().optional(),
      last4: z.string(),
      disabled: z.boolean(),
    }),
  ),
  accounts: z
    .string()
    .optional()
    .describe('It takes logins in the place of keys, of this kind; absent: it takes keys.'),
  inFlight: z.number().describe('Exchanges that it serves at this moment.'),
});

/** Schema of a list of upstreams. */
export const upstreamListSchema: z.ZodType<{ readonly upstreams: readonly UpstreamView[] }> = z.object({
  upstreams: z.array(upstreamViewSchema),
});

/** A client. */
export interface ClientView extends EntryView {
  readonly name?: string | undefined;
  readonly keyHash: string;
}
/** Schema of ClientView. */
const clientViewSchema: z.ZodType<ClientView> = z.object({
  ...entryMembers,
  name: z.string().optional(),
  keyHash: z.string().describe('SHA-256 of the key, hex.'),
});
/** Schema of a list of clients. */
export const clientListSchema: z.ZodType<{ readonly clients: readonly ClientView[] }> = z.object({
  clients: z.array(clientViewSchema),
});

/** A route. */
export interface RouteView {
  readonly id: string;
  readonly inFile: boolean;
  readonly written?: EntryBody | undefined;
}
/** Schema of RouteView. */
const routeViewSchema: z.ZodType<RouteView> = z.object({
  id: entryMembers.id,
  inFile: entryMembers.inFile,
  written: entryMembers.written,
});
/** Schema of the routes, in the order in which they are tried. */
export const routeListSchema: z.ZodType<{ readonly routes: readonly RouteView[] }> = z.object({
  routes: z.array(routeViewSchema),
});

/** What became of an entry. */
export interface EntryOutcome {
  readonly id: string;
  readonly change: ConfigOutcome;
  /** Exchanges that the upstream still serves; they end on the configuration with which they began. */
  readonly inFlight?: number | undefined;
  /** Ids of keys that were sealed with the change. */
  readonly sealedKeys?: number | undefined;
}
/** Schema of EntryOutcome. */
export const entryOutcomeSchema: z.ZodType<EntryOutcome> = z.object({
  id: z.string(),
  change: configOutcomeSchema,
  inFlight: z
    .number()
    .optional()
    .describe('Exchanges that it still serves; they end on the configuration with which they began.'),
  sealedKeys: z.number().optional().describe('How many keys were sealed instead of written into the file.'),
});

/** A client key, shown this once. */
export interface MadeClient extends EntryOutcome {
  readonly key: string;
}
/** Schema of MadeClient. */
export const madeClientSchema: z.ZodType<MadeClient> = z.object({
  id: z.string(),
  key: z.string().describe('Shown this once; the file holds its hash.'),
  change: configOutcomeSchema,
});

/** Ids in the order that is wanted. */
export interface OrderBody {
  readonly ids: readonly string[];
}
/** Schema of OrderBody. */
export const orderBodySchema: z.ZodType<OrderBody> = z.strictObject({
  ids: z.array(z.string().max(64)).min(1).max(1_000),
});

/** Upstreams by priority: those of one list have the same. */
export interface PriorityBody {
  readonly ids: readonly (string | readonly string[])[];
}
/** Schema of PriorityBody. */
export const priorityBodySchema: z.ZodType<PriorityBody> = z.strictObject({
  ids: z
    .array(z.union([z.string().max(64), z.array(z.string().max(64)).min(1)]))
    .min(1)
    .max(1_000)
    .describe('Every upstream once, first those that are tried first; a list within has one priority.'),
});

/** A key to be sealed: itself, or the variable that holds it. */
export interface NewKeyBody {
  readonly key?: string | undefined;
  readonly env?: string | undefined;
  readonly name?: string | undefined;
}
/** Schema of NewKeyBody. */
export const newKeyBodySchema: z.ZodType<NewKeyBody> = z
  .strictObject({
    key: z.string().min(1).max(10_000).optional().describe('The key; it is sealed and never shown again.'),
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)
      .optional()
      .describe('Name of the variable of the environment that holds it.'),
    name: z.string().regex(KEY_NAME, KEY_NAME_FAULT).optional(),
  })
  .refine(({ key, env }) => (key === undefined) !== (env === undefined), 'Send either key or env.');

/** A key that is stored now. */
export interface StoredKeyView {
  readonly upstream: string;
  readonly id: string;
  readonly last4: string;
  readonly what: 'added' | 'renewed';
}
/** Schema of StoredKeyView. */
export const storedKeyViewSchema: z.ZodType<StoredKeyView> = z.object({
  upstream: z.string(),
  id: z.string(),
  last4: z.string(),
  what: z.enum(['added', 'renewed']).describe('renewed: it was there, and is in use again.'),
});

/** Schema of a key that is gone. */
export const removedKeySchema: z.ZodType<{ readonly upstream: string; readonly id: string }> = z.object({
  upstream: z.string(),
  id: z.string(),
});

/** Other names for models. */
export interface AliasesView {
  readonly aliases: Readonly<Record<string, string>>;
}
/** Schema of AliasesView. */
export const aliasesViewSchema: z.ZodType<AliasesView> = z.object({
  aliases: z.record(z.string(), z.string()),
});
/** Schema of aliases to be set; null takes one out. */
export const aliasesPatchSchema: z.ZodType<Readonly<Record<string, string | null>>> = z.record(
  z.string().min(1).max(200),
  z.string().min(1).max(200).nullable(),
);
