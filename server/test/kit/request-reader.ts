// Reads HTTP/1.1 requests from a socket as a provider would, and keeps them as they stood on the wire.

import type { Socket } from 'node:net';

/** One request, as it was sent. */
export interface ReceivedRequest {
  readonly method: string;
  readonly target: string;
  /** Name, value, name, value, … */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** First value of a header (lower-case name). */
  header(name: string): string | undefined;
}

interface Head {
  readonly method: string;
  readonly target: string;
  readonly headers: string[];
}

function readHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { method, target, headers };
}

function headerIn(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (headers[i]?.toLowerCase() === name) return headers[i + 1];
  return undefined;
}

/** The body and where it ends, or undefined while it is incomplete. */
function readBody(
  bytes: Buffer,
  from: number,
  headers: readonly string[],
): { body: Buffer; end: number } | undefined {
  if (headerIn(headers, 'transfer-encoding') === 'chunked') {
    const parts: Buffer[] = [];
    for (let at = from; ; ) {
      const lineEnd = bytes.indexOf('\r\n', at);
      if (lineEnd === -1) return undefined;
      const length = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
      const next = lineEnd + 2 + length + 2;
      if (bytes.length < next) return undefined;
      if (length === 0) return { body: Buffer.concat(parts), end: next };
      parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + length));
      at = next;
    }
  }
  const length = Number(headerIn(headers, 'content-length') ?? 0);
  return bytes.length < from + length
    ? undefined
    : { body: bytes.subarray(from, from + length), end: from + length };
}

/** Visits every complete request of a connection. */
export function readRequests(socket: Socket, visit: (request: ReceivedRequest) => void): void {
  const parts: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    // Large uploads come in many pieces: joined only when a request may be complete.
    let bytes = Buffer.concat(parts.splice(0));
    for (;;) {
      const headEnd = bytes.indexOf('\r\n\r\n');
      if (headEnd === -1) break;
      const head = readHead(bytes.toString('latin1', 0, headEnd));
      const read = readBody(bytes, headEnd + 4, head.headers);
      if (read === undefined) break;
      bytes = bytes.subarray(read.end);
      visit({ ...head, body: read.body, header: (name) => headerIn(head.headers, name) });
    }
    if (bytes.length > 0) parts.push(bytes);
  });
}
