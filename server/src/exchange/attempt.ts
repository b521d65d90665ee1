// One attempt on one target: sends the request, watches the clock, and hands the answer to the receiver that fits it.
// Everything that can go wrong comes back as an Outcome; nothing is decided here about trying again.

import type { Conversion } from '../core/conversion/convert.ts';
import type { Framing } from '../core/dialects/dialect.ts';
import { dialects } from '../core/dialects/index.ts';
import { reportedError } from '../core/dialects/kit/upstream-error.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { parseJson } from '../core/model/json.ts';
import { type AnswerHead, collectAnswer, gather } from './collect.ts';
import type { AttemptControl, Exchange, Outcome, Receiver, Target, UpstreamAnswer } from './context.ts';
import type { Converting } from './convert/answered.ts';
import { collectConverted, foldConverted } from './convert/collect-converted.ts';
import { convertedRequest } from './convert/outgoing.ts';
import { needsConversion, prepareConversion, streamsUpstream } from './convert/prepare.ts';
import { relayConverted } from './convert/relay-converted.ts';
import { collectSingle, prepareSingle, type SingleConversion } from './convert/single.ts';
import { asksForUsage, outgoing } from './outgoing.ts';
import type { AnswerSink, Call, Deadline, OutboundRequest, RawHeaders, TransportFailure } from './ports.ts';
import { internalError } from './recorded.ts';
import { relayStream } from './relay.ts';
import type { Interruptible } from './running.ts';
import { openStream } from './sniff.ts';

/** The most of an upstream's error body that is kept and shown, in bytes. */
const ERROR_BODY_LIMIT_BYTES = 1024 * 1024;
/** How long a complete stream may stay open before it is ended from our side, in milliseconds. */
const LINGER_MS = 100;

/** What one attempt depends on besides exchange and target. */
export interface AttemptOptions {
  /** Monotonic time at which the whole exchange must be over. */
  readonly totalDueMs: number;
  /** The target has refused the opaque tokens of former answers: send none. */
  readonly withoutTokens: boolean;
}

/** Runs one attempt to its end. */
export function attempt(exchange: Exchange, target: Target, options: AttemptOptions): Promise<Outcome> {
  return new Promise((resolve) => new Attempt(exchange, target, options, resolve).start());
}

type Waiting = 'headers' | 'first output' | 'more output';

class Attempt implements AnswerSink, AttemptControl, Interruptible {
  place = -1;
  private readonly exchange: Exchange;
  private readonly target: Target;
  private readonly totalDueMs: number;
  private readonly withoutTokens: boolean;
  private readonly resolve: (outcome: Outcome) => void;
  private readonly deadline: Deadline;
  private call: Call | undefined;
  /** How the answer is converted; undefined where the bytes go through as they are. */
  private conversion: Conversion | undefined;
  private single: SingleConversion | undefined;
  /** The upstream was asked for a stream. */
  private streaming = false;
  private receiver: Receiver | undefined;
  private waiting: Waiting = 'headers';
  /** No deadline is set later than this: the first output's until that has come, then the whole exchange's. */
  private limitMs: number;
  private lingering: 'no' | 'briefly' | 'until silent' = 'no';
  private begun = false;
  private done = false;

  constructor(
    exchange: Exchange,
    target: Target,
    options: AttemptOptions,
    resolve: (outcome: Outcome) => void,
  ) {
    this.exchange = exchange;
    this.target = target;
    this.totalDueMs = options.totalDueMs;
    this.withoutTokens = options.withoutTokens;
    this.limitMs = options.totalDueMs;
    this.resolve = resolve;
    this.deadline = { dueMs: Number.POSITIVE_INFINITY, place: -1, expired: () => this.expired() };
  }

  start(): void {
    const { ports, inbound, memory } = this.exchange;
    if (inbound.reply.closed) {
      this.settle({ kind: 'left' });
      return;
    }
    const request = this.request();
    if ('code' in request) {
      this.settle({ kind: 'failed', error: request, committed: false, answer: undefined });
      return;
    }
    const { timeouts } = this.target.upstream;
    inbound.reply.onGone(() => this.leave());
    if (this.streaming)
      this.limitMs = Math.min(ports.clock.monotonicMs() + timeouts.firstOutputMs, this.totalDueMs);
    this.arm(this.streaming ? timeouts.headersMs : timeouts.answerMs);
    ports.deadlines.add(this.deadline);
    memory.running.add(this);
    this.call = ports.transport.send(request, this);
    if (this.done) this.call.abort();
  }

