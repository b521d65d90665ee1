// What the edge knows of each open connection: whose it is, which answers are under way on it, and whether it is being
// closed. Also bounds how many one address may hold.

import type { Socket } from 'node:net';
import { isLoopback, plainAddress } from './guard.ts';

/** Something that must hear when its connection is lost. */
export interface Bereaved {
  /** True once bytes of the answer may have left. */
  readonly started: boolean;
  connectionLost(): void;
}

/** One open connection. */
export interface Connection {
  /** Remote address, IPv4 unwrapped. */
  readonly address: string;
  /** Answers under way, in the order of their requests (pipelining). */
  readonly answers: Bereaved[];
  /** Nothing that still arrives on it is a request. */
  closing: boolean;
}

/** An edge that no longer accepts connections. */
export interface Closing {
  /** How long a connection that was promised to be kept still waits for a request. */
  readonly lastCallMs: number;
}

/** All open connections of one server. */
export interface Connections {
  /** Takes a new connection in, or destroys it when its address has too many. */
  admit(socket: Socket): void;
  of(socket: Socket): Connection;
  /** Lets a connection that is about to be closed take bytes a little longer, so that the client can read the answer. */
  closeGently(socket: Socket, lingerMs: number): void;
  /** Closes a connection if no request has come on it after so long; the answer to one that has come closes it. */
  closeIdle(socket: Socket, afterMs: number): void;
}

/**
 * Makes the book of one server. Loopback is not counted, nor is `shared`: everything local, and all that comes through a
 * proxy, has one address.
 */
export function createConnections(
  perAddress: number,
  shared: (address: string) => boolean = () => false,
): Connections {
  const open = new WeakMap<Socket, Connection>();
  const counts = new Map<string, number>();

  function leave(address: string): void {
    const count = (counts.get(address) ?? 1) - 1;
    if (count === 0) counts.delete(address);
    else counts.set(address, count);
  }

  function enter(socket: Socket, counted: boolean): Connection {
    const connection: Connection = {
      address: plainAddress(socket.remoteAddress ?? ''),
      answers: [],
      closing: false,
    };
    open.set(socket, connection);
    socket.on('close', () => {
      if (counted) leave(connection.address);
      for (const answer of connection.answers.splice(0)) answer.connectionLost();
    });
    return connection;
  }

  return {
    admit(socket: Socket): void {
      // One that wanted to be upgraded and was put back.
      if (open.has(socket)) return;
      const address = plainAddress(socket.remoteAddress ?? '');
      const counted = !isLoopback(address) && !shared(address);
      if (counted) {
        const count = counts.get(address) ?? 0;
        if (count >= perAddress) {
          socket.destroy();
          return;
        }
        counts.set(address, count + 1);
      }
      enter(socket, counted);
    },
    of(socket: Socket): Connection {
      return open.get(socket) ?? enter(socket, false);
    },
    closeGently(socket: Socket, lingerMs: number): void {
      const connection = open.get(socket);
      if (connection === undefined || connection.closing) return;
      connection.closing = true;
      // Node calls destroySoon() once the last answer is out. Closing with bytes unread would send a reset, which can
      // overtake that answer; so the writing side is closed first and the reading side a little later.
      socket.destroySoon = (): void => {
        socket.end();
        const timer = setTimeout(() => socket.destroy(), lingerMs);
        timer.unref();
        socket.once('close', () => clearTimeout(timer));
      };
    },
    closeIdle(socket: Socket, afterMs: number): void {
      const close = (): void => {
        if (open.get(socket)?.answers.length !== 0) return;
        socket.destroySoon();
      };
      if (afterMs === 0) close();
      else setTimeout(close, afterMs).unref();
    },
  };
}
