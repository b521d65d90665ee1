// One connection to an upstream and the request that has its turn on it. Reading, pausing, noticing that the other side
// left, and deciding whether the connection may carry another request.

import type { OnReadOpts, Socket } from 'node:net';
import type { SluiceError } from '../../core/model/error.ts';
import type { AnswerSink, OutboundRequest } from '../../exchange/ports.ts';
import { answerError, lostError } from './failure.ts';
import type { AnswerFault, AnswerHead } from './response-head.ts';
import { type AnswerEvents, ResponseParser } from './response-parser.ts';
import { errorCode } from './socket-step.ts';
import { Upload, type UploadEvents } from './upload.ts';

/** Who keeps the connection between two requests. */
export interface ConnectionOwner {
  /** The answer is complete and the connection is in good order. */
  rest(connection: Connection): void;
  /** It was silent for long enough since then. */
  rested(connection: Connection): void;
  /** The connection is closed. */
  gone(connection: Connection): void;
}

/** All plain sockets read into this buffer; data is copied out before the next read. Saves an allocation per read. */
const READ_BUFFER: Buffer = Buffer.allocUnsafeSlow(65_536);
/** Head and body up to this size leave as one buffer: the copy is cheaper than a second segment. */
const JOINED_BODY_BYTES = 16_384;

/** A socket that speaks HTTP/1.1, one request at a time. Made before its socket, see `onread`. */
export class Connection implements AnswerEvents, UploadEvents {
  /** Monotonic milliseconds after which an idle connection must not be used. */
  expiresMs = 0;
  /** True from the second request on. */
  reused = false;
  /** The server's own idle limit in seconds, from its last answer. */
  keepAliveSeconds: number | undefined = undefined;
  readonly owner: ConnectionOwner;
  /** Given to the socket when it is made, so that its reads come here. */
  readonly onread: OnReadOpts = {
    buffer: READ_BUFFER,
    callback: (length) => {
      this.read(READ_BUFFER, length, true);
      return true;
    },
  };
  private readonly parser = new ResponseParser(this);
  private readonly label: string;
  private socket: Socket | undefined = undefined;
  private sink: AnswerSink | undefined = undefined;
  private upload: Upload | undefined = undefined;
  private paused = false;
  /** The request was handed to the socket completely, and: the system took it. */
  private requestDone = false;
  private requestFlushed = false;
  private lostCode: string | undefined = undefined;

  constructor(label: string, owner: ConnectionOwner) {
    this.label = label;
    this.owner = owner;
  }

  /** Takes a connected socket. */
  attach(socket: Socket, usesOnread: boolean): void {
    this.socket = socket;
    if (!usesOnread) socket.on('data', (chunk: Buffer) => this.read(chunk, chunk.length, false));
    socket.on('end', () => {
      this.parser.finish();
      this.destroy();
    });
    socket.on('error', (error) => {
      this.lostCode = errorCode(error);
    });
    socket.on('close', () => {
      this.lose();
      this.owner.gone(this);
    });
    if (!usesOnread) socket.resume();
  }

  /** False once the socket is closed or closing. */
  get usable(): boolean {
    return this.socket?.writable === true && this.socket.readable;
  }

  /** True once a byte of the answer to the current request was seen. */
  get answerStarted(): boolean {
    return this.parser.started;
  }

  /** Sends a request; the answer goes to `sink`. The connection must be free. */
  begin(request: OutboundRequest, head: string, sink: AnswerSink): void {
    const { socket } = this;
    if (socket === undefined) return;
    this.parser.reset(request.method);
    this.sink = sink;
    this.requestFlushed = false;
    const { body } = request;
    this.requestDone = body.kind !== 'stream';
    if (body.kind === 'bytes' && body.length > 0) {
      this.sendBytes(socket, head, body.parts, body.length);
    } else {
      socket.write(head, 'latin1', this.flushed);
    }
    if (body.kind === 'stream') {
      this.upload = new Upload(socket, body.length, this);
      body.pipe(this.upload);
    }
  }

  /** Lets a paused answer go on. */
  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.socket?.resume();
  }

  /** Closes now; the sink hears nothing more. */
  destroy(): void {
    this.leave();
    this.parser.stop();
    this.socket?.destroy();
  }

  answerHead(head: AnswerHead, length: number | undefined): void {
    this.keepAliveSeconds = head.keepAliveSeconds;
    this.sink?.head(head.status, head.headers, length);
  }

  answerData(chunk: Buffer): void {
    const { sink } = this;
    if (sink === undefined || sink.data(chunk) || this.sink !== sink) return;
    this.paused = true;
    this.socket?.pause();
  }

  answerEnd(reusable: boolean): void {
    const sink = this.leave();
    if (reusable && this.requestDone && this.requestFlushed && this.usable) {
      this.resume();
      this.reused = true;
      this.owner.rest(this);
    } else this.destroy();
    sink?.end();
  }

  answerFault(fault: AnswerFault): void {
    this.fail(answerError(this.label, fault));
  }

  uploadDone(): void {
    this.requestDone = true;
    this.upload = undefined;
  }

  uploadFlushed(): void {
    this.requestFlushed = true;
  }

  uploadFailed(error: SluiceError): void {
    this.fail(error);
  }

  /** A write that destroy() cancelled reports success, too. */
  private readonly flushed = (error?: Error | null): void => {
    if ((error === null || error === undefined) && this.socket?.destroyed === false)
      this.requestFlushed = true;
  };

  private sendBytes(socket: Socket, head: string, parts: readonly Uint8Array[], length: number): void {
    if (length <= JOINED_BODY_BYTES) {
      const joined = Buffer.allocUnsafe(head.length + length);
      let at = joined.write(head, 0, 'latin1');
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      socket.write(joined, this.flushed);
      return;
    }
    socket.cork();
    socket.write(head, 'latin1');
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index];
      if (part !== undefined) socket.write(part, index === parts.length - 1 ? this.flushed : undefined);
    }
    socket.uncork();
  }

  private read(buffer: Buffer, length: number, shared: boolean): void {
    // Bytes that nobody asked for would be taken for the answer to the next request.
    if (this.sink === undefined) this.destroy();
    else this.parser.push(buffer, length, shared);
  }

  /** The socket closed under a request. */
  private lose(): void {
    if (this.sink !== undefined) this.fail(lostError(this.label, this.parser.started, this.lostCode));
  }

  private fail(error: SluiceError): void {
    const sent = this.requestDone && this.requestFlushed;
    const sink = this.leave();
    this.destroy();
    sink?.fail({ error, sent });
  }

  /** Ends the turn of the current request. */
  private leave(): AnswerSink | undefined {
    const { sink, upload } = this;
    this.sink = undefined;
    this.upload = undefined;
    upload?.detach();
    return sink;
  }
}
