// The whole way from files of another gateway to the text of a sluice.jsonc, with everything that is to be told of it.
// Nothing is written here.

import { basename } from 'node:path';
import type { Environment } from '../config/environment.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import type { Settings } from '../config/settings.ts';
import { checkText } from './check-text.ts';
import { type KeyPlaces, type KeyToStore, placeKeys, type SecretPlace } from './key-places.ts';
import type { Note, SourceId } from './plan.ts';
import { planFiles } from './plan-import.ts';
import { readFiles } from './read-files.ts';
import { configText, unwritable, variablesOf } from './write.ts';

/** What is to be imported, and how. */
export interface ImportOptions {
  readonly source: SourceId | 'auto';
  /** Absolute paths of files or folders. */
  readonly paths: readonly string[];
  /** Absolute path of the file that is to be written. */
  readonly out: string;
  readonly secrets: SecretPlace | undefined;
  readonly env: Environment;
  readonly home: string;
}

/** Everything that the command writes, stores and tells. */
export interface ImportResult {
  readonly ok: true;
  readonly source: SourceId;
  /** Files that were read. */
  readonly read: readonly string[];
  readonly text: string;
  /** The same without any key, for a screen. */
  readonly shown: string;
  readonly store: readonly KeyToStore[];
  /** What the text comes to; a variable that is not set has a stand-in there. */
  readonly settings: Settings;
  readonly notes: readonly Note[];
  readonly warnings: readonly Problem[];
  /** Variables that must be set when the gateway starts and are not set now. */
  readonly unset: readonly string[];
  /** Variables that had no name before. */
  readonly invented: KeyPlaces['invented'];
}

/** Why nothing can be imported. */
export interface ImportFailure {
  readonly ok: false;
  readonly message: string;
  readonly suggestion: string;
}

/** Reads, plans, writes as text and checks. Never rejects. */
export async function importFiles(options: ImportOptions): Promise<ImportResult | ImportFailure> {
  const { source, paths, out, secrets, home } = options;
  // The files say which of them is asked for, and "constructor" is none.
  const env: Environment = Object.assign(Object.create(null), options.env);
  const read = await readFiles(paths);
  if (!read.ok) return read;
  const planned = planFiles(source, read.files, env);
  if (!planned.ok) return planned;
  const { plan } = planned;
  const places = placeKeys(plan, secrets, env);
  const where = unwritable(plan, places);
  if (where !== undefined)
    return {
      ok: false,
      message: `A text of ${where} holds "{file:", which would be read as a reference to a file.`,
      suggestion: 'Take it out of the configuration that is imported; it can be put in by hand afterwards.',
    };
  const from = read.files.map(({ path }) => basename(path));
  const text = configText(plan, { places, from });
  const variables = variablesOf(plan, places);
  const unset = [...variables.keys()].filter((name) => (env[name]?.trim() ?? '') === '');
  const standIns = Object.fromEntries(unset.map((name) => [name, variables.get(name)]));
  const stored = new Set(places.stored.map(({ upstream }) => upstream));
  const check = await checkText(out, text, { env: { ...env, ...standIns }, home }, stored);
  if (!check.ok) return notTaken(check.problems);
  return {
    ok: true,
    source: plan.source,
    read: read.files.map(({ path }) => path),
    text,
    shown: configText(plan, { places, from, hidden: true }),
    store: places.stored,
    settings: check.settings,
    notes: plan.notes,
    warnings: check.problems,
    unset,
    invented: places.invented,
  };
}

function notTaken(problems: readonly Problem[]): ImportFailure {
  const [first] = problems;
  const message = first === undefined ? '' : ` ${formatProblem({ ...first, file: undefined })}`;
  return {
    ok: false,
    message: `What was read does not make a configuration that can be served:${message}`,
    suggestion: 'Correct it in the configuration that is imported, and try again.',
  };
}
