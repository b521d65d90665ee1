// `sluice serve`: starts the gateway, keeps it in step with its configuration file, and stops it without losing anything.

import { Command, InvalidArgumentError, Option } from 'commander';
import type { ListenOverrides } from '../../config/listen-address.ts';
import { type SourceId, sourceNamed } from '../../import/plan.ts';
import { serve } from '../serve.ts';
import type { StartOptions } from '../start-settings.ts';
import { type WorkerPlace, workerPlace } from '../worker-place.ts';

/** Options of the command line. */
export interface ServeFlags {
  readonly config?: string;
  readonly port?: number;
  readonly host?: string;
  readonly env?: true | SourceId;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return port;
}

function gatewayNamed(word: string): SourceId {
  const source = sourceNamed(word);
  if (source === undefined)
    throw new InvalidArgumentError('It must be nos-token-proxy, ai-proxy or openrouter-proxy.');
  return source;
}

/** Loaded in the processes that relay for another one. */
async function serveAsWorker(options: StartOptions, place: WorkerPlace): Promise<number> {
  const { serveWorker } = await import('../serve-worker.ts');
  return serveWorker(options, place);
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
    .addOption(
      new Option(
        '--env [gateway]',
        'take variables of the environment alone and no file: all that are known, or those of nos-token-proxy, ai-proxy or openrouter-proxy with its ways',
      )
        .argParser(gatewayNamed)
        .conflicts('config'),
    )
    .action(async (flags: ServeFlags) => {
      const overrides: ListenOverrides = { host: flags.host, port: flags.port };
      const options: StartOptions = {
        config: flags.config,
        overrides,
        env: process.env,
        cwd: process.cwd(),
        variablesOf: flags.env === true ? 'all' : flags.env,
      };
      const place = workerPlace(process.env);
      process.exitCode = place === undefined ? await serve(options) : await serveAsWorker(options, place);
      // Everything is closed. What a library still waits for, such as a collector that is not there, keeps nobody waiting.
      setTimeout(() => process.exit(), LINGER_MS).unref();
    });
}
