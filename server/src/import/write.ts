// A plan as the text of a commented sluice.jsonc. Texts that came from elsewhere are made literal, so that nothing in
// them can become a reference to a variable.

import { hashKey } from '../config/resolve-clients.ts';
import type { KeyEntry, KeyPlaces } from './key-places.ts';
import {
  FromVariable,
  type ImportPlan,
  type PlannedClient,
  type PlannedUpstream,
  type PlanValue,
  SECTIONS,
  SecretText,
} from './plan.ts';

/** Lines are broken beyond this. */
const WIDTH = 100;
const INDENT = '  ';

/** What the text depends on besides the plan. */
export interface WriteOptions {
  readonly places: KeyPlaces;
  /** Shown in the first line: the files that were read. */
  readonly from: readonly string[];
  /** True where nobody is to see a key: on a screen. */
  readonly hidden?: boolean;
}

/** Stands where a key would. */
const HIDDEN = '••••';

/** True for a text that no file can hold literally: it would be read as a reference to another file. */
function namesFile(text: string): boolean {
  return text.includes('{file:');
}

/** Where in the plan a text stands that cannot be written; undefined where all can. */
export function unwritable(plan: ImportPlan, places: KeyPlaces): string | undefined {
  const keys = [...places.entries.entries()].find(([, entries]) =>
    entries.some((entry) => 'secret' in entry && namesFile(entry.secret)),
  );
  if (keys !== undefined) return `a key of upstream ${keys[0]}`;
  for (const [name, { value }] of plan.sections) if (holdsFile(value)) return name;
  const upstream = plan.upstreams.find(({ members }) => holdsFile(members));
  if (upstream !== undefined) return `upstream ${upstream.id}`;
  const client = plan.clients.find(({ members }) => holdsFile(members));
  return client === undefined ? undefined : `client ${client.id}`;
}

/** Variables that the file refers to, each with a value that could stand in for it while it is checked. */
export function variablesOf(plan: ImportPlan, places: KeyPlaces): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (value: PlanValue, name: string): void => {
    if (value instanceof FromVariable) found.set(value.variable, standInFor(name, value.variable));
    else if (typeof value === 'object' && value !== null && !(value instanceof SecretText))
      for (const [key, item] of Object.entries(value)) walk(item, isArray(value) ? name : key);
  };
  for (const [name, { value }] of plan.sections) walk(value, name);
  for (const client of plan.clients) walk(clientValue(client), '');
  for (const { members } of plan.upstreams) walk(members, '');
  for (const entry of [...places.entries.values()].flat())
    if ('variable' in entry) found.set(entry.variable, standInFor('key', entry.variable));
  return found;
}

function standInFor(member: string, variable: string): string {
  if (member === 'url') return 'redis://stand-in.invalid:6379';
  return member === 'baseUrl' ? 'https://stand-in.invalid/v1' : `stand-in-for-the-secret-${variable}`;
}

function holdsFile(value: PlanValue): boolean {
  if (typeof value === 'string') return namesFile(value);
  if (value instanceof SecretText) return namesFile(value.secret);
  if (typeof value !== 'object' || value === null || value instanceof FromVariable) return false;
  return Object.values(value).some(holdsFile);
}

/** The file. */
export function configText(plan: ImportPlan, options: WriteOptions): string {
  const lines = [
    `// Configuration of Sluice, imported from ${commentText(options.from.join(', '))} (${plan.source}).`,
    '// Check it with: sluice config check. A running gateway takes changes over as soon as the file is saved.',
    '{',
    ...sectionLines('server', plan),
    `${INDENT}"clients": [`,
    ...(plan.clients.length === 0
      ? [`${INDENT}${INDENT}// Without clients the gateway is open to every program on this machine.`]
      : plan.clients.flatMap((client) => entryLines(client.why, clientValue(client), options))),
    `${INDENT}],`,
    '',
    `${INDENT}"upstreams": [`,
    ...plan.upstreams.flatMap((upstream) =>
      entryLines(upstream.why, upstreamValue(upstream, options.places), options),
    ),
    `${INDENT}],`,
    ...SECTIONS.flatMap((name) => sectionLines(name, plan, options)),
    '}',
    '',
  ];
  return lines.join('\n');
}

function sectionLines(
  name: (typeof SECTIONS)[number] | 'server',
  plan: ImportPlan,
  options?: WriteOptions,
): readonly string[] {
  const section = plan.sections.get(name);
  if (section === undefined) return [];
  const head = name === 'server' ? [] : [''];
  const comments = section.why.map((line) => `${INDENT}// ${commentText(line)}`);
  const value = printed(section.value, INDENT, name.length + 4, options?.hidden === true);
  return [
    ...head,
    ...comments,
    `${INDENT}${JSON.stringify(name)}: ${value},`,
    ...(name === 'server' ? [''] : []),
  ];
}

function entryLines(why: string, value: PlanValue, options: WriteOptions): readonly string[] {
  const indent = INDENT + INDENT;
  return [
    `${indent}// ${commentText(why)}`,
    `${indent}${printed(value, indent, 0, options.hidden === true)},`,
  ];
}

/** A client as the file has it. */
export function clientValue({ id, key, members }: PlannedClient): PlanValue {
  const secret = typeof key === 'string' ? { keyHash: `sha256:${hashKey(key)}` } : { key };
  return { id, ...secret, ...members };
}

function upstreamValue({ id, members }: PlannedUpstream, places: KeyPlaces): PlanValue {
  const entries = places.entries.get(id);
  const { provider = '', ...rest } = members;
  return { id, provider, ...(entries === undefined ? {} : { keys: entries.map(keyValue) }), ...rest };
}

function keyValue(entry: KeyEntry): PlanValue {
  const key = 'variable' in entry ? new FromVariable(entry.variable) : new SecretText(entry.secret);
  return entry.enabled ? key : { key, enabled: false };
}

/** JSON on one line where it fits, else with a member a line. `taken`: characters before it on its line. */
function printed(value: PlanValue, indent: string, taken: number, hidden: boolean): string {
  if (typeof value === 'string') return quoted(literal(value));
  if (value instanceof SecretText) return quoted(hidden ? HIDDEN : literal(value.secret));
  if (value instanceof FromVariable) return JSON.stringify(`\${${value.variable}}`);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = indent + INDENT;
  const isList = isArray(value);
  const parts = isList
    ? value.map((item) => printed(item, inner, 0, hidden))
    : Object.entries(value).map(([name, item]) => {
        const label = `${quoted(name)}: `;
        return label + printed(item, inner, label.length, hidden);
      });
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  const gap = isList ? '' : ' ';
  const line = `${open}${gap}${parts.join(', ')}${gap}${close}`;
  if (!line.includes('\n') && indent.length + taken + line.length <= WIDTH) return line;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}

function isArray(value: PlanValue): value is readonly PlanValue[] {
  return Array.isArray(value);
}

/** As JSON in which nothing steers a terminal: the rest of what is no letter or sign is escaped, too. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function literal(text: string): string {
  // As a function: in a text the two signs would stand for one.
  return text.replaceAll('${', () => '$${');
}

/** What comes from elsewhere must not end a comment. */
function commentText(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
