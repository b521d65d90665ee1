// The OpenAPI document of the admin API, looked into: its operations by name, and values held against its schemas.

import { Ajv2020 } from 'ajv/dist/2020.js';

/** One operation of the document. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: a document is looked into.
  readonly facts: any;
}

interface Paths {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

/** All operations by their ids. */
export function operationsOf({ paths }: Paths): ReadonlyMap<string, Operation> {
  const all = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, facts] of Object.entries(methods))
      all.set(facts.operationId, { method: method.toUpperCase(), path, facts });
  return all;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

/** What is wrong with a value by a schema; '' where nothing is. */
export function faults(schema: object, value: unknown): string {
  const check = ajv.compile(schema);
  return check(value) ? '' : ajv.errorsText(check.errors).slice(0, 1_000);
}
