// Answers to what never became a request: written straight to the socket, which is then closed.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { dialects } from '../core/dialects/index.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { encodeRefusal } from '../exchange/refuse.ts';
import { newRequestId } from './request-id.ts';

/** What Node's parser reports, as an error for the caller. */
export function parserFault(code: string | undefined): SluiceError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return sluiceError('invalid_request', 'The request line and headers are too long.', { status: 431 });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return sluiceError('body_too_large', 'The chunk extensions are too long.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return sluiceError('body_timeout', 'The request headers came too slowly.');
    default:
      return sluiceError('invalid_request', 'The request is not valid HTTP/1.1.');
  }
}

/** Writes an error to a connection outside of any request, and closes it. */
export function answerRaw(socket: Socket, error: SluiceError, more: readonly string[] = []): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const failure = encodeRefusal(dialects['openai-chat'], error, newRequestId(), more);
  const headers = [...failure.headers, 'connection', 'close'];
  let head = `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? 'Error'}\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  socket.write(`${head}\r\n${failure.body}`, () => socket.destroy());
}
