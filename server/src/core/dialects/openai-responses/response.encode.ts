// Writes complete answers: the same response object that ends a stream.

import type { Part } from '../../model/content.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ChatResponse } from '../../model/response.ts';
import { saidOfRefusal } from '../../model/said-of-refusal.ts';
import type { AnswerEncoding } from '../dialect.ts';
import { createEnvelope, outcomeOf, reportStop } from './envelope.ts';
import {
  argumentsOf,
  callItem,
  carrierItem,
  contentPart,
  isOtherMessage,
  itemId,
  keptId,
  messageItem,
  phaseOfWords,
  reasoningItem,
  reportTextToken,
  type Words,
  wholeItem,
} from './output.encode.ts';

/** See Codec.encodeResponse. */
export function encodeResponse(response: ChatResponse, encoding: AnswerEncoding): JsonObject {
  const { choices, usage, createdAt, serviceTier, ext, origin } = response;
  const [choice] = choices;
  if (choices.length > 1)
    encoding.losses.add({
      path: 'output',
      feature: 'n',
      action: 'dropped',
      severity: 'semantic',
      note: 'The format gives one answer; the others were left out.',
    });
  const parts = choice?.parts ?? [];
  const hasRefusal = parts.some((part) => part.type === 'refusal');
  const stop = choice?.stop ?? { reason: 'other' };
  const outcome = outcomeOf(stop, hasRefusal);
  reportStop(stop, encoding.losses);
  const hasWords = hasRefusal || parts.some((part) => part.type === 'text' && part.text !== '');
  const refusal = saidOfRefusal(stop, hasWords);
  const shown = refusal === undefined ? parts : [...parts, { type: 'refusal', text: refusal } as const];
  return createEnvelope(encoding)({
    ...outcome,
    output: encodeOutput(shown, outcome.status === 'completed', { ...encoding, origin }),
    usage,
    createdAt: createdAt ?? encoding.createdAt,
    serviceTier,
    ext: origin === 'openai-responses' ? ext : undefined,
  });
}

/** The output items. Neighbouring texts of one phase share a message. */
function encodeOutput(parts: readonly Part[], isComplete: boolean, encoding: AnswerEncoding): JsonObject[] {
  const output: JsonObject[] = [];
  let message: Words[] = [];
  const flush = (isLast: boolean): void => {
    const [first] = message;
    if (first === undefined) return;
    const kept = keptId(first.ext?.['id'], encoding.origin);
    const id = kept ?? itemId('msg', encoding.seed, output.length);
    const content = message.map((part) => contentPart(part, encoding.losses));
    const status = isLast && !isComplete ? 'incomplete' : 'completed';
    output.push(messageItem(id, status, content, phaseOfWords(first)));
    message = [];
  };
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') {
      reportTextToken(part, encoding.losses);
      const [first] = message;
      if (first !== undefined && isOtherMessage(first, part, encoding.origin)) flush(false);
      message.push(part);
    } else {
      flush(false);
      const isCut = !isComplete && part === parts.at(-1);
      pushItem(output, part, isCut, encoding);
    }
  }
  flush(true);
  return output;
}

/** `isCut`: the answer ended within the item. */
function pushItem(
  output: JsonObject[],
  part: Exclude<Part, Words>,
  isCut: boolean,
  { seed, losses, origin }: AnswerEncoding,
): void {
  switch (part.type) {
    case 'reasoning':
      output.push(reasoningItem(part.itemId ?? itemId('rs', seed, output.length), part));
      return;
    case 'tool-call': {
      const index = output.length;
      const callId = part.id === '' ? `call_${seed}${index}` : part.id;
      const id = keptId(part.itemId, origin) ?? itemId(part.kind === 'custom' ? 'ctc' : 'fc', seed, index);
      output.push(callItem(id, isCut ? 'incomplete' : 'completed', part, callId, argumentsOf(part)));
      if (part.token !== undefined)
        output.push(carrierItem(itemId('rs', seed, output.length), part.token, callId));
      return;
    }
    case 'vendor':
    case 'media':
    case 'tool-result': {
      const item = wholeItem(itemId('ig', seed, output.length), part, losses);
      if (item !== undefined) output.push(item);
      return;
    }
    default:
      unreachable(part);
  }
}
