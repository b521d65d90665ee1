// Refuses to serve the operator's keys to everyone who can reach the machine.

import type { Problem } from './problem.ts';
import type { Settings } from './settings.ts';

/** True for addresses that only this machine can reach. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost' || bare === '::1' || bare === '0:0:0:0:0:0:0:1') return true;
  return /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}

/** The reason not to start: other machines can reach the gateway, and nothing asks them for a key. */
export function checkExposure(
  settings: Pick<Settings, 'server' | 'clients' | 'origin'>,
): Problem | undefined {
  const { host, allowOpen } = settings.server;
  if (allowOpen || settings.clients.length > 0 || isLoopbackHost(host)) return undefined;
  return {
    severity: 'error',
    file: settings.origin.file,
    line: undefined,
    column: undefined,
    path: 'clients',
    message: `Other machines can reach ${host}, and no client key protects the gateway.`,
    suggestion:
      'Add a client to "clients" ("sluice init" makes a key), listen on 127.0.0.1, or set server.allowOpen to true if everyone may spend your keys.',
  };
}
