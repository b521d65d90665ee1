// What happens when nobody reads the output any more, as in `sluice prices | head -1`: without a listener Node.js ends the
// process with a stack trace.

import type { EventEmitter } from 'node:events';

/**
 * Ends a command whose reader has left, without a word: the reader has what it wanted. A gateway that serves goes on, for
 * its clients are not the reader of its output. Other failures of a stream are defects and stay such.
 */
export function endWithReader(
  streams: readonly EventEmitter[],
  serving: boolean,
  end: (code: number) => void,
): void {
  for (const stream of streams)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (!serving) end(0);
    });
}
