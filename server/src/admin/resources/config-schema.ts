// The JSON Schema of the configuration, for editors in the dashboard.

import { configSchemaText } from '../../config/reference/json-schema.ts';
import { objectOf, parseJson } from '../../core/model/json.ts';
import type { AdminApp } from '../app.ts';
import { told } from '../app.ts';
import { configJsonSchemaSchema } from '../contract/surroundings.ts';

/** Registers the endpoint. */
export function registerConfigSchema(app: AdminApp): void {
  app.route({
    method: 'GET',
    path: '/config/schema',
    name: 'config.schema',
    summary: 'The JSON Schema of the configuration file',
    description: 'The same as "sluice config schema" prints.',
    answer: configJsonSchemaSchema,
    run: async () => told({ ...objectOf(parseJson(configSchemaText())) }),
  });
}
