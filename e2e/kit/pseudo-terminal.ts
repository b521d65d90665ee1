// A program at a terminal that is none: `script` of util-linux gives it one, and what it draws is kept.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Surroundings } from './program.ts';

/** True where there is a `script` that takes these options. */
export function hasPseudoTerminal(): boolean {
  return spawnSync('script', ['-qfec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0;
}

/** A running shell command at a terminal. */
export interface AtTerminal {
  /** Everything that came to the screen, escapes and all. */
  seen(): string;
  type(keys: string): void;
  readonly ended: Promise<void>;
  kill(): void;
}

/** Runs a shell command at a terminal of 100 columns and 30 rows. */
export function atTerminal(command: string, { cwd, env }: Surroundings): AtTerminal {
  const child: ChildProcess = spawn('script', ['-qfec', `stty cols 100 rows 30; ${command}`, '/dev/null'], {
    cwd,
    env: { ...env, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let seen = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    seen: () => seen,
    type: (keys) => void child.stdin?.write(keys),
    ended,
    kill: () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    },
  };
}
