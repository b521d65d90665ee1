// Sends a streamed request body over a connection: with the declared length, or chunked when it is unknown. The source
// is held back while the socket is full.

import type { Socket } from 'node:net';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { BodySink } from '../../exchange/ports.ts';

/** What an upload tells its connection. */
export interface UploadEvents {
  /** The whole body was handed to the socket; `flushed` comes once the system took the last byte. */
  uploadDone(): void;
  uploadFlushed(): void;
  /** The source failed, or gave more or less than it declared. */
  uploadFailed(error: SluiceError): void;
}

const LAST_CHUNK = '0\r\n\r\n';

/** One streamed body on its way. */
export class Upload implements BodySink {
  private readonly socket: Socket;
  private readonly events: UploadEvents;
  /** Bytes still to come, or undefined when chunked. */
  private left: number | undefined;
  private open = true;
  private wrote = false;
  private drainListener: (() => void) | undefined = undefined;

  constructor(socket: Socket, length: number | undefined, events: UploadEvents) {
    this.socket = socket;
    this.left = length;
    this.events = events;
    socket.on('drain', this.drained);
  }

  write(chunk: Uint8Array): boolean {
    // A body that nobody wants any more is swallowed, so that its source can come to its end.
    if (!this.open || chunk.length === 0) return true;
    if (this.left === undefined) return this.writeChunk(chunk);
    if (chunk.length > this.left) {
      this.failLength('longer');
      return true;
    }
    this.left -= chunk.length;
    this.wrote = true;
    return this.left === 0 ? this.socket.write(chunk, this.flushed) : this.socket.write(chunk);
  }

  end(): void {
    if (!this.open) return;
    if (this.left !== undefined && this.left > 0) {
      this.failLength('shorter');
      return;
    }
    this.close();
    this.events.uploadDone();
    if (this.left === undefined) this.socket.write(LAST_CHUNK, 'latin1', this.flushed);
    else if (!this.wrote) this.events.uploadFlushed();
  }

  fail(error: SluiceError): void {
    if (!this.open) return;
    this.close();
    this.events.uploadFailed(error);
  }

  onDrain(listener: () => void): void {
    this.drainListener = listener;
  }

  /** The connection has no more use for the body; a source that waits is let go on, into nothing. */
  detach(): void {
    if (!this.open) return;
    this.close();
    this.drainListener?.();
  }

  private close(): void {
    this.open = false;
    this.socket.removeListener('drain', this.drained);
  }

  private readonly drained = (): void => this.drainListener?.();

  /** A write that destroy() cancelled reports success, too. */
  private readonly flushed = (error?: Error | null): void => {
    if ((error === null || error === undefined) && !this.socket.destroyed) this.events.uploadFlushed();
  };

  private writeChunk(chunk: Uint8Array): boolean {
    this.socket.cork();
    this.socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    this.socket.write(chunk);
    const more = this.socket.write('\r\n', 'latin1');
    this.socket.uncork();
    return more;
  }

  private failLength(how: 'longer' | 'shorter'): void {
    this.fail(sluiceError('invalid_request', `The request body is ${how} than its declared length.`));
  }
}
