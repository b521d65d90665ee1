// The `metrics` and `log` sections → settings.

import type { Findings } from './findings.ts';
import type { LoadedConfig } from './load.ts';
import { absolutePath } from './places.ts';
import type { LogConfig } from './schema/log.ts';
import type { MetricsConfig } from './schema/metrics.ts';
import type { Settings } from './settings.ts';

/** Shorter tokens can be guessed. */
const SHORTEST_TOKEN = 16;

/** Resolves `metrics`. */
export function resolveMetrics(config: MetricsConfig, findings: Findings): NonNullable<Settings['metrics']> {
  const { enabled, open, keyLabels, token } = config;
  if (token !== undefined && token.length < SHORTEST_TOKEN) {
    const suggestion =
      'Make one with "openssl rand -hex 24", or leave it out and use the token of the operator.';
    findings.add(['metrics', 'token'], `Has fewer than ${SHORTEST_TOKEN} characters.`, { suggestion });
  }
  return { enabled, open, keyLabels, token };
}

/** Resolves `log`; paths become absolute. */
export function resolveLog(
  config: LogConfig,
  document: LoadedConfig['document'],
  home: string,
): Settings['log'] {
  const { level, levels, file, folder, maxFileBytes, retentionDays } = config;
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : absolutePath(path, document.file, home);
  return { level, levels, file: absolute(file), folder: absolute(folder), maxFileBytes, retentionDays };
}
