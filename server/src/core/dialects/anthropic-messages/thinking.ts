// Reasoning in the words of the Messages API: thinking blocks, whose signature proves them, and redacted_thinking blocks,
// which are nothing but a token. https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking

import type { Part, ReasoningPart } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import { type OpaqueToken, readSlot } from '../../model/token.ts';
import { type Reading, requiredString, stringIn } from '../kit/read-wire.ts';
import { withFacts } from './reading.ts';

/** The vendor whose tokens stand in the slots of this format as they are. */
export const HOME = 'anthropic';

/** What the `signature` of a thinking block holds. */
export function signatureToken(slot: unknown): OpaqueToken | undefined {
  return typeof slot === 'string' ? readSlot(slot, { vendor: HOME, kind: 'signature' }) : undefined;
}

const KNOWN_OF_THINKING: ReadonlySet<string> = new Set(['type', 'thinking', 'signature', 'cache_control']);
const KNOWN_OF_REDACTED: ReadonlySet<string> = new Set(['type', 'data', 'cache_control']);

/** Reads a thinking block. What it shows is a summary, as far as the vendor tells. */
export function decodeThinking(block: JsonObject, reading: Reading): ReasoningPart {
  const text = stringIn(reading, block, 'thinking') ?? '';
  const token = signatureToken(block['signature']);
  const sections = text === '' ? [] : [text];
  const part: ReasoningPart =
    token === undefined
      ? { type: 'reasoning', form: 'summary', sections }
      : { type: 'reasoning', form: 'summary', sections, token };
  return withFacts(part, block, KNOWN_OF_THINKING);
}

/** Reads a redacted_thinking block. */
export function decodeRedacted(block: JsonObject, reading: Reading): ReasoningPart {
  const token = readSlot(requiredString(reading, block, 'data'), { vendor: HOME, kind: 'redacted' });
  const part: ReasoningPart =
    token === undefined
      ? { type: 'reasoning', form: 'summary', sections: [] }
      : { type: 'reasoning', form: 'summary', sections: [], token };
  return withFacts(part, block, KNOWN_OF_REDACTED);
}

/**
 * Gives calls their tokens back: a tool_use has no slot for one, so an answer carries it in a redacted_thinking block right
 * before the call.
 */
export function withCallTokens(parts: readonly Part[]): readonly Part[] {
  if (!parts.some(isCarrier)) return parts;
  const whole: Part[] = [];
  for (const part of parts) {
    const before = whole.at(-1);
    if (part.type === 'tool-call' && part.token === undefined && before !== undefined && isCarrier(before)) {
      whole.pop();
      whole.push({ ...part, ...(before.token === undefined ? {} : { token: before.token }) });
    } else whole.push(part);
  }
  return whole;
}

/** True for reasoning that is nothing but the token of the call that follows. */
function isCarrier(part: Part): boolean {
  return part.type === 'reasoning' && part.sections.length === 0 && part.token?.kind === 'thought';
}

/** True when the block of a reasoning part is redacted_thinking: a token that proves no text. */
export function isRedacted(shown: boolean, token: OpaqueToken): boolean {
  return !shown && token.kind !== 'signature';
}
