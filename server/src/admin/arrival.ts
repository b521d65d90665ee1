// One request as it comes to the admin API, over Node's own objects.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '../config/settings.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';

/** What is handed over by the edge, which has judged its form, its Host and where it comes from. */
export interface Arrival {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Canonical path and query. */
  readonly target: string;
  /** Of the caller, as proxies tell it that are trusted; else of the socket. Never decides whether a caller is local. */
  readonly address: string;
  /** "http://127.0.0.1:9208": where the caller reached the gateway. */
  readonly origin: string;
  /** The whole body; to be called at most once. Never rejects. */
  readBody(limitBytes: number): Promise<Buffer | SluiceError>;
  /** Headers that must stand in the answer; to be asked once, when its head is about to leave. */
  closingHeaders(): readonly string[];
  /** Which configured client sends it; undefined where the gateway asks nobody. */
  client():
    | { readonly ok: true; readonly client: Client | undefined }
    | { readonly ok: false; readonly error: SluiceError };
}

/** What a request knows of how it came. */
export type Coming = Omit<Arrival, 'request' | 'response' | 'target'>;

/** For a request that did not come through the edge, as those of tests: nobody's, from this machine. */
export function withoutEdge(request: IncomingMessage): Coming {
  return {
    id: 'direct',
    address: '127.0.0.1',
    origin: 'http://localhost',
    readBody: async (limitBytes) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(Buffer.from(part));
      const body = Buffer.concat(parts);
      return body.length > limitBytes ? sluiceError('body_too_large', 'The body is too large.') : body;
    },
    closingHeaders: () => [],
    client: () => ({ ok: false, error: sluiceError('unauthenticated', 'No client key was sent.') }),
  };
}
