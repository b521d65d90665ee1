// Streams of Chat Completions, and of legacy text completions: chunks with choices, a last chunk with a finish reason,
// often one with usage and no choices, then [DONE].
// https://platform.openai.com/docs/api-reference/chat-streaming

import { isFilled, isObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Framing, StreamWatch } from '../dialect.ts';
import {
  isQuoted,
  type Notes,
  type Sign,
  type StreamEvent,
  type StreamGrammar,
} from '../kit/stream-grammar.ts';
import { reportedError, streamError } from '../kit/upstream-error.ts';
import { createWatch } from '../kit/watch.ts';
import { readUsage, tierWithin, usageWithin } from './usage.ts';

/** Members of a delta that carry output; vendors' own ones included. A role alone is none. */
const OUTPUT_MEMBERS = [
  'content',
  'tool_calls',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'refusal',
  'function_call',
  'audio',
  'images',
  'annotations',
  'executed_tools',
];

const LF = 0x0a;
const CR = 0x0d;

const grammar: StreamGrammar = {
  judge,
  notes,
  needles: [
    { text: '[DONE]', fits: (_before, after) => after === LF || after === CR || after === undefined },
    { text: 'message', fits: isQuoted },
  ],
  usageNeedle: '_tokens',
  usageMerges: false,
  readUsage,
  endsAfterFinish: true,
  hasTerminator: true,
  terminator: 'data: [DONE]\n\n',
  endIsOutput: false,
};

/** Watches one streamed chat or text completion. */
export function watchChat(framing: Framing): StreamWatch {
  return createWatch(grammar, framing);
}

function judge({ name, data, value }: StreamEvent): Sign {
  if (data.trim() === '[DONE]') return 'ended';
  const json = objectOf(value);
  if (json === undefined) return 'nothing';
  const choices = json['choices'];
  // Beside choices only the error member counts (OpenRouter); a detail or message may be a vendor's extension there.
  const error = reportedError(Array.isArray(choices) ? { error: json['error'] } : json);
  if (error !== undefined) return streamError(error);
  if (name === 'error')
    return streamError({ message: data.slice(0, 200), status: undefined, retryAfterMs: undefined });
  let sign: Sign = 'nothing';
  for (const choice of listOf(choices)) {
    if (!isObject(choice)) continue;
    if (textOf(choice['finish_reason']) !== undefined) return 'finish';
    const delta = objectOf(choice['delta']) ?? objectOf(choice['message']) ?? {};
    if (isFilled(choice['text']) || OUTPUT_MEMBERS.some((member) => isFilled(delta[member]))) sign = 'output';
  }
  return sign;
}

function notes({ value }: StreamEvent): Notes {
  const json = objectOf(value) ?? {};
  return {
    id: textOf(json['id']),
    model: textOf(json['model']),
    usage: usageWithin(json),
    beside: tierWithin(json),
  };
}
