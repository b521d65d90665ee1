// sluice init: writes a first sluice.jsonc, mode 0600, that refers to secrets and holds none.

import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { makeClientKey } from '../../config/client-key.ts';
import { CONFIG_FILE_NAME, userConfigPath } from '../../config/locate.ts';
import { hashKey } from '../../config/resolve-clients.ts';
import { type StarterOptions, starterFile } from '../../config/starter-file.ts';
import { starterUpstreams } from '../../config/starter-upstreams.ts';
import { codeOf } from '../../config/system-code.ts';
import { askInit } from '../ui/ask-init.ts';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';

const DEFAULT_PORT = 9208;

interface InitOptions {
  readonly config?: string;
  readonly user?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly port?: string;
  /** False with --no-client. */
  readonly client: boolean;
}

/** The `init` command. */
export function initCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('init')
    .description('write a commented configuration file')
    .option('-c, --config <file>', `write this file (default: ./${CONFIG_FILE_NAME})`)
    .option('--user', 'write the file of the user, in ~/.config/sluice')
    .option('-y, --yes', 'ask nothing: take every provider found in the environment and make a client key')
    .option('--port <number>', 'port to listen on')
    .option('--no-client', 'make no client key')
    .option('-f, --force', 'replace a file that is there')
    .action(async (_options: unknown, self: Command) => init(terminal, self.optsWithGlobals<InitOptions>()));
}

async function init(terminal: Terminal, options: InitOptions): Promise<void> {
  const port = Number(options.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return fail(terminal, '--port must be a whole number from 0 to 65535.');
  }
  if (options.yes !== true && !terminal.interactive) {
    return fail(terminal, 'There is no terminal to ask questions on. Use "sluice init --yes".');
  }
  const path = targetPath(terminal, options);
  const found = starterUpstreams(terminal.env, port);
  const proposal = { port, upstreams: found, client: options.client };
  const answers = options.yes === true ? proposal : await askInit(proposal, path);
  if (answers === undefined) return terminal.exitCode(1);
  const key = answers.client ? makeClientKey() : undefined;
  const starter: StarterOptions = {
    port: answers.port,
    upstreams: answers.upstreams,
    ...(key === undefined ? {} : { keyHash: `sha256:${hashKey(key)}` }),
  };
  const failure = await writePrivate(path, starterFile(starter), options.force === true);
  if (failure !== undefined) return fail(terminal, failure);
  report(terminal, path, starter, key);
}

function targetPath(terminal: Terminal, options: InitOptions): string {
  if (options.config !== undefined) return resolve(terminal.cwd, options.config);
  if (options.user === true) return userConfigPath(terminal.env, terminal.home);
  return join(terminal.cwd, CONFIG_FILE_NAME);
}

/** Writes a file that only its owner can read. Gives the reason when it cannot. */
async function writePrivate(path: string, text: string, replace: boolean): Promise<string | undefined> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const written = replace ? temporary : path;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(written, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (replace) await rename(temporary, path);
    return undefined;
  } catch (error) {
    if (replace) await rm(temporary, { force: true });
    const code = codeOf(error);
    if (code === 'EEXIST') return `${path} is there already. Use --force to replace it.`;
    return `${path} cannot be written: the system says ${code}.`;
  }
}

function report(terminal: Terminal, path: string, starter: StarterOptions, key: string | undefined): void {
  const { colours } = terminal;
  terminal.err(`${colours.green('✔')} Wrote ${path} (readable by you alone).`);
  for (const { id, keys } of starter.upstreams) {
    terminal.err(`  ${colours.bold(id)} ${keys.length > 0 ? `with ${keys.join(', ')}` : 'without a key'}`);
  }
  if (starter.upstreams.length === 0)
    terminal.err('  No provider key was found in the environment: add an upstream.');
  if (key !== undefined) {
    terminal.err('Your client key, shown only this once; the file holds its hash:');
    terminal.out(key);
  }
  terminal.err(`Next: ${colours.cyan('sluice serve')}`);
}
