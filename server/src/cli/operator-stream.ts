// The command line's side of the gateway's live events: one connection that hands over events until it ends.

import { request } from 'node:http';
import type { Concat } from '../core/bytes.ts';
import { createBlockSplitter } from '../core/sse/blocks.ts';
import { readEvents } from '../core/sse/parse.ts';

/** How long the gateway may take to begin. */
const HEAD_MS = 5_000;
/** The gateway sends a comment every 15 seconds: a connection that is silent for longer leads nowhere. */
const SILENCE_MS = 40_000;
const EVENT_LIMIT_BYTES = 16 * 1024 * 1024;
// The parts are those of the socket.
const concat: Concat = (parts) => Buffer.concat(parts as readonly Buffer[]);

/** Hears each event: its name and its data. */
export type EventListener = (event: string, data: string) => void;

/** How a stream ended: `status` is that of the answer, 0 where none came. */
export interface StreamEnd {
  readonly status: number;
}

/** Follows a stream of events until the gateway ends it, the connection breaks, or the signal says so. Never rejects. */
export function followEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  heard: EventListener,
  signal: AbortSignal,
): Promise<StreamEnd> {
  return new Promise((resolve) => {
    let status = 0;
    const sent = request(url, { agent: false, headers: { ...headers, accept: 'text/event-stream' } });
    const stop = (): void => void sent.destroy();
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve({ status });
    };
    const timer = setTimeout(stop, HEAD_MS);
    signal.addEventListener('abort', stop, { once: true });
    sent.on('response', (answer) => {
      clearTimeout(timer);
      status = answer.statusCode ?? 0;
      answer.setTimeout(SILENCE_MS, stop);
      answer.on('error', () => undefined);
      if (status !== 200) {
        stop();
        return;
      }
      const splitter = createBlockSplitter(concat, EVENT_LIMIT_BYTES);
      answer.on('data', (part: Buffer) => {
        const block = splitter.push(part);
        if (block !== undefined) readEvents(block, ({ event, data }) => heard(event, data));
        if (splitter.overflowed) stop();
      });
    });
    sent.on('error', () => undefined);
    sent.on('close', finish);
    if (signal.aborted) stop();
    sent.end();
  });
}
