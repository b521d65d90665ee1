// One attempt on one target: sends the request, watches the clock, and hands the answer to the receiver that fits it.
// Everything that can go wrong comes back as an Outcome; nothing is decided here about trying again.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { AttemptOptions } from './attempt-options.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { Chatter } from './chatter.ts';
import type { AttemptControl, Exchange, Outcome, Receiver, Target } from './context.ts';
import { type Passage, passageFor } from './convert/passage.ts';
import { streamsUpstream } from './convert/prepare.ts';
import { errorReceiver } from './error-answer.ts';
import type { AnswerSink, Call, Deadline, RawHeaders, TransportFailure } from './ports.ts';
import { internalError } from './recorded.ts';
import { upstreamRequestId } from './request-ids.ts';
import type { Interruptible } from './running.ts';
import { secretsOf } from './secrecy.ts';

/** How long a complete stream may stay open before it is ended from our side, in milliseconds. */
const LINGER_MS = 100;

/** Hears of one attempt. */
export interface AttemptListener {
  /** The upstream has begun to answer. */
  head(status: number, headers: RawHeaders): void;
  /** It has something for the client, which is about to be sent. Once, and not after `ended`. */
  claimed(): void;
  /** It is over; the last call. */
  ended(outcome: Outcome): void;
}

/** An attempt on its way. */
export interface RunningAttempt {
  /** Ends it at once: the client has left, or another attempt has won. Nothing is heard of it any more. */
  cancel(): void;
}

/** Starts one attempt; the listener may hear of its end before this returns. */
export function startAttempt(
  exchange: Exchange,
  record: AttemptRecord,
  options: AttemptOptions,
  listener: AttemptListener,
): RunningAttempt {
  const attempt = new Attempt(exchange, record, options, listener);
  attempt.start();
  return attempt;
}

type Waiting = 'headers' | 'first output' | 'more output';

class Attempt implements AnswerSink, AttemptControl, Interruptible, RunningAttempt {
  place = -1;
  readonly record: AttemptRecord;
  readonly ordinal: number;
  private readonly exchange: Exchange;
  private readonly target: Target;
  private readonly totalDueMs: number;
  private readonly options: AttemptOptions;
  private readonly listener: AttemptListener;
  private readonly deadline: Deadline;
  private call: Call | undefined;
  private passage: Passage | undefined;
  /** The upstream was asked for a stream. */
  private readonly streaming: boolean;
  private readonly chatter = new Chatter();
  private receiver: Receiver | undefined;
  private waiting: Waiting = 'headers';
  /** No deadline is set later than this: the first output's until that has come, then the whole exchange's. */
  private limitMs: number;
  private lingering: 'no' | 'briefly' | 'until silent' = 'no';
  private begun = false;
  private claimed = false;
  private done = false;

  constructor(exchange: Exchange, record: AttemptRecord, options: AttemptOptions, listener: AttemptListener) {
    const { target } = record;
    this.exchange = exchange;
    this.record = record;
    this.ordinal = record.ordinal;
    this.target = target;
    this.totalDueMs = options.totalDueMs;
    this.options = options;
    this.limitMs = options.totalDueMs;
    this.listener = listener;
    this.streaming = options.broken !== undefined || streamsUpstream(exchange, target);
    this.deadline = { dueMs: Number.POSITIVE_INFINITY, place: -1, expired: () => this.expired() };
  }

  start(): void {
    const { ports, inbound, memory } = this.exchange;
    if (inbound.reply.closed) {
      this.settle({ kind: 'left' });
      return;
    }
    const passage = memory.running.stopping ?? passageFor(this.exchange, this.record, this.options);
    if ('code' in passage) {
      this.settle({ kind: 'failed', error: passage, committed: false, answer: undefined });
      return;
    }
    this.passage = passage;
    const { timeouts } = this.target.upstream;
    if (this.streaming)
      this.limitMs = Math.min(ports.clock.monotonicMs() + timeouts.firstOutputMs, this.totalDueMs);
    this.arm(this.streaming ? timeouts.headersMs : timeouts.answerMs);
    ports.deadlines.add(this.deadline);
    memory.running.add(this);
    this.record.sent = true;
    this.call = ports.transport.send(passage.request, this);
    if (this.done) this.call.abort();
  }

  head(status: number, headers: RawHeaders): void {
    this.record.headersAtMs = this.exchange.ports.clock.epochMs();
    this.record.upstreamRequestId = upstreamRequestId(headers, secretsOf(this.target));
    this.waiting = 'first output';
    this.listener.head(status, headers);
    this.safely(() => {
      this.receiver = this.receiverFor(status, headers);
    });
    this.arm(this.target.upstream.timeouts.idleMs);
  }

  private receiverFor(status: number, headers: RawHeaders): Receiver | undefined {
    const head = { status, headers };
    const good = status >= 200 && status < 300;
    // Of a stream, only what the client can use counts as output.
    if (!good || !this.streaming) this.output();
    return good ? this.passage?.receiver(head, this) : errorReceiver(this.target, head, this);
  }

  data(chunk: Buffer): boolean {
    if (this.done) return true;
    this.record.firstByteAtMs ??= this.exchange.ports.clock.epochMs();
    // Of a whole answer, even blank lines are a sign of life: some send nothing else while they work.
    if (!this.streaming || !this.chatter.read(chunk)) this.heard();
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

  claim(): void {
    this.output();
    if (this.claimed) return;
    this.claimed = true;
    const nowMs = this.exchange.ports.clock.epochMs();
    this.record.firstOutputAtMs = nowMs;
    this.exchange.record.firstOutputAtMs ??= nowMs;
    this.listener.claimed();
  }

  linger(complete: boolean): void {
    this.lingering = complete ? 'briefly' : 'until silent';
    this.arm(LINGER_MS);
  }

  settle(outcome: Outcome): void {
    if (this.close()) this.listener.ended(outcome);
  }

  /** Lets go of everything; false when that was done before. */
  private close(): boolean {
    if (this.done) return false;
    this.done = true;
    this.exchange.ports.deadlines.remove(this.deadline);
    this.exchange.memory.running.remove(this);
    // After a complete answer this does nothing; after anything else the socket must not be used again.
    this.call?.abort();
    return true;
  }

  cancel(): void {
    if (this.done) return;
    this.safely(() => this.receiver?.abandon());
    this.close();
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
}
