// What may be written at a place of the file, from the schema and from the ids that the file itself holds: for completion,
// and for the help that appears over a name.

import { getLocation, parse } from 'jsonc-parser';
import { isMembers, type Path, valueAt } from '../draft/values.ts';
import { type JsonSchema, schemasAt } from '../schema.ts';

/** One thing that can be written. */
export interface Suggestion {
  readonly label: string;
  /** What is put in, quotes included. */
  readonly insert: string;
  readonly kind: 'member' | 'value' | 'id';
  readonly info: string;
  /** A few words beside it: a type, or a default. */
  readonly detail: string;
}

/** What can be written at an offset, in the place of the characters from `from` to `to`. */
export interface Suggestions {
  readonly from: number;
  readonly to: number;
  readonly options: readonly Suggestion[];
}

/** What the file's members refer to, beyond the file: names of models that upstreams offer. */
export interface KnownNames {
  readonly models: readonly string[];
}

/** The suggestions; undefined where there are none. */
export function suggestionsAt(
  text: string,
  offset: number,
  schema: JsonSchema,
  known: KnownNames,
): Suggestions | undefined {
  if (isInComment(text, offset)) return undefined;
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset);
  const value: unknown = parse(text, [], { allowTrailingComma: true });
  const isInNode = previousNode !== undefined && previousNode.offset + previousNode.length >= offset;
  const word = /[\w.-]*$/.exec(text.slice(0, offset))?.[0] ?? '';
  const from = isInNode ? previousNode.offset : offset - word.length;
  const to = isInNode ? previousNode.offset + previousNode.length : offset;
  if (isAtPropertyKey) {
    const options = memberSuggestions(text, { to, path: path.slice(0, -1), value, schema });
    return options.length === 0 ? undefined : { from, to: endOfKey(text, from, to), options };
  }
  const options = [...valueSuggestions(schemasAt(schema, path)), ...idSuggestions(path, value, known)];
  return options.length === 0 ? undefined : { from, to, options };
}

/** A key that lacks its closing quote ends with its line, and only its word is replaced. */
function endOfKey(text: string, from: number, to: number): number {
  const broken = /^"[^"\n]*\n/.test(text.slice(from, to + 1));
  return broken ? from + (/^"[\w.-]*/.exec(text.slice(from))?.[0].length ?? 0) : to;
}

interface Place {
  readonly to: number;
  readonly path: Path;
  readonly value: unknown;
  readonly schema: JsonSchema;
}

function memberSuggestions(text: string, { to, path, value, schema }: Place): readonly Suggestion[] {
  const there = valueAt(value, path);
  const rest = text.slice(to);
  const hasColon = /^\s*:/.test(rest);
  const needsComma = !hasColon && /^\s*"/.test(rest);
  const found = new Map<string, Suggestion>();
  for (const at of schemasAt(schema, path)) {
    for (const [name, below] of Object.entries(at.properties ?? {})) {
      // What stands there already is offered only to whoever is just writing it.
      const isThere = isMembers(there) && Object.hasOwn(there, name) && !hasColon;
      if (isThere || found.has(name)) continue;
      const tail = hasColon ? '' : `: ${beginning(below)}${needsComma ? ',' : ''}`;
      found.set(name, {
        label: name,
        insert: `"${name}"${tail}`,
        kind: 'member',
        info: below.description ?? '',
        detail: detailOf(below),
      });
    }
  }
  return [...found.values()];
}

/** What a member begins with. */
function beginning({ default: fallback, type, enum: options, const: only }: JsonSchema): string {
  if (only !== undefined) return JSON.stringify(only);
  if (fallback !== undefined) return JSON.stringify(fallback);
  if (options?.[0] !== undefined) return JSON.stringify(options[0]);
  const beginnings: Readonly<Record<string, string>> = {
    object: '{}',
    array: '[]',
    string: '""',
    boolean: 'true',
  };
  return beginnings[type ?? ''] ?? '';
}

