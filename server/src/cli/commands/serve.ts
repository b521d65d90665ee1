// `sluice serve`: starts the gateway, keeps it in step with its configuration file, and stops it without losing anything.

import { Command, InvalidArgumentError } from 'commander';
import type { ListenOverrides } from '../../config/listen-address.ts';
import { serve } from '../serve.ts';

/** Options of the command line. */
export interface ServeFlags {
  readonly config?: string;
  readonly port?: number;
  readonly host?: string;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return port;
}

/** How long the process may take to end by itself once the gateway has stopped. */
const LINGER_MS = 250;

/** The command. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('start the gateway')
    .option(
      '-c, --config <file>',
      'configuration file (default: SLUICE_CONFIG, ./sluice.jsonc, the user folder)',
    )
    .option('-p, --port <number>', 'port to listen on (default: PORT, the file, 9208)', portNumber)
    .option('--host <address>', 'address to listen on (default: HOST, the file, 127.0.0.1)')
    .action(async (flags: ServeFlags) => {
      const overrides: ListenOverrides = { host: flags.host, port: flags.port };
      process.exitCode = await serve({
        config: flags.config,
        overrides,
        env: process.env,
        cwd: process.cwd(),
      });
      // Everything is closed. What a library still waits for, such as a collector that is not there, keeps nobody waiting.
      setTimeout(() => process.exit(), LINGER_MS).unref();
    });
}
