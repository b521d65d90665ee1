// Relays one upstream stream to the client. Nothing is sent before the first useful output, so that a stream that fails,
// stalls or says nothing can still be tried elsewhere; afterwards only complete events leave, so that an upstream that
// dies mid-event can be answered with a well-formed error event.

import type { Bytes, Concat } from '../core/bytes.ts';
import type { EventEditing, Framing, StreamWatch } from '../core/dialects/dialect.ts';
import { createArraySplitter } from '../core/json/array-blocks.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { type BlockSplitter, createBlockSplitter } from '../core/sse/blocks.ts';
import { readEvents } from '../core/sse/parse.ts';
import { rememberAnswer } from './answer-owner.ts';
import type { AnswerHead } from './collect.ts';
import type { AttemptControl, Exchange, Receiver, Target } from './context.ts';
import { applied } from './edits.ts';
import { OutputMeasure } from './money/output-measure.ts';
import { type Followed, followStream } from './resume/follow.ts';
import { maskedBytes, secretsOf } from './secrecy.ts';
import { echoedModel } from './shown-model.ts';
import { type StreamReply, streamReply } from './stream-reply.ts';

/** The largest single event, and the most that is held back before the first output, in bytes. */
const EVENT_LIMIT_BYTES: number = 16 * 1024 * 1024;

/** Buffers enter core as Bytes and come back as the same Buffers: core only ever cuts them with subarray. */
const asBuffer = (bytes: Bytes): Buffer => bytes as Buffer;
const concat: Concat = (parts) => Buffer.concat(parts as readonly Buffer[]);

/** One stream as it came from a target. */
export interface StreamAnswer extends AnswerHead {
  readonly target: Target;
  readonly framing: Framing;
  /** Hide the usage event that only we asked for. */
  readonly hideUsage: boolean;
}

/** Receives the stream of a success status. */
export function relayStream(exchange: Exchange, answer: StreamAnswer, control: AttemptControl): Receiver {
  return new StreamRelay(exchange, answer, control);
}

class StreamRelay implements Receiver {
  private readonly exchange: Exchange;
  private readonly answer: StreamAnswer;
  private readonly control: AttemptControl;
  private readonly reply: StreamReply;
  private readonly splitter: BlockSplitter;
  private readonly watch: StreamWatch;
  private readonly editing: EventEditing | undefined;
  private readonly followed: Followed | undefined;
  private readonly measure: OutputMeasure;
  private held: Buffer[] = [];
  private heldBytes = 0;
  private committed = false;
  private lingering = false;
  private settled = false;

  constructor(exchange: Exchange, answer: StreamAnswer, control: AttemptControl) {
    const { target, framing, hideUsage } = answer;
    const split = framing === 'sse' ? createBlockSplitter : createArraySplitter;
    this.exchange = exchange;
    this.answer = answer;
    this.control = control;
    this.reply = streamReply(exchange, answer, control, false);
    this.splitter = split(concat, EVENT_LIMIT_BYTES);
    this.watch = exchange.dialect.watch(framing);
    this.followed = followStream(exchange);
    this.measure = new OutputMeasure(framing);
    control.record.outputTokens = () => this.measure.tokens();
    const echoModel = echoedModel(exchange, target);
    this.editing = echoModel !== undefined || hideUsage ? { echoModel, hideUsage } : undefined;
  }

  data(chunk: Buffer): boolean {
    if (this.settled) return true;
    const block = this.splitter.push(chunk);
    if (block !== undefined) return this.take(asBuffer(block));
    if (this.splitter.overflowed)
      this.fail(
        sluiceError(
          'upstream_too_large',
          `The upstream sent one event of more than ${EVENT_LIMIT_BYTES} bytes.`,
        ),
      );
    return true;
  }

  end(): void {
    if (this.settled) return;
    const rest = this.splitter.rest();
    if (rest !== undefined && rest.length > 0) this.takeRest(asBuffer(rest));
    if (this.settled) return;
    this.watch.finish();
    if (this.watch.phase === 'ended') this.complete();
    else if (this.watch.phase === 'failed') this.endFailed();
    else
      this.fail(
        sluiceError('upstream_closed', 'The upstream ended its stream before the answer was complete.'),
      );
  }

  fail(error: SluiceError): void {
    if (this.settled) return;
    this.watch.finish();
    if (this.watch.phase === 'ended') {
      // The answer was complete; only the connection ended badly.
      this.complete();
      return;
    }
    if (this.committed && !this.canGoOn) {
      const { dialect, inbound } = this.exchange;
      this.reply.send(dialect.encodeStreamError(error, inbound.id, this.answer.framing));
      this.reply.end();
    }
    this.settleFailed(error);
  }

