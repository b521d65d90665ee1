// What the tests of all command-line clients share: the program, a home of its own, and a project folder to work in.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inCi, skipLoudly } from '../kit/availability.ts';
import { isolated } from '../kit/gateway.ts';
import { type Ended, run, type Surroundings } from '../kit/program.ts';
import { type ClientName, installClient, programOf } from './install.mjs';

const RUN_LIMIT_MS = 60_000;

/** Clients that CI has to have. */
const REQUIRED: readonly ClientName[] = ['claude-code', 'codex'];

/** The words that start a client's program. */
export type Command = readonly string[];

/** The command of a client; in CI it is installed first. undefined: not installed, and said so. */
export async function findClient(name: ClientName): Promise<Command | undefined> {
  const required = REQUIRED.includes(name);
  let reason = '';
  if (inCi)
    await installClient(name).catch((error: unknown) => {
      if (required) throw error;
      reason = ` ${String(error)}`;
    });
  const command = programOf(name);
  if (command === undefined)
    skipLoudly(
      `${name} is not installed.${reason}`,
      `Install it with: node e2e/clients/install.mjs ${name}`,
      required,
    );
  return command;
}

/** A home that nobody lives in, and a project inside of it. */
export interface Desk {
  readonly home: string;
  readonly project: string;
  readonly surroundings: Surroundings;
}

/** Makes a home with a project below a folder; `env` is added to the bare environment. */
export function makeDesk(folder: string, env: Readonly<Record<string, string>>): Desk {
  const home = join(folder, 'home');
  const project = join(home, 'project');
  mkdirSync(project, { recursive: true });
  const temporary = join(home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const bare = isolated(home);
  return { home, project, surroundings: { cwd: project, env: { ...bare.env, TMPDIR: temporary, ...env } } };
}

/** Runs a client to its end. */
export function runClient(command: Command, args: readonly string[], desk: Desk): Promise<Ended> {
  const [program = '', ...first] = command;
  return run(program, [...first, ...args], desk.surroundings, RUN_LIMIT_MS);
}

/** Writes a file below the home. */
export function writeHome(desk: Desk, path: string, content: string): void {
  const file = join(desk.home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Writes ~/.codex/config.toml with a gateway as a provider of its own; `more` are further lines of that provider. */
export function configureCodex(desk: Desk, origin: string, more: string): void {
  const lines = [
    'model_provider = "sluice"',
    '[model_providers.sluice]',
    'name = "Sluice"',
    `base_url = "${origin}/v1"`,
    'env_key = "SLUICE_CLIENT_KEY"',
    'wire_api = "responses"',
    more,
    '[analytics]',
    'enabled = false',
  ];
  writeHome(desk, '.codex/config.toml', lines.join('\n'));
}
