// Every generated file of the configuration, by its path in the repository.

import { configPage } from './config-page.ts';
import { errorsPage } from './errors-page.ts';
import { configSchemaText } from './json-schema.ts';
import { metricsPage } from './metrics-page.ts';

/** Path from the root of the repository → makes the text. */
export const GENERATED_FILES: Readonly<Record<string, () => string>> = {
  'docs/reference/config.md': configPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/metrics.md': metricsPage,
  'server/schema/sluice.schema.json': configSchemaText,
};
