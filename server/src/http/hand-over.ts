// A request that the admin API answers over Node's own objects. The edge has judged its form, its Host and where it comes
// from; who sends it is judged by the admin API, with what the edge knows of clients.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SluiceError } from '../core/model/error.ts';
import type { RawHeaders } from '../exchange/ports.ts';
import type { Identity } from './authenticate.ts';

/** What is handed over. */
export interface HandedOver {
  /** Id of the request. */
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Canonical path and query, without credentials. */
  readonly target: string;
  /** Of the caller, as proxies tell it that are trusted; else of the socket, IPv4 unwrapped. */
  readonly address: string;
  /** "http://127.0.0.1:9208": where the caller reached the gateway. */
  readonly origin: string;
  /** The whole body, which must be JSON in UTF-8; to be called at most once. Never rejects. */
  readBody(limitBytes: number): Promise<Buffer | SluiceError>;
  /** Headers that must stand in the answer; to be asked once, when its head is about to leave. */
  closingHeaders(): RawHeaders;
  /** Which configured client sends it. A wrong key counts as a failure of this address. */
  client(): Identity;
}
