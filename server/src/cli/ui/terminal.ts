// The terminal as the commands see it: two outputs, colours where they are wanted, and the exit code.

import { homedir } from 'node:os';
import picocolors from 'picocolors';
import type { Environment } from '../../config/environment.ts';

/** Colours and weights; without colour every function gives its text back. */
export type Colours = ReturnType<typeof picocolors.createColors>;

/** Where a command reads and writes. Tests give their own. */
export interface Terminal {
  readonly env: Environment;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly home: string;
  /** True when a person can answer questions. */
  readonly interactive: boolean;
  /** Colours for standard error, where people are spoken to. */
  readonly colours: Colours;
  /** Writes one line to standard output: the result. */
  out(line: string): void;
  /** Writes one line to standard error: everything for people. */
  err(line: string): void;
  /** Sets the exit code; the command still ends by itself. */
  exitCode(code: number): void;
}

/** The terminal of the process. NO_COLOR and FORCE_COLOR are respected. */
export function processTerminal(): Terminal {
  const { env } = process;
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const refused = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  const coloured = !refused && (forced || (process.stderr.isTTY === true && env['TERM'] !== 'dumb'));
  return {
    env,
    cwd: process.cwd(),
    home: homedir(),
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    colours: picocolors.createColors(coloured),
    out: (line) => {
      process.stdout.write(`${line}\n`);
    },
    err: (line) => {
      process.stderr.write(`${line}\n`);
    },
    exitCode: (code) => {
      process.exitCode = code;
    },
  };
}
