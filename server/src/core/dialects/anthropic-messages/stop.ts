// Why an answer ended, both ways. https://docs.anthropic.com/en/api/handling-stop-reasons

import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { Stop, StopReason } from '../../model/response.ts';
import type { Wire } from './writing.ts';

const REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['tool_use', 'tool-calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'context-full'],
  ['refusal', 'refusal'],
  ['pause_turn', 'paused'],
]);

/** Reads stop_reason, stop_sequence and stop_details. `called`: what to take an answer for that names no reason. */
export function decodeStop(json: JsonObject, called: boolean): Stop {
  const native = textOf(json['stop_reason']);
  if (native === undefined) return { reason: called ? 'tool-calls' : 'stop' };
  const sequence = json['stop_sequence'];
  const details = objectOf(json['stop_details']);
  const explanation = textOf(details?.['explanation']);
  return {
    reason: REASONS.get(native) ?? 'other',
    ...(typeof sequence === 'string' ? { sequence } : {}),
    native,
    ...(explanation === undefined ? {} : { explanation }),
    ...(details === undefined ? {} : { ext: { stop_details: details } }),
  };
}

/** The members of an answer that say why it ended. `called`: tools were called, whatever the upstream says (G29). */
export function encodeStop(stop: Stop, called: boolean): Wire {
  const stop_reason = reasonOf(stop, called);
  const details = stop.ext?.['stop_details'];
  return {
    stop_reason,
    stop_sequence: stop_reason === 'stop_sequence' ? (stop.sequence ?? null) : null,
    ...(isObject(details)
      ? { stop_details: details }
      : stop_reason === 'refusal'
        ? { stop_details: { type: 'refusal', category: null, explanation: stop.explanation ?? null } }
        : {}),
  };
}

function reasonOf(stop: Stop, called: boolean): string {
  switch (stop.reason) {
    case 'tool-calls':
      return 'tool_use';
    case 'length':
      return 'max_tokens';
    case 'context-full':
      return 'model_context_window_exceeded';
    case 'filtered':
    case 'refusal':
    case 'malformed-call':
    case 'cancelled':
      return 'refusal';
    case 'paused':
      return 'pause_turn';
    case 'stop-sequence':
      return stop.sequence === undefined ? ended(called) : 'stop_sequence';
    case 'other':
      return stop.native === 'compaction' ? 'compaction' : ended(called);
    default:
      return ended(called);
  }
}

/** True where the answer ended before the model was done. */
export function isCutBy({ reason }: Stop): boolean {
  return reason === 'length' || reason === 'context-full';
}

function ended(called: boolean): string {
  return called ? 'tool_use' : 'end_turn';
}

/** The error that a stop is, because no reason of this format tells that the answer is not whole (G30). */
export function stopError(stop: Stop): SluiceError | undefined {
  if (stop.reason === 'malformed-call') {
    const said = stop.explanation ?? stop.native ?? 'no reason was given';
    return sluiceError('upstream_stream_error', `The model wrote a tool call that is none: ${said}.`);
  }
  return stop.reason === 'cancelled'
    ? sluiceError('upstream_stream_error', 'The answer was cancelled before it was complete.')
    : undefined;
}