  /** Another candidate can go on with what the client has. */
  private get canGoOn(): boolean {
    return this.committed && this.followed?.broken.said.resumable === true;
  }

  private settleFailed(error: SluiceError): void {
    const broken = this.canGoOn ? this.followed?.broken : undefined;
    const failure = { kind: 'failed', error, committed: this.committed, answer: undefined } as const;
    this.settle(broken === undefined ? failure : { ...failure, broken });
  }

  /** A run of complete events. Where they may have to be gone on with, one by one: what was sent before an error counts. */
  private take(block: Buffer): boolean {
    if (this.followed === undefined || this.answer.framing !== 'sse') return this.takeRun(block);
    let open = true;
    let from = 0;
    readEvents(block, (_event, _start, end) => {
      if (this.settled) return;
      open = this.takeRun(block.subarray(from, end));
      from = end;
    });
    return this.settled || from === block.length ? open : this.takeRun(block.subarray(from));
  }

  private takeRun(block: Buffer): boolean {
    this.watch.read(block);
    this.measure.add(block);
    const phase = this.watch.phase;
    if (!this.committed) {
      if (phase === 'failed') return this.endFailed();
      if (phase === 'prelude') return this.hold(block);
      this.commit();
    }
    if (phase === 'failed' && this.canGoOn) return this.endFailed();
    // An error of the upstream may repeat the key that it was given.
    const open = this.forward(phase === 'failed' ? maskedBytes(block, secretsOf(this.answer.target)) : block);
    if (phase === 'failed') return this.endFailed();
    if (!this.lingering && (phase === 'ended' || (this.watch.settling && !this.exchange.peeked.several))) {
      this.lingering = true;
      this.control.linger(phase === 'ended');
    }
    return open;
  }

  /** The bytes after the last complete event: an unterminated final event, or the torn half of one. */
  private takeRest(rest: Buffer): void {
    const closing = this.answer.framing === 'sse' ? Buffer.concat([rest, Buffer.from('\n\n')]) : rest;
    this.watch.read(closing);
    this.watch.finish();
    if (this.watch.phase === 'failed') this.endFailed();
    if (this.watch.phase !== 'ended') return;
    if (!this.committed) this.commit();
    // A strict reader drops an event without its blank line, and what is missing can only follow a complete one.
    this.forward(closing);
  }

  private hold(block: Buffer): boolean {
    this.held.push(block);
    this.heldBytes += block.length;
    if (this.heldBytes > EVENT_LIMIT_BYTES)
      this.fail(
        sluiceError(
          'upstream_too_large',
          `The upstream sent more than ${EVENT_LIMIT_BYTES} bytes before its first output.`,
        ),
      );
    return true;
  }

  private commit(): void {
    const { held } = this;
    this.committed = true;
    this.reply.open([]);
    this.held = [];
    for (const block of held) this.forward(block);
  }

  private forward(block: Buffer): boolean {
    if (this.editing === undefined) return this.send(block);
    const edits = this.exchange.dialect.editEvents(block, this.editing, this.answer.framing);
    if (edits === 'keep') return this.send(block);
    const out = applied(block, edits);
    return out.length === 0 ? true : this.send(out);
  }

  private send(block: Buffer): boolean {
    this.followed?.sent(block);
    return this.reply.send(block);
  }

  /** The upstream told an error inside its stream. Before any output it may be tried elsewhere; afterwards its own event has gone through. */
  private endFailed(): boolean {
    const error =
      this.watch.error ??
      sluiceError('upstream_stream_error', 'The upstream reported an error in its stream.');
    if (this.committed && !this.canGoOn) this.reply.end();
    this.settleFailed(error);
    return true;
  }

  private complete(): void {
    if (!this.committed) this.commit();
    if (this.watch.closing !== '') this.reply.send(this.watch.closing);
    this.reply.end();
    this.settle({ kind: 'answered' });
  }

  private settle(outcome: Parameters<AttemptControl['settle']>[0]): void {
    this.abandon();
    this.control.settle(outcome);
  }

  abandon(): void {
    const { exchange, watch, control } = this;
    const { target } = this.answer;
    this.settled = true;
    control.record.usage = watch.usage();
    control.record.modelServed = watch.model ?? target.model;
    rememberAnswer(exchange, watch.id, target);
  }
}
