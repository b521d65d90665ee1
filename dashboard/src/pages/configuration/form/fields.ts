// Forms out of the schema: which control shows which place. What no control fits is edited as JSON.

import { isMembers, type Path, pathText, same } from '../draft/values.ts';
import type { JsonSchema } from '../schema.ts';

/** Any field. */
export interface FieldFacts {
  readonly path: Path;
  /** The last name of the path. */
  readonly name: string;
  readonly description: string;
  /** What holds where nothing is written. */
  readonly fallback: unknown;
  /** What is around it cannot be without it. */
  readonly isRequired: boolean;
}

/** One of several kinds that a value may be of. */
export interface Variant {
  readonly id: string;
  /** A value of its own, such as true or "serial"; absent where a field says more. */
  readonly literal?: string | number | boolean | null;
  readonly field?: Field;
}

/** A field, by what edits it. */
export type Field = FieldFacts &
  (
    | { readonly kind: 'text'; readonly pattern?: string }
    | {
        readonly kind: 'number';
        readonly isInteger: boolean;
        readonly least?: number;
        readonly most?: number;
        readonly unit?: Unit;
      }
    | { readonly kind: 'yes-no' }
    | { readonly kind: 'choice'; readonly options: readonly (string | number)[] }
    | { readonly kind: 'texts'; readonly options: readonly string[] }
    | { readonly kind: 'map' }
    | { readonly kind: 'group'; readonly fields: readonly Field[] }
    | { readonly kind: 'either'; readonly variants: readonly Variant[] }
    | { readonly kind: 'json'; readonly isList: boolean }
  );

/** What a number counts. */
export type Unit = 'ms' | 's' | 'days' | 'bytes' | 'usd';

const UNITS: readonly (readonly [ending: RegExp, unit: Unit])[] = [
  [/Ms$/, 'ms'],
  [/Seconds$/, 's'],
  [/Days$/, 'days'],
  [/Bytes$/, 'bytes'],
  [/^usd$|Usd$/, 'usd'],
];

/** What a number of this name counts, where the name says so. */
export function unitOf(name: string): Unit | undefined {
  return UNITS.find(([ending]) => ending.test(name))?.[1];
}

/** The field of a place. */
export function fieldOf(schema: JsonSchema, path: Path, isRequired = false): Field {
  const facts: FieldFacts = {
    path,
    name: String(path.at(-1) ?? ''),
    description: schema.description ?? '',
    fallback: schema.default,
    isRequired,
  };
  return either(schema, facts) ?? scalar(schema, facts) ?? composed(schema, facts);
}

function scalar(schema: JsonSchema, facts: FieldFacts): Field | undefined {
  if (schema.enum !== undefined) return { ...facts, kind: 'choice', options: schema.enum };
  switch (schema.type) {
    case 'boolean':
      return { ...facts, kind: 'yes-no' };
    case 'integer':
    case 'number':
      return number(schema, facts);
    case 'string':
      return { ...facts, kind: 'text', ...(schema.pattern === undefined ? {} : { pattern: schema.pattern }) };
    default:
      return undefined;
  }
}

function number(schema: JsonSchema, facts: FieldFacts): Field {
  const unit = unitOf(facts.name);
  return {
    ...facts,
    kind: 'number',
    isInteger: schema.type === 'integer',
    ...(schema.minimum === undefined ? {} : { least: schema.minimum }),
    ...(schema.maximum === undefined ? {} : { most: schema.maximum }),
    ...(unit === undefined ? {} : { unit }),
  };
}

function composed(schema: JsonSchema, facts: FieldFacts): Field {
  const { type, properties, items, additionalProperties } = schema;
  if (type === 'array' && items !== undefined && takesTexts(items))
    return { ...facts, kind: 'texts', options: textsOf(items) };
  if (properties !== undefined) return { ...facts, kind: 'group', fields: membersOf(schema, facts.path) };
  if (typeof additionalProperties === 'object' && additionalProperties.type === 'string')
    return { ...facts, kind: 'map' };
  return { ...facts, kind: 'json', isList: type === 'array' };
}

