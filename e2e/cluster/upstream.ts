// A provider for the cluster that writes down every request it gets: what limits, budgets and the ledger are held against.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the provider saw it. */
export interface Arrival {
  /** Monotonic milliseconds. */
  readonly atMs: number;
  readonly key: string;
}

/** A running provider. */
export interface CountingUpstream {
  /** With "/v1". */
  readonly baseUrl: string;
  readonly arrivals: readonly Arrival[];
  /** The most requests that were with it at one time. */
  readonly mostAtOnce: number;
  forget(): void;
  close(): void;
}

/** Tokens of every answer. */
export const TOKENS = { input: 11, cached: 4, output: 5 } as const;

const ANSWER_AFTER_MS = 20;

const ANSWER = JSON.stringify({
  id: 'chatcmpl-cluster',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'counted-1',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'One two three four five.' }, finish_reason: 'stop' },
  ],
  usage: {
    prompt_tokens: TOKENS.input,
    completion_tokens: TOKENS.output,
    total_tokens: TOKENS.input + TOKENS.output,
    prompt_tokens_details: { cached_tokens: TOKENS.cached },
  },
});

/** Starts it on a free port of this machine. */
export async function startUpstream(): Promise<CountingUpstream> {
  const arrivals: Arrival[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const key = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    request.resume().on('end', () => {
      arrivals.push({ atMs: performance.now(), key });
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      response.on('close', () => {
        atOnce -= 1;
      });
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
      }, ANSWER_AFTER_MS);
    });
  };
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    arrivals,
    get mostAtOnce() {
      return mostAtOnce;
    },
    forget: () => {
      arrivals.length = 0;
      mostAtOnce = atOnce;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
