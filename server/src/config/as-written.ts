// Values as they may be shown: every text that came from a reference is that reference again, and secrets are hidden.

import type { LoadedConfig } from './load.ts';
import { type PathStep, pathText } from './problem.ts';
import { HIDDEN, hideLiterals } from './references.ts';

/** What may be shown of a secret: its references, or that there is one. */
export function secret(loaded: LoadedConfig, path: readonly PathStep[]): string {
  const written = loaded.written.get(pathText(path));
  return written === undefined ? HIDDEN : hideLiterals(written);
}

/** A value in which every text that came from a reference is that reference again. */
export function asWritten(loaded: LoadedConfig, path: readonly PathStep[], value: unknown): unknown {
  if (typeof value === 'string') return loaded.written.get(pathText(path)) ?? value;
  if (Array.isArray(value)) return value.map((item, index) => asWritten(loaded, [...path, index], item));
  return typeof value === 'object' && value !== null ? membersAsWritten(loaded, path, value) : value;
}

/** The same for the members of an object. */
export function membersAsWritten(
  loaded: LoadedConfig,
  path: readonly PathStep[],
  value: object,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    asWritten(loaded, [...path, name], item),
  ]);
  return Object.fromEntries(entries);
}
