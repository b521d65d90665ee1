// What `sluice top` knows at a moment, and how it changes: by what the gateway tells and by keys. Knows no terminal.

import type { ExchangeRow } from '../../admin/contract/exchanges.ts';
import type { ClosedEvent, InFlightEvent, InFlightView } from '../../admin/contract/live.ts';
import { genAiTokens } from '../../core/telemetry/gen-ai.ts';
import type { TokenRate } from '../../core/telemetry/token-meter.ts';

/** One exchange that has ended. */
export interface TopEntry {
  readonly id: string;
  readonly atMs: number;
  readonly model: string | undefined;
  readonly upstream: string | undefined;
  readonly key: string | undefined;
  readonly client: string | undefined;
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly failed: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ttftMs: number | undefined;
  readonly costNanoUsd: number;
}

/** What the table is grouped by. */
export const TOP_GROUPS: readonly ['model', 'upstream', 'key'] = ['model', 'upstream', 'key'];
export type TopGrouping = (typeof TOP_GROUPS)[number];

/** Its columns of numbers, in their order. */
export const TOP_COLUMNS: readonly ['inFlight', 'requests', 'errors', 'input', 'output', 'ttft', 'cost'] = [
  'inFlight',
  'requests',
  'errors',
  'input',
  'output',
  'ttft',
  'cost',
];
export type TopColumn = (typeof TOP_COLUMNS)[number];

/** Everything that is shown. */
export interface TopState {
  readonly origin: string;
  /** away: `why` says more. */
  readonly connection: 'looking' | 'open' | 'away';
  readonly why: string;
  readonly version: string;
  readonly startedAtMs: number;
  /** The gateway's clock at the last sample; 0 before the first. */
  readonly atMs: number;
  readonly inFlight: readonly InFlightView[];
  /** Of the last minutes, oldest first. */
  readonly entries: readonly TopEntry[];
  readonly rate: TokenRate | undefined;
  /** Spent on this day; undefined: not known. */
  readonly todayNanoUsd: number | undefined;
  readonly by: TopGrouping;
  readonly sort: TopColumn;
  readonly descending: boolean;
  readonly paused: boolean;
}

/** How far back the table reaches. */
export const TABLE_MS: number = 15 * 60_000;
const MOST_ENTRIES = 20_000;

/** Before anything is known. */
export function firstState(origin: string): TopState {
  return {
    origin,
    connection: 'looking',
    why: '',
    version: '',
    startedAtMs: 0,
    atMs: 0,
    inFlight: [],
    entries: [],
    rate: undefined,
    todayNanoUsd: undefined,
    by: 'model',
    sort: 'requests',
    descending: true,
    paused: false,
  };
}

/** An exchange that was told as it ended. */
export function entryOfEvent(event: ClosedEvent): TopEntry {
  const { id, atMs, modelServed, modelAsked, upstream, key, client, status, error, aborted } = event;
  return {
    id,
    atMs,
    model: modelServed ?? modelAsked,
    upstream,
    key,
    client,
    status,
    error,
    failed: !aborted && (error !== undefined || status >= 400),
    inputTokens: event.inputTokens ?? 0,
    outputTokens: event.outputTokens ?? 0,
    ttftMs: event.ttftMs,
    costNanoUsd: event.costNanoUsd ?? 0,
  };
}

/** An exchange of the ledger; undefined where it has not ended. */
export function entryOfRow(row: ExchangeRow): TopEntry | undefined {
  const { id, endedAtMs, modelServed, modelAsked, upstreamId, keyId, clientId, status, errorCode, usage } =
    row;
  if (endedAtMs === undefined || row.state !== 'done') return undefined;
  const tokens =
    usage === undefined
      ? undefined
      : genAiTokens({ input: usage.input, output: usage.output, clamped: usage.clamped });
  return {
    id,
    atMs: endedAtMs,
    model: modelServed ?? modelAsked,
    upstream: upstreamId,
    key: keyId,
    client: clientId,
    status,
    error: errorCode,
    failed: row.aborted !== true && (errorCode !== undefined || (status ?? 0) >= 400),
    inputTokens: tokens?.input ?? 0,
    outputTokens: tokens?.output ?? 0,
    ttftMs: row.ttftMs,
    costNanoUsd: row.cost?.totalNanoUsd ?? 0,
  };
}

