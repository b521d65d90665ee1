// The log folder: requests, errors and events of keys, each in a file of its own that a new one follows each day and
// when it is full. Nothing waits for the disk: lines that it does not take are dropped and counted.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import roll from 'pino-roll';
import type { KeyEvent } from '../../core/telemetry/key-event.ts';
import type { LedgerAttempt, LedgerClosing, LedgerOpening, Observer } from '../../exchange/ports.ts';
import type { Redactor } from '../redact.ts';
import { errorLine, keyLine, requestLine } from './lines.ts';
import { deleteOld, FILE_KINDS, type FileKind } from './retention.ts';
import type { RollingStream } from './rolling.ts';

/** How the folder is kept. */
export interface LogFilesOptions {
  /** Absolute path. */
  readonly folder: string;
  /** A file that is larger is followed by another. */
  readonly maxFileBytes: number;
  readonly retentionDays: number;
  readonly redactor: Redactor;
  /** Told once when a disk takes nothing any more. */
  onTrouble(message: string): void;
}

/** The folder. */
export interface LogFiles extends Observer {
  keyEvent(event: KeyEvent): void;
  /** Lines that were dropped since the start. */
  readonly lost: number;
  /** Resolves when every line is out, or after a second. */
  close(): Promise<void>;
}

/** The folder, or why it cannot be used, in words for the operator. */
export type LogFilesOpened =
  | { readonly ok: true; readonly files: LogFiles }
  | { readonly ok: false; readonly message: string };

const COLLECT_CHARACTERS = 8 * 1024;
const WAITING_CHARACTERS = 8 * 1024 * 1024;
const WRITE_AFTER_MS = 500;
const CLOSE_MS = 1_000;
const CLEAN_EVERY_MS = 3_600_000;

/** Opens the folder; makes it where it is not there. */
export async function openLogFiles(options: LogFilesOptions): Promise<LogFilesOpened> {
  const { folder, maxFileBytes, retentionDays } = options;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const open = (kind: FileKind): Promise<RollingStream> => openFile(join(folder, kind), maxFileBytes);
    const [requests, errors, keys] = await Promise.all([open('requests'), open('errors'), open('keys')]);
    const clean = (): void => void deleteOld(folder, retentionDays, Date.now());
    clean();
    const cleaning = setInterval(clean, CLEAN_EVERY_MS).unref();
    return { ok: true, files: new Files(options, { requests, errors, keys }, cleaning) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      message: `The log folder ${folder} cannot be used (${detail}). Make it writable for this user, or set log.folder to another path.`,
    };
  }
}

async function openFile(file: string, maxFileBytes: number): Promise<RollingStream> {
  const stream = await roll({
    file,
    extension: '.log',
    frequency: 'daily',
    dateFormat: 'yyyy-MM-dd',
    size: `${maxFileBytes}b`,
    mode: 0o600,
    minLength: COLLECT_CHARACTERS,
    maxLength: WAITING_CHARACTERS,
    periodicFlush: WRITE_AFTER_MS,
  });
  // It is opened behind our back: whether that succeeds is told by an event.
  await new Promise<void>((resolve, reject) => {
    stream.once('ready', resolve);
    stream.on('error', reject);
  });
  return stream;
}

class Files implements LogFiles {
  readonly #redactor: Redactor;
  readonly #streams: Readonly<Record<FileKind, RollingStream>>;
  readonly #cleaning: NodeJS.Timeout;
  readonly #options: LogFilesOptions;
  #complained = false;
  lost = 0;

  constructor(
    options: LogFilesOptions,
    streams: Readonly<Record<FileKind, RollingStream>>,
    cleaning: NodeJS.Timeout,
  ) {
    this.#options = options;
    this.#redactor = options.redactor;
    this.#streams = streams;
    this.#cleaning = cleaning;
    for (const kind of FILE_KINDS) {
      streams[kind].on('error', (error) => this.#complain(error.message));
      streams[kind].on('drop', () => {
        this.lost += 1;
        this.#complain('it is too slow');
      });
    }
  }

  closed(opening: LedgerOpening, closing: LedgerClosing): void {
    this.#streams.requests.write(requestLine(opening, closing, this.#redactor));
    const { tries, errorCode, status, aborted } = closing;
    const failed = errorCode !== undefined || status >= 400;
    const troubled = tries?.some(({ end }) => end === 'failed' || end === 'cut') === true;
    if ((failed && !aborted) || troubled)
      this.#streams.errors.write(errorLine(opening, closing, this.#redactor));
    if (tries !== undefined) this.#noteRotations(closing.id, tries);
  }

  /** Another key was asked because one has failed. */
  #noteRotations(exchangeId: string, tries: readonly LedgerAttempt[]): void {
    const inOrder = [...tries].sort((a, b) => a.ordinal - b.ordinal);
    for (const [place, one] of inOrder.entries()) {
      const next = inOrder[place + 1];
      if (next === undefined || one.end !== 'failed') continue;
      if (next.keyId === one.keyId && next.upstreamId === one.upstreamId) continue;
      this.keyEvent({
        event: 'rotated',
        atMs: next.startedAtMs,
        upstreamId: one.upstreamId,
        keyId: one.keyId,
        model: one.model,
        ...(one.reason === undefined ? {} : { reason: one.reason }),
        ...(one.status === undefined ? {} : { status: one.status }),
        toUpstreamId: next.upstreamId,
        toKeyId: next.keyId,
        exchangeId,
      });
    }
  }

  keyEvent(event: KeyEvent): void {
    this.#streams.keys.write(keyLine(event, this.#redactor));
  }

  async close(): Promise<void> {
    clearInterval(this.#cleaning);
    await Promise.all(FILE_KINDS.map((kind) => ended(this.#streams[kind])));
  }

  #complain(detail: string): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#options.onTrouble(
      `The log folder ${this.#options.folder} cannot be written to (${detail}); lines are lost.`,
    );
  }
}

function ended(stream: RollingStream): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      stream.destroy();
      resolve();
    }, CLOSE_MS);
    stream.once('close', () => {
      clearTimeout(patience);
      resolve();
    });
    stream.end();
  });
}
