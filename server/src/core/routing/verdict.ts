// The one place that decides what a failed attempt means: try another candidate or not, whose fault it was, and how
// long the key is to be left alone.

import type { Bytes } from '../bytes.ts';
import type { SluiceError } from '../model/error.ts';
import { COOL_DEFAULT_MS, coolFromBody, coolFromHeaders } from './cooldown.ts';

/** How long a key rests that its provider refused or that has no credit left. */
const REFUSED_KEY_COOL_MS = 600_000;

/** How much of an error body is read for its reason. */
const READ_BYTES = 16_384;

/** A failed attempt, as the exchange reports it. Headers are a flat list: name, value, … */
export interface FailedAttempt {
  readonly kind: 'failed';
  readonly error: SluiceError;
  /** Output had reached the client. */
  readonly committed: boolean;
  /** The upstream's own error answer, if it gave one. */
  readonly answer:
    | { readonly status: number; readonly headers: readonly string[]; readonly body: Bytes }
    | undefined;
}

/** How one attempt ended. */
export type AttemptOutcome = { readonly kind: 'answered' } | { readonly kind: 'left' } | FailedAttempt;

/** Why a verdict is what it is, in a word. */
export type Reason =
  | 'answered'
  | 'client-left'
  | 'unreachable'
  | 'timeout'
  | 'broken-answer'
  | 'bad-key'
  | 'no-credit'
  | 'rate-limited'
  | 'overloaded'
  | 'server-error'
  | 'model-missing'
  | 'conflict'
  | 'redirected'
  | 'bad-request'
  /** It refused a signature or encrypted reasoning of a former answer: without any it may accept the same request. */
  | 'bad-token'
  | 'not-carried'
  | 'gateway';

/** What follows from an outcome. */
export interface Verdict {
  /** Another candidate may be tried. */
  readonly retry: boolean;
  readonly blame: 'key' | 'upstream' | 'request' | 'none';
  /** How long this upstream and key are to be left alone; 0 = not at all. */
  readonly coolMs: number;
  readonly reason: Reason;
  /** HTTP status of the upstream's answer, where there was one. */
  readonly status: number | undefined;
}

type Ruling = Omit<Verdict, 'status'>;

const rule = (reason: Reason, blame: Verdict['blame'], retry: boolean, coolMs = 0): Ruling => ({
  reason,
  blame,
  retry,
  coolMs,
});

/** Gemini and xAI answer 400 for a bad key, so the words have to be read; some say 400 for an empty account too. */
const BAD_KEY_WORDS = [
  'API_KEY_INVALID',
  'API key not valid',
  'API key expired',
  'API_KEY_EXPIRED',
  'Incorrect API key',
  'invalid_api_key',
  'Invalid API key',
];
const NO_CREDIT_WORDS = [
  'insufficient_quota',
  'billing_not_active',
  'billing_hard_limit_reached',
  'credit balance is too low',
];

/**
 * How vendors refuse signatures and encrypted reasoning that they did not make, or no longer accept (Anthropic, OpenAI,
 * Gemini). Such a 400 says nothing about key or question.
 */
const BAD_TOKEN_WORDS =
  /invalid.{0,20}signature|signature.{0,40}(?:invalid|not valid)|thought_?signature|encrypted.{0,20}content.{0,60}(?:could not be|verified|decrypt|invalid)|invalid_encrypted_content|expected .{0,4}thinking.{0,4} or|thinking.{0,40}cannot be modified/i;

function textOf(answer: FailedAttempt['answer']): string {
  return answer === undefined
    ? ''
    : answer.body.toString('utf8', 0, Math.min(answer.body.length, READ_BYTES));
}

function mentions(text: string, words: readonly string[]): boolean {
  return words.some((word) => text.includes(word));
}

function headerOf(answer: FailedAttempt['answer'], name: string): string | undefined {
  const headers = answer?.headers ?? [];
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (headers[i]?.toLowerCase() === name) return headers[i + 1];
  return undefined;
}

