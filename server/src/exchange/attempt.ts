// One attempt on one target: sends the request, watches the clock, and hands the answer to the receiver that fits it.
// Everything that can go wrong comes back as an Outcome; nothing is decided here about trying again.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { collectAnswer, gather } from './collect.ts';
import type { AttemptControl, Exchange, Outcome, Receiver, Target, UpstreamAnswer } from './context.ts';
import { asksForUsage, outgoing } from './outgoing.ts';
import type { AnswerSink, Call, Deadline, RawHeaders, TransportFailure } from './ports.ts';
import { internalError } from './recorded.ts';
import type { Interruptible } from './running.ts';
import { openStream } from './sniff.ts';

/** The most of an upstream's error body that is kept and shown, in bytes. */
const ERROR_BODY_LIMIT_BYTES = 1024 * 1024;
/** How long a complete stream may stay open before it is ended from our side, in milliseconds. */
const LINGER_MS = 100;

/** Runs one attempt to its end. `totalDueMs` is the monotonic time at which the whole exchange must be over. */
export function attempt(exchange: Exchange, target: Target, totalDueMs: number): Promise<Outcome> {
  return new Promise((resolve) => new Attempt(exchange, target, totalDueMs, resolve).start());
}

type Waiting = 'headers' | 'first output' | 'more output';

class Attempt implements AnswerSink, AttemptControl, Interruptible {
  place = -1;
  private readonly exchange: Exchange;
  private readonly target: Target;
  private readonly totalDueMs: number;
  private readonly resolve: (outcome: Outcome) => void;
  private readonly deadline: Deadline;
  private call: Call | undefined;
  private receiver: Receiver | undefined;
  private waiting: Waiting = 'headers';
  /** No deadline is set later than this: the first output's until that has come, then the whole exchange's. */
  private limitMs: number;
  private lingering: 'no' | 'briefly' | 'until silent' = 'no';
  private begun = false;
  private done = false;

  constructor(exchange: Exchange, target: Target, totalDueMs: number, resolve: (outcome: Outcome) => void) {
    this.exchange = exchange;
    this.target = target;
    this.totalDueMs = totalDueMs;
    this.limitMs = totalDueMs;
    this.resolve = resolve;
    this.deadline = { dueMs: Number.POSITIVE_INFINITY, place: -1, expired: () => this.expired() };
  }

  start(): void {
    const { ports, inbound, peeked, memory } = this.exchange;
    if (inbound.reply.closed) {
      this.settle({ kind: 'left' });
      return;
    }
    const request = outgoing(this.exchange, this.target);
    const { timeouts } = this.target.upstream;
    inbound.reply.onGone(() => this.leave());
    if (peeked.stream)
      this.limitMs = Math.min(ports.clock.monotonicMs() + timeouts.firstOutputMs, this.totalDueMs);
    this.arm(peeked.stream ? timeouts.headersMs : timeouts.answerMs);
    ports.deadlines.add(this.deadline);
    memory.running.add(this);
    this.call = ports.transport.send(request, this);
    if (this.done) this.call.abort();
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
    const { exchange, target } = this;
    if (status >= 200 && status < 300 && exchange.peeked.stream) {
      const answer = { status, headers, target, hideUsage: asksForUsage(exchange, target) };
      return openStream(exchange, answer, this);
    }
    this.output();
    return status >= 200 && status < 300
      ? collectAnswer(exchange, target, { status, headers }, this)
      : this.errorReceiver(status, headers);
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
      const error = sluiceError(
        'upstream_error',
        `The upstream ${target.upstream.id} answered with status ${status}.`,
        { status: status >= 400 ? status : 502 },
      );
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

const COLON = 0x3a;

/** Comments alone: an upstream that sends nothing else counts as silent. */
function isChatter(chunk: Buffer): boolean {
  return chunk[0] === COLON && chunk.indexOf('data') === -1;
}