/** The fields of an object's members. Another name of a member is left to the file. */
export function membersOf(schema: JsonSchema, path: Path): readonly Field[] {
  return Object.entries(schema.properties ?? {})
    .filter(([name, { const: only }]) => only === undefined && !name.startsWith('$') && !name.includes('_'))
    .map(([name, below]) => fieldOf(below, [...path, name], schema.required?.includes(name) === true));
}

function takesTexts(items: JsonSchema): boolean {
  return items.type === 'string' || (items.anyOf ?? []).some(takesTexts);
}

function textsOf(items: JsonSchema): readonly string[] {
  return [...(items.enum ?? []).map(String), ...(items.anyOf ?? []).flatMap(textsOf)];
}

/** A choice of kinds, where each is simple enough to be chosen from a list. */
function either(schema: JsonSchema, facts: FieldFacts): Field | undefined {
  if (schema.anyOf === undefined) return undefined;
  const variants = schema.anyOf.flatMap((kind): readonly Variant[] => {
    if (kind.type === 'boolean') return [literal(true), literal(false)];
    if (kind.type === 'null') return [literal(null)];
    if (kind.enum !== undefined) return kind.enum.map(literal);
    const field = fieldOf({ ...kind, description: kind.description ?? '' }, facts.path);
    return [{ id: field.kind, field }];
  });
  return { ...facts, kind: 'either', variants };
}

function literal(value: string | number | boolean | null): Variant {
  return { id: `=${JSON.stringify(value)}`, literal: value };
}

/** The kind that a value is of. */
export function variantOf(variants: readonly Variant[], value: unknown): Variant | undefined {
  return variants.find(({ literal: own, field }) => {
    if (field === undefined) return same(own, value);
    return holds(field, value);
  });
}

function holds(field: Field, value: unknown): boolean {
  switch (field.kind) {
    case 'number':
      return typeof value === 'number';
    case 'text':
      return typeof value === 'string';
    case 'texts':
      return Array.isArray(value);
    case 'json':
      return field.isList ? Array.isArray(value) : isMembers(value);
    default:
      return isMembers(value);
  }
}

/** The value with which a kind begins when it is chosen. */
export function beginningOf({ literal: own, field }: Variant): unknown {
  if (field === undefined) return own;
  if (field.kind === 'group') return Object.fromEntries(field.fields.flatMap(firstNeeded));
  if (field.kind === 'number') return field.least ?? 0;
  return field.kind === 'text' ? '' : field.kind === 'texts' ? [] : {};
}

/** A choice that has to be made begins with the first; other needed members are for the viewer to give. */
function firstNeeded(field: Field): readonly (readonly [string, unknown])[] {
  return field.isRequired && field.kind === 'choice' ? [[field.name, field.options[0]]] : [];
}

/** True where a search finds the field: in its place, its words, or in one below it. */
export function finds(field: Field, words: readonly string[]): boolean {
  const place = pathText(field.path).toLowerCase();
  const text = `${place} ${field.description}`.toLowerCase();
  const isBelow = (word: string): boolean =>
    field.kind !== 'group' && (word.startsWith(`${place}.`) || word.startsWith(`${place}[`));
  if (words.every((word) => text.includes(word) || isBelow(word))) return true;
  return field.kind === 'group' && field.fields.some((one) => finds(one, words));
}

/** A number as it was typed: its value, or that it is none that may stand here. */
export function readNumber(
  text: string,
  { isInteger, least, most }: Extract<Field, { readonly kind: 'number' }>,
): { readonly value: number } | 'not a number' | 'not whole' | 'too small' | 'too large' {
  const value = Number(text.trim());
  if (text.trim() === '' || !Number.isFinite(value)) return 'not a number';
  if (isInteger && !Number.isInteger(value)) return 'not whole';
  if (least !== undefined && value < least) return 'too small';
  return most !== undefined && value > most ? 'too large' : { value };
}
