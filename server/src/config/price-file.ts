// The price file beside the configuration. What is wrong in it is reported as in the configuration and leaves out all of
// the file, but never stops the gateway: prices decide about bills, not about answers.

import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseDocument } from './document.ts';
import { explainIssues } from './explain.ts';
import { absolutePath } from './places.ts';
import type { Problem } from './problem.ts';
import { fieldsAt } from './schema/fields.ts';
import { type PricesConfig, priceFileSchema } from './schema/prices.ts';
import { type FileReading, readSettled } from './snapshot.ts';

/** What became of the price file. */
export interface PriceFile {
  /** Absolute path; it is watched even where there is no such file yet. */
  readonly path: string;
  readonly reading: FileReading;
  /** Empty where there is no file, or a bad one. */
  readonly prices: PricesConfig;
  /** Warnings all of them. */
  readonly problems: readonly Problem[];
}

/** The name of the file where the configuration names none. */
const PRICE_FILE_NAME = 'prices.jsonc';

/** Reads the price file of a configuration file. Never rejects. `named`: `prices.file`, or undefined for the default. */
export async function readPriceFile(configFile: string, named: string | undefined): Promise<PriceFile> {
  const path =
    named === undefined
      ? join(dirname(configFile), PRICE_FILE_NAME)
      : absolutePath(named, configFile, homedir());
  const reading = await readSettled(path);
  return { path, reading, ...judge(path, reading, named !== undefined) };
}

function judge(path: string, reading: FileReading, isNamed: boolean): Pick<PriceFile, 'prices' | 'problems'> {
  if (!('text' in reading)) {
    const isAbsent = reading.failure === 'there is no such file';
    if (isAbsent && !isNamed) return { prices: {}, problems: [] };
    return { prices: {}, problems: [unread(path, `The price file cannot be read: ${reading.failure}.`)] };
  }
  const parsed = parseDocument(path, reading.text);
  if (!parsed.ok) return { prices: {}, problems: parsed.problems.map(asWarning) };
  const { document } = parsed;
  const checked = priceFileSchema.safeParse(document.value);
  if (checked.success) return { prices: checked.data, problems: [] };
  const expanded = { value: document.value, written: new Map<string, string>(), problems: [] };
  const problems = explainIssues(document, expanded, checked.error.issues).map(asWarning);
  return { prices: {}, problems: problems.map(withNames) };
}

/** The fields of a price are looked for where the configuration has them. */
function withNames(problem: Problem): Problem {
  if (problem.message !== 'There is no such field.') return problem;
  return { ...problem, suggestion: `Known here: ${fieldsAt(['prices', 'models', '*']).join(', ')}.` };
}

function asWarning(problem: Problem): Problem {
  return { ...problem, severity: 'warning' };
}

function unread(file: string, message: string): Problem {
  return { severity: 'warning', file, line: undefined, column: undefined, path: '', message };
}
