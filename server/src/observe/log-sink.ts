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
const WRITE_AT_LENGTH = 16 * 1024;
/** Characters that wait for a slow disk or pipe; beyond it lines are dropped. */
const WAITING_LIMIT = 8 * 1024 * 1024;
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
  readonly #writeAt: number;
  #descriptor: number;
  #retired: number | undefined;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;
  #writing = false;
  #complained = false;
  #closed: (() => void) | undefined;

  constructor({ file, prompt }: SinkOptions) {
    this.#file = file;
    this.#writeAt = prompt ? 0 : WRITE_AT_LENGTH;
    this.#descriptor = open(file);
  }

  write(line: string): void {
    if (this.#lines.length > WAITING_LIMIT) {
      this.#complain('it is too slow');
      return;
    }
    this.#lines += line;
    if (this.#lines.length >= this.#writeAt) this.#next();
    else this.#timer ??= setTimeout(() => this.#next(), WRITE_AFTER_MS).unref();
  }

  flush(): void {
    const bytes = this.#take();
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
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
      this.#next();
    });
  }

  #take(): Buffer {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = Buffer.from(this.#lines);
    this.#lines = '';
    return bytes;
  }

  /** Writes what was collected, unless a write is on its way: one at a time keeps the order. */
  #next(): void {
    if (this.#writing) return;
    const bytes = this.#take();
    if (bytes.length > 0) {
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
      if (this.#lines.length >= this.#writeAt || this.#closed !== undefined) this.#next();
    });
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
