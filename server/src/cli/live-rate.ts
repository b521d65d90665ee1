// Tokens per second of a running gateway, for commands: a meter that is fed with its live events, and a window that is full
// at once because the ledger remembers what has just ended.

import { type ExchangeRow, exchangePageSchema } from '../admin/contract/exchanges.ts';
import type { ClosedEvent, InFlightEvent } from '../admin/contract/live.ts';
import { genAiTokens } from '../core/telemetry/gen-ai.ts';
import { type EndedTokens, TokenMeter, type TokenRate, WINDOW_MS } from '../core/telemetry/token-meter.ts';
import { sampleInFlight } from './live-gateway.ts';
import type { RunningGateway } from './operator-client.ts';

/** Exchanges that were received longer ago and have just ended are not looked for. */
const LOOK_BACK_MS = 15 * 60_000;
const PAGE_ROWS = 500;
const MOST_PAGES = 4;
const ANSWER_MS = 2_000;

/** The rate of one gateway, and how many exchanges are on their way. */
export class LiveRate {
  readonly #meter: TokenMeter;
  #inFlight = 0;

  /** `knownFromMs`: since when every end is told. */
  constructor(now: () => number, knownFromMs?: number) {
    this.#meter = new TokenMeter(now, knownFromMs);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  running({ atMs, exchanges }: InFlightEvent): void {
    this.#inFlight = exchanges.length;
    this.#meter.running(
      atMs,
      exchanges.map(({ outputTokens, ...rest }) => ({ ...rest, outputSoFar: outputTokens })),
    );
  }

  ended(event: ClosedEvent): void {
    this.#meter.ended([event]);
  }

  earlier(rows: readonly EndedTokens[]): void {
    this.#meter.earlier(rows);
  }

  /** undefined while too little was seen. */
  rate(): TokenRate | undefined {
    return this.#meter.rate();
  }
}

/** What was received in the last minutes and stands in the ledger, at most a few thousand; undefined: the gateway does not tell. */
export async function recentRows(
  gateway: RunningGateway,
  nowMs: number,
): Promise<readonly ExchangeRow[] | undefined> {
  const found: ExchangeRow[] = [];
  let before = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const path = `/admin/v1/exchanges?from=${nowMs - LOOK_BACK_MS}&limit=${PAGE_ROWS}${before}`;
    const answer = await gateway.ask('GET', path, undefined, ANSWER_MS);
    const read = exchangePageSchema.safeParse(answer.ok ? answer.body : undefined);
    if (!read.success) return page === 0 ? undefined : found;
    found.push(...read.data.rows);
    if (read.data.next === null) break;
    before = `&before=${encodeURIComponent(read.data.next)}`;
  }
  return found;
}

/** Fills the window of a meter with rows of the ledger. */
export function remember(rate: LiveRate, rows: readonly ExchangeRow[], nowMs: number): void {
  rate.earlier(rows.flatMap((row) => endedTokens(row, nowMs - 2 * WINDOW_MS) ?? []));
}

/** What the meter needs of a row; undefined where it has not ended, or long ago. */
function endedTokens(row: ExchangeRow, sinceMs: number): EndedTokens | undefined {
  const { id, endedAtMs, receivedAtMs, dialectIn, streamed, ttftMs, usage } = row;
  if (endedAtMs === undefined || endedAtMs < sinceMs || usage === undefined) return undefined;
  const { input, output, clamped } = usage;
  const tokens = genAiTokens({ input, output, clamped });
  return {
    id,
    atMs: endedAtMs,
    durationMs: endedAtMs - receivedAtMs,
    dialectIn,
    streamed,
    ttftMs,
    inputTokens: tokens.input,
    outputTokens: tokens.output,
  };
}

/** The rate of the last seconds at once; undefined where the gateway does not tell. */
export async function rateNow(gateway: RunningGateway): Promise<LiveRate | undefined> {
  const nowMs = Date.now();
  const rate = new LiveRate(Date.now, nowMs - WINDOW_MS);
  const sample = await sampleInFlight(gateway, ANSWER_MS);
  if (sample === undefined) return undefined;
  rate.running(sample);
  remember(rate, (await recentRows(gateway, sample.atMs)) ?? [], sample.atMs);
  return rate;
}
