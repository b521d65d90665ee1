// Which headers travel: everything a client says to the provider except what belongs to our own hop; of an answer only
// what is known to be meant for the client (an allow-list, because cookies and CORS grants of a provider are not).

import { headerOf } from '../core/model/header-list.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { Exchange } from './context.ts';
import type { RawHeaders } from './ports.ts';
import { holdsSecret, type Secrets, secretsOf } from './secrecy.ts';

const ANSWER_NAMES = new Set([
  'age',
  'allow',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-range',
  'content-type',
  'accept-ranges',
  'date',
  'deprecation',
  'etag',
  'expires',
  'last-modified',
  'cf-ray',
  'processing-ms',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'server-timing',
  'sunset',
  'warning',
]);

const ANSWER_PREFIXES = [
  'x-',
  'openai-',
  'anthropic-',
  'ratelimit',
  'azureml-',
  'apim-',
  'mistral-',
  'groq-',
];

/** x- headers that steer browsers, caches or proxies in front of us rather than inform the caller. */
const ANSWER_REFUSED = new Set([
  'x-accel-redirect',
  'x-accel-buffering',
  'x-accel-charset',
  'x-accel-expires',
  'x-accel-limit-rate',
  'x-content-security-policy',
  'x-dns-prefetch-control',
  'x-forwarded-for',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-powered-by',
  'x-sendfile',
  'x-ua-compatible',
  'x-webkit-csp',
  'x-xss-protection',
]);

function judgeName(name: string): boolean {
  if (ANSWER_NAMES.has(name)) return true;
  if (name.startsWith('x-sluice-') || ANSWER_REFUSED.has(name)) return false;
  return ANSWER_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** Upstreams send the same few names over and over: the judgement of a spelling is kept, up to a bound. */
const judged = new Map<string, boolean>();
const JUDGED_LIMIT = 2000;

function isForClient(name: string): boolean {
  let verdict = judged.get(name);
  if (verdict === undefined) {
    verdict = judgeName(name.toLowerCase());
    if (judged.size < JUDGED_LIMIT) judged.set(name, verdict);
  }
  return verdict;
}

/** Names that the upstream's Connection header nominates: they end at this hop. */
function nominated(headers: RawHeaders): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]?.length !== 10 || headers[i]?.toLowerCase() !== 'connection') continue;
    names ??= new Set();
    for (const name of (headers[i + 1] ?? '').split(',')) names.add(name.trim().toLowerCase());
  }
  return names;
}

/**
 * The headers of an upstream's answer that go on to the client, as they stood, in order. Content-Length is left out: the
 * relay knows what it sends. A header that repeats the upstream's key stays here. `converted`: the content is another one,
 * so what describes it stays here too.
 */
export function answerHeaders(headers: RawHeaders, secrets: Secrets, converted = false): string[] {
  const dropped = nominated(headers);
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (!isForClient(name) || dropped?.has(name.toLowerCase()) === true) continue;
    if (converted && DESCRIBES_CONTENT.test(name)) continue;
    const value = headers[i + 1] ?? '';
    if (!holdsSecret(value, secrets)) kept.push(name, value);
  }
  return kept;
}

const DESCRIBES_CONTENT = /^(?:content-.*|etag|last-modified|accept-ranges|cache-control|expires)$/i;

/** The gateway's own words on an answer: which exchange it was, who served it at which attempt, and where the time went. */
export function ownHeaders(exchange: Exchange, attempt: AttemptRecord): string[] {
  const { target } = attempt;
  return [
    'x-sluice-request-id',
    exchange.inbound.id,
    'x-sluice-upstream',
    target.upstream.id,
    'x-sluice-attempts',
    String(exchange.record.attempts),
    ...(target.native ? [] : ['x-sluice-dialect', target.dialect, 'x-sluice-model', target.model]),
    'server-timing',
    serverTiming(exchange, attempt),
    ...(exchange.record.budget?.headers(attempt.cost?.totalNanoUsd ?? 0) ?? []),
  ];
}

/**
 * The headers of an answer: the upstream's that are meant for the client, then the gateway's own. The id that libraries show
 * in their errors is the provider's where it gave one, else the gateway's.
 */
export function replyHeaders(
  exchange: Exchange,
  attempt: AttemptRecord,
  headers: RawHeaders,
  converted: boolean,
): string[] {
  const all = answerHeaders(headers, secretsOf(attempt.target), converted);
  if (headerOf(all, 'x-request-id') === undefined) all.push('x-request-id', exchange.inbound.id);
  for (const word of ownHeaders(exchange, attempt)) all.push(word);
  return all;
}

/** https://www.w3.org/TR/server-timing/: milliseconds until the first attempt began, of choosing, until the upstream's headers, and of the conversion of the request. */
function serverTiming({ timing }: Exchange, attempt: AttemptRecord): string {
  const upstreamMs = (attempt.headersAtMs ?? attempt.startedAtMs) - attempt.startedAtMs;
  const known = `queue;dur=${tenths(timing.queueMs)}, routing;dur=${tenths(timing.routingMs)}, upstream;dur=${tenths(upstreamMs)}`;
  const { conversionMs } = attempt;
  return conversionMs === undefined ? known : `${known}, conversion;dur=${tenths(conversionMs)}`;
}

const tenths = (ms: number): number => Math.round(Math.max(0, ms) * 10) / 10;