/** More has ended; each exchange counts once, and what is too old is forgotten. */
export function withEnded(state: TopState, more: readonly TopEntry[], nowMs: number): TopState {
  const known = new Set(state.entries.map(({ id }) => id));
  const fresh = more.filter(({ id }) => !known.has(id));
  if (fresh.length === 0 && (state.entries[0]?.atMs ?? nowMs) > nowMs - TABLE_MS) return state;
  const entries = [...state.entries, ...fresh]
    .filter(({ atMs }) => atMs > nowMs - TABLE_MS)
    .toSorted((left, right) => left.atMs - right.atMs)
    .slice(-MOST_ENTRIES);
  return { ...state, entries };
}

/** Money that was spent by exchanges that were told as they ended. */
export function withSpent(state: TopState, nanoUsd: number): TopState {
  return state.todayNanoUsd === undefined ? state : { ...state, todayNanoUsd: state.todayNanoUsd + nanoUsd };
}

/** What is on its way now. */
export function withInFlight(state: TopState, { atMs, exchanges }: InFlightEvent): TopState {
  return { ...state, atMs, inFlight: exchanges };
}

/** What a key means; `quit` where the command is to end. */
export function afterKey(state: TopState, key: string): TopState | 'quit' {
  switch (key) {
    case 'q':
    case 'Q':
    case 'ctrl-c':
    case 'ctrl-d':
      return 'quit';
    case ' ':
    case 'p':
      return { ...state, paused: !state.paused };
    case 'm':
      return { ...state, by: 'model' };
    case 'u':
      return { ...state, by: 'upstream' };
    case 'k':
      return { ...state, by: 'key' };
    case 'tab':
      return { ...state, by: nextOf(TOP_GROUPS, state.by, 1) };
    case 'right':
      return { ...state, sort: nextOf(TOP_COLUMNS, state.sort, 1) };
    case 'left':
      return { ...state, sort: nextOf(TOP_COLUMNS, state.sort, -1) };
    case 'up':
      return { ...state, descending: false };
    case 'down':
      return { ...state, descending: true };
    case 'r':
      return { ...state, descending: !state.descending };
    default:
      return state;
  }
}

function nextOf<T>(all: readonly T[], one: T, step: 1 | -1): T {
  return all[(all.indexOf(one) + step + all.length) % all.length] ?? one;
}

/** One line of the table. */
export interface TopRow {
  readonly name: string;
  readonly inFlight: number;
  readonly requests: number;
  readonly errors: number;
  readonly input: number;
  readonly output: number;
  /** Mean of those that had output; 0: none. */
  readonly ttft: number;
  /** Nano-US-dollars. */
  readonly cost: number;
}

type Sums = { -readonly [Member in keyof TopRow]: TopRow[Member] } & { ttfts: number };

/** The table of a state, in its order. */
export function topRows({ entries, inFlight, by, sort, descending }: TopState): readonly TopRow[] {
  const rows = new Map<string, Sums>();
  const at = (name: string): Sums => {
    let row = rows.get(name);
    if (row === undefined) {
      row = { name, inFlight: 0, requests: 0, errors: 0, input: 0, output: 0, ttft: 0, cost: 0, ttfts: 0 };
      rows.set(name, row);
    }
    return row;
  };
  for (const entry of entries) {
    const row = at(nameOf(by, entry));
    row.requests += 1;
    if (entry.failed) row.errors += 1;
    row.input += entry.inputTokens;
    row.output += entry.outputTokens;
    row.cost += entry.costNanoUsd;
    if (entry.ttftMs !== undefined) {
      row.ttft += entry.ttftMs;
      row.ttfts += 1;
    }
  }
  for (const one of inFlight) at(nameOf(by, { ...one, model: one.modelSent ?? one.model })).inFlight += 1;
  const sign = descending ? -1 : 1;
  return [...rows.values()]
    .map(({ ttfts, ...row }) => ({ ...row, ttft: ttfts === 0 ? 0 : row.ttft / ttfts }))
    .toSorted((left, right) => sign * (left[sort] - right[sort]) || (left.name < right.name ? -1 : 1));
}

function nameOf(
  by: TopGrouping,
  { model, upstream, key }: Partial<Pick<TopEntry, 'model' | 'upstream' | 'key'>>,
): string {
  if (by === 'model') return model ?? '(no model)';
  if (upstream === undefined) return '(none reached)';
  return by === 'upstream' ? upstream : `${upstream}/${key ?? '–'}`;
}