/** Type and default in a few words. */
function detailOf({ type, enum: options, anyOf, default: fallback }: JsonSchema): string {
  const kind =
    type ??
    (anyOf ?? [])
      .map((one) => one.type ?? '')
      .filter(Boolean)
      .join(' | ');
  const shown =
    options === undefined ? kind : options.length > 4 ? `${options.length} values` : options.join(' | ');
  const isPlain = fallback !== undefined && typeof fallback !== 'object';
  return isPlain ? `${shown} = ${JSON.stringify(fallback)}` : shown;
}

function valueSuggestions(schemas: readonly JsonSchema[]): readonly Suggestion[] {
  const found = new Map<string, Suggestion>();
  for (const { enum: options, const: only, type, default: fallback, description = '' } of schemas) {
    const values: readonly unknown[] = [
      ...(fallback === undefined || typeof fallback === 'object' ? [] : [fallback]),
      ...(options ?? []),
      ...(only === undefined ? [] : [only]),
      ...(type === 'boolean' ? [true, false] : []),
      ...(type === 'null' ? [null] : []),
    ];
    for (const value of values) {
      const insert = JSON.stringify(value);
      if (!found.has(insert))
        found.set(insert, {
          label: String(value),
          insert,
          kind: 'value',
          info: description,
          detail: value === fallback ? 'default' : '',
        });
    }
  }
  return [...found.values()];
}

/** Places that name something which stands elsewhere. */
function idSuggestions(path: Path, value: unknown, { models }: KnownNames): readonly Suggestion[] {
  const pattern = path.map((step) => (typeof step === 'number' ? '#' : step)).join('/');
  if (/^(?:routes|clients)\/#\/upstreams\/#$/.test(pattern)) return ids(value, 'upstreams');
  if (/^routes\/#\/clients\/#$/.test(pattern)) return ids(value, 'clients');
  const isModel =
    /^(?:routes|clients)\/#\/models\/#$/.test(pattern) ||
    /(?:^|\/)(?:defaultModel|forceModel)$/.test(pattern) ||
    /^(?:upstreams\/#\/)?aliases\/[^/]+$/.test(pattern);
  if (!isModel) return [];
  const aliases = valueAt(value, ['aliases']);
  const own = isMembers(aliases) ? Object.keys(aliases) : [];
  return [...new Set([...own, ...models])].map(idSuggestion);
}

function ids(value: unknown, list: string): readonly Suggestion[] {
  const entries = valueAt(value, [list]);
  if (!Array.isArray(entries)) return [];
  const names = entries.map((entry) => (isMembers(entry) ? entry['id'] : undefined));
  return names.filter((id) => typeof id === 'string').map(idSuggestion);
}

function idSuggestion(id: string): Suggestion {
  return { label: id, insert: JSON.stringify(id), kind: 'id', info: '', detail: '' };
}

/** What is known of the member or value at an offset. */
export interface Help {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly description: string;
  readonly detail: string;
}

/** The help; undefined where there is none. */
export function helpAt(text: string, offset: number, schema: JsonSchema): Help | undefined {
  if (isInComment(text, offset)) return undefined;
  const { path, previousNode } = getLocation(text, offset);
  if (previousNode === undefined || previousNode.offset + previousNode.length < offset) return undefined;
  const found = schemasAt(schema, path).find(({ description }) => description !== undefined);
  if (found?.description === undefined) return undefined;
  const name = path.findLast((step) => typeof step === 'string') ?? '';
  return {
    from: previousNode.offset,
    to: previousNode.offset + previousNode.length,
    name: String(name),
    description: found.description,
    detail: detailOf(found),
  };
}

/** True where an offset is within a comment: texts and comments are walked over from the beginning of the file. */
function isInComment(text: string, offset: number): boolean {
  const tokens = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (index >= offset) return false;
    const end = index + token.length;
    if (!token.startsWith('/')) continue;
    const isOpen = token.startsWith('//') || !token.endsWith('*/');
    if (offset < end || (isOpen && offset === end)) return true;
  }
  return false;
}
