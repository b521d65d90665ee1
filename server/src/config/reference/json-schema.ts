// The JSON Schema of sluice.jsonc as it is published: for completion and checks in editors.

import { configJsonSchema } from '../schema/fields.ts';

/** The schema as the text of a file. */
export function configSchemaText(): string {
  const { $schema, ...rest } = { $schema: undefined, ...configJsonSchema() };
  const schema = {
    $schema,
    title: 'Configuration of Sluice (sluice.jsonc)',
    // Editors that know this member accept comments and trailing commas in files of the schema.
    allowTrailingCommas: true,
    allowComments: true,
    ...rest,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
