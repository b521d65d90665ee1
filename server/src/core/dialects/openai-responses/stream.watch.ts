// Streams of the Responses API: lifecycle events with the whole response object around events of output items. There is no
// [DONE]; response.completed, response.incomplete or response.failed is last.
// https://platform.openai.com/docs/api-reference/responses-streaming

import { isFilled, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { Framing, StreamWatch } from '../dialect.ts';
import {
  isAnywhere,
  isQuoted,
  type Notes,
  type Sign,
  type StreamEvent,
  type StreamGrammar,
} from '../kit/stream-grammar.ts';
import { reportedError, streamError } from '../kit/upstream-error.ts';
import { createWatch } from '../kit/watch.ts';
import { readUsage, usageWithin } from './usage.ts';

const grammar: StreamGrammar = {
  judge,
  notes,
  needles: [
    { text: '.comple', fits: isAnywhere },
    { text: '.incomp', fits: isAnywhere },
    { text: '.failed', fits: isAnywhere },
    { text: '.cancel', fits: isAnywhere },
    // Both forms of the error event have a message.
    { text: 'message', fits: isQuoted },
  ],
  usageNeedle: undefined,
  usageMerges: false,
  readUsage,
  endsAfterFinish: false,
  hasTerminator: true,
  endIsOutput: true,
};

/** Watches one streamed response. */
export function watchResponses(framing: Framing): StreamWatch {
  return createWatch(grammar, framing);
}

function judge(event: StreamEvent): Sign {
  const json = objectOf(event.value);
  if (json === undefined) return 'nothing';
  const type = typeOf(event, json);
  switch (type) {
    case 'error':
    case 'response.failed':
      return failure(json);
    case 'response.completed':
    case 'response.incomplete':
    case 'response.cancelled':
      return objectOf(json['response'])?.['status'] === 'failed' ? failure(json) : 'ended';
    case 'response.created':
    case 'response.in_progress':
    case 'response.queued':
    case 'response.reasoning_summary_part.added':
      return 'nothing';
    case 'response.output_item.added':
      return hasOutput(objectOf(json['item']) ?? {}) ? 'output' : 'nothing';
    case 'response.content_part.added':
      return isFilled(objectOf(json['part'])?.['text']) ? 'output' : 'nothing';
    case '':
      return isFilled(json['error']) ? failure(json) : 'nothing';
    default:
      if (!type.startsWith('response.')) return 'nothing';
      return type.endsWith('.delta') && !isFilled(json['delta']) ? 'nothing' : 'output';
  }
}

/** Messages and reasoning are opened empty; every other item is something the client acts on. */
function hasOutput(item: JsonObject): boolean {
  const type = textOf(item['type']);
  if (type === undefined) return false;
  return (
    (type !== 'message' && type !== 'reasoning') || isFilled(item['content']) || isFilled(item['summary'])
  );
}

/** From a nested or flat error event, or from the failed response. */
function failure(json: JsonObject): Sign {
  const inside = objectOf(json['response'])?.['error'];
  const reported = reportedError(isFilled(inside) ? { error: inside } : { ...json, type: 'error' });
  return streamError(
    reported ?? { message: 'no message was given.', status: undefined, retryAfterMs: undefined },
  );
}

function typeOf(event: StreamEvent, json: JsonObject): string {
  return textOf(json['type']) ?? event.name;
}

function notes({ value }: StreamEvent): Notes {
  const response = objectOf(objectOf(value)?.['response']) ?? {};
  return { id: textOf(response['id']), model: textOf(response['model']), usage: usageWithin(response) };
}
