// The real exchange code between made-up clients and made-up providers, in virtual time: no sockets and no waiting.

import type { Settings } from '../../src/config/settings.ts';
import { openaiChat } from '../../src/core/dialects/openai-chat/index.ts';
import { exchange } from '../../src/exchange/exchange.ts';
import { Guardian } from '../../src/exchange/guardian.ts';
import type { Memory } from '../../src/exchange/memory.ts';
import { createOwners } from '../../src/exchange/owners.ts';
import { Pool } from '../../src/exchange/pool/pool.ts';
import type { Inbound, LedgerClosing, Ports, RawHeaders, Reply } from '../../src/exchange/ports.ts';
import { Flights } from '../../src/exchange/reuse/flights.ts';
import { createRunning } from '../../src/exchange/running.ts';
import { createWaitingRoom } from '../../src/exchange/waiting-room.ts';
import { FakeAnswers, FakeKeep } from './fake-ports.ts';
import { type SimulatedProvider, transportTo } from './simulated-provider.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One request of a client. */
export interface Ask {
  /** Id of a configured client; absent: the gateway is open. */
  readonly client?: string;
  readonly model?: string;
  readonly stream?: boolean;
  readonly maxTokens?: number;
  /** The conversation it belongs to. */
  readonly session?: string;
  /** The client leaves so long after asking, if it has no answer by then. */
  readonly leavesAfterMs?: number;
}

/** What became of it. Times are monotonic. */
export interface Told {
  readonly number: number;
  readonly ask: Ask;
  readonly askedMs: number;
  endedMs: number | undefined;
  /** The first bytes that were no heartbeat. */
  firstOutputMs: number | undefined;
  /** Every row that was closed for it: there must be one. */
  readonly rows: LedgerClosing[];
  /** Exchanges that resolved: there must be one. */
  done: number;
}

class SimulatedReply implements Reply {
  started = false;
  closed = false;
  status = 0;
  headers: RawHeaders = [];
  readonly #told: Told;
  readonly #time: VirtualTime;
  #gone = (): void => undefined;

  constructor(told: Told, time: VirtualTime) {
    this.#told = told;
    this.#time = time;
  }
  head(status: number, headers: RawHeaders): void {
    this.started = true;
    this.status = status;
    this.headers = headers;
  }
  write(chunk: Uint8Array | string): boolean {
    if (typeof chunk !== 'string' || !chunk.startsWith(':')) this.#told.firstOutputMs ??= this.#time.nowMs;
    return true;
  }
  end(chunk?: Uint8Array | string): void {
    if (this.closed) return;
    if (chunk !== undefined) this.write(chunk);
    this.closed = true;
  }
  cut(): void {
    this.closed = true;
  }
  onDrain(): void {}
  onGone(listener: () => void): void {
    this.#gone = listener;
  }
  leave(): void {
    if (this.closed) return;
    this.closed = true;
    this.#gone();
  }
}

/** A gateway for one simulation. */
export class SimulatedGateway {
  /** The configuration of this moment; assigning is a reload. */
  settings: Settings;
  readonly memory: Memory;
  readonly told: Told[] = [];
  /** What was reported as a defect: there must be nothing. */
  readonly defects: string[] = [];
  readonly #time: VirtualTime;
  readonly #ports: Ports;

  constructor(
    time: VirtualTime,
    settings: Settings,
    providers: readonly SimulatedProvider[],
    random: () => number,
  ) {
    this.settings = settings;
    this.#time = time;
    const { clock, deadlines } = time;
    const pool = new Pool(clock, random);
    const waiting = createWaitingRoom(clock, deadlines, () => this.settings.queue);
    pool.freed = () => waiting.wake();
    this.memory = {
      pool,
      owners: createOwners(),
      flights: new Flights(),
      running: createRunning(),
      waiting,
      guardian: new Guardian(),
    };
    this.#ports = {
      settings: () => this.settings,
      clock,
      deadlines,
      transport: transportTo(providers),
      tunnels: { open: () => ({ resume: () => {}, abort: () => {} }) },
      tokenizer: { count: () => Promise.resolve(7), close: () => {} },
      ledger: {
        open: ({ id }) => ({ close: (closing) => void this.told[Number(id)]?.rows.push(closing) }),
        flush: () => Promise.resolve(),
      },
      keep: new FakeKeep(),
      state: { load: () => Promise.resolve([]), save: () => undefined },
      log: {
        exchange: () => {},
        warn: () => {},
        error: (message, fields) => void this.defects.push(`${message} ${JSON.stringify(fields)}`),
      },
      prices: { of: () => undefined },
      answers: new FakeAnswers(),
      hash: (text) => text,
      observers: [],
      lenses: [],
    };
  }

  /** A client asks now. */
  ask(ask: Ask): void {
    const time = this.#time;
    const number = this.told.length;
    const told: Told = {
      number,
      ask,
      askedMs: time.nowMs,
      endedMs: undefined,
      firstOutputMs: undefined,
      rows: [],
      done: 0,
    };
    this.told.push(told);
    const reply = new SimulatedReply(told, time);
    const inbound = this.#inbound(told, reply);
    const call = {
      name: 'chat.completions',
      dialect: openaiChat,
      use: 'generate',
      model: undefined,
      stream: false,
      framing: 'sse',
    } as const;
    const ended = (): void => {
      told.done += 1;
      told.endedMs = time.nowMs;
    };
    exchange(this.#ports, this.memory, call, inbound).then(ended, (thrown: unknown) => {
      this.defects.push(String(thrown));
      ended();
    });
    if (ask.leavesAfterMs !== undefined) time.after(ask.leavesAfterMs, () => reply.leave());
  }

  #inbound({ ask, number }: Told, reply: Reply): Inbound {
    const body = Buffer.from(
      JSON.stringify({
        model: ask.model ?? 'm',
        stream: ask.stream ?? true,
        max_tokens: ask.maxTokens ?? 64,
        user: `${ask.client ?? ''}/${number}`,
        messages: [{ role: 'user', content: 'Say something about locks and water.' }],
      }),
    );
    const { clock } = this.#time;
    return {
      id: String(number),
      method: 'POST',
      path: '/v1/chat/completions',
      query: '',
      headers: ['content-type', 'application/json'],
      header: (name) => (name === 'x-session-id' ? ask.session : undefined),
      client: this.settings.clients.find(({ id }) => id === ask.client),
      origin: 'http://127.0.0.1:9208',
      bodyLength: body.length,
      readBody: () => Promise.resolve(body),
      pipeBody: () => {},
      reply,
      receivedMs: clock.monotonicMs(),
      receivedAtMs: clock.epochMs(),
    };
  }

  /** Requests that the client did not get an answer to: neither served nor left by itself. */
  get failed(): readonly Told[] {
    return this.told.filter(({ rows }) => {
      const [row] = rows;
      return row === undefined || (row.errorCode !== undefined && row.errorCode !== 'client_closed');
    });
  }
}

/** The value that so large a part of the values does not exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** Figures of a simulation are worth reading. */
export function print(line: string): void {
  // biome-ignore lint/suspicious/noConsole: see above
  console.log(line);
}
