// Prints problems so that a person finds the place at a glance.

import { relative } from 'node:path';
import { type Problem, placeText } from '../../config/problem.ts';
import type { Terminal } from './terminal.ts';

/** Writes problems to standard error: mark and place, what is wrong, what to do. */
export function printProblems(terminal: Terminal, problems: readonly Problem[]): void {
  const { colours } = terminal;
  for (const problem of problems) {
    const mark = problem.severity === 'error' ? colours.red('error') : colours.yellow('warning');
    const place = [colours.cyan(shortPlace(terminal, problem)), colours.bold(problem.path)];
    terminal.err(`${[mark, ...place].filter((part) => part !== '').join(' ')}`);
    terminal.err(`  ${problem.message}`);
    if (problem.suggestion !== undefined) terminal.err(`  ${colours.green('→')} ${problem.suggestion}`);
  }
}

/** The path relative to the working directory where that is shorter. */
function shortPlace(terminal: Terminal, problem: Problem): string {
  const { file } = problem;
  if (file === undefined) return '';
  const near = relative(terminal.cwd, file);
  return placeText({ ...problem, file: near.length < file.length ? near : file });
}

/** "1 error", "2 errors": a count with its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
