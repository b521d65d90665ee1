// The one error of the gateway: what happened, whose fault it is, what to do. Each dialect words it for its own callers.

/** Whose fault it is. */
export type ErrorSource = 'client' | 'gateway' | 'upstream';

/** What is fixed for a code. */
export interface CodeFacts {
  readonly status: number;
  readonly source: ErrorSource;
  /** One sentence for the reference page. */
  readonly meaning: string;
}

/** Every code there is. Each has a row in ERROR_CODES. */
export type ErrorCode =
  | 'invalid_json'
  | 'invalid_request'
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'body_timeout'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'upgrade_required'
  | 'model_not_found'
  | 'dialect_unavailable'
  | 'unsupported_feature'
  | 'all_cooling'
  | 'rate_limited'
  | 'budget_exceeded'
  | 'price_unknown'
  | 'upstream_connect'
  | 'upstream_closed'
  | 'upstream_protocol'
  | 'upstream_answer'
  | 'upstream_too_large'
  | 'upstream_error'
  | 'upstream_stream_error'
  | 'upstream_timeout'
  | 'not_cached'
  | 'client_closed'
  | 'shutting_down'
  | 'internal';

/** Every error code with its default HTTP status. The reference page is generated from this table. */
export const ERROR_CODES: Readonly<Record<ErrorCode, CodeFacts>> = {
  invalid_json: {
    status: 400,
    source: 'client',
    meaning:
      'The request body is not valid JSON (syntax, UTF-8, nesting deeper than 256, or a repeated member).',
  },
  invalid_request: {
    status: 400,
    source: 'client',
    meaning:
      'The request is well-formed JSON but a field that the gateway must read is missing or of the wrong type.',
  },
  unsupported_media_type: {
    status: 415,
    source: 'client',
    meaning: 'The body must be sent as application/json without a content encoding.',
  },
  body_too_large: {
    status: 413,
    source: 'client',
    meaning: 'The body is larger than server.bodyLimitBytes.',
  },
  body_timeout: { status: 408, source: 'client', meaning: 'The body arrived too slowly.' },
  unauthenticated: {
    status: 401,
    source: 'client',
    meaning: 'No client key was sent, or it is not one of the configured keys.',
  },
  forbidden: {
    status: 403,
    source: 'client',
    meaning:
      'The request came from a place that may not call the gateway: a foreign Host header, a cross-site browser page, or a client without the permission.',
  },
  not_found: { status: 404, source: 'client', meaning: 'No route has this path.' },
  method_not_allowed: { status: 405, source: 'client', meaning: 'The path exists, but not for this method.' },
  upgrade_required: {
    status: 426,
    source: 'client',
    meaning: 'This path does not accept WebSocket connections; send the same request over HTTP.',
  },
  model_not_found: { status: 404, source: 'client', meaning: 'No configured upstream offers this model.' },
  dialect_unavailable: {
    status: 400,
    source: 'client',
    meaning: 'The model is offered, but by no upstream that speaks the format of this request.',
  },
  unsupported_feature: {
    status: 400,
    source: 'client',
    meaning:
      'The request has something that the format of the upstream cannot carry, and leaving it out was not allowed (conversion.lossy, conversion.strict).',
  },
  all_cooling: {
    status: 503,
    source: 'upstream',
    meaning:
      'Every key that could serve the request is cooling down, out of quota or refused (429 where only limits of rate stand in the way); retry-after says when the first one is free.',
  },
  rate_limited: {
    status: 429,
    source: 'client',
    meaning: 'The client has used what its own limits allow; retry-after says when there is more.',
  },
  budget_exceeded: {
    status: 429,
    source: 'client',
    meaning:
      'The client has spent a budget, or the request may cost more than is left of it (402 where clients[].budgets[].status says so); retry-after says when there is more.',
  },
  price_unknown: {
    status: 403,
    source: 'client',
    meaning:
      'The client has a budget, and the price of what it asks for is not known (clients[].unpricedModels, prices).',
  },
  upstream_connect: {
    status: 502,
    source: 'upstream',
    meaning: 'No connection to the upstream could be made (refused, reset, DNS, TLS or proxy failure).',
  },
  upstream_closed: {
    status: 502,
    source: 'upstream',
    meaning: 'The upstream closed the connection before its answer was complete.',
  },
  upstream_protocol: {
    status: 502,
    source: 'upstream',
    meaning: 'The upstream sent something that is not a valid HTTP/1.1 answer.',
  },
  upstream_answer: {
    status: 502,
    source: 'upstream',
    meaning:
      'The upstream answered with success, but with a body that is not an answer of its format (empty, HTML, an error inside a 200, cut-off JSON).',
  },
  upstream_too_large: {
    status: 502,
    source: 'upstream',
    meaning:
      'The upstream sent more than the gateway is willing to hold (headers, one event, one JSON answer, decompressed size).',
  },
  upstream_error: {
    status: 502,
    source: 'upstream',
    meaning: 'The upstream answered with an error status; the status is kept.',
  },
  upstream_stream_error: {
    status: 502,
    source: 'upstream',
    meaning: 'The upstream reported an error inside its stream.',
  },
  upstream_timeout: {
    status: 504,
    source: 'upstream',
    meaning: 'The upstream did not connect, answer or continue within the configured time.',
  },
  not_cached: {
    status: 504,
    source: 'gateway',
    meaning:
      'The request asked for a cached answer or none (Cache-Control: only-if-cached), and there is none.',
  },
  client_closed: {
    status: 499,
    source: 'client',
    meaning: 'The client left before the answer was complete. Seen only in the ledger and the log.',
  },
  shutting_down: {
    status: 503,
    source: 'gateway',
    meaning: 'The gateway is stopping and the exchange could not finish within the deadline.',
  },
  internal: {
    status: 500,
    source: 'gateway',
    meaning: 'A defect of the gateway. Please report it with the request id.',
  },
};

/**
 * What programs recognise an upstream's refusal by and act upon, each format by its own sign: an agent makes its
 * conversation shorter, or stops asking.
 */
export type ErrorKind = 'context-length' | 'quota';

/** An expected failure, as a value. Only unexpected defects are thrown. */
export interface SluiceError {
  readonly code: ErrorCode;
  readonly source: ErrorSource;
  readonly status: number;
  /** What happened, in one sentence, without secrets. */
  readonly message: string;
  /** What the reader can do about it. */
  readonly suggestion?: string;
  /** The request member at fault, as a JSON path ("messages[2].content"). */
  readonly param?: string;
  readonly retryAfterMs?: number;
  readonly kind?: ErrorKind;
  /** It happened while a connection was being made: the upstream has seen nothing of the request. */
  readonly connecting?: boolean;
}

/** Makes an error of a code; status and source come from the table unless told otherwise. */
export function sluiceError(
  code: ErrorCode,
  message: string,
  more: {
    readonly status?: number;
    readonly suggestion?: string;
    readonly param?: string;
    readonly retryAfterMs?: number;
    readonly kind?: ErrorKind;
    readonly connecting?: boolean;
  } = {},
): SluiceError {
  const facts = ERROR_CODES[code];
  return { code, source: facts.source, status: facts.status, message, ...more };
}

/** The sentence a caller reads: what happened, then what to do. */
export function errorText(error: SluiceError): string {
  return error.suggestion === undefined ? error.message : `${error.message} ${error.suggestion}`;
}
