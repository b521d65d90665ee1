// The form of an upstream: what stands in its fields, and what is sent when they have been changed. Members of the entry
// that the form does not know are never touched. Pure.

import type { EntryBody, UpstreamView } from '../../../../server/src/admin/contract.ts';

/** What can be limited. */
export const LIMIT_KINDS: readonly ['rpm', 'rpd', 'tpm', 'tpd', 'concurrency'] = [
  'rpm',
  'rpd',
  'tpm',
  'tpd',
  'concurrency',
];
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** A field, called by the place of its member within the entry. */
export type FieldName =
  | 'id'
  | 'provider'
  | 'baseUrl'
  | 'priority'
  | 'weight'
  | 'models'
  | 'aliases'
  | 'proxy'
  | `limits.${LimitKind}`
  | `keyLimits.${LimitKind}`;

/** What stands in the fields, as text. Models and aliases: one per line. */
export type Fields = Readonly<Record<FieldName, string>>;

const MEMBERS_OF_FORM = [
  'id',
  'provider',
  'enabled',
  'baseUrl',
  'keys',
  'priority',
  'weight',
  'models',
  'aliases',
  'proxy',
  'limits',
  'keyLimits',
];

/** Members of an entry that have no field. */
export function otherMembers(written: EntryBody): readonly string[] {
  return Object.keys(written).filter((name) => !MEMBERS_OF_FORM.includes(name));
}

/** True where the entry has one address for each format, for which the form has no field. */
export function hasManyAddresses(written: EntryBody): boolean {
  return isRecord(written['baseUrl']);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function limitFields<Section extends 'limits' | 'keyLimits'>(
  section: Section,
  value: unknown,
): Record<`${Section}.${LimitKind}`, string> {
  const limits = isRecord(value) ? value : {};
  const pairs = LIMIT_KINDS.map((kind) => [`${section}.${kind}`, textOf(limits[kind])]);
  // fromEntries forgets which names there are; they are those of LIMIT_KINDS.
  return Object.fromEntries(pairs) as Record<`${Section}.${LimitKind}`, string>;
}

/** The fields of an entry as it is written. */
export function fieldsOf(written: EntryBody): Fields {
  const { id, provider, baseUrl, priority, weight, models, aliases, proxy, limits, keyLimits } = written as {
    readonly [Name in string]?: unknown;
  };
  return {
    id: textOf(id),
    provider: textOf(provider),
    baseUrl: textOf(baseUrl),
    priority: textOf(priority),
    weight: textOf(weight),
    models: Array.isArray(models) ? models.map(String).join('\n') : '',
    aliases: isRecord(aliases)
      ? Object.entries(aliases)
          .map(([name, model]) => `${name} = ${String(model)}`)
          .join('\n')
      : '',
    proxy: textOf(proxy),
    ...limitFields('limits', limits),
    ...limitFields('keyLimits', keyLimits),
  };
}

/** The lines of a text that say something. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const ALIAS = /^(.*\S)\s*(?:=>|=|→)\s*(\S.*)$/;

/** What a field says that cannot even be sent. */
export type LocalFault = 'number' | 'alias';

/** Fields whose text is not of the kind that they take; everything else is for the gateway to judge. */
export function faultsIn(fields: Fields): Partial<Record<FieldName, LocalFault>> {
  const faults: Partial<Record<FieldName, LocalFault>> = {};
  for (const [name, text] of Object.entries(fields) as [FieldName, string][])
    if (isNumeric(name) && text.trim() !== '' && !Number.isFinite(Number(text.trim())))
      faults[name] = 'number';
  if (linesOf(fields.aliases).some((line) => !ALIAS.test(line))) faults.aliases = 'alias';
  return faults;
}

function isNumeric(name: FieldName): boolean {
  return name === 'priority' || name === 'weight' || name.includes('.');
}

function numberOf(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text.trim());
}

function limitsOf(fields: Fields, section: 'limits' | 'keyLimits'): EntryBody | undefined {
  const limits: Record<string, number> = {};
  for (const kind of LIMIT_KINDS) {
    const value = numberOf(fields[`${section}.${kind}`]);
    if (value !== undefined) limits[kind] = value;
  }
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function aliasesOf(text: string): EntryBody | undefined {
  const pairs = linesOf(text).flatMap((line) => {
    const [, name, model] = ALIAS.exec(line) ?? [];
    return name === undefined || model === undefined ? [] : [[name, model] as const];
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

/** The members that the fields stand for; empty fields stand for none. */
function membersOf(fields: Fields): EntryBody {
  const models = linesOf(fields.models);
  const members: EntryBody = {
    id: fields.id.trim() || undefined,
    provider: fields.provider || undefined,
    baseUrl: fields.baseUrl.trim() || undefined,
    priority: numberOf(fields.priority),
    weight: numberOf(fields.weight),
    models: models.length === 0 ? undefined : models,
    aliases: aliasesOf(fields.aliases),
    proxy: fields.proxy.trim() || undefined,
    limits: limitsOf(fields, 'limits'),
    keyLimits: limitsOf(fields, 'keyLimits'),
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** A new entry. Keys that are texts of their own are sealed by the gateway; a variable is a reference. */
export function newEntry(fields: Fields, keys: readonly string[]): EntryBody {
  return { ...membersOf(fields), ...(keys.length === 0 ? {} : { keys }) };
}

/** What has to be sent so that an entry says what the fields say (a merge patch); undefined: nothing. */
export function changesOf(before: EntryBody, typed: Partial<Fields>): EntryBody | undefined {
  const fields = { ...fieldsOf(before), ...typed };
  const now = membersOf(fields);
  const patch: Record<string, unknown> = {};
  const touched = new Set(Object.keys(typed).map((name) => name.split('.')[0] ?? name));
  for (const name of touched) {
    const change = mergePatch(before[name], now[name]);
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** undefined: they are the same. null: it is to be gone. */
function mergePatch(before: unknown, after: unknown): unknown {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  if (after === undefined) return null;
  if (!isRecord(before) || !isRecord(after)) return after;
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = mergePatch(before[name], after[name]);
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** An entry with what has been typed in it, for the view of the whole entry. */
export function withTyped(before: EntryBody, typed: Partial<Fields>): EntryBody {
  const after: Record<string, unknown> = { ...before };
  const now = membersOf({ ...fieldsOf(before), ...typed });
  for (const name of new Set(Object.keys(typed).map((field) => field.split('.')[0] ?? field))) {
    if (now[name] === undefined) delete after[name];
    else after[name] = now[name];
  }
  return after;
}

/** A name for a new upstream of a provider that nobody has yet. */
export function suggestedId(provider: string, upstreams: readonly Pick<UpstreamView, 'id'>[]): string {
  const isTaken = (id: string): boolean => upstreams.some((one) => one.id === id);
  if (!isTaken(provider)) return provider;
  let number = 2;
  while (isTaken(`${provider}-${number}`)) number += 1;
  return `${provider}-${number}`;
}

/** What the gateway says of an entry, by the place within it; '' for what is about the whole. */
export function faultsByField(
  issues: readonly { readonly path: string; readonly message: string }[],
): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const { path, message } of issues) {
    const place = path.replace(/^upstreams\[\d+\]\.?/, '');
    const field = /^(?:limits|keyLimits)\.[a-z]+$/.test(place) ? place : (place.split(/[.[]/)[0] ?? '');
    faults[field] = faults[field] === undefined ? message : `${faults[field]} ${message}`;
  }
  return faults;
}
