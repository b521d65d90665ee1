// Where the gateway listens: the flag wins over the environment, the environment over the file.

import type { Environment } from './environment.ts';
import type { LoadedConfig } from './load.ts';
import type { Problem } from './problem.ts';

/** Values of --host and --port. */
export interface ListenOverrides {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** Who decided. */
export type ListenSource = 'flag' | 'environment' | 'file';

/** The address, and who decided each half of it. `file` includes the default. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly hostFrom: ListenSource;
  readonly portFrom: ListenSource;
}

/** Decides host and port; wrong values of flag and environment are problems. */
export function listenAddress(
  loaded: LoadedConfig,
  overrides: ListenOverrides,
  environment: Environment,
): ListenAddress | Problem {
  const { host: fileHost, port: filePort } = loaded.config.server;
  const [host, hostFrom] = choose(overrides.host, environment['HOST'], fileHost);
  const [port, portFrom] = choose(overrides.port?.toString(), environment['PORT'], String(filePort));
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    const name = portFrom === 'flag' ? '--port' : 'the environment variable PORT';
    return {
      severity: 'error',
      file: undefined,
      line: undefined,
      column: undefined,
      path: 'server.port',
      message: `Must be a whole number from 0 to 65535, but ${name} says ${JSON.stringify(port.slice(0, 20))}.`,
    };
  }
  return { host, port: Number(port), hostFrom, portFrom };
}

function choose(
  flag: string | undefined,
  variable: string | undefined,
  file: string,
): readonly [string, ListenSource] {
  if (flag !== undefined && flag !== '') return [flag, 'flag'];
  if (variable !== undefined && variable !== '') return [variable, 'environment'];
  return [file, 'file'];
}
