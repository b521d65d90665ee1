// The HTTP server in front of everything: node:http, configured strictly, with the bounds that it does not have itself.
// It owns connections; what is done with a request is in receive.ts.

import { createServer, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { sluiceError } from '../core/model/error.ts';
import { isTrustedProxy } from './caller-address.ts';
import { type Closing, type Connections, createConnections } from './connections.ts';
import { EDGE_LIMITS, type EdgeLimits } from './limits.ts';
import { answerRaw, parserFault } from './raw-answer.ts';
import { createReceiver, type EdgeOptions, type Receiver } from './receive.ts';
import { takeIn } from './side-door.ts';
import { takeUpgrades, type Upgrades } from './upgrade.ts';

export type { EdgeOptions } from './receive.ts';

/** The running edge. */
export interface Edge {
  readonly server: Server;
  /**
   * Binds to the configured host and port (0 = any free one), and to the further ports. Answers the first address.
   * Rejects when one of them cannot be bound; then none is.
   */
  listen(): Promise<AddressInfo>;
  /** Listens at a path of this machine, for requests that other processes of this gateway hand on (side-door.ts). */
  listenPrivately(path: string): Promise<void>;
  /** Every port that it listens on, that of listen() first. */
  ports(): readonly number[];
  /**
   * Stops accepting at once; resolves when the last connection is closed. A connection that waits for its next request is
   * kept for `lastCallMs`, because that request may be on its way: nobody sends it a second time. It is the last one there.
   */
  close(lastCallMs?: number): Promise<void>;
  /** Destroys every connection that is still open. */
  closeNow(): void;
}

function strictServer(limits: EdgeLimits): Server {
  const server = createServer({
    connectionsCheckingInterval: limits.checkIntervalMs,
    maxHeaderSize: limits.headerBytes,
    requireHostHeader: false,
    insecureHTTPParser: false,
    joinDuplicateHeaders: false,
    noDelay: true,
  });
  server.headersTimeout = limits.headersMs;
  // Bodies have a rule of their own: a large upload may take long as long as it flows.
  server.requestTimeout = 0;
  server.timeout = 0;
  server.keepAliveTimeout = limits.keepAliveMs;
  server.maxRequestsPerSocket = 0;
  server.maxConnections = limits.connections;
  // Node drops headers beyond its count in silence; strict.ts refuses them instead.
  server.maxHeadersCount = 0;
  return server;
}

/** Binds one server; rejects with the error of the system. */
function bind(
  server: Server,
  host: string,
  port: number,
  failed: (error: Error) => void,
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.removeListener('error', reject);
      server.on('error', failed);
      const address = server.address();
      if (address === null || typeof address === 'string')
        reject(new Error('The server has no network address.'));
      else resolve(address);
    });
  });
}

/**
 * Stops accepting; resolves when the last connection is closed, at once for a server that never listened. Idle connections
 * stay: the close() of an HTTP server would destroy them together with what has arrived there and is not read yet.
 */
function unbind(server: Server): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
}

/** Makes the edge; nothing is bound until listen(). */
export function createEdge(options: EdgeOptions, limits: EdgeLimits = EDGE_LIMITS): Edge {
  const connections = createConnections(limits.connectionsPerAddress, (address) =>
    isTrustedProxy(address, options.settings().server.trustedProxies),
  );
  let closing: Closing | undefined;
  const receiver = createReceiver(options, limits, connections, () => closing);

  /** A server whose requests take the same way as those of the others. */
  function makeListener(): Listener {
    const server = strictServer(limits);
    const upgrades = takeUpgrades(server, receiver, connections, limits);
    take(server, receiver, connections);
    return { server, upgrades };
  }

  const first = makeListener();
  const listeners = [first];
  const failed = (error: Error): void =>
    options.log.error('The HTTP server failed.', { error: error.message });
  return {
    server: first.server,
    async listen(): Promise<AddressInfo> {
      const { host, port, compatListeners = [] } = options.settings().server;
      const address = await bind(first.server, host, port, failed);
      try {
        for (const further of compatListeners) {
          const listener = makeListener();
          await bind(listener.server, host, further, failed);
          listeners.push(listener);
        }
      } catch (error) {
        // All of them or none: a client of a port that is somebody else's would speak to a stranger.
        await Promise.all(listeners.map(({ server }) => unbind(server)));
        throw error;
      }
      return address;
    },
    async listenPrivately(path): Promise<void> {
      const server = strictServer(limits);
      server.on('request', (request, response) => {
        const socket = takeIn(request);
        if (socket === undefined) return;
        connections.admit(socket);
        receiver.receive(request, response, 'none');
      });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ path }, () => resolve());
      });
      listeners.push({ server, upgrades: { closeNow: () => undefined } });
    },
    ports: () =>
      listeners.flatMap(({ server }) => {
        const bound = server.address();
        return bound === null || typeof bound === 'string' ? [] : [bound.port];
      }),
    async close(lastCallMs = 0): Promise<void> {
      closing = { lastCallMs };
      const closed = Promise.all(listeners.map(({ server }) => unbind(server)));
      receiver.endConversations();
      const closeIdle = (): void => {
        for (const { server } of listeners) server.closeIdleConnections();
      };
      const timer = lastCallMs === 0 ? closeIdle() : setTimeout(closeIdle, lastCallMs);
      await closed;
      if (timer !== undefined) clearTimeout(timer);
    },
    closeNow(): void {
      for (const { server, upgrades } of listeners) {
        server.closeAllConnections();
        upgrades.closeNow();
      }
    },
  };
}

/** One port of the edge. */
interface Listener {
  readonly server: Server;
  readonly upgrades: Upgrades;
}

/** Hands everything that arrives at a server to the receiver. */
function take(server: Server, { receive }: Receiver, connections: Connections): void {
  server.on('connection', (socket) => connections.admit(socket));
  server.on('request', (request, response) => receive(request, response, 'none'));
  server.on('checkContinue', (request, response) => receive(request, response, 'continue'));
  server.on('checkExpectation', (request, response) => receive(request, response, 'unknown'));
  server.on('connect', (_request, socket) => {
    // The declared type is Duplex; on a server made by createServer it is the connection itself.
    answerRaw(socket as Socket, sluiceError('method_not_allowed', 'CONNECT is not accepted.'));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const connection = connections.of(socket as Socket);
    connection.closing = true;
    const begun = connection.answers.some((answer) => answer.started);
    if (begun || error.code === 'ECONNRESET') socket.destroy();
    else answerRaw(socket as Socket, parserFault(error.code));
  });
}
