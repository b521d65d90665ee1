// Understands the errors that upstreams report inside of streams and bodies, in the shapes that the four formats and the
// vendors behind them have been recorded with.

import type { Bytes } from '../../bytes.ts';
import { type ErrorKind, type SluiceError, sluiceError } from '../../model/error.ts';
import {
  isFilled,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  parseJson,
  textOf,
} from '../../model/json.ts';

/** Longest part of an upstream's message that is handed on, in characters. */
const MESSAGE_LIMIT = 2000;

/** What an upstream said of its failure. */
export interface ReportedError {
  readonly message: string;
  /** The HTTP status it named or that its words stand for; undefined when neither is known. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** undefined: none that programs act upon. */
  readonly kind?: ErrorKind | undefined;
}

/**
 * The error that a JSON value carries, or undefined. Known shapes: `{error: {…}}` (OpenAI, Anthropic, Google, Groq, Azure,
 * OpenRouter), `{code, error: "…"}` (xAI), `{detail}` (Mistral, FastAPI), `{object: "error", message}` (vLLM),
 * `{type: "error", message}` (Responses events), `{success: false, errors: […]}` (Cloudflare), `{code|status, message}`
 * (API gateways), and Google's list around any of them.
 */
export function reportedError(value: unknown): ReportedError | undefined {
  const json = objectOf(Array.isArray(value) ? value[0] : value);
  if (json === undefined) return undefined;
  const error = json['error'];
  if (isObject(error) && isFilled(error)) return described(error, json);
  if (textOf(error) !== undefined) return described({ message: error, code: json['code'] }, json);
  if (json['type'] === 'error' || json['object'] === 'error') return described(json, json);
  if (isFilled(json['detail'])) return described({ message: json['detail'] }, json);
  if (json['success'] === false || isFilled(json['errors'])) {
    const first = listOf(json['errors'])[0];
    return described(objectOf(first) ?? { message: first }, json);
  }
  const isCoded = ['code', 'status', 'statusCode', 'request_id'].some((name) => name in json);
  return isCoded && textOf(json['message']) !== undefined ? described(json, json) : undefined;
}

/** True for a JSON body that carries an error in a known shape; bodies over 256 KiB are not looked at. */
export function isErrorBody(body: Bytes): boolean {
  if (body.length > 256 * 1024) return false;
  const value = parseJson(body.toString('utf8'));
  if (reportedError(value) !== undefined) return true;
  return isObject(value) && textOf(value['message']) !== undefined;
}

/** The gateway's error for one that an upstream reported inside its stream. */
export function streamError(reported: ReportedError): SluiceError {
  return sluiceError(
    'upstream_stream_error',
    `The upstream reported an error in its stream: ${reported.message}`,
    {
      ...(reported.status === undefined ? {} : { status: reported.status }),
      ...(reported.retryAfterMs === undefined ? {} : { retryAfterMs: reported.retryAfterMs }),
      ...(reported.kind === undefined ? {} : { kind: reported.kind }),
    },
  );
}

function described(error: JsonObject, around: JsonObject): ReportedError {
  const kind = error['type'] === 'error' ? undefined : error['type'];
  const message = error['message'] ?? error['detail'] ?? error['msg'] ?? error['code'] ?? kind;
  const words = [error['type'], error['code'], error['status'], around['code'], around['type']];
  const numbers = [error['status_code'], error['code'], error['status'], around['code'], around['status']];
  const said = worded(message);
  return {
    message: said,
    kind: kindOf([...words, said].filter((word) => typeof word === 'string').join(' ')),
    status: numbers.map(statusOf).find((status) => status !== undefined) ?? statusOfWords(words),
    retryAfterMs: retryDelay(error['details']),
  };
}

/** OpenAI, Anthropic, Gemini and Vertex, OpenRouter, DeepSeek, vLLM and llama.cpp, in the words that each has for it. */
const KINDS: readonly (readonly [ErrorKind, RegExp])[] = [
  [
    'context-length',
    /context_length_exceeded|maximum context length|context (?:length|window|size)|prompt is too long|input token count.{0,40}exceed|exceeds? the (?:maximum|model'?s?|available) (?:context|input|number of tokens)|too many (?:input )?tokens/i,
  ],
  ['quota', /insufficient_quota|credit balance is too low|exceeded your current quota|billing_hard_limit/i],
];

function kindOf(words: string): ErrorKind | undefined {
  return KINDS.find(([, pattern]) => pattern.test(words))?.[0];
}

function worded(message: unknown): string {
  const text = textOf(message) ?? (message === undefined || message === null ? '' : shown(message));
  return text === '' ? 'no message was given.' : text.slice(0, MESSAGE_LIMIT);
}

/** Details of a shape of their own, as JSON. Parsed JSON can be nested too deeply to be written again. */
function shown(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599
    ? status
    : undefined;
}

/** Types and codes of the four formats, by the words in them. The first that fits counts. */
const STATUS_OF_WORDS: readonly (readonly [RegExp, number])[] = [
  [/overloaded/i, 529],
  [/rate_?limit|quota|resource_exhausted|too_many_requests|usage_limit/i, 429],
  [/invalid_api_key|authentication|unauthenticated|unauthorized/i, 401],
  [/billing|payment/i, 402],
  [/permission|forbidden/i, 403],
  [/not_found/i, 404],
  [/too_large/i, 413],
  [/timeout|deadline_exceeded/i, 504],
  [/unavailable/i, 503],
  [/invalid|context_length|failed_precondition|tool_use_failed|bad_?request/i, 400],
  [/server_error|api_error|internal/i, 500],
];

function statusOfWords(words: readonly unknown[]): number | undefined {
  const text = words.filter((word) => typeof word === 'string').join(' ');
  return text === '' ? undefined : STATUS_OF_WORDS.find(([pattern]) => pattern.test(text))?.[1];
}

/** Google's RetryInfo ("48s", "48.9s") among error details. */
function retryDelay(details: unknown): number | undefined {
  for (const detail of listOf(details)) {
    const delay = textOf(objectOf(detail)?.['retryDelay']);
    const seconds = delay === undefined ? undefined : /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(delay)?.[1];
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000);
  }
  return undefined;
}
