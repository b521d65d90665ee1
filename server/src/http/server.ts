// The HTTP server in front of everything: node:http, configured strictly, with the bounds that it does not have itself.
// It owns connections; what is done with a request is in receive.ts.

import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sluiceError } from '../core/model/error.ts';
import { isTrustedProxy } from './caller-address.ts';
import { createConnections } from './connections.ts';
import { EDGE_LIMITS, type EdgeLimits } from './limits.ts';
import { answerRaw, parserFault } from './raw-answer.ts';
import { createReceiver, type EdgeOptions } from './receive.ts';
import { takeUpgrades } from './upgrade.ts';

export type { EdgeOptions } from './receive.ts';

/** The running edge. */
export interface Edge {
  readonly server: Server;
  /** Binds to the configured host and port (0 = any free one). Rejects when the address cannot be bound. */
  listen(): Promise<AddressInfo>;
  /** Stops accepting at once; resolves when the last connection is closed. */
  close(): Promise<void>;
  /** Destroys every connection that is still open. */
  closeNow(): void;
}

function configure(server: Server, limits: EdgeLimits): void {
  server.headersTimeout = limits.headersMs;
  // Bodies have a rule of their own: a large upload may take long as long as it flows.
  server.requestTimeout = 0;
  server.timeout = 0;
  server.keepAliveTimeout = limits.keepAliveMs;
  server.maxRequestsPerSocket = 0;
  server.maxConnections = limits.connections;
  // Node drops headers beyond its count in silence; strict.ts refuses them instead.
  server.maxHeadersCount = 0;
}

/** Makes the edge; nothing is bound until listen(). */
export function createEdge(options: EdgeOptions, limits: EdgeLimits = EDGE_LIMITS): Edge {
  const server = createServer({
    connectionsCheckingInterval: limits.checkIntervalMs,
    maxHeaderSize: limits.headerBytes,
    requireHostHeader: false,
    insecureHTTPParser: false,
    joinDuplicateHeaders: false,
    noDelay: true,
  });
  configure(server, limits);
  const connections = createConnections(limits.connectionsPerAddress, (address) =>
    isTrustedProxy(address, options.settings().server.trustedProxies),
  );
  let closing = false;
  const receiver = createReceiver(options, limits, connections, () => closing);
  const { receive } = receiver;
  const upgrades = takeUpgrades(server, receiver, connections, limits);

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

  return {
    server,
    listen(): Promise<AddressInfo> {
      const { host, port } = options.settings().server;
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.removeListener('error', reject);
          server.on('error', (error) =>
            options.log.error('The HTTP server failed.', { error: error.message }),
          );
          const address = server.address();
          if (address === null || typeof address === 'string')
            reject(new Error('The server has no network address.'));
          else resolve(address);
        });
      });
    },
    close(): Promise<void> {
      closing = true;
      receiver.endConversations();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    },
    closeNow(): void {
      server.closeAllConnections();
      upgrades.closeNow();
    },
  };
}
