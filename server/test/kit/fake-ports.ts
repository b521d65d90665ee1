// Fakes at the ports of an exchange: a reply that records, an upstream that says what a test tells it to, and time that
// moves only when told.

import type { Settings } from '../../src/config/settings.ts';
import { createDeadlines, type DeadlineBoard } from '../../src/exchange/deadlines.ts';
import { Guardian } from '../../src/exchange/guardian.ts';
import type { Memory } from '../../src/exchange/memory.ts';
import { createOwners } from '../../src/exchange/owners.ts';
import { Pool } from '../../src/exchange/pool/pool.ts';
import type {
  AnswerCache,
  AnswerSink,
  CachedAnswer,
  CacheStats,
  Inbound,
  Keep,
  LedgerClosing,
  Ports,
  RawHeaders,
  Reply,
} from '../../src/exchange/ports.ts';
import { Flights } from '../../src/exchange/reuse/flights.ts';
import { createRunning } from '../../src/exchange/running.ts';
import { createWaitingRoom } from '../../src/exchange/waiting-room.ts';

/** What a client would have received. */
export class FakeReply implements Reply {
  started = false;
  closed = false;
  ended = false;
  cutOff = false;
  status = 0;
  headers: RawHeaders = [];
  /** The client takes nothing more for now. */
  full = false;
  private readonly parts: string[] = [];
  private drained = (): void => {};
  private gone = (): void => {};

  head(status: number, headers: RawHeaders): void {
    this.started = true;
    this.status = status;
    this.headers = headers;
  }
  write(chunk: Uint8Array | string): boolean {
    this.parts.push(Buffer.from(chunk).toString());
    return !this.full;
  }
  end(chunk?: Uint8Array | string): void {
    if (this.closed) return;
    if (chunk !== undefined) this.write(chunk);
    this.ended = true;
    this.closed = true;
  }
  cut(): void {
    this.cutOff = true;
    this.closed = true;
  }
  onDrain(listener: () => void): void {
    this.drained = listener;
  }
  onGone(listener: () => void): void {
    this.gone = listener;
  }
  /** The client reads again. */
  drain(): void {
    this.full = false;
    this.drained();
  }
  leave(): void {
    this.closed = true;
    this.gone();
  }
  text(): string {
    return this.parts.join('');
  }
}

/** A keep in memory, and what was asked of it. */
export class FakeKeep implements Keep {
  /** By kind and key, with a space between them. */
  readonly texts: Map<string, string> = new Map();
  /** The keys of each question. */
  readonly questions: (readonly string[])[] = [];

  put(kind: string, key: string, text: string): void {
    this.texts.set(`${kind} ${key}`, text);
  }
  get(kind: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.questions.push(keys);
    const found = new Map<string, string>();
    for (const key of keys) {
      const text = this.texts.get(`${kind} ${key}`);
      if (text !== undefined) found.set(key, text);
    }
    return Promise.resolve(found);
  }
}

/** Answers in memory, which never grow old by themselves. */
export class FakeAnswers implements AnswerCache {
  readonly kept: Map<string, CachedAnswer> = new Map();

  get(key: string): Promise<CachedAnswer | undefined> {
    return Promise.resolve(this.kept.get(key));
  }
  put(key: string, answer: CachedAnswer): void {
    this.kept.set(key, answer);
  }
  purge(): Promise<number> {
    const { size } = this.kept;
    this.kept.clear();
    return Promise.resolve(size);
  }
  stats(): CacheStats {
    const counted = { hits: 0, misses: 0, stored: 0 };
    return { store: 'memory', connected: true, entries: this.kept.size, bytes: 0, ...counted };
  }
  close(): void {}
}

/** The upstream of a test: whatever it says goes to the last request. */
export interface FakeUpstream {
  requests: number;
  aborted: boolean;
  resumed: number;
  head(status: number, headers?: RawHeaders): void;
  data(text: string): boolean;
  end(): void;
}

/** Fakes, and what they have seen. */
export interface Fakes {
  readonly ports: Ports;
  readonly memory: Memory;
  readonly keep: FakeKeep;
  readonly upstream: FakeUpstream;
  readonly deadlines: DeadlineBoard;
  readonly closed: LedgerClosing[];
  /** Moves time on and expires what is due. */
  advance(byMs: number): void;
}

/** Fakes for one test. */
export function fakePorts(settings: Settings): Fakes {
  let nowMs = 0;
  let sink: AnswerSink | undefined;
  const clock = { monotonicMs: () => nowMs, epochMs: () => 1_700_000_000_000 + nowMs };
  const deadlines = createDeadlines(clock);
  const closed: LedgerClosing[] = [];
  const keep = new FakeKeep();
  const upstream: FakeUpstream = {
    requests: 0,
    aborted: false,
    resumed: 0,
    head: (status, headers = []) => sink?.head(status, headers, undefined),
    data: (text) => sink?.data(Buffer.from(text)) ?? true,
    end: () => sink?.end(),
  };
  const ports: Ports = {
    settings: () => settings,
    clock,
    deadlines,
    transport: {
      send: (_, answers) => {
        upstream.requests++;
        sink = answers;
        return {
          resume: () => void upstream.resumed++,
          abort: () => {
            upstream.aborted = true;
            sink = undefined;
          },
        };
      },
      close: () => {},
    },
    tunnels: { open: () => ({ resume: () => {}, abort: () => {} }) },
    tokenizer: { count: () => Promise.resolve(7), close: () => {} },
    ledger: {
      open: () => ({ close: (closing) => void closed.push(closing) }),
      flush: () => Promise.resolve(),
    },
    keep,
    state: { load: () => Promise.resolve([]), save: () => undefined },
    log: { exchange: () => {}, warn: () => {}, error: () => {} },
    prices: { of: () => undefined },
    answers: new FakeAnswers(),
    hash: (text) => text,
    observers: [],
    lenses: [],
  };
  const pool = new Pool(clock, () => 0.5);
  const waiting = createWaitingRoom(clock, deadlines, () => settings.queue);
  const memory = {
    pool,
    owners: createOwners(),
    flights: new Flights(),
    running: createRunning(),
    waiting,
    guardian: new Guardian(),
  };
  const advance = (byMs: number): void => {
    nowMs += byMs;
    deadlines.tick();
  };
  return { ports, memory, keep, upstream, deadlines, closed, advance };
}

/** A chat request with a body, and its reply. */
export function inboundOf(body: string): { readonly inbound: Inbound; readonly reply: FakeReply } {
  const reply = new FakeReply();
  const bytes = Buffer.from(body);
  const inbound: Inbound = {
    id: 'req_test',
    method: 'POST',
    path: '/v1/chat/completions',
    query: '',
    headers: ['content-type', 'application/json'],
    header: () => undefined,
    client: undefined,
    origin: 'http://127.0.0.1:9208',
    bodyLength: bytes.length,
    readBody: () => Promise.resolve(bytes),
    pipeBody: () => {},
    reply,
    receivedMs: 0,
    receivedAtMs: 1_700_000_000_000,
  };
  return { inbound, reply };
}

/** Resolves when everything that waits for promises has run. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
