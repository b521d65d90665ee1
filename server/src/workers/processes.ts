// The processes that relay for a gateway, as the one sees them that keeps its ledger and answers its operator: it starts
// them, starts another where one has died, and hears what they have on their hands.

import type { ChildProcess } from 'node:child_process';
import { createLine, type Line } from './line.ts';
import { pipeTo } from './pipe.ts';

/** A started process. */
export interface RelayProcess {
  readonly line: Line;
  /** From 1; one that follows a dead one has its place. */
  readonly place: number;
}

/** How processes are started and looked after. */
export interface ProcessesOptions {
  readonly count: number;
  /** Starts one process with a pipe. */
  fork(place: number): ChildProcess;
  /** A process was started; its line takes questions from now on. */
  joined(relayProcess: RelayProcess): void;
  onTrouble(message: string): void;
}

/** All of them. */
export interface Processes {
  /** Starts all; resolves when each of them serves, or with the reason why one cannot. */
  start(): Promise<string | undefined>;
  /** Those that serve. */
  serving(): readonly Line[];
  tell(topic: string, message: unknown): void;
  /** Ends all of them gently, those that do not end within the time at once. */
  stop(withinMs: number): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5_000;
/** One that has lived so long has started well. */
const SETTLED_MS = 60_000;
const START_WITHIN_MS = 60_000;

/** Gathers the processes; none is started yet. */
export function createProcesses(options: ProcessesOptions): Processes {
  return new StartedProcesses(options);
}

interface Worker {
  readonly child: ChildProcess;
  readonly line: Line;
  readonly startedMs: number;
  serves: boolean;
}

class StartedProcesses implements Processes {
  readonly #options: ProcessesOptions;
  readonly #workers: Map<number, Worker> = new Map();
  readonly #pauses: Map<number, number> = new Map();
  #changed: () => void = () => undefined;
  #refusal: string | undefined;
  #starting = true;
  #stopping = false;
  #drainMs = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  async start(): Promise<string | undefined> {
    const { count } = this.#options;
    for (let place = 1; place <= count; place += 1) this.#launch(place);
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((done) => {
      this.#changed = () => {
        if (this.#refusal !== undefined || this.serving().length === count) done();
      };
      late = setTimeout(() => {
        this.#refusal ??= 'Its processes did not start in time.';
        done();
      }, START_WITHIN_MS);
    });
    clearTimeout(late);
    this.#changed = () => undefined;
    this.#starting = false;
    return this.#refusal;
  }

  serving(): readonly Line[] {
    return [...this.#workers.values()].filter(({ serves }) => serves).map(({ line }) => line);
  }

  tell(topic: string, message: unknown): void {
    for (const { line } of this.#workers.values()) line.tell(topic, message);
  }

  async stop(withinMs: number): Promise<void> {
    this.#stopping = true;
    this.#drainMs = withinMs;
    const workers = [...this.#workers.values()];
    const ended = workers.map(({ child }) => new Promise<void>((done) => child.once('exit', () => done())));
    for (const { line } of workers) line.tell('stop', withinMs);
    const late = setTimeout(() => {
      for (const { child } of workers) child.kill('SIGKILL');
    }, withinMs + AFTER_DRAIN_MS);
    await Promise.all(ended);
    clearTimeout(late);
  }

  #launch(place: number): void {
    const child = this.#options.fork(place);
    const line = createLine(pipeTo(child));
    const worker: Worker = { child, line, startedMs: performance.now(), serves: false };
    this.#workers.set(place, worker);
    line.hear('serves', () => {
      worker.serves = true;
      // What is told to a process that is still being loaded is not heard.
      if (this.#stopping) line.tell('stop', this.#drainMs);
      this.#changed();
    });
    line.hear('refused', (message) => {
      if (this.#starting) this.#refusal ??= String(message);
      else this.#options.onTrouble(String(message));
      this.#changed();
    });
    child.once('exit', (code, signal) => this.#ended(place, worker, signal ?? `code ${code}`));
    this.#options.joined({ line, place });
  }

  #ended(place: number, worker: Worker, how: string): void {
    this.#workers.delete(place);
    if (this.#stopping) return;
    if (this.#starting) {
      this.#refusal ??= `One of its processes ended (${how}) before it served.`;
      this.#changed();
      return;
    }
    const settled = performance.now() - worker.startedMs > SETTLED_MS;
    const pauseMs = settled ? FIRST_PAUSE_MS : (this.#pauses.get(place) ?? FIRST_PAUSE_MS);
    this.#pauses.set(place, Math.min(LAST_PAUSE_MS, pauseMs * 2));
    this.#options.onTrouble(
      `Process ${place} of the gateway ended unexpectedly (${how}); another one takes its place.`,
    );
    setTimeout(() => {
      if (!this.#stopping) this.#launch(place);
    }, pauseMs);
  }
}

/** What a process needs to say goodbye when its exchanges are over. */
const AFTER_DRAIN_MS = 10_000;
