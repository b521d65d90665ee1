// Reads complete answers. https://platform.openai.com/docs/api-reference/responses/object

import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isFilled, isObject, type JsonObject, listOf, textOf } from '../../model/json.ts';
import type { ChatResponse } from '../../model/response.ts';
import { reportedError } from '../kit/upstream-error.ts';
import { answerExt, decodeOutputItem, decodeStop, saidIn } from './output.decode.ts';
import { readUsage, usageWithin } from './usage.ts';

/** See Codec.decodeResponse. An answer that failed is an error. */
export function decodeResponse(wire: unknown): ChatResponse | SluiceError {
  if (!isObject(wire)) return flawed('with something that is not a JSON object.');
  const isThere = Array.isArray(wire['output']);
  if (wire['status'] === 'failed' || isFilled(wire['error']) || !isThere) return failure(wire);
  const parts = listOf(wire['output']).flatMap(decodeOutputItem);
  const usage = usageWithin(wire);
  const counted = usage === undefined ? undefined : readUsage(usage);
  return {
    origin: 'openai-responses',
    ...identityOf(wire),
    choices: [{ index: 0, parts, stop: decodeStop(wire, saidIn(parts)) }],
    ...(counted === undefined ? {} : { usage: counted }),
    ...endingOf(wire),
  };
}

/** Id, model and time of a response. */
export function identityOf(response: JsonObject): { id: string; model: string; createdAt?: number } {
  const createdAt = response['created_at'];
  return {
    id: textOf(response['id']) ?? '',
    model: textOf(response['model']) ?? '',
    ...(typeof createdAt === 'number' && Number.isFinite(createdAt) ? { createdAt } : {}),
  };
}

/** What a complete response says last. */
export function endingOf(response: JsonObject): Pick<ChatResponse, 'serviceTier' | 'ext'> {
  const serviceTier = textOf(response['service_tier']);
  return { ...(serviceTier === undefined ? {} : { serviceTier }), ...answerExt(response) };
}

function failure(wire: JsonObject): SluiceError {
  const reported = reportedError(isFilled(wire['error']) ? { error: wire['error'] } : wire);
  if (reported === undefined)
    return flawed(wire['status'] === 'failed' ? 'with a response that failed.' : 'without output.');
  return sluiceError('upstream_answer', `The upstream answered with an error: ${reported.message}`, {
    ...(reported.status === undefined ? {} : { status: reported.status }),
    ...(reported.retryAfterMs === undefined ? {} : { retryAfterMs: reported.retryAfterMs }),
  });
}

function flawed(how: string): SluiceError {
  return sluiceError('upstream_answer', `The upstream answered ${how}`);
}
