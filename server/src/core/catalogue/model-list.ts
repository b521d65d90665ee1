// Lists of models in the three shapes that clients read: OpenAI's, Anthropic's and Gemini's. A model keeps the members
// its vendor gave it when the asking client reads the same shape.

import type { Family } from '../model/dialect-id.ts';

/** One model that a client can ask for. */
export interface ModelEntry {
  /** The name to ask for. */
  readonly id: string;
  /** Who serves it: an upstream id, shown as the owner. */
  readonly owner: string;
  readonly displayName?: string;
  /** Unix seconds. */
  readonly created?: number;
  /** The vendor's own entry, re-emitted to callers of the same family. */
  readonly native?: { readonly family: Family; readonly members: Readonly<Record<string, unknown>> };
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Removes Gemini's "models/" prefix. */
export function bareModelName(name: string): string {
  return name.startsWith('models/') ? name.slice('models/'.length) : name;
}

function readEntry(item: Json, family: Family, owner: string): ModelEntry | undefined {
  const id = family === 'gemini' ? text(item['name']) : text(item['id']);
  if (id === undefined) return undefined;
  const displayName = text(item['display_name']) ?? text(item['displayName']);
  const created = typeof item['created'] === 'number' ? item['created'] : undefined;
  return {
    id: bareModelName(id),
    owner,
    ...(displayName === undefined ? {} : { displayName }),
    ...(created === undefined ? {} : { created }),
    native: { family, members: item },
  };
}

/** Reads a parsed list answer of a family. Undefined when it is not such a list; items without a name are passed over. */
export function readModelList(answer: unknown, family: Family, owner: string): ModelEntry[] | undefined {
  if (!isObject(answer)) return undefined;
  const items = family === 'gemini' ? answer['models'] : answer['data'];
  if (!Array.isArray(items)) return undefined;
  const entries: ModelEntry[] = [];
  for (const item of items) {
    const entry = isObject(item) ? readEntry(item, family, owner) : undefined;
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** One entry in the shape of a family. */
export function renderModel(entry: ModelEntry, family: Family): Json {
  const native = entry.native?.family === family ? entry.native.members : {};
  if (family === 'gemini') {
    const methods = { supportedGenerationMethods: ['generateContent', 'countTokens'] };
    return { displayName: entry.displayName ?? entry.id, ...methods, ...native, name: `models/${entry.id}` };
  }
  if (family === 'anthropic') {
    const createdAt = new Date((entry.created ?? 0) * 1000).toISOString();
    return {
      type: 'model',
      display_name: entry.displayName ?? entry.id,
      created_at: createdAt,
      ...native,
      id: entry.id,
    };
  }
  return { object: 'model', created: entry.created ?? 0, owned_by: entry.owner, ...native, id: entry.id };
}

/** A whole list in the shape of a family. Nothing is paged: lists are short and every client reads the first page. */
export function renderModelList(entries: readonly ModelEntry[], family: Family): Json {
  const items = entries.map((entry) => renderModel(entry, family));
  if (family === 'gemini') return { models: items };
  if (family === 'anthropic') {
    return {
      data: items,
      has_more: false,
      first_id: entries[0]?.id ?? null,
      last_id: entries.at(-1)?.id ?? null,
    };
  }
  return { object: 'list', data: items };
}
