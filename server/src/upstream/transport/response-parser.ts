// The strict HTTP/1.1 answer parser: bytes are pushed in as they arrive, events come out, no I/O. One parser serves one
// connection and is reset for each request.

import { ChunkedBody } from './chunked-body.ts';
import { HeadCollector } from './head-collector.ts';
import { type AnswerFault, type AnswerHead, readAnswerHead } from './response-head.ts';

/** Receives one answer: head, data…, then end or fault, once. Interim (1xx) answers are swallowed. */
export interface AnswerEvents {
  /** `length` as in AnswerSink.head: undefined when chunked or until close. */
  answerHead(head: AnswerHead, length: number | undefined): void;
  /** The chunk belongs to the receiver. At most one per push. */
  answerData(chunk: Buffer): void;
  /** `reusable`: the connection may carry another request. False also when bytes followed the answer. */
  answerEnd(reusable: boolean): void;
  answerFault(fault: AnswerFault): void;
}

/** Interim answers before the final one; more is an attempt to keep us busy. */
const MAX_INTERIM_ANSWERS = 1000;

const HEAD = 0;
const BODY_LENGTH = 1;
const BODY_CHUNKED = 2;
const BODY_UNTIL_CLOSE = 3;
const STOPPED = 4;

/** Push parser for one answer at a time. */
export class ResponseParser {
  /** True once any byte of an answer to this request was seen. */
  started = false;
  private readonly events: AnswerEvents;
  private readonly collector = new HeadCollector();
  private readonly chunked = new ChunkedBody();
  private state = STOPPED;
  private method = 'GET';
  private left = 0;
  private keepAlive = false;
  private interim = 0;

  constructor(events: AnswerEvents) {
    this.events = events;
  }

  /** Prepares for the answer to a request with this method. */
  reset(method: string): void {
    this.state = HEAD;
    this.method = method;
    this.interim = 0;
    this.started = false;
    this.collector.reset();
  }

  /** No more events, whatever comes. */
  stop(): void {
    this.state = STOPPED;
    this.collector.reset();
  }

  /**
   * Takes the first `end` bytes of `buffer`, which may be rearranged. `shared`: the buffer is overwritten after this
   * call, so data is copied out of it; otherwise data may be a view on it.
   */
  push(buffer: Buffer, end: number, shared: boolean): void {
    if (end === 0) return;
    this.started = true;
    let at = 0;
    while (this.state === HEAD && at < end) at = this.pushHead(buffer, at, end);
    if (at >= end) return;
    if (this.state === BODY_LENGTH) this.pushLength(buffer, at, end, shared);
    else if (this.state === BODY_CHUNKED) this.pushChunked(buffer, at, end, shared);
    else if (this.state === BODY_UNTIL_CLOSE) this.events.answerData(slice(buffer, at, end, shared));
  }

  /** The server closed its side in good order. */
  finish(): void {
    if (this.state === BODY_UNTIL_CLOSE) this.complete(false);
    else if (this.state === HEAD) this.fail({ kind: 'closed', what: 'before its answer began' });
    else if (this.state !== STOPPED) this.fail({ kind: 'closed', what: 'before its answer was complete' });
  }

  /** Answers the position behind the head, or `end` when there is nothing more to read here. */
  private pushHead(buffer: Buffer, at: number, end: number): number {
    const next = this.collector.add(buffer, at, end);
    if (next < 0) {
      if (this.collector.fault !== undefined) this.fail(this.collector.fault);
      return end;
    }
    const head = readAnswerHead(this.collector.text, this.method);
    if ('what' in head) {
      this.fail(head);
      return end;
    }
    if (head.status < 200) {
      this.passInterim(head.status);
      return next;
    }
    this.beginBody(head, next < end);
    return next;
  }

  private passInterim(status: number): void {
    this.collector.reset();
    this.interim++;
    if (status === 101) this.fail({ kind: 'protocol', what: 'it switched protocols unasked' });
    else if (this.interim > MAX_INTERIM_ANSWERS) {
      this.fail({ kind: 'protocol', what: `it sent more than ${MAX_INTERIM_ANSWERS} interim answers` });
    }
  }

  private beginBody(head: AnswerHead, more: boolean): void {
    this.keepAlive = head.keepAlive;
    this.left = head.length;
    this.chunked.reset();
    switch (head.framing) {
      case 'none':
        this.state = HEAD;
        this.events.answerHead(head, 0);
        // The receiver may have stopped us.
        if (this.state === HEAD) this.complete(!more);
        break;
      case 'length':
        this.state = BODY_LENGTH;
        this.events.answerHead(head, head.length);
        break;
      case 'chunked':
        this.state = BODY_CHUNKED;
        this.events.answerHead(head, undefined);
        break;
      case 'until_close':
        this.state = BODY_UNTIL_CLOSE;
        this.events.answerHead(head, undefined);
        break;
    }
  }

  private pushLength(buffer: Buffer, at: number, end: number, shared: boolean): void {
    const stop = Math.min(end, at + this.left);
    this.left -= stop - at;
    this.events.answerData(slice(buffer, at, stop, shared));
    if (this.left === 0 && this.state === BODY_LENGTH) this.complete(stop === end);
  }

  private pushChunked(buffer: Buffer, at: number, end: number, shared: boolean): void {
    const { chunked } = this;
    const stop = chunked.read(buffer, at, end, shared);
    if (chunked.data !== undefined) this.events.answerData(chunked.data);
    if (this.state !== BODY_CHUNKED) return;
    if (chunked.fault !== undefined) this.fail(chunked.fault);
    else if (chunked.done) this.complete(stop === end);
  }

  private complete(clean: boolean): void {
    this.state = STOPPED;
    this.events.answerEnd(clean && this.keepAlive);
  }

  private fail(fault: AnswerFault): void {
    this.state = STOPPED;
    this.events.answerFault(fault);
  }
}

function slice(buffer: Buffer, start: number, end: number, shared: boolean): Buffer {
  if (!shared) return start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end);
  const copy = Buffer.allocUnsafe(end - start);
  buffer.copy(copy, 0, start, end);
  return copy;
}
