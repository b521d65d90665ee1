// A program that takes the place of ours for a while: it has our terminal, gets the signals that we get, and its end is
// ours.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Environment } from '../../config/environment.ts';
import type { RunPlan } from '../../setup/facts.ts';

/** What is run. */
export interface Running {
  /** Absolute path. */
  readonly program: string;
  /** Behind those of the plan. */
  readonly args: readonly string[];
  readonly plan: RunPlan;
  readonly env: Environment;
  readonly cwd: string;
}

/** Handed on to the program. */
const HANDED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];
/** A terminal sends these to the program as well as to us. */
const OF_THE_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** Runs it; answers its exit code, or 128 and the number of the signal that ended it, as shells do. */
export async function runToEnd({ program, args, plan, env, cwd }: Running): Promise<number> {
  const named = Object.entries(plan.files);
  const folder = named.length === 0 ? undefined : await mkdtemp(join(tmpdir(), 'sluice-run-'));
  try {
    if (folder !== undefined) await fill(folder, plan);
    const filled = (text: string): string => text.replaceAll('{folder}', () => folder ?? '');
    const set = Object.entries(plan.env).map(([name, value]) => [
      name,
      value === undefined ? undefined : filled(value),
    ]);
    return await wait(
      program,
      [...plan.args.map(filled), ...args],
      { ...env, ...Object.fromEntries(set) },
      cwd,
    );
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function fill(folder: string, { files, linked }: RunPlan): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode: 0o600 });
  }
  if (linked === undefined) return;
  const { from, into } = linked;
  for (const name of await readdir(from).catch(() => []))
    if (!Object.hasOwn(files, join(into, name))) await symlink(join(from, name), join(folder, into, name));
}

function wait(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
    const handOn = (signal: NodeJS.Signals): void => void child.kill(signal);
    const interrupt = (signal: NodeJS.Signals): void => {
      // Without a terminal nobody else tells the program.
      if (process.stdin.isTTY !== true) child.kill(signal);
    };
    for (const signal of HANDED_ON) process.on(signal, handOn);
    for (const signal of OF_THE_TERMINAL) process.on(signal, interrupt);
    const done = (): void => {
      for (const signal of HANDED_ON) process.off(signal, handOn);
      for (const signal of OF_THE_TERMINAL) process.off(signal, interrupt);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