/** A ruling by status; `cool` says how long the upstream asks to wait. */
function byStatus(status: number, text: string, cool: () => number): Ruling {
  if ([400, 403, 429].includes(status) && mentions(text, NO_CREDIT_WORDS))
    return rule('no-credit', 'key', true, REFUSED_KEY_COOL_MS);
  if (status === 400 && mentions(text, BAD_KEY_WORDS))
    return rule('bad-key', 'key', true, REFUSED_KEY_COOL_MS);
  if (status === 401 || status === 403) return rule('bad-key', 'key', true, REFUSED_KEY_COOL_MS);
  if (status === 402) return rule('no-credit', 'key', true, REFUSED_KEY_COOL_MS);
  // The Responses API says 400 where others say 404.
  if (status === 404 || (status === 400 && text.includes('model_not_found')))
    return rule('model-missing', 'none', true);
  if (status === 409) return rule('conflict', 'upstream', true);
  if (status === 429) return rule('rate-limited', 'key', true, cool());
  if (status === 503 || status === 529) return rule('overloaded', 'upstream', true, cool());
  if (status === 408 || status === 425 || status >= 500)
    return rule('server-error', 'upstream', true, cool());
  if (status < 400) return rule('redirected', 'upstream', true);
  if (status === 400 && BAD_TOKEN_WORDS.test(text)) return rule('bad-token', 'request', false);
  return rule('bad-request', 'request', false);
}

function byCode(outcome: FailedAttempt, cool: () => number): Ruling {
  const { error, answer } = outcome;
  switch (error.code) {
    case 'upstream_connect':
      return rule('unreachable', 'upstream', true, COOL_DEFAULT_MS);
    case 'upstream_timeout':
      return rule('timeout', 'upstream', true, COOL_DEFAULT_MS);
    case 'upstream_closed':
    case 'upstream_protocol':
    case 'upstream_answer':
    case 'upstream_too_large':
      return rule('broken-answer', 'upstream', true);
    case 'upstream_error':
      return byStatus(answer?.status ?? error.status, textOf(answer), cool);
    case 'upstream_stream_error':
      // A status of its own says what kind of error the stream reported; 502 says only that it reported one.
      return error.status === 502
        ? rule('broken-answer', 'upstream', true)
        : byStatus(error.status, error.message, cool);
    case 'unsupported_feature':
      return rule('not-carried', 'none', true);
    default:
      return rule('gateway', 'none', false);
  }
}

/**
 * Judges how an attempt ended. Once output has reached the client, or the client has left, nothing is tried again.
 * `epochNowMs` is the wall clock, for dates in retry-after.
 */
export function judge(outcome: AttemptOutcome, epochNowMs: number): Verdict {
  if (outcome.kind === 'answered') return { ...rule('answered', 'none', false), status: undefined };
  if (outcome.kind === 'left') return { ...rule('client-left', 'none', false), status: undefined };
  const { answer, error } = outcome;
  const cool = (): number =>
    coolFromHeaders((name) => headerOf(answer, name), epochNowMs) ??
    coolFromBody(textOf(answer)) ??
    coolFromHeaders(
      (name) => (name === 'retry-after-ms' ? error.retryAfterMs?.toFixed(0) : undefined),
      epochNowMs,
    ) ??
    COOL_DEFAULT_MS;
  const ruling = byCode(outcome, cool);
  return { ...ruling, retry: ruling.retry && !outcome.committed, status: answer?.status };
}

/** How much a failure tells a client: its own request's fate before the gateway's keys before the gateway's words. */
function weight(failure: FailedAttempt): number {
  if (failure.answer === undefined) return 0;
  return [401, 402, 403].includes(failure.answer.status) ? 1 : 2;
}

/**
 * The failure to show the client when all attempts failed: an upstream's answer rather than a sentence of the gateway,
 * one about the request rather than about the gateway's own key, and of equals the last. Undefined for an empty list.
 */
export function worthTelling<F extends FailedAttempt>(failures: readonly F[]): F | undefined {
  let best: F | undefined;
  for (const failure of failures) if (best === undefined || weight(failure) >= weight(best)) best = failure;
  return best;
}
