// How one attempt goes through: the bytes as they are, a conversation converted, or one question and one answer converted
// (embeddings, counts of tokens). Each has its request and its receiver of a success answer.

import type { Framing } from '../../core/dialects/dialect.ts';
import { dialects } from '../../core/dialects/index.ts';
import type { SluiceError } from '../../core/model/error.ts';
import type { AttemptOptions } from '../attempt-options.ts';
import type { AttemptRecord } from '../attempt-record.ts';
import { type AnswerHead, collectAnswer } from '../collect.ts';
import type { AttemptControl, Broken, Exchange, Receiver, Target } from '../context.ts';
import { asksForUsage, outgoing } from '../outgoing.ts';
import type { OutboundRequest } from '../ports.ts';
import { relayStream } from '../relay.ts';
import { relayResumed } from '../resume/relay-resumed.ts';
import { openStream } from '../sniff.ts';
import type { Converting } from './answered.ts';
import { collectConverted, foldConverted } from './collect-converted.ts';
import { convertedRequest } from './outgoing.ts';
import { needsConversion, prepareConversion, prepareResumption, streamsUpstream } from './prepare.ts';
import { relayConverted } from './relay-converted.ts';
import { collectSingle, prepareSingle } from './single.ts';

/** What one attempt sends, and who takes what comes back. */
export interface Passage {
  readonly request: OutboundRequest;
  /** The receiver of an answer of a success status. */
  receiver(head: AnswerHead, control: AttemptControl): Receiver;
}

/** The passage of an attempt, or why this target cannot be asked. */
export function passageFor(
  exchange: Exchange,
  record: AttemptRecord,
  { withoutTokens, broken }: Pick<AttemptOptions, 'withoutTokens' | 'broken'>,
): Passage | SluiceError {
  const { target } = record;
  if (broken !== undefined) return resumed(exchange, target, broken);
  if (!needsConversion(exchange, target, withoutTokens)) return unchanged(exchange, target);
  const { clock } = exchange.ports;
  const beganMs = clock.monotonicMs();
  const passage =
    exchange.use === 'generate' ? converted(exchange, target, withoutTokens) : answeredOnce(exchange, target);
  record.conversionMs = clock.monotonicMs() - beganMs;
  return passage;
}

function unchanged(exchange: Exchange, target: Target): Passage {
  const receiver = (head: AnswerHead, control: AttemptControl): Receiver => {
    if (!streamsUpstream(exchange, target)) return collectAnswer(exchange, target, head, control);
    const { framing } = exchange;
    const { status, headers } = head;
    const hideUsage = asksForUsage(exchange, target);
    const answer = { status, headers, target, framing, hideUsage };
    const relay = (): Receiver => relayStream(exchange, answer, control);
    return openStream({ framings: [framing], relay, reader: dialects[target.dialect], control });
  };
  return { request: outgoing(exchange, target), receiver };
}

function converted(exchange: Exchange, target: Target, withoutTokens: boolean): Passage | SluiceError {
  const conversion = prepareConversion(exchange, target, withoutTokens);
  if ('code' in conversion) return conversion;
  const streaming = streamsUpstream(exchange, target);
  const { losses } = conversion;
  const receiver = (head: AnswerHead, control: AttemptControl): Receiver => {
    const converting: Converting = { exchange, target, conversion, losses, head, control };
    if (!streaming) return collectConverted(converting);
    const relay = (framing: Framing): Receiver =>
      exchange.peeked.stream ? relayConverted(converting, framing) : foldConverted(converting, framing);
    // A server that knows no streams may answer with one document all the same.
    const whole = (): Receiver => collectConverted(converting);
    const reader = dialects[target.dialect];
    return openStream({ framings: ['sse', 'json-array'], relay, reader, control, whole });
  };
  return { request: convertedRequest(exchange, target, conversion.encoded, streaming), receiver };
}

/** Goes on with what another target has begun, always as a stream and through the model. */
function resumed(exchange: Exchange, target: Target, broken: Broken): Passage | SluiceError {
  const conversion = prepareResumption(exchange, target, broken);
  if ('code' in conversion) return conversion;
  const receiver = (head: AnswerHead, control: AttemptControl): Receiver => {
    const relay = (framing: Framing): Receiver =>
      relayResumed({ exchange, conversion, broken, head, control }, framing);
    return openStream({ framings: ['sse', 'json-array'], relay, reader: dialects[target.dialect], control });
  };
  return { request: convertedRequest(exchange, target, conversion.encoded, true), receiver };
}

function answeredOnce(exchange: Exchange, target: Target): Passage | SluiceError {
  const single = prepareSingle(exchange, target);
  if ('code' in single) return single;
  const { encoded, losses } = single;
  return {
    request: convertedRequest(exchange, target, encoded, false),
    receiver: (head, control) => collectSingle({ exchange, target, losses, head, control }, single),
  };
}
