// The body of one request: read whole within the limit, streamed on to a sink, or disposed of when the answer leaves
// before it was read. Whichever happens, a slow or vanished client ends it.

import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { BodySink, Clock, Deadlines } from '../exchange/ports.ts';
import { BodyPace } from './body-pace.ts';
import type { EdgeLimits } from './limits.ts';
import { mediaFault } from './media-type.ts';

/** A buffer for the whole of a declared length is made when this much of it has really come, or all of it. */
const PROOF_BYTES = 1024 * 1024;

/** What bodies need of the edge. */
export interface BodyContext {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly limits: EdgeLimits;
}

function tooLarge(limitBytes: number): SluiceError {
  return sluiceError('body_too_large', `The body is larger than ${limitBytes} bytes.`, {
    suggestion: 'Send less, or raise server.bodyLimitBytes.',
  });
}

const CLIENT_CLOSED = sluiceError(
  'client_closed',
  'The client closed the connection while it was sending the body.',
);
const TOO_SLOW = sluiceError('body_timeout', 'The request body came too slowly.', {
  suggestion: 'Send it again.',
});

/** Declared length in bytes; undefined when chunked or absent. Node's parser has checked the digits. */
function declaredLength(request: IncomingMessage): number | undefined {
  const text = request.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

/** A body is taken at most once, by read() or pipe(). */
export class RequestBody {
  /** Declared length in bytes; undefined when chunked or absent. */
  readonly length: number | undefined;
  /** False when the request has no body or an empty one. */
  readonly present: boolean;
  readonly #request: IncomingMessage;
  readonly #response: Pick<ServerResponse, 'writeContinue'>;
  readonly #context: BodyContext;
  #state: 'unread' | 'flowing' | 'complete' | 'failed' = 'unread';
  /** The client waits for 100 Continue. */
  #awaited: boolean;

  constructor(
    request: IncomingMessage,
    response: Pick<ServerResponse, 'writeContinue'>,
    context: BodyContext,
    awaited: boolean,
  ) {
    this.#request = request;
    this.#response = response;
    this.#context = context;
    this.#awaited = awaited;
    this.length = declaredLength(request);
    this.present =
      this.length === undefined ? request.headers['transfer-encoding'] !== undefined : this.length > 0;
  }

  /** The 413 for a body whose declared length is above the limit, before any of it is read. */
  oversize(limitBytes: number): SluiceError | undefined {
    return this.length !== undefined && this.length > limitBytes ? tooLarge(limitBytes) : undefined;
  }

  /** Reads all of a JSON body. Never rejects. */
  read(limitBytes: number): Promise<Buffer | SluiceError> {
    const fault = mediaFault(this.#request.headers) ?? this.oversize(limitBytes);
    if (fault !== undefined) return Promise.resolve(fault);
    if (!this.present)
      return Promise.resolve(
        sluiceError('invalid_json', 'The request body is empty; it must be a JSON object.'),
      );
    return new Promise((resolve) => this.#collect(limitBytes, resolve));
  }

  #collect(limitBytes: number, resolve: (result: Buffer | SluiceError) => void): void {
    const { length = Number.POSITIVE_INFINITY } = this;
    let target: Buffer | undefined;
    let chunks: Buffer[] = [];
    let bytes = 0;
    this.#flow({
      data: (chunk) => {
        const start = bytes;
        bytes += chunk.length;
        if (bytes > limitBytes) {
          resolve(this.#fail(tooLarge(limitBytes)));
          return;
        }
        if (target !== undefined) {
          chunk.copy(target, start);
          return;
        }
        // A body that came in one piece is used where it lies.
        chunks.push(chunk);
        if (start === 0 || length === Number.POSITIVE_INFINITY || bytes < Math.min(length, PROOF_BYTES))
          return;
        target = Buffer.allocUnsafe(length);
        let at = 0;
        for (const part of chunks) at += part.copy(target, at);
        chunks = [];
      },
      end: () => {
        const body = target ?? (chunks.length === 1 ? chunks[0] : undefined) ?? Buffer.concat(chunks, bytes);
        if (bytes === 0)
          resolve(sluiceError('invalid_json', 'The request body is empty; it must be a JSON object.'));
        else
          resolve(isUtf8(body) ? body : sluiceError('invalid_json', 'The request body is not valid UTF-8.'));
      },
      fail: resolve,
    });
  }

  /** Streams the body to a sink, with backpressure and without a size limit. */
  pipe(sink: BodySink): void {
    if (!this.present) {
      sink.end();
      return;
    }
    let pace: BodyPace | undefined;
    sink.onDrain(() => {
      if (this.#state !== 'flowing') return;
      pace?.release();
      this.#request.resume();
    });
    pace = this.#flow({
      data: (chunk) => {
        if (sink.write(chunk)) return;
        this.#request.pause();
        pace?.hold();
      },
      end: () => sink.end(),
      fail: (error) => sink.fail(error),
    });
  }

  /**
   * Called when the head of the answer is about to leave. A body that nobody has read is thrown away while it is small;
   * otherwise the answer is true: the connection cannot be used again.
   */
  settle(): boolean {
    if (!this.present || this.#state === 'complete') return false;
    if (this.#state !== 'unread') return true;
    const { discardBytes } = this.#context.limits;
    if (this.#awaited || (this.length ?? 0) > discardBytes) return true;
    let bytes = 0;
    const destroy = (): void => {
      this.#request.destroy();
    };
    this.#flow({
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes > discardBytes) destroy();
      },
      end: () => {},
      fail: destroy,
    });
    return false;
  }

  #fail(error: SluiceError): SluiceError {
    this.#state = 'failed';
    return error;
  }

  /** Lets the body flow to one consumer until its end, its failure, or the first of both. */
  #flow(consumer: {
    data(chunk: Buffer): void;
    end(): void;
    fail(error: SluiceError): void;
  }): BodyPace | undefined {
    const request = this.#request;
    if (request.destroyed && !request.complete) {
      consumer.fail(this.#fail(CLIENT_CLOSED));
      return undefined;
    }
    this.#state = 'flowing';
    const { clock, deadlines, limits } = this.#context;
    const pace = new BodyPace(clock, deadlines, limits, () => {
      if (this.#state === 'flowing') consumer.fail(this.#fail(TOO_SLOW));
    });
    request.on('data', (chunk: Buffer) => {
      // After a failure the rest is thrown away here, until the connection is closed.
      if (this.#state !== 'flowing') return;
      pace.arrived(chunk.length);
      consumer.data(chunk);
      if (this.#state !== 'flowing') pace.stop();
    });
    request.on('end', () => {
      pace.stop();
      if (this.#state !== 'flowing') return;
      this.#state = 'complete';
      consumer.end();
    });
    request.on('close', () => {
      pace.stop();
      if (this.#state === 'flowing') consumer.fail(this.#fail(CLIENT_CLOSED));
    });
    if (this.#awaited) {
      this.#awaited = false;
      this.#response.writeContinue();
    }
    return pace;
  }
}
