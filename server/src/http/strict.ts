// What Node's parser lets through and this gateway does not: a message that two HTTP implementations could read in two
// ways is refused before anything else looks at it.

import type { IncomingMessage } from 'node:http';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { repeatedHeader } from './headers.ts';

/** host[:port] as RFC 9110 has it, narrowed to names, IPv4 and bracketed IPv6. */
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** True for a syntactically valid Host header. */
export function isHost(host: string): boolean {
  return HOST.test(host);
}

function refused(message: string, status = 400): SluiceError {
  return sluiceError('invalid_request', message, { status });
}

/** The fault of a request head, or undefined. Any fault closes the connection. */
export function headFault(request: IncomingMessage, headerCount: number): SluiceError | undefined {
  const { headers, rawHeaders } = request;
  if (request.httpVersionMajor !== 1 || request.httpVersionMinor > 1) {
    return refused(`HTTP/${request.httpVersion} is not spoken here; use HTTP/1.1.`, 505);
  }
  if (rawHeaders.length > headerCount * 2)
    return refused(`The request has more than ${headerCount} headers.`, 431);
  const twice = repeatedHeader(rawHeaders);
  if (twice !== undefined) return refused(`The header ${twice} stands twice.`);
  if (headers.host === undefined) return refused('The Host header is missing.');
  if (!isHost(headers.host)) return refused('The Host header is not of the form host[:port].');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (headers['content-length'] !== undefined)
      return refused('Content-Length and Transfer-Encoding exclude each other.');
    if (request.httpVersionMinor === 0) return refused('Transfer-Encoding does not exist in HTTP/1.0.');
    if (coding.toLowerCase() !== 'chunked')
      return refused('The only transfer encoding accepted is chunked.', 501);
  }
  if (request.method === 'TRACE') return sluiceError('method_not_allowed', 'TRACE is not accepted.');
  return undefined;
}
