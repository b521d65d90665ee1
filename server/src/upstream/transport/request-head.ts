// Writes the head of a request as one latin1 string. Refuses what could be read as more than one header: a value with a
// line end in it would let whoever chose the value write headers, or requests, of their own.

import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { OutboundRequest } from '../../exchange/ports.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Characters above 0xff would be cut to their low byte on the wire and could become a line end there. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const TARGET = /^[\x21-\x7e]+$/;

/** Lower-case names that the transport writes itself, whatever the caller sends. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
]);
/** True at the lengths of those names, so that other names are not looked up. */
const OWN_LENGTHS: readonly boolean[] = Array.from({ length: 18 }, (_, length) =>
  [4, 10, 14, 17].includes(length),
);

/** The head with its empty line, or what is wrong with the request. `authority` is the Host header's value. */
export function writeRequestHead(request: OutboundRequest, authority: string): string | SluiceError {
  const { method, target, headers } = request;
  if (!TOKEN.test(method)) return invalid('The request method has an illegal character.');
  if (!TARGET.test(target)) return invalid('The path of the request has an illegal character.');
  let head = `${method} ${target} HTTP/1.1\r\nhost: ${authority}\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (!TOKEN.test(name))
      return invalid('The name of a request header is empty or has an illegal character.');
    if (!VALUE.test(value)) {
      return invalid(
        `The value of the request header "${name}" has a line end or another illegal character.`,
      );
    }
    if (OWN_LENGTHS[name.length] === true && OWN_HEADERS.has(name.toLowerCase())) continue;
    head += `${name}: ${value}\r\n`;
  }
  return `${head}${framing(request)}\r\n`;
}

function framing({ body, method }: OutboundRequest): string {
  switch (body.kind) {
    case 'bytes':
      return `content-length: ${body.length}\r\n`;
    case 'stream':
      return body.length === undefined
        ? 'transfer-encoding: chunked\r\n'
        : `content-length: ${body.length}\r\n`;
    case 'none':
      return method === 'POST' || method === 'PUT' || method === 'PATCH' ? 'content-length: 0\r\n' : '';
  }
}

function invalid(message: string): SluiceError {
  return sluiceError('invalid_request', message);
}
