// Opens one connected socket to a destination: straight or through a proxy, with TLS where the origin asks for it. The
// HTTP client runs over it; so may anything else that needs a raw connection, such as a WebSocket tunnel.

import type { OnReadOpts, Socket } from 'node:net';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { Destination } from '../exchange/ports.ts';
import { openTunnel } from './proxy.ts';
import {
  type Endpoint,
  openTcp,
  openTls,
  readEndpoint,
  type StepResult,
  type TlsSettings,
} from './transport/socket-step.ts';

/** What openSocket may use besides the destination. */
export interface OpenOptions extends TlsSettings {
  /** Reads of a direct connection without TLS go here instead of to 'data'. */
  readonly onread?: OnReadOpts | undefined;
}

/** `usesOnread` tells whether the reads go to OpenOptions.onread; otherwise the caller listens to 'data'. */
export type OpenResult =
  | { readonly ok: true; readonly socket: Socket; readonly usesOnread: boolean }
  | { readonly ok: false; readonly error: SluiceError };

const LONGEST_TIMER_MS = 2_147_483_647;
/** Lets a dead peer of a silent stream be found, and keeps address translators from forgetting the connection. */
const TCP_KEEPALIVE_MS = 30_000;

const ignore = (): void => {};

/**
 * Opens a socket that is ready to carry the destination's protocol. `connectMs` covers name resolution, TCP, proxy and TLS
 * handshakes together. The callback comes once and never before this function returns; the returned function cancels
 * (then it never comes). Errors: upstream_timeout when connectMs passes, otherwise upstream_connect.
 */
export function openSocket(
  destination: Destination,
  connectMs: number,
  callback: (result: OpenResult) => void,
  options: OpenOptions = {},
): () => void {
  const endpoint = readEndpoint(destination.origin);
  if (endpoint === undefined) {
    const error = sluiceError(
      'upstream_connect',
      'The base URL of the upstream is not an http or https URL.',
    );
    const immediate = setImmediate(callback, { ok: false, error });
    return () => clearImmediate(immediate);
  }
  let cancelStep: () => void = ignore;
  let over = false;
  const end = (): void => {
    over = true;
    clearTimeout(timer);
  };
  const timer = setTimeout(
    () => {
      end();
      cancelStep();
      callback({ ok: false, error: timeoutError(endpoint, destination.proxy, connectMs) });
    },
    Math.min(connectMs, LONGEST_TIMER_MS),
  );
  const finish = (result: StepResult): void => {
    end();
    if ('error' in result) {
      callback({ ok: false, error: result.error });
      return;
    }
    result.socket.setNoDelay(true);
    result.socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
    const usesOnread = options.onread !== undefined && destination.proxy === undefined && !endpoint.secure;
    callback({ ok: true, socket: result.socket, usesOnread });
  };
  const secureOver = (result: StepResult): void => {
    if (endpoint.secure && 'socket' in result) {
      cancelStep = openTls(endpoint, endpoint.label, options, finish, result.socket);
    } else finish(result);
  };
  if (destination.proxy !== undefined) {
    cancelStep = openTunnel(destination.proxy, endpoint, connectMs, options.ca, secureOver);
  } else if (endpoint.secure) cancelStep = openTls(endpoint, endpoint.label, options, finish, undefined);
  else cancelStep = openTcp(endpoint, endpoint.label, finish, options.onread);
  return () => {
    if (over) return;
    end();
    cancelStep();
  };
}

function timeoutError(endpoint: Endpoint, proxy: string | undefined, connectMs: number): SluiceError {
  const through = proxy === undefined ? '' : ' through the configured proxy';
  return sluiceError(
    'upstream_timeout',
    `No connection to ${endpoint.label}${through} within ${connectMs} ms.`,
    { connecting: true },
  );
}
