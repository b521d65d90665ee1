// What the tests of all command-line clients share: the program, a home of its own, and a project folder to work in.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inCi, skipLoudly } from '../kit/availability.ts';
import { isolated } from '../kit/gateway.ts';
import { type Ended, run, type Surroundings } from '../kit/program.ts';
import { type ClientName, installClient, programOf } from './install.mjs';

const RUN_LIMIT_MS = 60_000;

/** Path of the client's program; in CI it is installed first. undefined: not installed, and said so. */
export async function findClient(name: ClientName): Promise<string | undefined> {
  if (inCi) await installClient(name);
  const program = programOf(name);
  if (program === undefined)
    skipLoudly(`${name} is not installed.`, 'Install it with: node e2e/clients/install.mjs');
  return program;
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
  const bare = isolated(home);
  return { home, project, surroundings: { cwd: project, env: { ...bare.env, ...env } } };
}

/** Runs a client to its end. */
export function runClient(program: string, args: readonly string[], desk: Desk): Promise<Ended> {
  return run(process.execPath, [program, ...args], desk.surroundings, RUN_LIMIT_MS);
}

/** Writes ~/.codex/config.toml with a gateway as a provider of its own; `more` are further lines of that provider. */
export function configureCodex(desk: Desk, origin: string, more: string): void {
  const folder = join(desk.home, '.codex');
  mkdirSync(folder, { recursive: true });
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
  writeFileSync(join(folder, 'config.toml'), lines.join('\n'));
}
