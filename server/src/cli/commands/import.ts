// sluice import: writes a sluice.jsonc from the configuration of another gateway, and tells what became of every part.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { CONFIG_FILE_NAME } from '../../config/locate.ts';
import { codeOf } from '../../config/system-code.ts';
import { importFiles } from '../../import/import.ts';
import { SECRET_PLACES, type SecretPlace } from '../../import/key-places.ts';
import { SOURCES, type SourceId, sourceNamed } from '../../import/plan.ts';
import { createPrivate, replacePrivate } from '../../vault/private-file.ts';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { report } from './import-report.ts';
import { storeKeys } from './import-store.ts';

interface ImportFlags {
  readonly out: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly secrets?: string;
}

/** The `import` command. */
export function importCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('import')
    .description('write a configuration from that of another gateway')
    .argument('<source>', `${SOURCES.join(', ')}; or auto, to tell it by the files`)
    .argument('[paths...]', 'its configuration files, or its folder')
    .option('-o, --out <file>', 'the file to write', CONFIG_FILE_NAME)
    .option('--dry-run', 'write nothing: show the file, without keys, and the report')
    .option('-f, --force', 'replace a file that is there')
    .option(
      '--secrets <place>',
      'where keys go: env (references to variables), vault (sealed, as "sluice keys add" does), inline (into the file). Default: env where the variable is set, else vault',
    )
    .action(async (source: string, paths: readonly string[], flags: ImportFlags) =>
      runImport(terminal, source, paths, flags),
    );
}

async function runImport(
  terminal: Terminal,
  word: string,
  given: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const wanted = readArguments(terminal, word, given, flags.secrets);
  if (wanted === undefined) return;
  const out = resolve(terminal.cwd, flags.out);
  if (flags.dryRun !== true && flags.force !== true && existsSync(out))
    return fail(
      terminal,
      `${out} is there already.`,
      'Use --force to replace it, or --out for another file.',
    );
  const result = await importFiles({ ...wanted, out, env: terminal.env, home: terminal.home });
  if (!result.ok) return fail(terminal, result.message, result.suggestion);
  if (flags.dryRun === true) {
    terminal.out(result.shown.trimEnd());
    report(terminal, result, undefined);
    return;
  }
  // Keys first: a file whose keys are nowhere would be found by the next start.
  const stored = await storeKeys(terminal, result);
  if (stored === undefined) return;
  const failure = await write(out, result.text, flags.force === true);
  if (failure !== undefined) return fail(terminal, failure);
  report(terminal, result, { out, ...stored });
  terminal.out(out);
}

interface Wanted {
  readonly source: SourceId | 'auto';
  readonly paths: readonly string[];
  readonly secrets: SecretPlace | undefined;
}

function readArguments(
  terminal: Terminal,
  word: string,
  given: readonly string[],
  place: string | undefined,
): Wanted | undefined {
  const secrets = SECRET_PLACES.find((known) => known === place);
  if (place !== undefined && secrets === undefined)
    return fail(
      terminal,
      '--secrets takes env, vault or inline.',
      'Without it: env where the variable is set, else vault.',
    );
  const named = word === 'auto' ? 'auto' : sourceNamed(word);
  // Who gives nothing but a file means: find out whose it is.
  const isPath = named === undefined && existsSync(resolve(terminal.cwd, word));
  const paths = (isPath ? [word, ...given] : given).map((path) => resolve(terminal.cwd, path));
  const source = named ?? (isPath ? 'auto' : undefined);
  if (source === undefined)
    return fail(terminal, 'This gateway is not known.', `Known: ${SOURCES.join(', ')}, or auto.`);
  if (paths.length === 0)
    return fail(
      terminal,
      'Say what to import.',
      `Name its files or its folder, as in "sluice import ${source} ${EXAMPLES[source]}".`,
    );
  return { source, paths, secrets };
}

const EXAMPLES: Readonly<Record<SourceId | 'auto', string>> = {
  auto: '../my-gateway',
  'nos-token-proxy': '.env',
  'ai-proxy': '.env',
  'token-proxy': 'config.jsonc',
  'api-together': 'src/config/apis.json',
  'openrouter-proxy': '.env data/keys.json',
  litellm: 'config.yaml',
};

/** Writes the file, readable by its owner alone; answers why it could not. */
async function write(out: string, text: string, replace: boolean): Promise<string | undefined> {
  try {
    if (replace) await replacePrivate(out, text);
    else if (!(await createPrivate(out, text))) return `${out} is there already. Use --force to replace it.`;
    return undefined;
  } catch (error) {
    return `${out} cannot be written: the system says ${codeOf(error)}.`;
  }
}
