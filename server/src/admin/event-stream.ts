// Server-sent events over one answer. A reader that is too slow loses events rather than filling the memory, and is told
// how many.

import type { ServerResponse } from 'node:http';

/** Bytes that may wait for a reader. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** A comment is sent this often, so that proxies in between keep the connection. */
const BEAT_MS = 15_000;

/** An open stream. */
export interface EventStream {
  send(event: string, data: unknown): void;
  /** Ends it in good order. */
  end(): void;
}

/** Begins a stream of events. `gone` is called once, when the reader has left or the stream was ended. */
export function openEventStream(
  response: ServerResponse,
  headers: readonly string[],
  gone: () => void,
): EventStream {
  response.writeHead(200, [
    ...headers,
    'content-type',
    'text/event-stream; charset=utf-8',
    'x-accel-buffering',
    'no',
  ]);
  response.write('retry: 2000\n\n');
  let left = false;
  let dropped = 0;
  const beat = setInterval(() => {
    if (response.writableLength <= MOST_WAITING_BYTES) response.write(': still here\n\n');
  }, BEAT_MS).unref();
  // A stream that was ended may take long to close: its reader decides when the rest has left.
  const leave = (): void => {
    if (left) return;
    left = true;
    clearInterval(beat);
    gone();
  };
  const tellDropped = (): void => {
    if (dropped > 0) response.write(`event: dropped\ndata: ${JSON.stringify({ events: dropped })}\n\n`);
    dropped = 0;
  };
  response.once('close', leave);
  return {
    send(event, data) {
      if (left) return;
      if (response.writableLength > MOST_WAITING_BYTES) {
        dropped += 1;
        return;
      }
      tellDropped();
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    end() {
      if (left) return;
      tellDropped();
      response.end();
      leave();
    },
  };
}
