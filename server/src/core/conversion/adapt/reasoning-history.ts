// Reasoning of former turns: only its maker can read its tokens, so those of others go, and what a client has dropped
// although its maker wants it back is put in again (G66, G68, G71).

import type { Part, ReasoningPart, ToolCallPart } from '../../model/content.ts';
import { type DialectId, familyOf } from '../../model/dialect-id.ts';
import type { Emit } from '../../model/event.ts';
import type { Turn } from '../../model/request.ts';
import type { OpaqueToken } from '../../model/token.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { mapParts } from './parts.ts';
import { conversationPath } from './paths.ts';

/** Reasoning and tokens that the target can read. To come before calls get other ids. */
export const reasoningHistory: Pass = (request, adapting) => {
  const { traits } = adapting;
  // Whose tokens stand unwrapped in the slots of a format: what a decoder takes every token of it for.
  const home = familyOf(traits.dialect);
  const known =
    adapting.traces?.reasoning === false
      ? request.turns
      : mapParts(request.turns, (part) => readable(part, request.origin, adapting));
  const lostReasoning = known !== request.turns;
  const recalled = withRecalled(known, adapting);
  // G34: an item that came with reasoning is refused without it, unless it is sent as a new one.
  const turns = lostReasoning && traits.dialect === 'openai-responses' ? withoutItemIds(recalled) : recalled;
  return {
    request: turns === request.turns ? request : { ...request, turns },
    raise: traits.vendor === home ? undefined : retagged(home, traits.vendor),
  };
};

function isReadable(token: OpaqueToken, { traits, withoutTokens }: Adapting): boolean {
  return token.vendor === traits.vendor && !withoutTokens;
}

/** The part as far as the target can read it. */
function readable(part: Part, origin: DialectId, adapting: Adapting): Part | undefined {
  const { traits, losses } = adapting;
  const { token } = part;
  if (token !== undefined && isReadable(token, adapting)) return part;
  if (token === undefined && part.type !== 'reasoning') return part;
  if (token !== undefined)
    losses.add({
      path: conversationPath(origin),
      feature: 'reasoning-token',
      action: 'dropped',
      severity: 'hint',
      note: 'Proofs of reasoning that another vendor made were left out.',
    });
  if (part.type !== 'reasoning') return bare(part);
  if (traits.replaysReasoningText && part.sections.some((section) => section !== ''))
    return token === undefined ? part : bare(part);
  losses.add({
    path: conversationPath(origin),
    feature: 'reasoning-history',
    action: 'dropped',
    severity: 'hint',
    note: 'Reasoning of former turns was left out.',
  });
  return undefined;
}

function bare(part: Part): Part {
  const { token: _token, ...rest } = part;
  return rest;
}

/** Puts kept reasoning before the calls that it led to, where the client has sent none. */
function withRecalled(turns: readonly Turn[], adapting: Adapting): readonly Turn[] {
  const { recalled } = adapting;
  if (recalled === undefined || recalled.size === 0) return turns;
  const out: Turn[] = [];
  let changed = false;
  // Where the stretch of the assistant that ends in the next call has begun, and whether it has reasoning.
  let start = 0;
  let hasReasoning = false;
  for (const turn of turns) {
    if (turn.role !== 'assistant') {
      out.push(turn);
      start = out.length;
      hasReasoning = false;
      continue;
    }
    const parts: Part[] = [];
    let insertAt = 0;
    for (const part of turn.parts) {
      if (part.type === 'reasoning') hasReasoning = true;
      if (part.type !== 'tool-call') {
        parts.push(part);
        continue;
      }
      const { before, call } = recalledFor(part, hasReasoning, adapting);
      if (before.length > 0 && insertAt === 0 && start < out.length)
        out.splice(start, 0, { role: 'assistant', parts: before });
      else parts.splice(insertAt, 0, ...before);
      if (before.length > 0 || call !== part) changed = true;
      parts.push(call);
      insertAt = parts.length;
      hasReasoning = false;
    }
    out.push(
      parts.length === turn.parts.length && parts.every((part, at) => part === turn.parts[at])
        ? turn
        : { ...turn, parts },
    );
    if (insertAt > 0) start = out.length;
  }
  return changed ? out : turns;
}

interface RecalledCall {
  readonly before: readonly ReasoningPart[];
  readonly call: ToolCallPart;
}

function recalledFor(call: ToolCallPart, hasReasoning: boolean, adapting: Adapting): RecalledCall {
  const kept = adapting.recalled?.get(call.id);
  if (kept === undefined) return { before: [], call };
  const before = hasReasoning
    ? []
    : kept.before.filter(({ token, sections }) => {
        if (token !== undefined && isReadable(token, adapting)) return true;
        return adapting.traits.replaysReasoningText && sections.some((section) => section !== '');
      });
  const token = call.token ?? kept.token;
  const given =
    token !== undefined && token !== call.token && isReadable(token, adapting) ? { ...call, token } : call;
  return { before: before.map((part) => stripped(part, adapting)), call: given };
}

function stripped(part: ReasoningPart, adapting: Adapting): ReasoningPart {
  if (part.token === undefined || isReadable(part.token, adapting)) return part;
  const { token: _token, ...rest } = part;
  return rest;
}

function withoutItemIds(turns: readonly Turn[]): readonly Turn[] {
  const anonymous = mapParts(turns, (part) => {
    if (part.type !== 'tool-call' || part.itemId === undefined) return part;
    const { itemId: _id, ...rest } = part;
    return rest;
  });
  return anonymous.map((turn) => {
    if (turn.itemId === undefined) return turn;
    const { itemId: _id, ...rest } = turn;
    return rest;
  });
}

/** A decoder takes every token for one of its format's own vendor; this names the provider that has really made it. */
function retagged(home: string, vendor: string): (emit: Emit) => Emit {
  return (emit) => (event) => {
    if ((event.type !== 'open' && event.type !== 'close') || event.part.token?.vendor !== home) emit(event);
    else emit({ ...event, part: { ...event.part, token: { ...event.part.token, vendor } } });
  };
}