  /** What is sent, or why this target cannot be asked. */
  private request(): OutboundRequest | SluiceError {
    const { exchange, target } = this;
    this.streaming = streamsUpstream(exchange, target);
    if (!needsConversion(exchange, target, this.withoutTokens)) return outgoing(exchange, target);
    if (exchange.use !== 'generate') {
      const single = prepareSingle(exchange, target);
      if ('code' in single) return single;
      this.single = single;
      return convertedRequest(exchange, target, single.encoded, false);
    }
    const conversion = prepareConversion(exchange, target, this.withoutTokens);
    if ('code' in conversion) return conversion;
    this.conversion = conversion;
    return convertedRequest(exchange, target, conversion.encoded, this.streaming);
  }

  head(status: number, headers: RawHeaders): void {
    this.exchange.record.headersAtMs = this.exchange.ports.clock.epochMs();
    this.waiting = 'first output';
    this.safely(() => {
      this.receiver = this.receiverFor(status, headers);
    });
    this.arm(this.target.upstream.timeouts.idleMs);
  }

  private receiverFor(status: number, headers: RawHeaders): Receiver {
    const { exchange, target, conversion } = this;
    const head = { status, headers };
    const good = status >= 200 && status < 300;
    if (good && this.streaming) return this.streamReceiver(head);
    this.output();
    if (!good) return this.errorReceiver(status, headers);
    if (this.single !== undefined) {
      const { losses } = this.single;
      return collectSingle({ exchange, target, losses, head, control: this }, this.single);
    }
    return conversion === undefined
      ? collectAnswer(exchange, target, head, this)
      : collectConverted(this.converting(conversion, head));
  }

  private streamReceiver(head: AnswerHead): Receiver {
    const { exchange, target, conversion } = this;
    const reader = dialects[target.dialect];
    if (conversion === undefined) {
      const { framing } = exchange;
      const answer = { ...head, target, framing, hideUsage: asksForUsage(exchange, target) };
      const relay = (): Receiver => relayStream(exchange, answer, this);
      return openStream({ framings: [framing], relay, reader, control: this });
    }
    const converting = this.converting(conversion, head);
    const relay = (framing: Framing): Receiver =>
      exchange.peeked.stream ? relayConverted(converting, framing) : foldConverted(converting, framing);
    // A server that knows no streams may answer with one document all the same.
    const whole = (): Receiver => collectConverted(converting);
    return openStream({ framings: ['sse', 'json-array'], relay, reader, control: this, whole });
  }

  private converting(conversion: Conversion, head: AnswerHead): Converting {
    const { exchange, target } = this;
    return { exchange, target, conversion, losses: conversion.losses, head, control: this };
  }

  data(chunk: Buffer): boolean {
    if (this.done) return true;
    const { record, ports } = this.exchange;
    record.firstByteAtMs ??= ports.clock.epochMs();
    if (!isChatter(chunk)) this.heard();
    let open = true;
    try {
      open = this.receiver?.data(chunk) ?? true;
    } catch (thrown) {
      this.defect(thrown);
    }
    // While the client is the slow one, the upstream's silence is not its fault.
    if (!open) this.deadline.dueMs = this.totalDueMs;
    return open;
  }

  end(): void {
    if (!this.done) this.safely(() => this.receiver?.end());
  }

  fail(failure: TransportFailure): void {
    this.failWith(failure.error);
  }

  resume(): void {
    if (this.done) return;
    if (this.lingering === 'no') this.rearm();
    else this.arm(LINGER_MS);
    this.call?.resume();
  }

  output(): void {
    this.waiting = 'more output';
    this.limitMs = this.totalDueMs;
    this.rearm();
  }

  linger(complete: boolean): void {
    this.lingering = complete ? 'briefly' : 'until silent';
    this.arm(LINGER_MS);
  }

