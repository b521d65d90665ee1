// Why a gateway cannot listen, in words for the operator.

import type { Settings } from '../config/settings.ts';

/** Why the address could not be taken, and what to do. */
export function bindingProblem(error: unknown, server: Settings['server']): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const further = furtherPort(error, server);
  const where = `${server.host}:${further ?? server.port}`;
  if (further !== undefined && code === 'EADDRINUSE')
    return `Port ${further} is in use: another program, perhaps the gateway that Sluice is to stand in for, listens on ${where}. Stop it, or take ${further} out of server.compatListeners.`;
  if (further !== undefined && code === 'EACCES')
    return `This user may not listen on ${where}: ports below 1024 need a privilege. Take ${further} out of server.compatListeners.`;
  if (code === 'EADDRINUSE')
    return `Port ${server.port} is in use: another program, perhaps another Sluice, listens on ${where}. Stop it, or choose another port with --port or PORT.`;
  if (code === 'EACCES')
    return `This user may not listen on ${where}. Ports below 1024 need a privilege: choose another with --port or PORT.`;
  if (code === 'EADDRNOTAVAIL')
    return `${server.host} is not an address of this machine. Set server.host or --host to one that is.`;
  return `The gateway could not listen on ${where}: ${error instanceof Error ? error.message : String(error)}.`;
}

/** The port of server.compatListeners that an error of the system speaks of. */
function furtherPort(error: unknown, { compatListeners = [] }: Settings['server']): number | undefined {
  const port = error instanceof Error && 'port' in error ? error.port : undefined;
  return compatListeners.find((further) => further === port);
}
