// Starts programs the way a person would, keeps what they print, and makes sure that none outlives its test.

import { type ChildProcess, spawn } from 'node:child_process';

/** Where and how a program runs. The environment is exactly this one: nothing of the test run's own leaks in. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How a program ended. `code` is null when it had to be killed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program. */
export interface Program {
  /** undefined: it could not be started. */
  readonly pid: number | undefined;
  readonly ended: Promise<Ended>;
  /** What it printed so far. */
  stdout(): string;
  stderr(): string;
  /** Sends a signal to the program alone. */
  signal(signal: NodeJS.Signals): void;
  /** Ends the program and everything it started. */
  kill(): void;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) killGroup(child);
});

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Starts a program in a process group of its own, with nothing on its standard input. */
export function start(command: string, args: readonly string[], { cwd, env }: Surroundings): Program {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => {
      running.delete(child);
      resolve({ code: null, stdout: printed.stdout, stderr: `${printed.stderr}${error.message}` });
    });
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, ...printed });
    });
  });
  return {
    pid: child.pid,
    ended,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    signal: (signal) => void child.kill(signal),
    kill: () => killGroup(child),
  };
}

/** Runs a program to its end; one that takes longer than `limitMs` is killed with everything it started. */
export async function run(
  command: string,
  args: readonly string[],
  surroundings: Surroundings,
  limitMs: number,
): Promise<Ended> {
  const program = start(command, args, surroundings);
  const timer = setTimeout(() => program.kill(), limitMs);
  const ended = await program.ended;
  clearTimeout(timer);
  return ended;
}

/** The whole environment of the test run, for programs that are part of it (npm behind a company's proxy). */
export function ownEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  // npm hands its own settings down; they would turn a nested npm into a part of this workspace.
  return Object.fromEntries(entries.filter(([name]) => !/^(npm_|INIT_CWD$|NODE_ENV$|VITEST)/.test(name)));
}
