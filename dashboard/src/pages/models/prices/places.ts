// Where in the configuration the price of a model is written, or is to be written so that it counts: the first entry that
// fits a model is the one that holds, so that a new one for a single model has to stand before a pattern that fits it. Pure.

import type { PriceEntry } from './entry.ts';

/** A model at an upstream. */
export interface PricedModel {
  readonly upstream: string;
  readonly model: string;
}

/** A change of the configuration; without `value` the place is emptied. */
export interface PriceEdit {
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
}

/** Where a price stands in the configuration. */
export interface WrittenAt {
  /** Of the object of prices. */
  readonly table: readonly (string | number)[];
  /** Its name there. */
  readonly rule: string;
  /** What an entry for this model alone is called there. */
  readonly own: string;
}

const GLOBAL = ['prices', 'models'] as const;
const GLOBAL_ID = 'config:prices.models.';

type Members = Readonly<Record<string, unknown>>;

function membersOf(value: unknown): Members {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  // An object that was read from JSON has nothing but members by name.
  return isObject ? (value as Members) : {};
}

function upstreamAt(config: unknown, id: string): number {
  const upstreams = membersOf(config)['upstreams'];
  return Array.isArray(upstreams) ? upstreams.findIndex((one) => membersOf(one)['id'] === id) : -1;
}

/** The name of an entry for one model alone, in the section of all prices. */
function globalName({ upstream, model }: PricedModel): string {
  return `${upstream}/${model}`;
}

/** Where the price that is in force is written; undefined where it is not in the configuration. */
export function writtenAt(
  config: unknown,
  priced: PricedModel,
  priceId: string | undefined,
): WrittenAt | undefined {
  if (priceId?.startsWith(GLOBAL_ID) === true)
    return { table: GLOBAL, rule: priceId.slice(GLOBAL_ID.length), own: globalName(priced) };
  const atUpstream = `config:upstreams.${priced.upstream}.prices.`;
  if (priceId?.startsWith(atUpstream) !== true) return undefined;
  const index = upstreamAt(config, priced.upstream);
  if (index < 0) return undefined;
  return { table: ['upstreams', index, 'prices'], rule: priceId.slice(atUpstream.length), own: priced.model };
}

/** True where the entry speaks of other models as well. */
export function isShared({ rule, own }: WrittenAt): boolean {
  return rule !== own;
}

/** The names of a table, in their order, with their entries. */
function tableAt(
  config: unknown,
  path: readonly (string | number)[],
): readonly (readonly [string, unknown])[] {
  let value = config;
  for (const step of path)
    value =
      typeof step === 'number' ? (Array.isArray(value) ? value[step] : undefined) : membersOf(value)[step];
  return Object.entries(membersOf(value));
}

/**
 * The changes that give a model this price. `shared`: the entry that holds now is changed, for everything that it fits;
 * otherwise the model gets an entry of its own, before the one that holds now.
 */
export function pricingEdits(
  config: unknown,
  priced: PricedModel,
  written: WrittenAt | undefined,
  entry: PriceEntry,
  shared: boolean,
): readonly PriceEdit[] {
  if (written === undefined) return [{ path: [...GLOBAL, globalName(priced)], value: entry }];
  const { table, rule, own } = written;
  if (shared || rule === own) return [{ path: [...table, rule], value: entry }];
  const names = tableAt(config, table);
  const from = names.findIndex(([name]) => name === rule);
  // Entries are put at the end: those that have to come after the new one are taken out and put behind it again.
  const later = from < 0 ? [] : names.slice(from).filter(([name]) => name !== own);
  const isThere = names.some(([name]) => name === own);
  return [
    ...(isThere ? [{ path: [...table, own] }] : []),
    { path: [...table, own], value: entry },
    ...later.flatMap(([name, value]) => [{ path: [...table, name] }, { path: [...table, name], value }]),
  ];
}

/** The change that takes the entry out which holds now. */
export function removalEdits({ table, rule }: WrittenAt): readonly PriceEdit[] {
  return [{ path: [...table, rule] }];
}
