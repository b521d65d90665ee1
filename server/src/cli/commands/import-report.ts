// What an import tells: what works as before, what is different and why, and what has no counterpart.

import { join } from 'node:path';
import { CONFIG_FILE_NAME } from '../../config/locate.ts';
import type { ImportResult } from '../../import/import.ts';
import type { Note } from '../../import/plan.ts';
import { printable } from '../ui/printable.ts';
import { printProblems } from '../ui/problems.ts';
import type { Terminal } from '../ui/terminal.ts';
import type { Stored } from './import-store.ts';

/** Prints the report; `done`: what was written, where something was. */
export function report(
  terminal: Terminal,
  result: ImportResult,
  done: (Stored & { readonly out: string }) | undefined,
): void {
  const { colours } = terminal;
  const say = (line: string): void => terminal.err(line);
  say(`Read ${result.read.map(printable).join(', ')} as ${colours.bold(result.source)}.`);
  for (const { kind, title, mark } of [
    { kind: 'carried', title: 'Carried over', mark: colours.green('✔') },
    { kind: 'changed', title: 'Changed', mark: colours.yellow('~') },
    { kind: 'missing', title: 'No counterpart', mark: colours.red('✗') },
  ] as const) {
    const notes = result.notes.filter((note) => note.kind === kind);
    if (notes.length > 0) say(`\n${colours.bold(title)}`);
    for (const note of notes) say(`  ${mark} ${noteText(note)}`);
  }
  if (result.warnings.length > 0) {
    say(`\n${colours.bold('Look at this')}`);
    printProblems(terminal, result.warnings);
  }
  say('');
  tellKeys(terminal, result, done);
  if (done === undefined) {
    say('Nothing was written, because of --dry-run.');
    return;
  }
  say(`${colours.green('✔')} Wrote ${done.out} (readable by you alone).`);
  const flag = done.out === join(terminal.cwd, CONFIG_FILE_NAME) ? '' : ` --config ${done.out}`;
  say(`Next: ${colours.cyan(`sluice config check${flag}`)}, then ${colours.cyan(`sluice serve${flag}`)}`);
}

function noteText({ what, why }: Note): string {
  return why === undefined ? printable(what) : `${printable(what)}: ${printable(why)}`;
}

function tellKeys(terminal: Terminal, result: ImportResult, done: Stored | undefined): void {
  const { colours } = terminal;
  const { store, invented, unset } = result;
  const mark = colours.green('✔');
  if (store.length > 0) {
    const count = `${store.length} ${store.length === 1 ? 'key' : 'keys'}`;
    terminal.err(
      done === undefined
        ? `${count} would be stored, sealed; "--secrets env" or "--secrets inline" put them elsewhere.`
        : `${mark} Stored ${count}, sealed, in ${done.place}.`,
    );
  }
  for (const { variable, upstream } of invented)
    terminal.err(`${colours.yellow('!')} Set ${variable} to the key of upstream ${upstream}.`);
  const missing = unset.filter((name) => !invented.some(({ variable }) => variable === name));
  if (missing.length > 0)
    terminal.err(
      `${colours.yellow('!')} Not set here, and needed when the gateway starts: ${missing.join(', ')}.`,
    );
}