  settle(outcome: Outcome): void {
    if (this.done) return;
    this.done = true;
    this.exchange.ports.deadlines.remove(this.deadline);
    this.exchange.memory.running.remove(this);
    // After a complete answer this does nothing; after anything else the socket must not be used again.
    this.call?.abort();
    this.resolve(outcome);
  }

  interrupt(error: SluiceError): void {
    this.failWith(error);
  }

  private arm(waitMs: number): void {
    this.deadline.dueMs = Math.min(this.exchange.ports.clock.monotonicMs() + waitMs, this.limitMs);
  }

  /** The upstream has said something. A stream that has begun, as one does before long reasoning, gets more time for its first output. */
  private heard(): void {
    if (this.waiting === 'first output' && !this.begun) {
      this.begun = true;
      this.limitMs = Math.min(this.limitMs + this.target.upstream.timeouts.idleMs, this.totalDueMs);
    }
    this.rearm();
  }

  private rearm(): void {
    if (this.lingering === 'briefly') return;
    this.arm(this.lingering === 'no' ? this.target.upstream.timeouts.idleMs : LINGER_MS);
  }

  private leave(): void {
    if (this.done) return;
    this.safely(() => this.receiver?.abandon());
    this.settle({ kind: 'left' });
  }

  /** Runs what sockets and the ticker call: a defect in it must neither stop the gateway nor leave the exchange open. */
  private safely(step: () => void): void {
    try {
      step();
    } catch (thrown) {
      this.defect(thrown);
    }
  }

  private defect(thrown: unknown): void {
    const { ports, inbound } = this.exchange;
    this.settle({ kind: 'failed', error: internalError(), committed: false, answer: undefined });
    ports.log.error('An answer could not be read.', { requestId: inbound.id, error: String(thrown) });
  }

  private failWith(error: SluiceError): void {
    if (this.done) return;
    if (this.receiver === undefined)
      this.settle({ kind: 'failed', error, committed: false, answer: undefined });
    else this.safely(() => this.receiver?.fail(error));
  }

  private expired(): void {
    if (this.lingering !== 'no') {
      this.safely(() => this.receiver?.end());
      return;
    }
    const { timeouts } = this.target.upstream;
    const total = this.exchange.ports.clock.monotonicMs() >= this.totalDueMs;
    const message = total
      ? `The exchange took longer than ${timeouts.totalMs} ms in all (timeouts.totalMs).`
      : `The upstream ${this.target.upstream.id} sent no ${this.waiting} in time.`;
    const suggestion = total
      ? undefined
      : 'The limits are timeouts.headersMs, answerMs, firstOutputMs and idleMs.';
    this.failWith(sluiceError('upstream_timeout', message, suggestion === undefined ? {} : { suggestion }));
  }

  /** Keeps an error answer whole, so that the client can read the provider's own words. */
  private errorReceiver(status: number, headers: RawHeaders): Receiver {
    const { target } = this;
    const failed = (error: SluiceError, answer: UpstreamAnswer | undefined): void =>
      this.settle({ kind: 'failed', error, committed: false, answer });
    const settle = (body: Buffer | undefined): void => {
      const said = body === undefined ? undefined : saidBy(body);
      const generic = `The upstream ${target.upstream.id} answered with status ${status}.`;
      const error = sluiceError('upstream_error', said ?? generic, { status: status >= 400 ? status : 502 });
      failed(error, body === undefined ? undefined : { status, headers, body });
    };
    const kept = gather(ERROR_BODY_LIMIT_BYTES, settle, () => settle(undefined));
    return {
      ...kept,
      // The status stays what the upstream has to say, unless it is the gateway that ends the exchange.
      fail: (error) => (error.source === 'gateway' ? failed(error, undefined) : settle(undefined)),
      abandon: () => undefined,
    };
  }
}

/** The words of an upstream's error body, in any shape that is known. */
function saidBy(body: Buffer): string | undefined {
  return reportedError(parseJson(body.toString('utf8')))?.message;
}

const COLON = 0x3a;

/** Comments alone: an upstream that sends nothing else counts as silent. */
function isChatter(chunk: Buffer): boolean {
  return chunk[0] === COLON && chunk.indexOf('data') === -1;
}
