// Requests that ask for another protocol. Where there is a listener for them, Node hands over all of them as bare
// connections (Java's HTTP client asks for h2c with every request), so those that get no WebSocket are put back and take
// the way of every other request.

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './connections.ts';
import { headerLookup } from './headers.ts';
import type { EdgeLimits } from './limits.ts';
import type { Receiver } from './receive.ts';
import { SocketReply } from './socket-reply.ts';
import { splitTarget } from './target.ts';
import { canComplete, carriesExchanges, matchHandshake, readHandshake, wantsWebSocket } from './websocket.ts';

/** The connections that have left Node's HTTP server. */
export interface Upgrades {
  /** Destroys those that are still open. */
  closeNow(): void;
}

/** A connection that fails is closed, and that is what everybody waits for. */
function ignore(): void {}

/** Takes the upgrade requests of a server. */
export function takeUpgrades(
  server: Server,
  receiver: Receiver,
  connections: Connections,
  limits: EdgeLimits,
): Upgrades {
  const open = new Set<Socket>();

  function take(request: IncomingMessage, socket: Socket, rest: Buffer): void {
    const { closing, answers } = connections.of(socket);
    // Who wants to speak another protocol has to wait for the answers to what was asked before: RFC 9110, 7.8.
    if (closing || !socket.writable || answers.length > 0 || socket.writableLength > 0) {
      socket.destroy();
      return;
    }
    // What Node set for the pause between two requests.
    socket.setTimeout(0);
    if (!isHandshake(request)) {
      socket.off('error', ignore);
      putBack(server, request, socket, rest);
      return;
    }
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    if (rest.length > 0) socket.unshift(rest);
    const reply = new SocketReply(socket, limits);
    const { headers, credentials } = readHandshake(request.rawHeaders);
    const accept = reply.accept.bind(reply);
    const give = reply.give.bind(reply);
    receiver.receiveHandshake(request, { headers, credentials, reply, accept, give });
  }

  server.on('upgrade', (request, stream, rest) => {
    // The declared type is Duplex; on a server made by createServer it is the connection itself.
    const socket = stream as Socket;
    // Node's own listeners are gone; an error that nobody hears would end the process.
    socket.on('error', ignore);
    // An answer that was just ended lets go of the connection in this turn of the event loop.
    setImmediate(take, request, socket, rest);
  });

  return {
    closeNow(): void {
      for (const socket of open) socket.destroy();
    },
  };
}

/** True for the handshake of a WebSocket, well-formed and on a route that has them. */
function isHandshake(request: IncomingMessage): boolean {
  const { method, httpVersion, headers } = request;
  if (method !== 'GET' || httpVersion !== '1.1' || !wantsWebSocket(request)) return false;
  if (headers.expect !== undefined || headers['transfer-encoding'] !== undefined) return false;
  if ((headers['content-length'] ?? '0') !== '0') return false;
  const target = splitTarget(request.url ?? '');
  if ('code' in target) return false;
  const routing = matchHandshake(method, target.path, headerLookup(request), target.query);
  if (carriesExchanges(routing)) return canComplete(request);
  return routing.found && routing.match.route.kind === 'resource' && routing.match.route.webSocket === true;
}

/**
 * Gives a connection back to the server, with the same request in front of it, which no longer insists on an upgrade: the
 * Connection header alone makes Node see one. https://nodejs.org/api/http.html#event-connection
 */
function putBack(server: Server, request: IncomingMessage, socket: Socket, rest: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const lower = name.toLowerCase();
    // Node's parser reads Proxy-Connection as Connection.
    if (lower === 'proxy-connection') continue;
    const value = rawHeaders[at + 1] ?? '';
    const kept = lower === 'connection' ? withoutUpgrade(value) : value;
    if (lower !== 'connection' || kept !== '') head += `${name}: ${kept}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), rest]));
  server.emit('connection', socket);
}

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim());
  return options.filter((option) => option.toLowerCase() !== 'upgrade').join(', ');
}
