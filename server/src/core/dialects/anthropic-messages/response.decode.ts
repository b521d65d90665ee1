// Complete answers of the Messages API as the model holds them. https://docs.anthropic.com/en/api/messages

import type { Part } from '../../model/content.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { ChatResponse } from '../../model/response.ts';
import type { Codec } from '../dialect.ts';
import { createReading } from '../kit/read-wire.ts';
import { reportedError, streamError } from '../kit/upstream-error.ts';
import { decodeBlock } from './content.decode.ts';
import { extra } from './reading.ts';
import { decodeStop } from './stop.ts';
import { keptUsage } from './usage.encode.ts';
import { readUsage } from './usage.ts';

/** See Codec.decodeResponse. Blocks that cannot be read are left out. */
export const decodeResponse: Codec['decodeResponse'] = (wire): ChatResponse | SluiceError => {
  const json = objectOf(wire);
  const content = json?.['content'];
  if (json === undefined || !Array.isArray(content)) return notAnAnswer(wire);
  const reading = createReading();
  const parts: Part[] = [];
  for (const block of content) {
    const part = isObject(block) ? decodeBlock(block, reading) : undefined;
    if (part !== undefined) parts.push(part);
  }
  const usage = objectOf(json['usage']) ?? {};
  const counted = readUsage(usage);
  const called = parts.some((part) => part.type === 'tool-call');
  return {
    origin: 'anthropic-messages',
    id: textOf(json['id']) ?? '',
    model: textOf(json['model']) ?? '',
    choices: [{ index: 0, parts, stop: decodeStop(json, called) }],
    ...(counted === undefined ? {} : { usage: counted }),
    ...answerFacts(json, usage),
  };
};

function notAnAnswer(wire: unknown): SluiceError {
  const reported = reportedError(wire);
  if (reported !== undefined) return streamError(reported);
  const shape = isObject(wire) ? 'without content' : 'that is no JSON object';
  return sluiceError('upstream_answer', `The upstream sent an answer ${shape}.`);
}

const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'model',
  'content',
  'stop_reason',
  'stop_sequence',
  'stop_details',
  'usage',
]);

/** The tiers that other formats have, too. */
const TIERS: ReadonlyMap<unknown, string> = new Map([
  ['standard', 'default'],
  ['priority', 'priority'],
]);

/** Tier and `ext` of a message: members that only this format has, of the message itself and of its usage. */
export function answerFacts(
  message: JsonObject,
  usage: JsonObject,
): { readonly serviceTier?: string; readonly ext?: JsonObject } {
  const ext: Record<string, unknown> = {};
  for (const member in message) {
    if (!KNOWN.has(member) && message[member] !== null) ext[member] = message[member];
  }
  const kept = keptUsage(usage);
  if (kept !== undefined) ext['usage'] = kept;
  const serviceTier = TIERS.get(usage['service_tier']);
  return { ...(serviceTier === undefined ? {} : { serviceTier }), ...extra(ext) };
}
