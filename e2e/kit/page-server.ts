// A web page that is none of the gateway's: another origin on this machine, as any page in a browser is.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running server of one empty page. */
export interface PageServer {
  /** "http://127.0.0.1:port" */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Serves an empty page at every path. */
export async function startPageServer(): Promise<PageServer> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>Elsewhere</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
