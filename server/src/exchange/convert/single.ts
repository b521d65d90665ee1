// Converted exchanges that are one JSON answer and no conversation: embeddings and counts of tokens.

import { refusal } from '../../core/conversion/policy.ts';
import {
  decodeCount,
  decodeCountRequest,
  encodeCount,
  encodeCountRequest,
} from '../../core/counting/convert.ts';
import type { EncodedRequest } from '../../core/dialects/dialect.ts';
import { dialects } from '../../core/dialects/index.ts';
import {
  convertEmbedResponse,
  decodeEmbedRequest,
  encodeEmbedRequest,
} from '../../core/embeddings/convert.ts';
import type { SluiceError } from '../../core/model/error.ts';
import { type JsonObject, objectOf, textOf } from '../../core/model/json.ts';
import { type LossReport, lossReport } from '../../core/model/loss.ts';
import type { Usage } from '../../core/model/usage.ts';
import { traitsFor } from '../../core/providers/traits/index.ts';
import type { Exchange, Receiver, Target } from '../context.ts';
import { type ConvertedAttempt, receiveJson, sendJson } from './json-answer.ts';
import { policyFor } from './prepare.ts';

/** A conversion of one question to one answer. */
export interface SingleConversion {
  readonly encoded: EncodedRequest;
  readonly losses: LossReport;
  read(wire: unknown): SingleAnswer | SluiceError;
}

/** The client's body, and what the ledger wants to know. */
export interface SingleAnswer {
  readonly body: JsonObject;
  readonly usage: Usage | undefined;
  readonly model: string | undefined;
}

/** The conversion of an attempt that is no generation, or why there is none. */
export function prepareSingle(exchange: Exchange, target: Target): SingleConversion | SluiceError {
  return exchange.use === 'embed' ? embedding(exchange, target) : counting(exchange, target);
}

function embedding(exchange: Exchange, target: Target): SingleConversion | SluiceError {
  const { dialect, peeked, body } = exchange;
  const request = decodeEmbedRequest(dialect.id, JSON.parse(body.toString('utf8')), peeked.model);
  if ('code' in request) return request;
  const losses = lossReport();
  const encoded = encodeEmbedRequest(target.dialect, request, target.model, losses);
  const refused = refusal(losses.losses, policyFor(exchange, target));
  if (refused !== undefined) return refused;
  const read = (wire: unknown): SingleAnswer | SluiceError =>
    convertEmbedResponse(
      dialect.id,
      target.dialect,
      request,
      wire,
      exchange.shownModel ?? nameIn(wire) ?? target.model,
    );
  return { encoded, losses, read };
}

/** What an upstream calls its model. */
function nameIn(wire: unknown): string | undefined {
  return textOf(objectOf(wire)?.['model']);
}

function counting(exchange: Exchange, target: Target): SingleConversion | SluiceError {
  const { dialect, peeked, body } = exchange;
  const request = decodeCountRequest(dialect, JSON.parse(body.toString('utf8')), peeked.model);
  if ('code' in request) return request;
  const traits = traitsFor(target.upstream.provider.id, target.dialect, target.model, target.upstream.traits);
  const encoded = encodeCountRequest(dialects[target.dialect], request, target.model, traits);
  const read = (wire: unknown): SingleAnswer | SluiceError => {
    const tokens = decodeCount(target.dialect, wire);
    if (typeof tokens !== 'number') return tokens;
    return { body: encodeCount(dialect.id, tokens), usage: undefined, model: undefined };
  };
  return { encoded, losses: lossReport(), read };
}

/** Receives the answer of a success status and converts it. */
export function collectSingle(attempt: ConvertedAttempt, single: SingleConversion): Receiver {
  const { target, control } = attempt;
  return receiveJson(control, (wire) => {
    const answer = single.read(wire);
    if ('code' in answer) {
      control.settle({ kind: 'failed', error: answer, committed: false, answer: undefined });
      return;
    }
    control.record.usage = answer.usage;
    control.record.modelServed = answer.model ?? target.model;
    sendJson(attempt, answer.body);
  });
}
