// Instructions where the target takes them, and a conversation that ends in a way it can answer.

import { BILLING_LINE } from '../../model/billing-line.ts';
import type { Part } from '../../model/content.ts';
import type { ChatRequest, Turn } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { leadingSystemTurns } from './parts.ts';
import { conversationPath, pathOf } from './paths.ts';

type Origin = ChatRequest['origin'];

/** Instructions in their place. */
export const systemTurns: Pass = (request, adapting) => {
  const { origin } = request;
  let turns = withoutBilling(request.turns, adapting);
  turns = somethingToAnswer(turns, origin, adapting);
  turns = placed(turns, origin, adapting);
  turns = closing(turns, origin, adapting);
  return { request: turns === request.turns ? request : ({ ...request, turns } satisfies ChatRequest) };
};

const BILLING = `${BILLING_LINE}:`;

function isBilling(part: Part): boolean {
  return part.type === 'text' && part.text.startsWith(BILLING);
}

/** G60: Claude Code's first line of system changes with every request and spoils the prefix cache of everyone else. */
function withoutBilling(turns: readonly Turn[], { traits, losses }: Adapting): readonly Turn[] {
  const [first, ...rest] = turns;
  if (traits.vendor === 'anthropic' || first?.role !== 'system' || !first.parts.some(isBilling)) return turns;
  losses.add({
    path: 'system[0]',
    feature: 'billing-header',
    action: 'dropped',
    severity: 'hint',
    note: 'The line of billing means something to Anthropic only.',
  });
  const parts = first.parts.filter((part) => !isBilling(part));
  return parts.length === 0 ? rest : [{ ...first, parts }, ...rest];
}

function isSystem({ role }: Turn): boolean {
  return role === 'system' || role === 'developer';
}

/** These formats want a turn of the user: instructions alone are then the question. */
function somethingToAnswer(
  turns: readonly Turn[],
  origin: Origin,
  { traits, losses }: Adapting,
): readonly Turn[] {
  const last = turns.at(-1);
  if (traits.dialect !== 'anthropic-messages' && traits.dialect !== 'gemini') return turns;
  if (last === undefined || !turns.every(isSystem)) return turns;
  losses.add({
    path: conversationPath(origin),
    feature: 'system-only',
    action: 'approximated',
    severity: 'quality',
    note: 'The last instruction was sent as the user’s turn, since there was none.',
  });
  return [...turns.slice(0, -1), { ...last, role: 'user' }];
}

function placed(turns: readonly Turn[], origin: Origin, { traits, losses }: Adapting): readonly Turn[] {
  if (traits.system === 'anywhere') return turns;
  const leading = leadingSystemTurns(turns);
  const keeps = traits.system === 'leading' ? leading : 0;
  const later = turns.findIndex((turn, at) => at >= keeps && isSystem(turn));
  const head =
    traits.dialect === 'openai-chat' && keeps > 1 ? [joined(turns.slice(0, keeps))] : turns.slice(0, keeps);
  if (later === -1) return head.length === keeps ? turns : [...head, ...turns.slice(keeps)];
  losses.add({
    path: pathOf(origin, turns, later),
    feature: 'system-turn',
    action: 'approximated',
    severity: 'quality',
    note:
      traits.system === 'none'
        ? 'The target takes no instructions; they were put into the user’s turn.'
        : 'Instructions in the middle of the conversation were put into the user’s turn.',
  });
  const rest = turns.slice(keeps).map((turn) => (isSystem(turn) ? wrapped(turn) : turn));
  return [...head, ...(traits.system === 'none' ? intoUser(rest, leading) : rest)];
}

/** G61: several turns of the system are refused as well. */
function joined(turns: readonly Turn[]): Turn {
  const [first] = turns;
  return { ...(first ?? { role: 'system' }), parts: turns.flatMap(({ parts }) => parts) };
}

function wrapped(turn: Turn): Turn {
  const { parts, name: _name, itemId: _itemId, phase: _phase, ...rest } = turn;
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n');
  const others = parts.filter((part) => part.type !== 'text');
  return {
    ...rest,
    role: 'user',
    parts: [{ type: 'text', text: `<system>\n${text}\n</system>` }, ...others],
  };
}

/** What stood before everything else joins the first turn of the user. */
function intoUser(turns: readonly Turn[], leading: number): readonly Turn[] {
  const next = turns[leading];
  if (leading === 0 || next?.role !== 'user') return turns;
  const parts = [...turns.slice(0, leading).flatMap((turn) => turn.parts), ...next.parts];
  return [{ ...next, parts }, ...turns.slice(leading + 1)];
}

/** A last turn of the assistant is to be continued; where that is unknown it becomes history, and the user asks for more. */
function closing(turns: readonly Turn[], origin: Origin, { traits, losses }: Adapting): readonly Turn[] {
  const last = turns.findLastIndex(({ parts }) => parts.length > 0);
  const turn = turns[last];
  if (traits.prefill || turn?.role !== 'assistant') return turns;
  if (turn.parts.some(({ type }) => type === 'tool-call' || type === 'vendor')) return turns;
  losses.add({
    path: pathOf(origin, turns, last),
    feature: 'prefill',
    action: 'approximated',
    severity: 'quality',
    note: 'The target does not continue a begun answer; it was sent as history.',
  });
  if (traits.dialect === 'openai-chat' || traits.dialect === 'openai-responses') return turns;
  const ask: Turn = { role: 'user', parts: [{ type: 'text', text: 'Continue exactly where you stopped.' }] };
  return [...turns, ask];
}
