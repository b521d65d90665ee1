// sluice doctor: looks at everything that a gateway depends on, and says what is wrong and what to do.

import { existsSync } from 'node:fs';
import { Command } from 'commander';
import picocolors from 'picocolors';
import { upstreamsFromEnvironment } from '../../config/environment.ts';
import { checkConfig } from '../../config/load.ts';
import { misnamedFiles } from '../../config/locate.ts';
import { examine } from '../../doctor/examine.ts';
import { discoverLocalServers } from '../../upstream/discover.ts';
import { version } from '../../version.ts';
import { gatewayOrigin } from '../operator-client.ts';
import { findConfig } from '../ui/config-file.ts';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { doctorLines } from './doctor-lines.ts';
import { toolsHere } from './doctor-tools.ts';

interface DoctorFlags {
  readonly json?: boolean;
  readonly offline?: boolean;
  readonly config?: string;
  readonly port?: string;
}

/** The `doctor` command. */
export function doctorCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('doctor')
    .description('look for what is wrong and say what to do; exit code 1 when there is a problem')
    .option('--offline', 'ask no provider')
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'use this configuration')
    .option('-p, --port <number>', 'port of the gateway, where it is not that of the configuration')
    .action((flags: DoctorFlags) => doctor(terminal, flags));
}

async function doctor(terminal: Terminal, flags: DoctorFlags): Promise<void> {
  const { env, cwd, home } = terminal;
  const port = flags.port === undefined ? undefined : Number(flags.port);
  if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
    fail(terminal, '--port must be a whole number from 1 to 65535.');
    return;
  }
  const file = findConfig(terminal, flags.config)?.path;
  const findings = await examine({
    source: {
      file,
      found: file === undefined ? await surroundings(env, port) : undefined,
      env,
      home,
      port,
      misnamed: file === undefined ? misnamedFiles({ env, cwd, home, exists: existsSync }) : [],
    },
    node: process.version,
    version,
    originOf: gatewayOrigin,
    offline: flags.offline === true,
    toolsHere: () => toolsHere(terminal),
  });
  if (findings.some(({ state }) => state === 'problem')) terminal.exitCode(1);
  if (flags.json === true) {
    terminal.out(JSON.stringify({ version, findings }, undefined, 2));
    return;
  }
  // Standard output may be a file while standard error is a terminal.
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  for (const line of doctorLines(findings, colours)) terminal.out(line);
}

/** What a gateway without a configuration file would serve. */
async function surroundings(
  env: Terminal['env'],
  port: number | undefined,
): Promise<ReturnType<typeof checkConfig>> {
  const found = upstreamsFromEnvironment(env);
  const local = await discoverLocalServers(port === undefined ? {} : { gatewayPort: port });
  const upstreams = [...found.upstreams, ...local.upstreams];
  return checkConfig(JSON.parse(JSON.stringify({ upstreams })));
}
