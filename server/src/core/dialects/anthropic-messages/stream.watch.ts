// Streams of the Messages API: message_start, content blocks that open, grow and close one after another, message_delta
// with the stop reason and cumulative usage, message_stop.
// https://docs.anthropic.com/en/docs/build-with-claude/streaming

import { isFilled, type JsonObject, objectOf, textOf } from '../../model/json.ts';
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
import { readUsage } from './usage.ts';

const UNDERSCORE = 0x5f;

const grammar: StreamGrammar = {
  judge,
  notes,
  // Finds message_delta and message_stop, and errors, which always have a message.
  needles: [{ text: 'message', fits: (before, after) => after === UNDERSCORE || isQuoted(before, after) }],
  usageNeedle: undefined,
  usageMerges: true,
  readUsage,
  endsAfterFinish: false,
  hasTerminator: true,
  endIsOutput: false,
};

/** Watches one streamed message. */
export function watchMessages(framing: Framing): StreamWatch {
  return createWatch(grammar, framing);
}

function judge(event: StreamEvent): Sign {
  const json = objectOf(event.value);
  if (json === undefined) return 'nothing';
  switch (textOf(json['type']) ?? event.name) {
    case 'message_start':
      return isFilled(objectOf(json['message'])?.['content']) ? 'output' : 'nothing';
    case 'content_block_start':
      return blockSign(objectOf(json['content_block']) ?? {});
    case 'content_block_delta':
      return deltaSign(objectOf(json['delta']) ?? {});
    case 'message_delta':
      return textOf(objectOf(json['delta'])?.['stop_reason']) === undefined ? 'nothing' : 'finish';
    case 'message_stop':
      return 'ended';
    case 'error':
    case '':
      return failure(json);
    default:
      return 'nothing';
  }
}

/** Text and thinking are opened empty; every other block is something the client acts on. */
function blockSign(block: JsonObject): Sign {
  const type = textOf(block['type']);
  if (type === undefined) return 'nothing';
  if (type === 'text' || type === 'thinking') return isFilled(block[type]) ? 'output' : 'nothing';
  return 'output';
}

/** The first fragment of a block is often empty. */
function deltaSign(delta: JsonObject): Sign {
  const isOutput = Object.keys(delta).some((member) => member !== 'type' && isFilled(delta[member]));
  return isOutput ? 'output' : 'nothing';
}

function failure(json: JsonObject): Sign {
  const reported = reportedError(json);
  return reported === undefined ? 'nothing' : streamError(reported);
}

function notes({ value }: StreamEvent): Notes {
  const json = objectOf(value) ?? {};
  const message = objectOf(json['message']) ?? {};
  return {
    id: textOf(message['id']),
    model: textOf(message['model']),
    usage: objectOf(json['usage']) ?? objectOf(message['usage']),
  };
}
