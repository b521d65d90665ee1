// Parts of an answer as content blocks, whole. Streams write the same blocks in pieces.
// https://docs.anthropic.com/en/api/messages

import type { ReasoningPart, RefusalPart, TextPart, ToolCallPart, VendorPart } from '../../model/content.ts';
import { reasoningText } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import { writeSlot } from '../../model/token.ts';
import { HOME, isRedacted } from './thinking.ts';
import { lose, type Wire } from './writing.ts';

/** The redacted_thinking block that carries the token of the call behind it: a tool_use has no slot for one. */
export function carrierBlock(part: ToolCallPart): Wire | undefined {
  return part.token === undefined
    ? undefined
    : { type: 'redacted_thinking', data: writeSlot(part.token, HOME) };
}

/** thinking, or redacted_thinking where nothing but a token is there; undefined where there is nothing. */
export function reasoningBlock(part: ReasoningPart): Wire | undefined {
  const thinking = reasoningText(part);
  const { token } = part;
  if (token === undefined && thinking === '') return undefined;
  if (token !== undefined && isRedacted(thinking !== '', token)) {
    return { type: 'redacted_thinking', data: writeSlot(token, HOME) };
  }
  return { type: 'thinking', thinking, signature: token === undefined ? '' : writeSlot(token, HOME) };
}

/** The citations that this format made; its own need members that nobody else can fill. */
export function citationsOf(part: TextPart, losses: LossReport): readonly JsonObject[] {
  const own: JsonObject[] = [];
  for (const { dialect, raw } of part.citations ?? []) {
    if (dialect === 'anthropic-messages') own.push(raw);
    else loseCitation(losses);
  }
  return own;
}

/** Reports a citation of another format. */
export function loseCitation(losses: LossReport): void {
  const note = 'Citations of another format lack what the Messages API says of a source.';
  lose(losses, 'dropped', 'quality', 'content', 'citations', note);
}

/** The id of a call, made up where the upstream gave none. */
export function callId(part: ToolCallPart, seed: string, ordinal: number): string {
  return part.id === '' ? `toolu_${seed.slice(0, 22)}${String(ordinal).padStart(2, '0')}` : part.id;
}

/** The id of an answer, in this format's shape. */
export function messageId(id: string, seed: string): string {
  return id.startsWith('msg_') ? id : `msg_${seed}`;
}

/** A block that this format made; undefined for those of others. */
export function vendorBlockOf(part: VendorPart, losses: LossReport): JsonObject | undefined {
  if (part.dialect === 'anthropic-messages') return part.raw;
  const note = `A part of type ${part.kind} is known to ${part.dialect} only.`;
  lose(losses, 'dropped', 'hint', 'content', 'vendor-part', note);
  return undefined;
}

/** Reports what an answer of this format cannot hold. */
export function loseMedium(losses: LossReport, kind: string): void {
  lose(
    losses,
    'dropped',
    'semantic',
    'content',
    `output-${kind}`,
    `Answers of the Messages API hold no ${kind}.`,
  );
}

/** Reports answers beside the first. */
export function loseChoices(losses: LossReport): void {
  lose(losses, 'dropped', 'semantic', 'choices', 'many-choices', 'The Messages API has one answer only.');
}

/** Reports the token of a text: there is no slot for it, and unlike that of a call its vendor can do without. */
export function loseTextToken(part: TextPart | RefusalPart, losses: LossReport): void {
  if (part.token === undefined) return;
  const note = 'Texts have no place for a token in the Messages API.';
  lose(losses, 'dropped', 'hint', 'content', 'reasoning-token', note);
}

/** Reports a call that was left out because its arguments are not all there. */
export function loseCutCall(losses: LossReport, name: string): void {
  const note = `The answer ended within the arguments of a call of ${name}; the call was left out.`;
  lose(losses, 'dropped', 'quality', 'content', 'tool-arguments', note);
}

/** Reports arguments that are no object. */
export function loseArguments(losses: LossReport, name: string): void {
  const note = `The arguments of a call of ${name} are no JSON object; they stand under "input".`;
  lose(losses, 'approximated', 'quality', 'content', 'tool-arguments', note);
}
