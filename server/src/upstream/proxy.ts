// Tunnels through a proxy: http:// and https:// proxies by CONNECT, socks5:// and socks5h:// by SOCKS 5. The proxy
// resolves the host name in both cases. Credentials come from the proxy URL and appear in no message.

import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { connectError, type Endpoint, errorCode, openTcp, type StepResult } from './transport/socket-step.ts';

interface Proxy {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  /** "127.0.0.1:8080", without credentials. */
  readonly label: string;
  readonly user: string;
  readonly password: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
  'socks5h:': 1080,
};

/** Time added to the proxy library's own timer, so that ours is the one that ends the attempt. */
const LIBRARY_TIMER_SLACK_MS = 60_000;

const ignore = (): void => {};

function readProxy(address: string): Proxy | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined || url.hostname === '') return undefined;
  const port = url.port === '' ? defaultPort : Number(url.port);
  return {
    protocol: url.protocol,
    host: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    port,
    label: `${url.hostname}:${port}`,
    user: unquote(url.username),
    password: unquote(url.password),
  };
}

function unquote(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Opens a tunnel to `endpoint` through the proxy at `address`; what travels in it (TLS or plain) is the caller's. The
 * caller keeps the time limit. `ca` is for https proxies. Answers a function that cancels.
 */
export function openTunnel(
  address: string,
  endpoint: Endpoint,
  connectMs: number,
  ca: string | undefined,
  callback: (result: StepResult) => void,
): () => void {
  const proxy = readProxy(address);
  if (proxy === undefined) {
    const immediate = setImmediate(callback, {
      error: sluiceError(
        'upstream_connect',
        'The configured proxy is not an http, https, socks5 or socks5h URL.',
      ),
    });
    return () => clearImmediate(immediate);
  }
  if (proxy.protocol.startsWith('socks')) return openSocksTunnel(proxy, endpoint, connectMs, callback);
  return openConnectTunnel(proxy, endpoint, ca, callback);
}

function openConnectTunnel(
  proxy: Proxy,
  endpoint: Endpoint,
  ca: string | undefined,
  callback: (result: StepResult) => void,
): () => void {
  const headers: Record<string, string> = { host: endpoint.label };
  if (proxy.user !== '' || proxy.password !== '') {
    const credentials = Buffer.from(`${proxy.user}:${proxy.password}`).toString('base64');
    headers['proxy-authorization'] = `Basic ${credentials}`;
  }
  const options = {
    method: 'CONNECT',
    host: proxy.host,
    port: proxy.port,
    path: endpoint.label,
    headers,
    agent: false,
    setHost: false,
    ...(ca === undefined ? {} : { ca }),
    // Not set for an IP address, which is no valid server name.
    ...(proxy.protocol === 'https:' && isIP(proxy.host) === 0 ? { servername: proxy.host } : {}),
  } as const;
  const request: ClientRequest = proxy.protocol === 'https:' ? requestHttps(options) : requestHttp(options);
  let over = false;
  const finish = (result: StepResult): void => {
    if (over) return;
    over = true;
    callback(result);
  };
  request.once('connect', (response, socket: Socket, early: Buffer) => {
    socket.on('error', ignore);
    if (over || response.statusCode !== 200) {
      socket.destroy();
      finish({ error: refusedError(proxy, endpoint, response.statusCode ?? 0) });
      return;
    }
    if (early.length > 0) socket.unshift(early);
    finish({ socket });
  });
  request.on('error', (error) =>
    finish({ error: connectError(`the proxy ${proxy.label}`, errorCode(error)) }),
  );
  request.end();
  return () => {
    over = true;
    request.destroy();
  };
}

function refusedError(proxy: Proxy, endpoint: Endpoint, status: number): SluiceError {
  const message = `The proxy ${proxy.label} refused a connection to ${endpoint.label} (status ${status}).`;
  if (status !== 407) return sluiceError('upstream_connect', message);
  return sluiceError('upstream_connect', message, {
    suggestion: 'Check the user name and password in the proxy URL.',
  });
}

function openSocksTunnel(
  proxy: Proxy,
  endpoint: Endpoint,
  connectMs: number,
  callback: (result: StepResult) => void,
): () => void {
  const label = `the proxy ${proxy.label}`;
  let over = false;
  let lower: Socket | undefined;
  const finish = (result: StepResult): void => {
    if (over) return;
    over = true;
    if ('error' in result) lower?.destroy();
    callback(result);
  };
  const cancelTcp = openTcp(proxy, label, (result) => {
    if ('error' in result) {
      finish(result);
      return;
    }
    lower = result.socket;
    shakeHands(proxy, endpoint, connectMs, result.socket).then(
      () => finish(result),
      (error: unknown) => finish({ error: socksError(proxy, endpoint, error) }),
    );
  });
  return () => {
    over = true;
    cancelTcp();
    lower?.destroy();
  };
}

/** The SOCKS 5 handshake. The library is loaded when the first SOCKS proxy is used. */
async function shakeHands(
  proxy: Proxy,
  endpoint: Endpoint,
  connectMs: number,
  socket: Socket,
): Promise<void> {
  const { SocksClient } = await import('socks');
  const credentials = proxy.user === '' ? {} : { userId: proxy.user, password: proxy.password };
  await SocksClient.createConnection({
    proxy: { host: proxy.host, port: proxy.port, type: 5, ...credentials },
    command: 'connect',
    destination: { host: endpoint.host, port: endpoint.port },
    timeout: connectMs + LIBRARY_TIMER_SLACK_MS,
    existing_socket: socket,
  });
}

/** The library's sentences are fixed texts with a reply name; anything else is not repeated. */
function socksError(proxy: Proxy, endpoint: Endpoint, error: unknown): SluiceError {
  const text = error instanceof Error ? error.message : '';
  const reply = /Socks5 proxy rejected connection - ([A-Za-z]{2,40})$/.exec(text)?.[1];
  const authentication = text === 'Socks5 Authentication failed';
  const detail = reply ?? (authentication ? 'authentication failed' : 'handshake failed');
  const message = `The proxy ${proxy.label} refused a connection to ${endpoint.label} (${detail}).`;
  if (!authentication) return sluiceError('upstream_connect', message);
  return sluiceError('upstream_connect', message, {
    suggestion: 'Check the user name and password in the proxy URL.',
  });
}
