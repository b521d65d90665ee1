// Where log lines go: a file for this user only, standard output, or a terminal. Writing never blocks the exchanges and
// never throws; a sink that fails drops lines and says so once on standard error. (Not pino's own destination: on a full
// disk its flushSync() never returns.)

import { Buffer } from 'node:buffer';
import { closeSync, mkdirSync, openSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A place for finished lines. */
export interface LogSink {
  write(line: string): void;
  /** Hands what was collected to the operating system before it returns; for the end of the process. */
  flush(): void;
  /** Opens the file again after it was moved away by a log rotator. */
  reopen(): void;
  /** Resolves when every line is out. */
  close(): Promise<void>;
}

const WRITE_AFTER_MS = 200;
/** Lines are encoded into blocks of this size at once: text that waits would be moved by every garbage collection. */
const BLOCK_BYTES: number = 64 * 1024;
/** A terminal gets a block per line. */
const PROMPT_BLOCK_BYTES: number = 2 * 1024;
/** What waits for a slow disk or pipe; beyond it lines are dropped. */
const WAITING_LIMIT_BYTES: number = 8 * 1024 * 1024;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const BYTES_PER_UNIT = 3;
const RETRY_MS = 50;
const STANDARD_OUTPUT = 1;

/** How a sink is opened. */
export interface SinkOptions {
  /** Absolute path; undefined = standard output. */
  readonly file: string | undefined;
  /** A person is waiting for each line. */
  readonly prompt: boolean;
}

/** Throws what the file system throws when the file cannot be opened. */
export function openSink(options: SinkOptions): LogSink {
  return new DescriptorSink(options);
}

class DescriptorSink implements LogSink {
  readonly #file: string | undefined;
  readonly #prompt: boolean;
  #descriptor: number;
  #retired: number | undefined;
  readonly #blockBytes: number;
  #block: Buffer;
  #used = 0;
  /** Full blocks, oldest first. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing = false;
  #complained = false;
  #closed: (() => void) | undefined;

  constructor({ file, prompt }: SinkOptions) {
    this.#file = file;
    this.#prompt = prompt;
    this.#blockBytes = prompt ? PROMPT_BLOCK_BYTES : BLOCK_BYTES;
    this.#block = Buffer.allocUnsafe(this.#blockBytes);
    this.#descriptor = open(file);
  }

  write(line: string): void {
    if (this.#waitingBytes > WAITING_LIMIT_BYTES) {
      this.#complain('it is too slow');
      return;
    }
    const most = line.length * BYTES_PER_UNIT;
    if (this.#used + most > this.#block.length) {
      this.#setAside(most);
      this.#next();
    }
    this.#used += this.#block.write(line, this.#used);
    if (this.#prompt) this.#writeCollected();
    else this.#timer ??= setTimeout(() => this.#writeCollected(), WRITE_AFTER_MS).unref();
  }

  flush(): void {
    this.#setAside();
    const blocks = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      for (const bytes of blocks) {
        for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
      }
    } catch (error) {
      this.#complain(error);
    }
  }

  reopen(): void {
    if (this.#file === undefined) return;
    this.flush();
    try {
      const old = this.#descriptor;
      this.#descriptor = open(this.#file);
      // A write that is on its way still needs it.
      if (this.#writing) this.#retired = old;
      else closeSync(old);
    } catch (error) {
      this.#complain(error);
    }
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.#closed = done;
      this.#writeCollected();
    });
  }

  #writeCollected(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // While a write is on its way it goes on collecting, and is called again.
    if (this.#writing) return;
    this.#setAside();
    this.#next();
  }

  /** Ends the block and begins one with room for a line. */
  #setAside(roomBytes = 0): void {
    if (this.#used > 0) {
      this.#waiting.push(this.#block.subarray(0, this.#used));
      this.#waitingBytes += this.#used;
      this.#block = Buffer.allocUnsafe(Math.max(this.#blockBytes, roomBytes));
      this.#used = 0;
    } else if (roomBytes > this.#block.length) {
      this.#block = Buffer.allocUnsafe(roomBytes);
    }
  }

  /** Writes the oldest block, unless a write is on its way: one at a time keeps the order. */
  #next(): void {
    if (this.#writing) return;
    const bytes = this.#waiting.shift();
    if (bytes !== undefined) {
      this.#waitingBytes -= bytes.length;
      this.#writing = true;
      this.#send(bytes, 0);
    } else if (this.#closed !== undefined) {
      if (this.#file !== undefined) closeSync(this.#descriptor);
      this.#closed();
      this.#closed = undefined;
    }
  }

  #send(bytes: Buffer, at: number): void {
    write(this.#descriptor, bytes, at, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#send(bytes, at), RETRY_MS).unref();
        return;
      }
      if (error === null && at + written < bytes.length) {
        this.#send(bytes, at + written);
        return;
      }
      if (error !== null) this.#complain(error);
      this.#writing = false;
      if (this.#retired !== undefined) closeSync(this.#retired);
      this.#retired = undefined;
      this.#written();
    });
  }

  /** Goes on with what came meanwhile. */
  #written(): void {
    if (this.#prompt || this.#closed !== undefined) this.#setAside();
    else if (this.#used > 0) this.#timer ??= setTimeout(() => this.#writeCollected(), WRITE_AFTER_MS).unref();
    this.#next();
  }

  #complain(error: unknown): void {
    if (this.#complained) return;
    this.#complained = true;
    const detail = error instanceof Error ? error.message : String(error);
    const place = this.#file ?? 'standard output';
    process.stderr.write(`The log cannot be written to ${place} (${detail}); lines are lost.\n`);
  }
}

function open(file: string | undefined): number {
  if (file === undefined) return STANDARD_OUTPUT;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return openSync(file, 'a', 0o600);
}
