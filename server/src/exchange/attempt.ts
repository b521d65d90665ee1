// One attempt on one target: sends the request, watches the clock, and hands the answer to the receiver that fits it.
// Everything that can go wrong comes back as an Outcome; nothing is decided here about trying again.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { collectAnswer, gather } from './collect.ts';
import type { AttemptControl, Exchange, Outcome, Receiver, Target } from './context.ts';
import { asksForUsage, outgoing } from './outgoing.ts';
import type { AnswerSink, Call, Deadline, RawHeaders, TransportFailure } from './ports.ts';
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
  private readonly exchange: Exchange;
  private readonly target: Target;
  private readonly totalDueMs: number;
  private readonly resolve: (outcome: Outcome) => void;
  private readonly deadline: Deadline;
  private call: Call | undefined;
  private receiver: Receiver | undefined;
  private waiting: Waiting = 'headers';
  private lingering = false;
  private done = false;

  constructor(exchange: Exchange, target: Target, totalDueMs: number, resolve: (outcome: Outcome) => void) {
    this.exchange = exchange;
    this.target = target;
    this.totalDueMs = totalDueMs;
    this.resolve = resolve;
    this.deadline = { dueMs: Number.POSITIVE_INFINITY, expired: () => this.expired() };
  }

  start(): void {
    const { ports, inbound, peeked } = this.exchange;
    const { timeouts } = this.target.upstream;
    inbound.reply.onGone(() => this.leave());
    this.arm(peeked.stream ? timeouts.headersMs : timeouts.answerMs);
    ports.deadlines.add(this.deadline);
    this.exchange.memory.running.add(this);
    this.call = ports.transport.send(outgoing(this.exchange, this.target), this);
    if (this.done) this.call.abort();
  }

  head(status: number, headers: RawHeaders): void {
    const { exchange, target } = this;
    exchange.record.headersAtMs = exchange.ports.clock.epochMs();
    const { timeouts } = target.upstream;
    if (status < 200 || status >= 300) {
      this.arm(timeouts.idleMs);
      this.waiting = 'more output';
      this.receiver = this.errorReceiver(status, headers);
    } else if (exchange.peeked.stream) {
      this.arm(timeouts.firstOutputMs);
      this.waiting = 'first output';
      const answer = { status, headers, target, hideUsage: asksForUsage(exchange, target) };
      this.receiver = openStream(exchange, answer, this);
    } else {
      this.arm(timeouts.idleMs);
      this.waiting = 'more output';
      this.receiver = collectAnswer(exchange, target, { status, headers }, this);
    }
  }

  data(chunk: Buffer): boolean {
    if (this.done) return true;
    const { record, ports } = this.exchange;
    record.firstByteAtMs ??= ports.clock.epochMs();
    if (!this.lingering) this.arm(this.target.upstream.timeouts.idleMs);
    this.waiting = 'more output';
    const open = this.receiver?.data(chunk) ?? true;
    // While the client is the slow one, the upstream's silence is not its fault.
    if (!open) this.deadline.dueMs = this.totalDueMs;
    return open;
  }

  end(): void {
    if (!this.done) this.receiver?.end();
  }

  fail(failure: TransportFailure): void {
    this.failWith(failure.error);
  }

  resume(): void {
    if (this.done) return;
    this.arm(this.target.upstream.timeouts.idleMs);
    this.call?.resume();
  }

  linger(): void {
    this.lingering = true;
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
    this.deadline.dueMs = Math.min(this.exchange.ports.clock.monotonicMs() + waitMs, this.totalDueMs);
  }

  private leave(): void {
    if (this.done) return;
    this.receiver?.abandon();
    this.settle({ kind: 'left' });
  }

  private failWith(error: SluiceError): void {
    if (this.done) return;
    if (this.receiver === undefined)
      this.settle({ kind: 'failed', error, committed: false, answer: undefined });
    else this.receiver.fail(error);
  }

  private expired(): void {
    if (this.lingering) {
      this.receiver?.end();
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
    const settle = (body: Buffer | undefined): void => {
      const error = sluiceError(
        'upstream_error',
        `The upstream ${this.target.upstream.id} answered with status ${status}.`,
        {
          status: status >= 400 ? status : 502,
        },
      );
      const answer = body === undefined ? undefined : { status, headers, body };
      this.settle({ kind: 'failed', error, committed: false, answer });
    };
    const kept = gather(ERROR_BODY_LIMIT_BYTES, settle, () => settle(undefined));
    return { ...kept, fail: () => settle(undefined), abandon: () => undefined };
  }
}
