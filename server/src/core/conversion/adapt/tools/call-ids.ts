// Ids that tie calls to their results: the target has its own idea of what they may look like, some providers give none
// at all, and some give the same one twice.

import type { Part, ToolCallPart, ToolResultPart } from '../../../model/content.ts';
import { digest } from '../../../model/digest.ts';
import type { Emit } from '../../../model/event.ts';
import type { LossReport } from '../../../model/loss.ts';
import type { ChatRequest } from '../../../model/request.ts';
import type { ModelTraits } from '../../../model/traits.ts';
import type { Pass } from '../../adapt.ts';
import { pathOf } from '../paths.ts';
import { changedParts } from './history.ts';
import { takeName } from './name-registry.ts';
import { isLegal } from './pairing.ts';
import { raisedCalls } from './raised-calls.ts';

/** Ids in the history that the target takes (G57), and ids in the answer that the client can use. */
export const callIds: Pass = (request, { traits, losses, traces }) => {
  const ids = traces?.pairedIds === true ? NONE : pairIds(request, traits, losses);
  const turns =
    ids.size === 0
      ? request.turns
      : changedParts(request.turns, (part) => {
          const id = part.type === 'tool-call' || part.type === 'tool-result' ? ids.get(part) : undefined;
          if (id === undefined) return part;
          return part.type === 'tool-call' ? { ...part, id } : { ...(part as ToolResultPart), callId: id };
        });
  const adapted = turns === request.turns ? request : { ...request, turns };
  if (request.tools.length === 0) return { request: adapted };
  return { request: adapted, raise: (emit) => distinctIds(emit, request.turns.length) };
};

const NONE: ReadonlyMap<object, string> = new Map();

/** The calls of one id, in order, with the ids that they are sent with. */
interface Calls {
  readonly parts: ToolCallPart[];
  readonly sentIds: string[];
  /** The round of the last call, and how many of the calls have been answered or passed over. */
  round: number;
  answered: number;
}

/** The new ids of all calls and results that need one. */
function pairIds(
  { origin, turns }: ChatRequest,
  traits: ModelTraits,
  losses: LossReport,
): Map<object, string> {
  const changed = new Map<object, string>();
  const byId = new Map<string, Calls>();
  const unanswered = new Set<Part>();
  const taken = ownIds(turns, traits);
  const make = maker(traits, taken);
  // A round ends when somebody else speaks; calls of one round are made side by side.
  let round = 0;
  let calling = false;
  for (const [at, { role, parts }] of turns.entries()) {
    if (role !== 'assistant') calling = false;
    for (const part of parts) {
      if (part.type === 'tool-call') {
        if (!calling) round += 1;
        calling = true;
        noteCall(part);
      } else if (part.type === 'tool-result') {
        calling = false;
        noteResult(part, at);
      }
    }
  }
  reportUnanswered(unanswered, { origin, turns }, losses);
  return changed;

  function noteCall(part: ToolCallPart) {
    const key = keyOf(part.id, part.name);
    let calls = byId.get(key);
    if (calls === undefined) {
      calls = { parts: [], sentIds: [], round, answered: 0 };
      byId.set(key, calls);
    }
    // What an earlier round left unanswered is not answered after this.
    if (calls.round !== round) calls.answered = calls.parts.length;
    calls.round = round;
    const id = make(part.id, key, calls.parts.length);
    unanswered.add(part);
    calls.parts.push(part);
    calls.sentIds.push(id);
    if (id !== part.id) changed.set(part, id);
  }

  function noteResult(part: ToolResultPart, at: number) {
    const key = keyOf(part.callId, part.name ?? '');
    const calls = byId.get(key);
    if (calls === undefined) {
      losses.add({
        path: pathOf(origin, turns, at),
        feature: 'tool-pairing',
        action: 'approximated',
        severity: 'hint',
        note: 'The result of a tool answers no call of the conversation; it is sent as it is.',
      });
      const id = make(part.callId, key, 0);
      if (id !== part.callId) changed.set(part, id);
      return;
    }
    // A second result for the same call goes to the same call.
    const which = Math.min(calls.answered, calls.parts.length - 1);
    const call = calls.parts[which];
    if (call !== undefined) unanswered.delete(call);
    const id = calls.sentIds[which] ?? part.callId;
    calls.answered = which + 1;
    if (id !== part.callId) changed.set(part, id);
  }
}

/** Where no ids are given, calls and results belong together by name and order. */
function keyOf(id: string, name: string): string {
  return id === '' ? `\n${name}` : id;
}

function reportUnanswered(
  open: ReadonlySet<Part>,
  { origin, turns }: Pick<ChatRequest, 'origin' | 'turns'>,
  losses: LossReport,
) {
  if (open.size === 0) return;
  // Calls at the very end are still being worked on.
  let end = turns.length;
  while (end > 0 && turns[end - 1]?.role === 'assistant') end -= 1;
  for (const [at, { parts }] of turns.slice(0, end).entries())
    if (parts.some((part) => open.has(part)))
      losses.add({
        path: pathOf(origin, turns, at),
        feature: 'tool-pairing',
        action: 'approximated',
        severity: 'hint',
        note: 'A call of a tool has no result in the conversation; it is sent as it is.',
      });
}

/** Ids that are fine as they are, so that no made-up one equals them. */
function ownIds(turns: ChatRequest['turns'], traits: ModelTraits): Set<string> {
  const own = new Set<string>();
  for (const { parts } of turns)
    for (const part of parts) {
      const id = part.type === 'tool-call' ? part.id : part.type === 'tool-result' ? part.callId : '';
      if (isLegal(id, traits)) own.add(id);
    }
  return own;
}

/** Gives the id that the call number `repeat` of a key is sent with. */
function maker(traits: ModelTraits, taken: Set<string>) {
  return (id: string, key: string, repeat: number): string => {
    if (repeat === 0 && isLegal(id, traits)) return id;
    return takeName(taken, (attempt) => {
      const seed = repeat === 0 ? key : `${key}\n${repeat}`;
      const made = digest(attempt === 0 ? seed : `${seed}\n#${attempt}`);
      return traits.toolCallIds === 'nine' ? made.slice(0, 9) : `call_${made}`;
    });
  };
}

/**
 * Gives calls without an id one, and a new one to those whose id the same answer has used before. Ids made here differ
 * from answer to answer: by the answer's own id, and by how long the conversation was before it.
 */
function distinctIds(emit: Emit, turnsBefore: number): Emit {
  const used = new Set<string>();
  const byBlock = new Map<number, string>();
  let answerId = '';
  let block = 0;
  let closing = false;
  const inner = raisedCalls((call) => {
    const known = closing ? byBlock.get(block) : undefined;
    const id = known ?? (call.id !== '' && !used.has(call.id) ? call.id : madeId());
    used.add(id);
    byBlock.set(block, id);
    return id === call.id ? call : { ...call, id };
  })(emit);
  const madeId = () =>
    takeName(used, (attempt) => `call_${digest(`${answerId}\n${turnsBefore}\n${block}\n${attempt}`)}`);
  return (event) => {
    if (event.type === 'start') answerId = event.id;
    else if (event.type === 'open' || event.type === 'close') {
      block = event.block;
      closing = event.type === 'close';
    }
    inner(event);
  };
}
