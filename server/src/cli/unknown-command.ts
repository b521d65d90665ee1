// `sluice` without a command serves, so that a word that is no command would be taken for a parameter of "serve".

import type { Command } from 'commander';
import { nearestName } from '../config/nearest.ts';

/** What to tell somebody whose first word is no command; undefined where it is one, or an option. */
export function unknownCommand(program: Command, word: string | undefined): string | undefined {
  if (word === undefined || word.startsWith('-')) return undefined;
  const names = ['help', ...program.commands.flatMap((command) => [command.name(), ...command.aliases()])];
  if (names.includes(word)) return undefined;
  const near = nearestName(word, names);
  const meant = near === undefined ? '"sluice help" lists them all.' : `Did you mean "sluice ${near}"?`;
  return `error: There is no command "${word}". ${meant}`;
}
