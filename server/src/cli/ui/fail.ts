// How a command says that it cannot do what it was asked.

import { printableLines } from './printable.ts';
import type { Terminal } from './terminal.ts';

/** Writes an error to standard error, sets exit code 1, and answers undefined. */
export function fail(terminal: Terminal, message: string, suggestion?: string): undefined {
  const { colours } = terminal;
  terminal.err(`${colours.red('error')} ${printableLines(message)}`);
  if (suggestion !== undefined) terminal.err(`  ${colours.green('→')} ${printableLines(suggestion)}`);
  terminal.exitCode(1);
  return undefined;
}
