// A gateway of several processes, from the one that was started: it keeps the ledger, what all share and the admin API, and
// the others relay. What an operator asks of one of them comes here.

import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import type { LogLevelSwitch } from '../admin/parts.ts';
import { systemClock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import type { KeyEvent } from '../core/telemetry/key-event.ts';
import type { CaptureControl, CaptureStatus, CaptureWindow } from '../exchange/detail/capture-control.ts';
import type { LedgerQueries } from '../exchange/ledger-queries.ts';
import type { AnswerCache, Details, Keep, LimitStore, Observer, SharedNotes } from '../exchange/ports.ts';
import { type Crew, togetherCapture } from '../exchange/shared/crew.ts';
import { MemoryLimits } from '../stores/memory/shared-limits.ts';
import { createNotesHub, type NotesHub } from '../stores/memory/shared-notes.ts';
import type { WriterListener, WriterThread } from '../stores/tables/thread.ts';
import { serveAnswers } from '../workers/answers-line.ts';
import { CrewReports, hearClosed } from '../workers/crew-line.ts';
import { serveKeep } from '../workers/keep-line.ts';
import { createLedgerHub, type LedgerHub } from '../workers/ledger-hub.ts';
import { serveLedger } from '../workers/ledger-line.ts';
import { serveLimits } from '../workers/limits-line.ts';
import type { Line } from '../workers/line.ts';
import { serveNotes } from '../workers/notes-line.ts';
import { createProcesses, type Processes } from '../workers/processes.ts';
import { type DoorFolder, makeDoorFolder, removeLeftDoors } from './door-folder.ts';
import { DOOR_VARIABLE, PLACE_VARIABLE } from './worker-place.ts';

/** Where a worker listens, as it says itself. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly family: string;
}

/** What is known when the gateway is open, and is served to the others. */
export interface ServedParts {
  readonly observers: readonly Observer[];
  readonly keyEvent: ((event: KeyEvent) => void) | undefined;
  readonly answers: AnswerCache;
  readonly keep: Keep;
  readonly queries: LedgerQueries;
  readonly details: Details;
  /** Listens where only this process' own workers find it. */
  listenPrivately(path: string): Promise<void>;
  onTrouble(message: string): void;
}

/** How often is looked whether a capture has enough. */
const CAPTURE_LOOK_MS = 250;

/** How many processes relay; 1: this one alone. */
export function workersOf({ workers = 1 }: Settings['server']): number {
  return workers === 'auto' ? availableParallelism() : workers;
}

/** The keeper of several processes. */
export class Headquarters {
  readonly #count: number;
  readonly #limits: MemoryLimits = new MemoryLimits(steadyEpochMs());
  readonly #notes: NotesHub = createNotesHub(systemClock);
  readonly #reports: CrewReports;
  #hub: LedgerHub | undefined;
  #processes: Processes | undefined;
  #listening: Listening | undefined;
  #folder: DoorFolder | undefined;
  #watching: NodeJS.Timeout | undefined;

  constructor(count: number) {
    this.#count = count;
    this.#reports = new CrewReports(
      () => this.#processes?.serving() ?? [],
      () => systemClock.monotonicMs(),
    );
  }

  /** All processes, for the admin API. */
  readonly crew: Crew = {
    reports: () => this.#reports.get(),
    admit: (keyHash) => this.#tell('crew.admit', keyHash),
    listening: () => this.#listening,
  };

  /** The limits and notes of the keeper itself. */
  limits(): LimitStore {
    return this.#limits.store();
  }

  notes(): SharedNotes {
    return this.#notes.join();
  }

  /** Shares the writer of a ledger: the keeper's own ledger is the first that joins. */
  share(start: (listener: WriterListener) => WriterThread): (listener: WriterListener) => WriterThread {
    const hub = createLedgerHub(start);
    this.#hub = hub;
    return (listener) => hub.join(listener);
  }

  /** A capture that all processes take part in: it ends for all when they have enough together, some moments later. */
  capture(own: CaptureControl): CaptureControl {
    const status = (): CaptureStatus => togetherCapture(own.status(), this.#reports.get());
    const close = (): CaptureStatus => {
      clearInterval(this.#watching);
      this.#tell('crew.capture', undefined);
      const before = status();
      own.close();
      return { ...before, open: false };
    };
    const open = (window: CaptureWindow): CaptureStatus => {
      clearInterval(this.#watching);
      own.open(window);
      this.#tell('crew.capture', window);
      this.#watching = setInterval(() => {
        if (!status().open) close();
      }, CAPTURE_LOOK_MS).unref();
      return status();
    };
    return { status, open, close };
  }

  logLevel(own: LogLevelSwitch): LogLevelSwitch {
    return {
      get: () => own.get(),
      set: (level) => {
        this.#tell('crew.level', level);
        own.set(level);
      },
    };
  }

  /** The configuration has changed, or the log files were moved. */
  reload(): void {
    this.#tell('crew.reload', undefined);
  }

  /** Starts the processes; the address at which they listen, or why they cannot, in words for the operator. */
  async open(parts: ServedParts): Promise<Listening | string> {
    await removeLeftDoors();
    // A name in a folder of this user alone: who reaches the socket may speak for any address.
    this.#folder = makeDoorFolder();
    const { door } = this.#folder;
    await parts.listenPrivately(door);
    cluster.setupPrimary({ args: process.argv.slice(2), serialization: 'advanced' });
    this.#processes = createProcesses({
      count: this.#count,
      fork: (place) =>
        cluster.fork({ [DOOR_VARIABLE]: door, [PLACE_VARIABLE]: `${place}/${this.#count}` }).process,
      joined: ({ line }) => this.#serve(line, parts),
      onTrouble: (message) => parts.onTrouble(message),
    });
    const refusal = await this.#processes.start();
    if (refusal === undefined && this.#listening !== undefined) return this.#listening;
    await this.close(0);
    return refusal ?? 'Its processes do not say where they listen.';
  }

  /** Ends the processes; their exchanges may finish within the time. */
  async close(drainMs: number): Promise<void> {
    clearInterval(this.#watching);
    this.#reports.close();
    await this.#processes?.stop(drainMs);
    this.#folder?.remove();
  }

  #serve(line: Line, { observers, keyEvent, answers, keep, queries, details }: ServedParts): void {
    line.hear('listening', (listening) => {
      this.#listening ??= listening as Listening;
    });
    serveLimits(line, this.#limits.store());
    serveNotes(line, this.#notes.join());
    serveAnswers(line, answers);
    serveKeep(line, keep);
    if (this.#hub !== undefined) serveLedger(line, { hub: this.#hub, queries, details });
    line.hear('crew.key', (event) => keyEvent?.(event as KeyEvent));
    hearClosed(line, (opening, closing) => {
      for (const observer of observers) observer.closed(opening, closing);
    });
  }

  #tell(topic: string, message: unknown): void {
    this.#processes?.tell(topic, message);
  }
}

/** Epoch milliseconds that nobody can set back or forth. */
function steadyEpochMs(): () => number {
  const baseMs = systemClock.epochMs() - systemClock.monotonicMs();
  return () => baseMs + systemClock.monotonicMs();
}
