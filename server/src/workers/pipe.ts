// The pipe between a process and its child, from either side.

import type { Pipe } from './line.ts';

/** What the two sides have in common: `process` in a child, the child in its parent. */
interface Messenger {
  send?(message: object, callback: (error: Error | null) => void): boolean;
  readonly connected?: boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** The pipe of a messenger. */
export function pipeTo(messenger: Messenger): Pipe {
  return {
    send(message) {
      if (messenger.connected !== true || messenger.send === undefined) return false;
      // A side that goes while it is being told something is heard of as a disconnect.
      messenger.send(message, () => undefined);
      return true;
    },
    onMessage: (listener) => void messenger.on('message', listener),
    onClose: (listener) => void messenger.on('disconnect', listener),
  };
}
