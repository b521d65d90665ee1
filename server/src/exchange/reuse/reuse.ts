// Answers that are given again. A question is looked up before anybody is asked; where it is on its way already, its answer
// is waited for; and what comes back is kept for the next one.

import type { Use } from '../../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { knownNanoUsd } from '../../core/pricing/cost.ts';
import { type ReuseWishes, wishesOf } from '../../core/reuse/wishes.ts';
import type { ReusePolicy } from '../../core/routing/policy.ts';
import type { Exchange, Target } from '../context.ts';
import type { Dispatched } from '../dispatched.ts';
import type { CachedAnswer, Leading } from '../ports.ts';
import { chatAnswers } from './chat-answers.ts';
import { embeddings } from './embeddings.ts';
import type { Flight } from './flights.ts';
import { type AnswerKind, give, type Replay } from './give.ts';
import { InboundWithReply } from './inbound-with-reply.ts';
import { answerKey } from './key.ts';
import { SharedTurn } from './over-gateways.ts';
import { MarkedReply, ShelteringReply } from './sheltering-reply.ts';

/** How an exchange of a route with a cache is served. */
export interface Reuse {
  /** The exchange to ask an upstream with, and to conclude. */
  readonly exchange: Exchange;
  /** Nobody is going to be asked, so that nothing is used up. */
  readonly free: boolean;
  /** Serves it; `ask` is called where an upstream is to be asked. */
  serve(ask: (exchange: Exchange) => Promise<Dispatched>): Promise<Dispatched>;
  /** To be called in any case: lets those go who wait for something that will not come. */
  end(): void;
}

/** One question while it is looked for. */
interface Search {
  readonly exchange: Exchange;
  readonly policy: ReusePolicy;
  readonly wishes: ReuseWishes;
  readonly kind: AnswerKind;
  readonly key: string;
}

/** Looks for an answer; undefined where there is nothing to reuse. Resolves as soon as it is known who is to answer. */
export async function reusing(exchange: Exchange, candidates: readonly Target[]): Promise<Reuse | undefined> {
  const { inbound, route, use } = exchange;
  const policy = route.cache;
  const kind = KINDS[use];
  if (policy === undefined || kind === undefined) return undefined;
  const wishes = wishesOf(
    inbound.header('cache-control'),
    inbound.header('x-sluice-cache'),
    inbound.header('x-sluice-cache-ttl'),
  );
  const question = wishes.bypass ? undefined : kind.question(exchange, policy);
  if (question === undefined) return wishes.onlyCached ? notCached(exchange) : bypassed(exchange);
  return await sought({ exchange, policy, wishes, kind, key: answerKey(exchange, question, candidates) });
}

/** What is answered again, by what is asked for. */
const KINDS: Readonly<Partial<Record<Use, AnswerKind>>> = { generate: chatAnswers, embed: embeddings };

const NOT_CACHED: SluiceError = sluiceError('not_cached', 'There is no cached answer to this request.', {
  suggestion: 'Send it without "Cache-Control: only-if-cached" to ask an upstream.',
});

async function sought(search: Search): Promise<Reuse> {
  const { exchange, wishes, kind, key } = search;
  const { flights } = exchange.memory;
  if (wishes.refresh) return asking(search, flights.begin(key), undefined);
  const running = wishes.onlyCached ? undefined : flights.of(key);
  if (running === undefined) return await lookedUp(search, flights.begin(key));
  const landing = await running.wait(exchange.inbound.reply, exchange.memory.running);
  switch (landing.kind) {
    case 'answer': {
      const { answer } = landing;
      const replay = fits(search, answer) ? kind.replay(exchange, answer) : undefined;
      if (replay === undefined) return asking(search, flights.aside(), undefined);
      return given(exchange, replay, isFresh(exchange, answer) ? 'hit' : 'stale');
    }
    case 'lead':
      return await inTurn(search, running, undefined);
    case 'alone':
      return asking(search, flights.aside(), undefined);
    case 'left':
      return ending(exchange, () => ({ kind: 'left' }));
    case 'refused':
      return refused(exchange, landing.error);
  }
}

/** Asks the store; others of the same question wait for what comes of it. */
async function lookedUp(search: Search, flight: Flight): Promise<Reuse> {
  const { exchange, wishes, kind, key } = search;
  try {
    const found = await exchange.ports.answers.get(key);
    const answer = found !== undefined && fits(search, found) ? found : undefined;
    const replay = answer === undefined ? undefined : kind.replay(exchange, answer);
    if (replay !== undefined && isFresh(exchange, replay.answer)) {
      flight.answered(replay.answer);
      return given(exchange, replay, 'hit');
    }
    if (!wishes.onlyCached) return await inTurn(search, flight, replay);
    flight.failed();
    return notCached(exchange);
  } catch (defect) {
    flight.failed();
    throw defect;
  }
}

/** It is this request's turn among those of its gateway; another gateway may be asking the same. */
async function inTurn(search: Search, flight: Flight, stale: Replay | undefined): Promise<Reuse> {
  const { exchange, key } = search;
  const { sharedNotes } = exchange.ports;
  if (sharedNotes === undefined) return asking(search, flight, stale);
  const shared = new SharedTurn(exchange, sharedNotes, key);
  for (;;) {
    const turn = await shared.next();
    if (turn.kind === 'left' || turn.kind === 'refused') {
      flight.failed();
      return turn.kind === 'left' ? ending(exchange, () => turn) : refused(exchange, turn.error);
    }
    const lead = turn.kind === 'ask' ? turn.lead : undefined;
    // Somebody may have asked since it was looked up.
    const replay = await freshAgain(search).catch((defect: unknown) => {
      lead?.end('failed');
      flight.failed();
      throw defect;
    });
    if (replay !== undefined) {
      lead?.end('answered');
      flight.answered(replay.answer);
      return given(exchange, replay, 'hit');
    }
    if (turn.kind === 'ask') return asking(search, flight, stale, lead);
  }
}

