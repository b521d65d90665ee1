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
  const beat = setInterval(() => response.write(': still here\n\n'), BEAT_MS).unref();
  response.once('close', () => {
    left = true;
    clearInterval(beat);
    gone();
  });
  return {
    send(event, data) {
      if (left) return;
      if (response.writableLength > MOST_WAITING_BYTES) {
        dropped += 1;
        return;
      }
      if (dropped > 0) {
        response.write(`event: dropped\ndata: ${JSON.stringify({ events: dropped })}\n\n`);
        dropped = 0;
      }
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    end: () => void response.end(),
  };
}
