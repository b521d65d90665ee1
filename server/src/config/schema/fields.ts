// What the schema knows, as plain data: the JSON Schema, and the member names that a place in the file may have.

import { z } from 'zod';
import type { PathStep } from '../problem.ts';
import { configFileSchema } from './config-file.ts';

/** The part of JSON Schema that Zod produces for this configuration. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly propertyNames?: SchemaNode;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly anyOf?: readonly SchemaNode[];
}

let made: SchemaNode | undefined;

/** The JSON Schema (draft 7) of what an operator may write. */
export function configJsonSchema(): SchemaNode {
  // Zod's own type also allows `true` for a schema; an object schema never gives that.
  made ??= z.toJSONSchema(configFileSchema, { io: 'input', target: 'draft-7' }) as SchemaNode;
  return made;
}

/** The names that the object at a path may have; empty where the schema names none. */
export function fieldsAt(path: readonly PathStep[]): readonly string[] {
  let nodes: readonly SchemaNode[] = [configJsonSchema()];
  for (const step of path) nodes = nodes.flatMap((node) => below(node, step));
  return nodes.flatMap((node) => node.anyOf ?? [node]).flatMap(namesOf);
}

/** Every field name with the places that have it: "port" → ["server"]. List indexes are written "[]". */
export function placesOf(field: string): readonly string[] {
  const places: string[] = [];
  const walk = (node: SchemaNode, place: string): void => {
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      const here = place === '' ? name : `${place}.${name}`;
      if (name === field && !places.includes(place)) places.push(place);
      within(child, here);
    }
  };
  const within = (node: SchemaNode, place: string): void => {
    walk(node, place);
    for (const branch of node.anyOf ?? []) within(branch, place);
    if (node.items !== undefined) within(node.items, `${place}[]`);
    if (typeof node.additionalProperties === 'object') within(node.additionalProperties, `${place}.*`);
  };
  walk(configJsonSchema(), '');
  return places;
}

function namesOf(node: SchemaNode): readonly string[] {
  return node.properties === undefined
    ? (node.propertyNames?.enum ?? []).map(String)
    : Object.keys(node.properties);
}

function below(node: SchemaNode, step: PathStep): readonly SchemaNode[] {
  const branches = node.anyOf === undefined ? [node] : node.anyOf;
  return branches.flatMap((branch) => {
    if (typeof step === 'number') return branch.items ?? [];
    const known = branch.properties?.[step];
    if (known !== undefined) return known;
    return typeof branch.additionalProperties === 'object' ? branch.additionalProperties : [];
  });
}
