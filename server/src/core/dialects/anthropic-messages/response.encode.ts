// Complete answers of the model as the Messages API words them. https://docs.anthropic.com/en/api/messages

import type { Part } from '../../model/content.ts';
import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import { type JsonObject, objectOf } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import type { Stop } from '../../model/response.ts';
import type { AnswerEncoding, Codec } from '../dialect.ts';
import {
  callId,
  carrierBlock,
  citationsOf,
  loseArguments,
  loseChoices,
  loseCutCall,
  loseMedium,
  loseTextToken,
  messageId,
  reasoningBlock,
  vendorBlockOf,
} from './blocks.encode.ts';
import { encodeStop, isCutBy } from './stop.ts';
import { encodeUsage, estimatedUsage } from './usage.encode.ts';
import { inputOf, lose, type Wire } from './writing.ts';

/** See Codec.encodeResponse. */
export const encodeResponse: Codec['encodeResponse'] = (response, encoding): JsonObject => {
  const {
    origin,
    id,
    model: _model,
    createdAt: _createdAt,
    choices,
    usage,
    serviceTier,
    ext,
    ...rest
  } = response;
  nothingLeft(rest);
  const [choice] = choices;
  if (choices.length > 1) loseChoices(encoding.losses);
  const own = origin === 'anthropic-messages' ? ext : undefined;
  const { usage: kept, ...members } = own ?? {};
  const stop = choice?.stop ?? { reason: 'other' };
  const parts = withoutCut(choice?.parts ?? [], stop, encoding.losses);
  const called = parts.some((part) => part.type === 'tool-call');
  if (usage === undefined) {
    lose(encoding.losses, 'defaulted', 'hint', 'usage', 'usage', 'The upstream reported no usage.');
  }
  return {
    id: messageId(id, encoding.seed),
    type: 'message',
    role: 'assistant',
    model: encoding.model,
    content: encodeParts(parts, origin === 'anthropic-messages', encoding),
    ...encodeStop(stop, called),
    ...members,
    usage: {
      ...tierOf(serviceTier),
      ...(usage === undefined ? estimatedUsage(encoding.inputTokens) : encodeUsage(usage, objectOf(kept))),
    },
  };
};

const TIERS: ReadonlyMap<string | undefined, string> = new Map([
  ['default', 'standard'],
  ['priority', 'priority'],
]);

/** `service_tier` as it stands in a usage. */
export function tierOf(serviceTier: string | undefined): Wire {
  const tier = TIERS.get(serviceTier);
  return tier === undefined ? {} : { service_tier: tier };
}

/**
 * The parts without a call that the answer ended within: as a block it would look complete. Nothing tells whether the free
 * text of a custom tool is all there.
 */
function withoutCut(parts: readonly Part[], stop: Stop, losses: LossReport): readonly Part[] {
  const last = parts.at(-1);
  if (last?.type !== 'tool-call' || !isCutBy(stop)) return parts;
  if (last.kind === 'function' && inputOf(last.arguments).faithful) return parts;
  loseCutCall(losses, last.name);
  return parts.slice(0, -1);
}

function encodeParts(parts: readonly Part[], own: boolean, encoding: AnswerEncoding): JsonObject[] {
  const blocks: JsonObject[] = [];
  for (const part of parts) {
    const index = blocks.length;
    for (const block of blocksOf(part, index, encoding)) {
      blocks.push(own && part.ext !== undefined ? { ...block, ...part.ext } : block);
    }
  }
  return blocks;
}

/** The blocks of a part, of which the first is to be block `index`. */
function blocksOf(part: Part, index: number, encoding: AnswerEncoding): readonly JsonObject[] {
  const { losses, seed } = encoding;
  switch (part.type) {
    case 'text': {
      loseTextToken(part, losses);
      const citations = citationsOf(part, losses);
      // Clients send blocks back, and empty ones are refused.
      if (part.text === '' && citations.length === 0) return [];
      return [{ type: 'text', text: part.text, ...(citations.length === 0 ? {} : { citations }) }];
    }
    case 'refusal':
      loseTextToken(part, losses);
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      return present(reasoningBlock(part));
    case 'tool-call': {
      const { input, faithful } = inputOf(part.arguments);
      if (!faithful && part.kind === 'function') loseArguments(losses, part.name);
      const before = present(carrierBlock(part));
      const id = callId(part, seed, index + before.length);
      return [...before, { type: 'tool_use', id, name: part.name, input }];
    }
    case 'vendor':
      return present(vendorBlockOf(part, losses));
    case 'media':
      loseMedium(losses, part.kind);
      return [];
    case 'tool-result':
      loseMedium(losses, 'tool result');
      return [];
    default:
      return unreachable(part);
  }
}

function present(block: JsonObject | undefined): readonly JsonObject[] {
  return block === undefined ? [] : [block];
}
