// Tokens per second, out of what has ended and what is on its way: the one meter of the dashboard and of the command line.
// It knows no clock of its own.

/** Tokens per second. */
export interface TokenRate {
  readonly input: number;
  readonly output: number;
}

/** What the meter needs of an exchange that is over. Times are the gateway's, epoch milliseconds. */
export interface EndedTokens {
  readonly id: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly dialectIn?: string | undefined;
  readonly streamed?: boolean | undefined;
  /** After the arrival; absent where there was no output. */
  readonly ttftMs?: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** What the meter needs of an exchange that is on its way. */
export interface RunningTokens {
  readonly id: string;
  readonly receivedAtMs: number;
  readonly dialect?: string | undefined;
  readonly ttftMs?: number | undefined;
  readonly bytesOut: number;
  /** Tokens of output so far, where whoever asks goes by the gateway's own count; else the bytes are gone by. */
  readonly outputSoFar?: number | undefined;
}

/** Tokens that flowed evenly between two moments; all at once where these are the same. */
interface Flow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly input: number;
  readonly output: number;
}

/** A stream that is being watched. */
interface Watched {
  readonly dialect: string;
  readonly outputFromMs: number;
  atMs: number;
  bytes: number;
  /** Tokens of output that were counted, where they are. */
  counted: number;
  flows: Flow[];
}

/** How far back the rate looks. */
export const WINDOW_MS = 15_000;
/** Before this much was seen, a rate would be chance. */
const LEAST_SEEN_MS = 2_000;
/** What is remembered of earlier streams when another teaches how many bytes a token takes. */
const MEMORY = 0.9;
/** A stream teaches if it was seen for so much of its output. */
const LEAST_TAUGHT_SHARE = 0.2;
/** Clocks that differ by more than this from what was thought have been set. */
const CLOCK_SET_MS = 5_000;

/** How much of an even flow between two moments falls after `fromMs` and not after `toMs`: 0 to 1. */
export function shareWithin(flow: Pick<Flow, 'fromMs' | 'toMs'>, fromMs: number, toMs: number): number {
  const lengthMs = flow.toMs - flow.fromMs;
  if (lengthMs <= 0) return flow.toMs > fromMs && flow.toMs <= toMs ? 1 : 0;
  const sharedMs = Math.min(flow.toMs, toMs) - Math.max(flow.fromMs, fromMs);
  return Math.max(0, sharedMs) / lengthMs;
}

/** The flows of an exchange that is over: its input at the first output, its output from there to the end. */
function flowsOf(ended: EndedTokens): readonly Flow[] {
  const { atMs, durationMs, ttftMs, inputTokens = 0, outputTokens = 0 } = ended;
  const firstMs = ttftMs === undefined ? atMs : Math.min(atMs, atMs - durationMs + Math.max(0, ttftMs));
  const flows: Flow[] = [];
  if (inputTokens > 0) flows.push({ fromMs: firstMs, toMs: firstMs, input: inputTokens, output: 0 });
  if (outputTokens > 0) flows.push({ fromMs: firstMs, toMs: atMs, input: 0, output: outputTokens });
  return flows;
}

/** Keeps the book of the last seconds. */
export class TokenMeter {
  readonly #now: () => number;
  readonly #beganAtMs: number;
  #flows: Flow[] = [];
  readonly #watched = new Map<string, Watched>();
  /** Those that are over, with their ends: a sample that was taken before must not bring them back. */
  readonly #over = new Map<string, number>();
  readonly #learned = new Map<string, { bytes: number; tokens: number }>();
  /** The gateway's clock less ours; undefined until it was heard. */
  #aheadMs: number | undefined;

  /** `now`: the reader's clock, epoch milliseconds. `knownFromMs`: since when, by it, every end is told. */
  constructor(now: () => number, knownFromMs: number = now()) {
    this.#now = now;
    this.#beganAtMs = knownFromMs;
  }

  /** Exchanges that have ended just now. */
  ended(batch: readonly EndedTokens[]): void {
    for (const one of batch) {
      this.#hear(one.atMs);
      this.#learn(one);
      this.#note(one);
    }
    this.#forget();
  }

  /** Exchanges that ended earlier, out of the ledger; they say nothing of the gateway's clock, so it has to be heard before. */
  earlier(batch: readonly EndedTokens[]): void {
    for (const one of batch) this.#note(one);
    this.#forget();
  }

  /** Whether it is told or remembered first, it counts once. */
  #note(one: EndedTokens): void {
    if (this.#over.has(one.id)) return;
    this.#watched.delete(one.id);
    this.#over.set(one.id, one.atMs);
    this.#flows.push(...flowsOf(one));
  }

