// Reads the head of an HTTP/1.1 answer (status line and header lines) and decides how its body is framed. Strict: what
// two parsers could read differently is refused, because the next answer on the connection belongs to someone else.
// Rules: RFC 9112 sections 2 to 6.

/** Why an answer could not be read. `what` is a fixed phrase and never carries bytes of the answer. */
export interface AnswerFault {
  readonly kind: 'protocol' | 'too_large' | 'closed';
  readonly what: string;
}

/** How the end of the body is found. */
type Framing = 'none' | 'length' | 'chunked' | 'until_close';

/** A head that was understood. */
export interface AnswerHead {
  readonly status: number;
  /** Name, value, name, value … as sent, values without surrounding white space. */
  readonly headers: string[];
  readonly framing: Framing;
  /** Body length in bytes where framing is `length`, otherwise 0. */
  readonly length: number;
  /** False when the connection must not carry another request. */
  readonly keepAlive: boolean;
  /** The server's `keep-alive: timeout=` hint in seconds. */
  readonly keepAliveSeconds: number | undefined;
}

/** Header lines per answer; real ones have about 30. */
const MAX_HEADER_LINES = 1000;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,15}$/;
const TAB = 9;
const SPACE = 32;

const protocol = (what: string): AnswerFault => ({ kind: 'protocol', what });

interface FramingFacts {
  length: number | undefined;
  chunked: boolean;
  close: boolean;
  keepAliveSeconds: number | undefined;
}

/** Reads one head. `text` is latin1 and ends before the empty line. `method` is that of the request. */
export function readAnswerHead(text: string, method: string): AnswerHead | AnswerFault {
  let lineEnd = text.indexOf('\r\n');
  const match = STATUS_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd));
  if (match === null) return protocol('its status line is not HTTP/1.1');
  const status = Number(match[2]);
  const oldVersion = match[1] === '0';
  const headers: string[] = [];
  const facts: FramingFacts = {
    length: undefined,
    chunked: false,
    close: oldVersion,
    keepAliveSeconds: undefined,
  };
  while (lineEnd >= 0) {
    const start = lineEnd + 2;
    lineEnd = text.indexOf('\r\n', start);
    const fault = readLine(text, start, lineEnd < 0 ? text.length : lineEnd, headers, facts);
    if (fault !== undefined) return fault;
  }
  if (facts.chunked && facts.length !== undefined) {
    return protocol('it has both content-length and transfer-encoding');
  }
  if (facts.chunked && oldVersion) return protocol('it uses transfer-encoding with HTTP/1.0');
  return frame(status, method, headers, facts);
}

function frame(status: number, method: string, headers: string[], facts: FramingFacts): AnswerHead {
  const { length, keepAliveSeconds } = facts;
  const keepAlive = !facts.close;
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') {
    return { status, headers, framing: 'none', length: 0, keepAlive, keepAliveSeconds };
  }
  if (facts.chunked) return { status, headers, framing: 'chunked', length: 0, keepAlive, keepAliveSeconds };
  if (length === undefined) {
    return { status, headers, framing: 'until_close', length: 0, keepAlive: false, keepAliveSeconds };
  }
  return { status, headers, framing: length === 0 ? 'none' : 'length', length, keepAlive, keepAliveSeconds };
}

function readLine(
  text: string,
  start: number,
  end: number,
  headers: string[],
  facts: FramingFacts,
): AnswerFault | undefined {
  const first = text.charCodeAt(start);
  if (first === SPACE || first === TAB) return protocol('a header line is folded');
  const colon = text.indexOf(':', start);
  if (colon < 0 || colon >= end) return protocol('a header line has no colon');
  const name = text.slice(start, colon);
  if (!NAME.test(name)) return protocol('a header name has an illegal character');
  let from = colon + 1;
  while (from < end && isBlank(text.charCodeAt(from))) from++;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  const value = text.slice(from, end);
  if (!VALUE.test(value)) return protocol('a header value has an illegal character');
  if (headers.length >= 2 * MAX_HEADER_LINES) {
    return { kind: 'too_large', what: `it has more than ${MAX_HEADER_LINES} header lines` };
  }
  headers.push(name, value);
  return noteFraming(name, value, facts);
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** Takes what matters for the framing out of one header; the length test keeps the others cheap. */
function noteFraming(name: string, value: string, facts: FramingFacts): AnswerFault | undefined {
  switch (name.length) {
    case 14: {
      if (name.toLowerCase() !== 'content-length') return undefined;
      if (!LENGTH.test(value)) return protocol('its content-length is not a number');
      const length = Number(value);
      if (facts.length !== undefined && facts.length !== length) {
        return protocol('it has two different content-length headers');
      }
      facts.length = length;
      return undefined;
    }
    case 17:
      if (name.toLowerCase() !== 'transfer-encoding') return undefined;
      if (facts.chunked || value.toLowerCase() !== 'chunked') {
        return protocol('its transfer-encoding is not plain chunked');
      }
      facts.chunked = true;
      return undefined;
    case 10:
      noteKeepAlive(name.toLowerCase(), value.toLowerCase(), facts);
      return undefined;
    default:
      return undefined;
  }
}

function noteKeepAlive(name: string, value: string, facts: FramingFacts): void {
  if (name === 'connection') {
    if (value.split(',').some((option) => option.trim() === 'close')) facts.close = true;
  } else if (name === 'keep-alive') {
    const seconds = /(?:^|[,;\s])timeout\s*=\s*(\d{1,9})/.exec(value)?.[1];
    if (seconds !== undefined) facts.keepAliveSeconds = Number(seconds);
  }
}
