// Where log lines go: a file for this user only, standard output, or a terminal. Writing never blocks and never throws; a
// sink that fails drops lines and says so once on standard error.

import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import pino from 'pino';

/** A place for finished lines. */
export interface LogSink {
  write(line: string): void;
  /** Hands everything to the operating system before it returns. */
  flush(): void;
  /** Opens the file again after it was moved away by a log rotator. */
  reopen(): void;
  close(): void;
}

const WRITE_AFTER_MS = 200;
const WRITE_AT_LENGTH = 16 * 1024;
/** Bytes that wait for a slow disk or pipe; beyond it lines are dropped. */
const WAITING_LIMIT_BYTES = 8 * 1024 * 1024;
const STANDARD_OUTPUT = 1;

/** Throws what the file system throws when the file cannot be opened. */
export function openSink(file: string | undefined): LogSink {
  let complained = false;
  const complain = (error: unknown): void => {
    if (complained) return;
    complained = true;
    const detail = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `The log cannot be written to ${file ?? 'standard output'} (${detail}); lines are lost.\n`,
    );
  };
  let destination = connect(file, complain);

  // Lines are put together here first, which costs a tenth of handing each to the stream.
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  const hand = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines !== '') destination.write(lines);
    lines = '';
  };
  const flush = (): void => {
    hand();
    try {
      destination.flushSync();
    } catch (error) {
      complain(error);
    }
  };
  return {
    write(line) {
      lines += line;
      if (lines.length >= WRITE_AT_LENGTH) hand();
      else timer ??= setTimeout(hand, WRITE_AFTER_MS).unref();
    },
    flush,
    reopen() {
      flush();
      if (file === undefined) return;
      const old = destination;
      try {
        destination = connect(file, complain);
        old.end();
      } catch (error) {
        complain(error);
      }
    },
    close() {
      flush();
      if (file !== undefined) destination.end();
    },
  };
}

function connect(
  file: string | undefined,
  complain: (error: unknown) => void,
): ReturnType<typeof pino.destination> {
  const destination = pino.destination({
    fd: file === undefined ? STANDARD_OUTPUT : openPrivately(file),
    sync: false,
    maxLength: WAITING_LIMIT_BYTES,
  });
  destination.on('error', complain);
  return destination;
}

function openPrivately(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return openSync(file, 'a', 0o600);
}
