// The single steps that a connection is made of: TCP to an address, TLS over TCP or over a tunnel. Each ends with a socket
// or with an error that names the other end.

import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';

/** Where a TCP or TLS connection ends. `host` has no brackets, also for IPv6. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** "api.openai.com:443": names the endpoint in messages and CONNECT requests. */
  readonly label: string;
  /** Value of the Host header: without the default port. */
  readonly authority: string;
}

/** Trust and session state of TLS connections. */
export interface TlsSettings {
  /** Certificate authorities in PEM that are trusted instead of the built-in ones. */
  readonly ca?: string | undefined;
  /** An earlier session of the same endpoint, to shorten the handshake. */
  readonly session?: Buffer | undefined;
  /** Called when the server issues a session. */
  readonly onSession?: ((session: Buffer) => void) | undefined;
}

/** One step of making a connection: ends with a socket, or with an error that says what is wrong. */
export type StepResult = { readonly socket: Socket } | { readonly error: SluiceError };

/** How long one address of a host may take before the next is tried; Node's default of 250 ms fails on slow links. */
const ADDRESS_ATTEMPT_MS = 1000;
const ignore = (): void => {};

/** Reads an origin such as "https://api.openai.com"; undefined when it is not an http or https URL. */
export function readEndpoint(origin: string): Endpoint | undefined {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:') return undefined;
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { host, port, secure, label: `${url.hostname}:${port}`, authority: url.host };
}

/** A TCP connection. `label` names the other end in messages. */
export function openTcp(
  endpoint: Pick<Endpoint, 'host' | 'port'>,
  label: string,
  callback: (result: StepResult) => void,
  onread?: OnReadOpts | undefined,
): () => void {
  const socket = connectTcp({
    host: endpoint.host,
    port: endpoint.port,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    ...(onread === undefined ? {} : { onread }),
  });
  return awaitSocket(socket, 'connect', label, callback);
}

/** A TLS connection, over `lower` when there is a tunnel already. */
export function openTls(
  endpoint: Pick<Endpoint, 'host' | 'port'>,
  label: string,
  settings: TlsSettings,
  callback: (result: StepResult) => void,
  lower: Socket | undefined,
): () => void {
  const options: ConnectionOptions = {
    host: endpoint.host,
    port: endpoint.port,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    // An IP address is no valid server name; the certificate is then checked against `host`.
    servername: isIP(endpoint.host) === 0 ? endpoint.host : '',
  };
  if (settings.ca !== undefined) options.ca = settings.ca;
  if (settings.session !== undefined) options.session = settings.session;
  if (lower !== undefined) options.socket = lower;
  const socket: TLSSocket = connectTls(options);
  if (settings.onSession !== undefined) socket.on('session', settings.onSession);
  const cancel = awaitSocket(socket, 'secureConnect', label, (result) => {
    if ('error' in result) lower?.destroy();
    callback(result);
  });
  return () => {
    cancel();
    lower?.destroy();
  };
}

/** Waits until a socket is connected. Leaves an 'error' listener on it, so that a late error is never thrown. */
function awaitSocket(
  socket: Socket,
  readyEvent: 'connect' | 'secureConnect',
  label: string,
  callback: (result: StepResult) => void,
): () => void {
  const settle = (result: StepResult | undefined): void => {
    socket.removeListener(readyEvent, onReady);
    socket.removeListener('error', onError);
    socket.removeListener('close', onClose);
    if (result === undefined || 'error' in result) socket.destroy();
    if (result !== undefined) callback(result);
  };
  const onReady = (): void => settle({ socket });
  const onError = (error: Error): void => settle({ error: connectError(label, errorCode(error)) });
  const onClose = (): void => settle({ error: connectError(label, 'closed') });
  socket.on('error', ignore);
  socket.once(readyEvent, onReady);
  socket.once('error', onError);
  socket.once('close', onClose);
  return () => settle(undefined);
}

/** The system's name of an error ("ECONNREFUSED"), or a general word. Never the error's own text. */
export function errorCode(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code) ? code : 'connection error';
}

/** What an operator can do about the codes that are met most. */
function adviceFor(code: string): string | undefined {
  if (code === 'ECONNREFUSED') return 'Check that the server is running and that address and port are right.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Check the host name and the name server.';
  if (code.includes('CERT') || code.includes('ISSUER')) {
    return 'Check the certificate of the server; a private authority can be trusted with NODE_EXTRA_CA_CERTS.';
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return 'Check whether the server speaks TLS on this port.';
  return undefined;
}

/** The error of a connection that could not be made. */
export function connectError(label: string, code: string): SluiceError {
  const suggestion = adviceFor(code);
  const message = `No connection to ${label} could be made (${code}).`;
  return sluiceError('upstream_connect', message, suggestion === undefined ? {} : { suggestion });
}
