// What the simulators of account providers have in common: a server on loopback, and JSON in and out.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, read to its end. */
export interface AccountRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly text: string;
  header(name: string): string | undefined;
  /** The bearer token, or ''. */
  readonly bearer: string;
}

/** A running server. */
export interface AccountServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Starts a server; a defect of the simulator is an answer 599, which no test expects. */
export async function startAccountServer(
  answer: (request: AccountRequest, response: ServerResponse) => void | Promise<void>,
): Promise<AccountServer> {
  const server = createServer((incoming: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://simulator');
      const header = (name: string): string | undefined => {
        const value = incoming.headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      };
      const request: AccountRequest = {
        method: incoming.method ?? '',
        path: pathname,
        query: searchParams,
        text: Buffer.concat(chunks).toString('utf8'),
        header,
        bearer: /^Bearer (.+)$/.exec(header('authorization') ?? '')?.[1] ?? '',
      };
      Promise.resolve()
        .then(() => answer(request, response))
        .catch((defect: unknown) => json(response, 599, { defect: String(defect) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
