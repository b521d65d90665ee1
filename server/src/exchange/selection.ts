// What the pool has to know of a request to choose among its candidates: the route, the tokens it may take, and which
// conversation it belongs to.

import { digest } from '../core/model/digest.ts';
import { estimateInputTokens } from '../core/model/estimate.ts';
import type { RoutingRoute } from '../core/routing/policy.ts';
import type { Choice } from './choose.ts';
import type { Exchange } from './context.ts';
import type { Member } from './pool/member.ts';
import type { Selection } from './pool/pool.ts';

/** The selection of an exchange whose candidates were found. */
export function selectionOf(
  exchange: Exchange,
  { candidates, route, model }: Extract<Choice, { ok: true }>,
): Selection {
  const { memory, settings } = exchange;
  const members = ableToContinue(exchange, memory.pool.members(settings, candidates));
  const facts = memory.pool.facts(route, model);
  return {
    members,
    route,
    facts,
    avoided: [],
    cursor: undefined,
    preferNative: settings.conversion.preferNative,
    tokens: tokensOf(exchange, members),
    conversation: conversationOf(exchange, route, members),
  };
}

/**
 * Only the account that has the response which a request continues can continue it. Everyone, where it is not known which
 * one that is, or it serves no more.
 */
function ableToContinue({ memory, peeked }: Exchange, members: readonly Member[]): readonly Member[] {
  const previous = peeked.continuation?.previous;
  const owner = previous === undefined ? undefined : memory.owners.find(previous);
  if (owner === undefined) return members;
  const able = members.filter(
    ({ native, target: { upstream, key } }) =>
      native && upstream.id === owner.upstreamId && key.id === owner.keyId,
  );
  return able.length === 0 ? members : able;
}

/** Tokens that the request may take at most, read only where somebody limits them: that costs reading the whole body. */
function tokensOf(exchange: Exchange, members: readonly Member[]): number {
  const { inbound, use } = exchange;
  const limited = limitsTokens(inbound.client?.limits) || members.some((member) => member.limitsTokens);
  if (!limited || use === 'count-tokens') return 0;
  const request = use === 'generate' ? exchange.decoded() : undefined;
  if (request === undefined || 'code' in request) return Math.ceil(exchange.body.length / BYTES_PER_TOKEN);
  return estimateInputTokens(request) + (request.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS);
}

/** Output that is reckoned with where a request names no maximum. */
const DEFAULT_OUTPUT_TOKENS = 1_024;

/** Of JSON that is not read as a conversation. */
const BYTES_PER_TOKEN = 4;

/** True where tokens are counted. */
function limitsTokens(limits: { readonly tpm?: number; readonly tpd?: number } | undefined): boolean {
  return limits !== undefined && (limits.tpm !== undefined || limits.tpd !== undefined);
}

/** What all requests of one conversation share; asked only where it can make a difference. */
function conversationOf(
  { record, dialect, body, use, inbound }: Exchange,
  { affinity }: RoutingRoute,
  members: readonly Member[],
): string | undefined {
  if (affinity === undefined || members.length < 2 || use !== 'generate') return undefined;
  const named = record.opening.conversationId ?? dialect.conversation(body);
  return named === undefined ? undefined : conversationKey(inbound.client?.id, named);
}

/** The name under which a conversation of a client is known, short whatever the client calls it. */
export function conversationKey(clientId: string | undefined, named: string): string {
  return digest(`${clientId ?? ''}\n${named}`);
}
