// Streams of streamGenerateContent: each chunk is a response with increments and cumulative usage. Nothing marks the end
// but the finish reason, after which further chunks may still come. Without alt=sse the chunks are one JSON array.
// https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent

import { isFilled, isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
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

/** Members of a part that only qualify what it carries. */
const QUALIFIERS = new Set(['thought', 'thoughtSignature', 'mediaResolution', 'videoMetadata']);

const grammar: StreamGrammar = {
  judge,
  notes,
  needles: [
    { text: 'message', fits: isQuoted },
    { text: 'Reason"', fits: isAnywhere },
  ],
  usageNeedle: 'TokenCo',
  usageMerges: true,
  readUsage,
  endsAfterFinish: true,
  hasTerminator: false,
  endIsOutput: false,
};

/** Watches one streamed content. */
export function watchGemini(framing: Framing): StreamWatch {
  return createWatch(grammar, framing);
}

function judge({ value }: StreamEvent): Sign {
  const json = chunkOf(value);
  if (json === undefined) return 'nothing';
  const candidates = json['candidates'];
  const error = reportedError(Array.isArray(candidates) ? { error: json['error'] } : json);
  if (error !== undefined) return streamError(error);
  let sign: Sign = 'nothing';
  for (const candidate of listOf(candidates)) {
    if (!isObject(candidate)) continue;
    if (isReason(candidate['finishReason'])) return 'finish';
    if (listOf(objectOf(candidate['content'])?.['parts']).some(isOutput)) sign = 'output';
  }
  if (sign === 'nothing' && isReason(objectOf(json['promptFeedback'])?.['blockReason'])) return 'finish';
  return sign;
}

function isOutput(part: unknown): boolean {
  if (!isObject(part)) return false;
  return Object.keys(part).some((member) => !QUALIFIERS.has(member) && isFilled(part[member]));
}

/** A name; old servers send the number of the enumeration instead. 0 stands for unspecified. */
function isReason(reason: unknown): boolean {
  if (typeof reason === 'number') return reason > 0;
  return (
    textOf(reason) !== undefined &&
    reason !== 'FINISH_REASON_UNSPECIFIED' &&
    reason !== 'BLOCK_REASON_UNSPECIFIED'
  );
}

function notes({ value }: StreamEvent): Notes {
  const json = chunkOf(value) ?? {};
  return {
    id: textOf(json['responseId']),
    model: textOf(json['modelVersion']),
    usage: usageWithin(json),
  };
}

/** Google wraps errors of array streams in a list of their own. */
function chunkOf(value: unknown): JsonObject | undefined {
  return objectOf(Array.isArray(value) ? value[0] : value);
}
