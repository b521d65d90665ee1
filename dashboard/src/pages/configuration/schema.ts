// The part of JSON Schema that the schema of sluice.jsonc uses, and how to walk in it.

import { isMembers, type Path } from './draft/values.ts';

/** A schema of one place. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
}

/** What the gateway told, as a schema. Its members are read one by one, so that a strange one is merely not understood. */
export function schemaOf(told: unknown): JsonSchema {
  return isMembers(told) ? told : {};
}

/** Every schema that a value at a place may follow: several where it may be of several kinds. */
export function schemasAt(root: JsonSchema, path: Path): readonly JsonSchema[] {
  let now = variantsOf(root);
  for (const step of path) now = now.flatMap((schema) => variantsOf(below(schema, step)));
  return now;
}

function below(schema: JsonSchema, step: string | number): JsonSchema | undefined {
  if (typeof step === 'number') return schema.items;
  const { properties = {}, additionalProperties } = schema;
  if (Object.hasOwn(properties, step)) return properties[step];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** A schema and its kinds. */
function variantsOf(schema: JsonSchema | undefined): readonly JsonSchema[] {
  if (schema === undefined) return [];
  return [schema, ...(schema.anyOf ?? []).flatMap(variantsOf)];
}
