// One exchange of the past as the ledger would have written it: with the attempts that it took, what they cost, and now and
// then an error.

import type { DialectId } from '../../../server/src/core/model/dialect-id.ts';
import type { LedgerAttempt, LedgerClosing, LedgerOpening } from '../../../server/src/exchange/ports.ts';
import type { Naming } from './cast.ts';
import { answeredAttempt, costOf, failedAttempt, type PastRequest, wordsOf } from './past-attempts.ts';
import type { Chance } from './random.ts';

/** A row of the ledger. */
export interface PastExchange {
  readonly opening: LedgerOpening;
  readonly closing: LedgerClosing;
}

/** Makes the row of a request. */
export function exchangeOf(chance: Chance, request: PastRequest, naming: Naming): PastExchange {
  const id = `req_${Math.floor(request.atMs).toString(16).padStart(12, '0')}${chance.hex(12)}`;
  const opening: LedgerOpening = {
    id,
    receivedAtMs: request.atMs,
    route: request.route,
    clientId: request.client,
    conversationId: request.conversation,
    agentId: request.agent,
    dialectIn: request.dialect,
    use: 'generate',
  };
  const closing = request.cache === 'hit' ? hitOf(id, request, chance) : askedOf(id, request, chance, naming);
  return { opening, closing };
}

/** Everything of a closing that most exchanges have in common. */
function baseOf(id: string, request: PastRequest): Omit<LedgerClosing, 'endedAtMs' | 'status' | 'attempts'> {
  const { uncached, cacheRead = 0, output, reasoning = 0, streamed } = request;
  return {
    id,
    dialectOut: undefined,
    modelAsked: request.asked,
    modelServed: undefined,
    upstreamId: undefined,
    keyId: undefined,
    errorCode: undefined,
    headersAtMs: undefined,
    firstByteAtMs: undefined,
    firstOutputAtMs: undefined,
    bytesIn: Math.round((uncached + cacheRead) * 4.1),
    bytesOut: Math.round((output + reasoning) * (streamed ? 90 : 5)),
    usage: undefined,
    losses: undefined,
    streamed,
    aborted: false,
    policy: request.policy,
    cache: request.cache,
    promptCache: request.promptCache,
  };
}

function hitOf(id: string, request: PastRequest, chance: Chance): LedgerClosing {
  const endedAtMs = request.atMs + chance.whole(1, 6);
  return {
    ...baseOf(id, request),
    modelServed: request.model,
    attempts: 0,
    status: 200,
    firstOutputAtMs: endedAtMs,
    endedAtMs,
    savedNanoUsd: costOf(request, request.role, 'roles').totalNanoUsd,
  };
}

function askedOf(id: string, request: PastRequest, chance: Chance, naming: Naming): LedgerClosing {
  if (chance.happens(0.004)) return refusalOf(id, request);
  const tries: LedgerAttempt[] = [];
  let { role } = request;
  let atMs = request.atMs + chance.whole(1, 4);
  while (tries.length < 2 && chance.happens(tries.length === 0 ? request.trouble : 0.15)) {
    const failed = failedAttempt({ request, role, before: tries.length, atMs, chance, naming });
    tries.push(failed);
    atMs = failed.endedAtMs + chance.whole(1, 12);
    if (canMove(request) && chance.happens(0.6)) role = 'second';
  }
  const last = tries.at(-1);
  if (last !== undefined && chance.happens(0.3)) return failureOf(id, request, tries, last);
  const left = request.streamed && chance.happens(0.012);
  const answered = answeredAttempt({ request, role, before: tries.length, atMs, chance, naming }, left);
  const { usage, cost, headersAtMs, firstByteAtMs, firstOutputAtMs, endedAtMs, keyId: key } = answered;
  return {
    ...baseOf(id, request),
    dialectOut: answered.dialect,
    modelServed: request.model,
    upstreamId: answered.upstreamId,
    keyId: key,
    attempts: tries.length + 1,
    status: left ? 499 : 200,
    errorCode: left ? 'client_closed' : undefined,
    aborted: left,
    headersAtMs,
    firstByteAtMs,
    firstOutputAtMs,
    endedAtMs,
    usage,
    cost,
    losses: lossOf(request, answered.dialect),
    tries: tries.length === 0 ? undefined : [...tries, answered],
  };
}

/** The error of an exchange that went nowhere, because its client asked too often. */
function refusalOf(id: string, request: PastRequest): LedgerClosing {
  return {
    ...baseOf(id, request),
    attempts: 0,
    status: 429,
    errorCode: 'rate_limited',
    errorMessage: 'This client has used up its requests of this minute.',
    endedAtMs: request.atMs + 1,
  };
}

/** Only what `second` offers can go there. */
const canMove = ({ role, model }: PastRequest): boolean => role !== 'workshop' && !/opus|flash/.test(model);

/** The error of an exchange that nobody could serve. */
function failureOf(
  id: string,
  request: PastRequest,
  tries: readonly LedgerAttempt[],
  last: LedgerAttempt,
): LedgerClosing {
  return {
    ...baseOf(id, request),
    dialectOut: last.dialect,
    upstreamId: last.upstreamId,
    keyId: last.keyId,
    attempts: tries.length,
    status: last.status ?? 504,
    errorCode: last.errorCode,
    errorMessage: wordsOf(last.reason),
    headersAtMs: last.headersAtMs,
    endedAtMs: last.endedAtMs + 1,
    tries: tries.length > 1 ? tries : undefined,
  };
}

/** What a conversion may have lost, in the words of x-sluice-loss. */
function lossOf({ dialect, cacheRead = 0 }: PastRequest, out: DialectId): string | undefined {
  return dialect === 'anthropic-messages' && out === 'openai-chat' && cacheRead > 0
    ? 'cache_control'
    : undefined;
}
