// The one place that decides what a failed attempt means: try another candidate or not, whose fault it was, what it is
// held against, and how long that is to be left alone.

import type { Bytes } from '../bytes.ts';
import type { SluiceError } from '../model/error.ts';
import { boundedRest, namedRest } from './cooldown.ts';
import { DEFAULT_HEALTH, type HealthPolicy } from './policy.ts';
import type { Reason } from './reason.ts';
import {
  isPage,
  saysBadKey,
  saysBadToken,
  saysKeyWide,
  saysModelMissing,
  saysModerated,
  saysNoCredit,
  saysNotHere,
  saysTooLarge,
  wordsOf,
} from './refusal-words.ts';

export type { Reason } from './reason.ts';

/** How long a key without credit rests, where nobody says for how long. */
const NO_CREDIT_COOL_MS = 600_000;

/** How much of an error body is read for its reason. */
const READ_BYTES = 16_384;

/** How much of the provider's words is kept, in characters. */
const MESSAGE_LIMIT = 200;

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

/** What a failure is held against: the upstream, this key of it, or this key for this model. */
export type Scope = 'upstream' | 'key' | 'model';

/** What follows from an outcome. */
export interface Verdict {
  /** Another candidate may be tried. */
  readonly retry: boolean;
  /** Nothing may follow, whatever the policy says: output was sent, the client has left, or the gateway itself failed. */
  readonly final: boolean;
  readonly blame: 'key' | 'upstream' | 'request' | 'none';
  readonly reason: Reason;
  /** HTTP status of the upstream's answer, or the one that an error in its stream stands for. */
  readonly status: number | undefined;
  /** undefined: it is held against nobody. */
  readonly scope: Scope | undefined;
  /** How long that is to be left alone; 0 = not at all. */
  readonly coolMs: number;
  /** The provider itself has named that time. */
  readonly told: boolean;
  /** It is to be left alone until it has been tested again. */
  readonly quarantine: boolean;
  /** What was said of it, cut short. May hold secrets. */
  readonly message: string | undefined;
}

type Ruling = Omit<Verdict, 'status' | 'message' | 'final'>;
type Rest = Pick<Ruling, 'coolMs' | 'told' | 'quarantine'>;

const NO_REST: Rest = { coolMs: 0, told: false, quarantine: false };

/** What is held against nobody. */
const excused = (reason: Reason, blame: Verdict['blame'], retry: boolean): Ruling => ({
  reason,
  blame,
  retry,
  scope: undefined,
  ...NO_REST,
});

/** What counts against somebody, with a rest or without. */
const counts = (reason: Reason, blame: Verdict['blame'], scope: Scope, rest: Rest = NO_REST): Ruling => ({
  reason,
  blame,
  retry: true,
  scope,
  ...rest,
});

/** What a ruling by status looks at. */
interface Refusal {
  readonly status: number;
  /** The vendor's own words. */
  readonly words: string;
  /** The answer is a web page. */
  readonly page: boolean;
  /** The rest that the provider has named, else one of so many milliseconds. */
  readonly rest: (otherwiseMs: number) => Rest;
  readonly health: HealthPolicy;
}

function byStatus(refusal: Refusal): Ruling {
  const { status, words, rest, health } = refusal;
  const { defaultMs } = health.cooldown;
  if (status === 400) return of400(refusal);
  if (status === 402 || (status === 429 && saysNoCredit(words, status)))
    return counts('no-credit', 'key', 'key', rest(NO_CREDIT_COOL_MS));
  if (status === 401) return refused('bad-key', 'key', health);
  if (status === 403) return of403(refusal);
  if (status === 404) return excused('model-missing', 'none', true);
  if (status === 409) return excused('conflict', 'upstream', true);
  if (status === 429) {
    if (saysTooLarge(words)) return excused('rate-limited', 'request', true);
    return counts('rate-limited', 'key', saysKeyWide(words) ? 'key' : 'model', rest(defaultMs));
  }
  // 498: Groq's flex tier has no capacity.
  if (status === 503 || status === 529 || status === 498)
    return counts('overloaded', 'upstream', 'model', rest(defaultMs));
  if (status === 408 || status === 425 || status >= 500)
    return counts('server-error', 'upstream', 'model', rest(defaultMs));
  if (status < 400) return counts('redirected', 'upstream', 'model');
  return excused('bad-request', 'request', false);
}

function of400({ status, words, rest, health }: Refusal): Ruling {
  if (saysNoCredit(words, status)) return counts('no-credit', 'key', 'key', rest(NO_CREDIT_COOL_MS));
  if (saysBadKey(words, status)) return refused('bad-key', 'key', health);
  if (saysNotHere(words)) return refused('forbidden', 'model', health);
  if (saysModelMissing(words)) return excused('model-missing', 'none', true);
  return excused(saysBadToken(words) ? 'bad-token' : 'bad-request', 'request', false);
}

function of403({ status, words, page, rest, health }: Refusal): Ruling {
  // A firewall looks at what a request says as much as at who sends it.
  if (page) return counts('forbidden', 'upstream', 'model', rest(health.cooldown.defaultMs));
  if (saysNoCredit(words, status)) return counts('no-credit', 'key', 'key', rest(NO_CREDIT_COOL_MS));
  if (saysBadKey(words, status)) return refused('bad-key', 'key', health);
  if (saysModerated(words)) return excused('bad-request', 'request', false);
  return refused('forbidden', 'model', health);
}