  /** What is on its way, by the gateway's clock. What is not named any more counts until its end is told. */
  running(atMs: number, exchanges: readonly RunningTokens[]): void {
    if (atMs === 0) return;
    this.#hear(atMs);
    for (const one of exchanges) if (!this.#over.has(one.id)) this.#watch(atMs, one);
    this.#forget();
  }

  /** How many bytes of an answer in a format make one token; undefined while no stream has taught it. */
  bytesPerToken(dialect: string): number | undefined {
    const known = this.#learned.get(dialect);
    return known === undefined || known.tokens <= 0 ? undefined : known.bytes / known.tokens;
  }

  /** The rate of the last seconds; undefined while too little was seen. */
  rate(): TokenRate | undefined {
    const seenMs = Math.min(WINDOW_MS, this.#now() - this.#beganAtMs);
    if (seenMs < LEAST_SEEN_MS) return undefined;
    const toMs = this.#gatewayNow();
    const { input, output } = this.between(toMs - seenMs, toMs);
    return { input: (input * 1_000) / seenMs, output: (output * 1_000) / seenMs };
  }

  /** Tokens after one moment and not after another, by the gateway's clock, as far back as the window reaches. */
  between(fromMs: number, toMs: number): TokenRate {
    let input = 0;
    let output = 0;
    const add = (flow: Flow): void => {
      const share = shareWithin(flow, fromMs, toMs);
      input += flow.input * share;
      output += flow.output * share;
    };
    for (const flow of this.#flows) add(flow);
    for (const { flows } of this.#watched.values()) for (const flow of flows) add(flow);
    return { input, output };
  }

  #watch(atMs: number, running: RunningTokens): void {
    const { id, receivedAtMs, dialect, ttftMs, bytesOut, outputSoFar } = running;
    if (dialect === undefined || ttftMs === undefined) return;
    const known = this.#watched.get(id);
    if (known === undefined) {
      const outputFromMs = receivedAtMs + ttftMs;
      // Bytes that were sent before are not known to have been sent within the window; what is counted came evenly.
      const counted = outputSoFar ?? 0;
      const flows = counted > 0 ? [{ fromMs: outputFromMs, toMs: atMs, input: 0, output: counted }] : [];
      this.#watched.set(id, { dialect, outputFromMs, atMs, bytes: bytesOut, counted, flows });
      return;
    }
    const ratio = this.bytesPerToken(dialect);
    const ofBytes = ratio === undefined ? 0 : (bytesOut - known.bytes) / ratio;
    const output = outputSoFar === undefined ? ofBytes : outputSoFar - known.counted;
    if (output > 0 && atMs > known.atMs)
      known.flows.push({ fromMs: known.atMs, toMs: atMs, input: 0, output });
    known.counted = Math.max(known.counted, outputSoFar ?? 0);
    known.atMs = Math.max(known.atMs, atMs);
    known.bytes = Math.max(known.bytes, bytesOut);
  }

  /** The bytes of the last sample belong to the part of the output that was over by then. */
  #learn({ id, atMs, outputTokens = 0 }: EndedTokens): void {
    const seen = this.#watched.get(id);
    if (seen === undefined || outputTokens <= 0 || seen.bytes <= 0) return;
    const outputMs = atMs - seen.outputFromMs;
    if (outputMs <= 0) return;
    const share = Math.min(1, (seen.atMs - seen.outputFromMs) / outputMs);
    if (share < LEAST_TAUGHT_SHARE) return;
    const before = this.#learned.get(seen.dialect) ?? { bytes: 0, tokens: 0 };
    this.#learned.set(seen.dialect, {
      bytes: before.bytes * MEMORY + seen.bytes,
      tokens: before.tokens * MEMORY + outputTokens * share,
    });
  }

  #hear(atMs: number): void {
    const aheadMs = atMs - this.#now();
    const known = this.#aheadMs;
    // News are late, never early: the one that was least late tells most of the gateway's clock.
    if (known === undefined || aheadMs > known || known - aheadMs > CLOCK_SET_MS) this.#aheadMs = aheadMs;
  }

  #gatewayNow(): number {
    return this.#now() + (this.#aheadMs ?? 0);
  }

  #forget(): void {
    const oldestMs = this.#gatewayNow() - WINDOW_MS;
    this.#flows = this.#flows.filter(({ toMs }) => toMs > oldestMs);
    for (const [id, atMs] of this.#over) if (atMs <= oldestMs) this.#over.delete(id);
    for (const [id, watched] of this.#watched) {
      watched.flows = watched.flows.filter(({ toMs }) => toMs > oldestMs);
      if (watched.atMs <= oldestMs) this.#watched.delete(id);
    }
  }
}