async function freshAgain(search: Search): Promise<Replay | undefined> {
  const { exchange, kind, key } = search;
  const answer = await exchange.ports.answers.get(key, true);
  const usable = answer !== undefined && fits(search, answer) && isFresh(exchange, answer);
  return usable ? kind.replay(exchange, answer) : undefined;
}

function isFresh({ ports }: Exchange, { freshUntilMs }: CachedAnswer): boolean {
  return ports.clock.epochMs() < freshUntilMs;
}

/** Young enough for this client, fresh or not. */
function fits({ exchange, wishes }: Search, { createdAtMs, expiresAtMs }: CachedAnswer): boolean {
  const nowMs = exchange.ports.clock.epochMs();
  return nowMs < expiresAtMs && nowMs - createdAtMs <= wishes.maxAgeMs;
}

// ------------------------------------------------------------------------------------ how it is served

/** Nobody is asked. */
function ending(exchange: Exchange, end: () => Dispatched): Reuse {
  return { exchange, free: true, serve: () => Promise.resolve(end()), end: () => undefined };
}

function given(exchange: Exchange, replay: Replay, how: 'hit' | 'stale'): Reuse {
  return ending(exchange, () => {
    if (exchange.inbound.reply.closed) return { kind: 'left' };
    give(exchange, replay, how);
    return { kind: 'answered' };
  });
}

function notCached(exchange: Exchange): Reuse {
  exchange.record.cache = 'miss';
  return refused(exchange, NOT_CACHED);
}

function refused(exchange: Exchange, error: SluiceError): Reuse {
  return ending(exchange, () => ({ kind: 'refused', error }));
}

/** The cache has nothing to do with it. */
function bypassed(exchange: Exchange): Reuse {
  const { inbound, record } = exchange;
  record.cache = 'bypass';
  const led = {
    ...exchange,
    inbound: new InboundWithReply(inbound, new MarkedReply(inbound.reply, 'bypass')),
  };
  return { exchange: led, free: false, serve: (ask) => ask(led), end: () => undefined };
}

/** An upstream is asked, for everyone who waits. `stale` stands in where that fails. `lead`: others wait at other gateways. */
function asking(search: Search, flight: Flight, stale: Replay | undefined, lead?: Leading): Reuse {
  const { exchange } = search;
  const { inbound, settings, record } = exchange;
  record.cache = 'miss';
  const reply = new ShelteringReply(inbound.reply, flight, settings.cache.maxEntryBytes);
  const led = { ...exchange, inbound: new InboundWithReply(inbound, reply) };
  return {
    exchange: led,
    free: false,
    async serve(ask) {
      const dispatched = await ask(led);
      if (dispatched.kind === 'answered') {
        const answer = keepSent(search, reply);
        lead?.end(answer === undefined ? 'unshared' : 'answered');
        if (answer === undefined) flight.unshared();
        else flight.answered(answer);
        return reply.left ? { kind: 'left' } : dispatched;
      }
      if (stale !== undefined && mayStandIn(dispatched) && !inbound.reply.closed) {
        flight.answered(stale.answer);
        give(exchange, stale, 'stale');
        return { kind: 'answered' };
      }
      return dispatched;
    },
    // After an answer this says nothing.
    end: () => {
      lead?.end('failed');
      flight.failed();
    },
  };
}

/** The upstreams could not; what is wrong with the question itself has to be told. */
function mayStandIn(dispatched: Dispatched): boolean {
  if (dispatched.kind === 'failed') return dispatched.told.verdict.blame !== 'request';
  return dispatched.kind === 'refused' && dispatched.error.source !== 'client';
}

/** Keeps a complete answer for the next time; undefined for one that is not to be given again. */
function keepSent(
  { exchange, policy, wishes, kind, key }: Search,
  { sent }: ShelteringReply,
): CachedAnswer | undefined {
  const { ports, record, inbound, peeked } = exchange;
  const text = sent === undefined ? undefined : kind.read(exchange, sent);
  if (text === undefined) return undefined;
  const nowMs = ports.clock.epochMs();
  const freshUntilMs = nowMs + (wishes.ttlMs ?? policy.ttlMs);
  const costNanoUsd = knownNanoUsd(record.cost);
  const answer: CachedAnswer = {
    clientId: policy.scope === 'shared' ? undefined : inbound.client?.id,
    model: (record.modelAsked ?? '').slice(0, NAME_LENGTH),
    modelServed: (record.modelServed ?? peeked.model).slice(0, NAME_LENGTH),
    upstreamId: record.upstreamId ?? '',
    createdAtMs: nowMs,
    freshUntilMs,
    expiresAtMs: freshUntilMs + policy.staleMs,
    // What is saved each time it is given again.
    ...(costNanoUsd === undefined ? {} : { costNanoUsd }),
    losses: record.losses,
    text,
  };
  ports.answers.put(key, answer);
  return answer;
}

/** Names of models are as long as clients make them. */
const NAME_LENGTH = 200;