/** A refusal that time does not heal. */
function refused(reason: Reason, scope: Scope, { quarantine, cooldown }: HealthPolicy): Ruling {
  const coolMs = quarantine.onAuth ? quarantine.retestMs : Math.min(cooldown.defaultMs, cooldown.maxMs);
  return counts(reason, 'key', scope, { coolMs, told: false, quarantine: quarantine.onAuth });
}

function textOf(answer: FailedAttempt['answer']): string {
  return answer === undefined
    ? ''
    : answer.body.toString('utf8', 0, Math.min(answer.body.length, READ_BYTES));
}

function refusalOf(
  outcome: FailedAttempt,
  status: number,
  epochNowMs: number,
  health: HealthPolicy,
): Refusal {
  const { answer, error } = outcome;
  const text = answer === undefined ? error.message : textOf(answer);
  const { cooldown } = health;
  const rest = (otherwiseMs: number): Rest => {
    const named =
      answer === undefined && error.retryAfterMs !== undefined
        ? namedRest(['retry-after-ms', error.retryAfterMs.toFixed(0)], text, epochNowMs)
        : namedRest(answer?.headers ?? [], text, epochNowMs);
    return named === undefined || !cooldown.honorHeaders
      ? { coolMs: Math.min(otherwiseMs, cooldown.maxMs), told: false, quarantine: false }
      : { coolMs: boundedRest(named, cooldown), told: true, quarantine: false };
  };
  return { status, words: wordsOf(text), page: isPage(text), rest, health };
}

/** How the dialects word it that a success had nothing in it. */
const EMPTY = /^The upstream (?:ended its stream without any output|answered (?:without|with an empty) )/;

function byCode(outcome: FailedAttempt, epochNowMs: number, health: HealthPolicy): Ruling {
  const { error, answer } = outcome;
  const { defaultMs, maxMs } = health.cooldown;
  const unreachable: Rest = { coolMs: Math.min(defaultMs, maxMs), told: false, quarantine: false };
  switch (error.code) {
    case 'upstream_connect':
      return counts('unreachable', 'upstream', 'upstream', unreachable);
    case 'upstream_timeout':
      return error.connecting === true
        ? counts('unreachable', 'upstream', 'upstream', unreachable)
        : counts('timeout', 'upstream', 'model');
    case 'upstream_closed':
    case 'upstream_protocol':
    case 'upstream_too_large':
      return counts('broken-answer', 'upstream', 'model');
    case 'upstream_error':
      return byStatus(refusalOf(outcome, answer?.status ?? error.status, epochNowMs, health));
    case 'upstream_answer':
    case 'upstream_stream_error':
      // A status of its own says what kind of error was reported; 502 says only that there was one.
      if (error.status === 502)
        return counts(EMPTY.test(error.message) ? 'empty-answer' : 'broken-answer', 'upstream', 'model');
      return byReport(refusalOf(outcome, error.status, epochNowMs, health), error);
    case 'unsupported_feature':
      return excused('not-carried', 'none', true);
    default:
      return excused('gateway', 'none', false);
  }
}

/** A ruling on an error that was reported inside of a success. Its codes were read where it was decoded. */
function byReport(refusal: Refusal, { kind, retryAfterMs }: SluiceError): Ruling {
  const { status, words } = refusal;
  // Google's words for a minute's limit are the same as OpenAI's for an empty account, but a time comes with them.
  const empty = kind === 'quota' && retryAfterMs === undefined && !/ai\.google\.dev/.test(words);
  return empty && [400, 402, 403, 429].includes(status)
    ? counts('no-credit', 'key', 'key', refusal.rest(NO_CREDIT_COOL_MS))
    : byStatus(refusal);
}

/** The words to keep, whole characters only. */
function cut(message: string): string {
  const short = message.slice(0, MESSAGE_LIMIT);
  return /[\uD800-\uDBFF]$/.test(short) ? short.slice(0, -1) : short;
}

function statusOf({ answer, error }: FailedAttempt): number | undefined {
  if (answer !== undefined) return answer.status;
  const reported = error.code === 'upstream_stream_error' || error.code === 'upstream_answer';
  return reported && error.status !== 502 ? error.status : undefined;
}

const settledAs = (reason: Reason): Verdict => ({
  ...excused(reason, 'none', false),
  final: true,
  status: undefined,
  message: undefined,
});

/** Almost every attempt ends like this. */
const ANSWERED: Verdict = settledAs('answered');
const LEFT: Verdict = settledAs('client-left');

/**
 * Judges how an attempt ended. Once output has reached the client, or the client has left, nothing is tried again.
 * `epochNowMs` is the wall clock, for dates in what the provider says.
 */
export function judge(
  outcome: AttemptOutcome,
  epochNowMs: number,
  health: HealthPolicy = DEFAULT_HEALTH,
): Verdict {
  if (outcome.kind !== 'failed') return outcome.kind === 'answered' ? ANSWERED : LEFT;
  const ruling = byCode(outcome, epochNowMs, health);
  return {
    ...ruling,
    retry: ruling.retry && !outcome.committed,
    final: outcome.committed || ruling.reason === 'gateway',
    status: statusOf(outcome),
    message: cut(outcome.error.message),
  };
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
