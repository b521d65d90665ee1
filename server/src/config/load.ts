// Reads sluice.jsonc: text → document → references replaced → validated against the schema. Every problem has a place.

import { type Document, documentOf, jsonOf, parseDocument } from './document.ts';
import type { Environment } from './environment.ts';
import { explainIssues } from './explain.ts';
import { type PriceFile, readPriceFile } from './price-file.ts';
import type { Problem } from './problem.ts';
import { type Expanded, expandReferences, referencedFiles } from './references.ts';
import { type ConfigFile, configFileSchema } from './schema/config-file.ts';
import { type FileReading, readSettled, type Snapshot, snapshotOf } from './snapshot.ts';

/** A valid configuration, with what is needed to say where each of its values came from. */
export interface LoadedConfig {
  readonly config: ConfigFile;
  /** The text behind it, for positions. */
  readonly document: Document;
  /** pathText of each value that came from a reference → the reference as written. */
  readonly written: ReadonlyMap<string, string>;
  /** Absent for a configuration that came from no file. */
  readonly priceFile?: PriceFile;
}

/** A configuration, or all that is wrong with it. */
export type ConfigCheck =
  | { readonly ok: true; readonly value: LoadedConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A configuration read from a file, or all that is wrong with it; either way what was read. */
export type ConfigLoad = ConfigCheck & { readonly snapshot: Snapshot };

/** Reads and checks a file. Never rejects. */
export async function loadConfig(path: string, environment: Environment = process.env): Promise<ConfigLoad> {
  const main = await readSettled(path);
  if (!('text' in main)) {
    const message = `The configuration cannot be read: ${main.failure}.`;
    return { ok: false, problems: [fileProblem(path, message)], snapshot: snapshotOf([[path, main]]) };
  }
  return await loadRead(path, main, environment);
}

/** Checks a text as if it stood in the file, which is not read. Files that it refers to are. Never rejects. */
export function loadConfigText(
  path: string,
  text: string,
  environment: Environment = process.env,
): Promise<ConfigLoad> {
  return loadRead(path, { text, watched: true }, environment);
}

async function loadRead(
  path: string,
  main: FileReading & { readonly text: string },
  environment: Environment,
): Promise<ConfigLoad> {
  const parsed = parseDocument(path, main.text);
  if (!parsed.ok) return { ok: false, problems: parsed.problems, snapshot: snapshotOf([[path, main]]) };
  const names = referencedFiles(parsed.document);
  const read = await Promise.all(names.map(async (name) => [name, await readSettled(name)] as const));
  const expanded = expandReferences(parsed.document, environment, new Map(read));
  const checked = validate(parsed.document, expanded);
  if (!checked.ok) return { ...checked, snapshot: snapshotOf([[path, main], ...read]) };
  const priceFile = await readPriceFile(path, checked.value.config.prices.file);
  const snapshot = snapshotOf([[path, main], ...read, [priceFile.path, priceFile.reading]]);
  return { ok: true, value: { ...checked.value, priceFile }, snapshot };
}

/** Checks a configuration that came from no file. Its texts are taken as they are: references are not looked for. */
export function checkConfig(value: unknown): ConfigCheck {
  const document = documentOf(jsonOf(value));
  return validate(document, { value: document.value, written: new Map(), problems: [] });
}

function validate(document: Document, expanded: Expanded): ConfigCheck {
  const checked = configFileSchema.safeParse(expanded.value);
  const issues = checked.success ? [] : checked.error.issues;
  const problems = [...expanded.problems, ...explainIssues(document, expanded, issues)];
  if (!checked.success || problems.length > 0) return { ok: false, problems: inOrder(problems) };
  return { ok: true, value: { config: checked.data, document, written: expanded.written } };
}

/** Problems in the order in which they stand in the file. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0),
  );
}

function fileProblem(file: string, message: string): Problem {
  const suggestion = 'Check the path, or run "sluice init" to write a new one.';
  return { severity: 'error', file, line: undefined, column: undefined, path: '', message, suggestion };
}
