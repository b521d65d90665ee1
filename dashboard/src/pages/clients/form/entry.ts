// The form of a client: what stands in its fields, and what is sent when they have been changed. Pure.

import type { EntryBody } from '../../../../../server/src/admin/contract.ts';

/** What can be limited. */
export const LIMIT_KINDS = ['rpm', 'rpd', 'tpm', 'tpd', 'concurrency'] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** Over which time a budget runs. */
export const PERIODS = ['day', 'week', 'month', 'total'] as const;
export type Period = (typeof PERIODS)[number];

/** A budget as it is typed. */
export interface BudgetFields {
  readonly period: Period;
  readonly usd: string;
  /** Per cent. */
  readonly warnAt: string;
  readonly status: '402' | '429';
}

/** What stands in the fields, as text; models and upstreams one per line. */
export interface Fields extends Readonly<Record<LimitKind, string>> {
  readonly id: string;
  readonly name: string;
  /** As the browser's field for date and time writes it, in the viewer's zone. */
  readonly expiresAt: string;
  readonly models: string;
  readonly upstreams: string;
  readonly unpricedModels: 'refuse' | 'allow';
  readonly budgets: readonly BudgetFields[];
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(value: unknown): Members {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  // An object that was read from JSON has nothing but members by name.
  return isObject ? (value as Members) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const linesFrom = (value: unknown): string => (Array.isArray(value) ? value.map(String).join('\n') : '');

/** From this share of a budget on there are warnings, where the entry says nothing else. */
const USUAL_WARNING = 0.8;

/** A new budget. */
export const NEW_BUDGET: BudgetFields = { period: 'month', usd: '', warnAt: '80', status: '429' };

function budgetFields(value: unknown): BudgetFields {
  const { period, usd, warnAt, status } = membersOf(value) as { readonly [Name in string]?: unknown };
  const share = typeof warnAt === 'number' ? warnAt : USUAL_WARNING;
  return {
    period: PERIODS.find((one) => one === period) ?? 'month',
    usd: textOf(usd),
    warnAt: String(Math.round(share * 10_000) / 100),
    status: status === 402 ? '402' : '429',
  };
}

/** A moment as the browser's field writes it; '' where the text names none. */
export function localMoment(text: unknown): string {
  const ms = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) return '';
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The fields of an entry as it is written. */
export function fieldsOf(written: EntryBody): Fields {
  const { id, name, expiresAt, models, upstreams, limits, budgets, unpricedModels } = written as {
    readonly [Name in string]?: unknown;
  };
  const limit = (kind: LimitKind): string => textOf(membersOf(limits)[kind]);
  return {
    id: textOf(id),
    name: textOf(name),
    expiresAt: localMoment(expiresAt),
    models: linesFrom(models),
    upstreams: linesFrom(upstreams),
    unpricedModels: unpricedModels === 'allow' ? 'allow' : 'refuse',
    budgets: Array.isArray(budgets) ? budgets.map(budgetFields) : [],
    rpm: limit('rpm'),
    rpd: limit('rpd'),
    tpm: limit('tpm'),
    tpd: limit('tpd'),
    concurrency: limit('concurrency'),
  };
}

/** The lines of a text that say something. */
function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What a field says that cannot even be sent, by the place of the field. */
export function faultsIn(fields: Fields): Readonly<Record<string, 'number' | 'amount'>> {
  const faults: Record<string, 'number' | 'amount'> = {};
  const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));
  for (const kind of LIMIT_KINDS)
    if (fields[kind].trim() !== '' && !isNumber(fields[kind])) faults[`limits.${kind}`] = 'number';
  for (const [index, { usd, warnAt }] of fields.budgets.entries()) {
    if (!isNumber(usd) || Number(usd) < 0) faults[`budgets[${index}].usd`] = 'amount';
    if (warnAt.trim() !== '' && !isNumber(warnAt)) faults[`budgets[${index}].warnAt`] = 'number';
  }
  return faults;
}

function budgetOf({ period, usd, warnAt, status }: BudgetFields): EntryBody {
  const share = warnAt.trim() === '' ? USUAL_WARNING : Math.round(Number(warnAt) * 100) / 10_000;
  return {
    period,
    usd: Number(usd),
    ...(share === USUAL_WARNING ? {} : { warnAt: share }),
    ...(status === '402' ? { status: 402 } : {}),
  };
}

function limitsOf(fields: Fields): EntryBody | undefined {
  const limits = LIMIT_KINDS.flatMap((kind) =>
    fields[kind].trim() === '' ? [] : [[kind, Number(fields[kind])] as const],
  );
  return limits.length === 0 ? undefined : Object.fromEntries(limits);
}

/** The members that the fields stand for; empty fields stand for none. */
function membersFrom(fields: Fields): EntryBody {
  const { id, name, expiresAt, budgets, unpricedModels } = fields;
  const [models, upstreams] = [linesOf(fields.models), linesOf(fields.upstreams)];
  const members: EntryBody = {
    id: id.trim() || undefined,
    name: name.trim() || undefined,
    expiresAt: expiresAt === '' ? undefined : new Date(expiresAt).toISOString(),
    models: models.length === 0 ? undefined : models,
    upstreams: upstreams.length === 0 ? undefined : upstreams,
    limits: limitsOf(fields),
    budgets: budgets.length === 0 ? undefined : budgets.map(budgetOf),
    unpricedModels: unpricedModels === 'allow' ? 'allow' : undefined,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** A new entry. */
export const newEntry: (fields: Fields) => EntryBody = membersFrom;

/** Which member of an entry a field belongs to. */
function memberOf(name: keyof Fields): string {
  return LIMIT_KINDS.some((kind) => kind === name) ? 'limits' : name;
}

/** What has to be sent so that an entry says what the fields say (a merge patch); undefined: nothing. */
export function changesOf(written: EntryBody, typed: Partial<Fields>): EntryBody | undefined {
  const now = membersFrom({ ...fieldsOf(written), ...typed });
  const names = new Set((Object.keys(typed) as (keyof Fields)[]).map(memberOf));
  const patch: Record<string, unknown> = {};
  for (const name of names) {
    const [before, after] = [written[name], now[name]];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    if (after === undefined) patch[name] = null;
    else if (name === 'limits')
      patch[name] = { ...goneFrom(membersOf(before), membersOf(after)), ...membersOf(after) };
    else patch[name] = after;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** null for every member that is not there any more: in a merge patch that takes it out. */
function goneFrom(before: Members, after: Members): Members {
  return Object.fromEntries(
    Object.keys(before)
      .filter((name) => !(name in after))
      .map((name) => [name, null]),
  );
}

/** What the gateway says of an entry, by the place within it; '' for what is about the whole. */
export function faultsByPlace(
  issues: readonly { readonly path: string; readonly message: string }[],
): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const { path, message } of issues) {
    const within = path.replace(/^clients\[\d+\]\.?/, '');
    const place = /^(?:limits|budgets)/.test(within) ? within : (within.split(/[.[]/)[0] ?? '');
    faults[place] = faults[place] === undefined ? message : `${faults[place]} ${message}`;
  }
  return faults;
}
