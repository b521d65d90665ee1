// `sluice top` as lines: a head, the table, what is on its way, the last errors, and the keys; as much of each as the
// terminal has room for.

import type { InFlightView } from '../../admin/contract/live.ts';
import { fit, textColumns } from '../ui/fit.ts';
import { compact, duration, integer, usd } from '../ui/numbers.ts';
import { printable } from '../ui/printable.ts';
import type { Colours } from '../ui/terminal.ts';
import { rateWords } from './rate-words.ts';
import {
  TOP_COLUMNS,
  type TopColumn,
  type TopEntry,
  type TopRow,
  type TopState,
  topRows,
} from './top-state.ts';

/** The room that there is, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const TITLES: Readonly<Record<TopColumn, string>> = {
  inFlight: 'now',
  requests: 'requests',
  errors: 'errors',
  input: 'in',
  output: 'out',
  ttft: 'ttft',
  cost: 'cost',
};
const WIDTHS: Readonly<Record<TopColumn, number>> = {
  inFlight: 4,
  requests: 9,
  errors: 7,
  input: 8,
  output: 8,
  ttft: 8,
  cost: 10,
};
/** Those that are left out first where the terminal is narrow. */
const LEAST_WANTED: readonly TopColumn[] = ['ttft', 'input', 'output', 'cost', 'errors'];
const LEAST_NAME = 16;
const MOST_ERRORS = 5;
const MINUTE_MS = 60_000;
/** Head, an empty line and a title for each list, and the keys. */
const FIXED_LINES = 2 + 2 + 2 + 1;

/** The frame. `nowMs`: the clock by which ages are told, that of the gateway where it is known. */
export function topLines(state: TopState, size: Size, nowMs: number, colours: Colours): string[] {
  const columns = Math.max(20, size.columns);
  const rows = topRows(state);
  const errors = state.entries
    .filter(({ failed }) => failed)
    .slice(-MOST_ERRORS)
    .reverse();
  const errorLines = errors.length === 0 ? 0 : errors.length + 2;
  const room = Math.max(2, size.rows - FIXED_LINES - errorLines);
  // What is on its way gets at most half of the room, unless the table needs less than the other half.
  const flights = Math.min(state.inFlight.length, Math.max(Math.floor(room / 2), room - rows.length));
  const shownRows = rows.slice(0, Math.max(1, room - flights));
  const lines = [
    ...headLines(state, nowMs, columns, colours),
    '',
    ...tableLines(state, shownRows, columns, colours),
    '',
    colours.bold(fit(flightTitle(state, flights), columns).trimEnd()),
    ...state.inFlight.slice(0, flights).map((one) => flightLine(one, nowMs, columns)),
  ];
  if (errors.length > 0) {
    lines.push('', colours.bold('last errors'));
    for (const entry of errors) lines.push(colours.red(errorLine(entry, columns)));
  }
  const empty = Math.max(0, size.rows - 1 - lines.length);
  return [...lines, ...Array.from({ length: empty }, () => ''), keysLine(columns, colours)];
}

function headLines(state: TopState, nowMs: number, columns: number, colours: Colours): string[] {
  const { connection, origin, version, startedAtMs, entries, inFlight, rate, todayNanoUsd, paused } = state;
  const up = startedAtMs === 0 ? '' : `, up ${duration(nowMs - startedAtMs)}`;
  const name = `Sluice ${version}`.trimEnd();
  const mark = paused ? '  PAUSED' : '';
  const where = fit(`${name}  ${origin}${up}`, Math.max(1, columns - mark.length)).trimEnd();
  const first = `${colours.bold(where)}${paused ? colours.yellow(mark) : ''}`;
  if (connection !== 'open') {
    const why = connection === 'looking' ? 'Looking for the gateway …' : state.why;
    return [first, colours.yellow(fit(printable(why), columns).trimEnd())];
  }
  const minute = entries.filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
  const failed = minute.filter((entry) => entry.failed).length;
  const parts = [
    rate === undefined ? 'measuring …' : rateWords(rate, 'split'),
    `${integer(inFlight.length)} in flight`,
    `${integer(minute.length)} req/min`,
    `${integer(failed)} failed`,
    ...(todayNanoUsd === undefined ? [] : [`${usd(todayNanoUsd)} today`]),
  ];
  const second = fit(parts.join('   '), columns).trimEnd();
  return [first, failed > 0 ? colours.yellow(second) : colours.cyan(second)];
}

/** The columns that there is room for, in their order; the one that is sorted by always is. */
export function columnsFor(columns: number, sort: TopColumn): readonly TopColumn[] {
  let shown: readonly TopColumn[] = TOP_COLUMNS;
  const taken = (): number => shown.reduce((sum, column) => sum + WIDTHS[column] + 1, LEAST_NAME);
  for (const column of LEAST_WANTED) {
    if (taken() <= columns) break;
    if (column !== sort) shown = shown.filter((one) => one !== column);
  }
  return shown;
}

function tableLines(
  { by, sort, descending }: TopState,
  rows: readonly TopRow[],
  columns: number,
  colours: Colours,
): string[] {
  const shown = columnsFor(columns, sort);
  const numbers = shown.reduce((sum, column) => sum + WIDTHS[column] + 1, 0);
  const name = Math.max(1, columns - numbers);
  const arrow = descending ? '▼' : '▲';
  const head = shown.map((column) => {
    const title = column === sort ? `${arrow}${TITLES[column]}` : TITLES[column];
    return ` ${fit(title, WIDTHS[column], 'right')}`;
  });
  const lines = rows.map((row) => {
    const cells = shown.map((column) => ` ${fit(cellText(row, column), WIDTHS[column], 'right')}`);
    const line = fit(printable(row.name), name) + cells.join('');
    return row.requests === 0 ? colours.dim(line) : line;
  });
  const title = colours.bold(fit(`${by}, last 15 minutes`, name) + head.join(''));
  return [title, ...(lines.length === 0 ? [colours.dim('no requests')] : lines)];
}

function cellText(row: TopRow, column: TopColumn): string {
  const value = row[column];
  switch (column) {
    case 'cost':
      return usd(value);
    case 'ttft':
      return value === 0 ? '–' : duration(value);
    case 'input':
    case 'output':
      return compact(value);
    default:
      return value === 0 && column !== 'requests' ? '–' : integer(value);
  }
}

function flightTitle({ inFlight }: TopState, shown: number): string {
  const hidden = inFlight.length - shown;
  if (inFlight.length === 0) return 'nothing on its way';
  return hidden > 0 ? `on their way (${integer(hidden)} more)` : 'on their way';
}

function flightLine(one: InFlightView, nowMs: number, columns: number): string {
  const { receivedAtMs, phase, model, modelSent, upstream, key, client, outputTokens, attempts } = one;
  const age = fit(duration(nowMs - receivedAtMs), 9, 'right');
  const tokens = fit(outputTokens === undefined ? '' : `${compact(outputTokens)} out`, 10, 'right');
  const asked = model ?? modelSent ?? '(no model)';
  const where = upstream === undefined ? '' : ` → ${upstream}${key === undefined ? '' : `/${key}`}`;
  const again = attempts > 1 ? `, attempt ${attempts}` : '';
  const whose = client === undefined ? '' : ` (${client})`;
  return fit(
    `${age} ${fit(phase, 9)} ${tokens}  ${printable(`${asked}${where}${again}${whose}`)}`,
    columns,
  ).trimEnd();
}

function errorLine({ atMs, status, error, model, upstream, key }: TopEntry, columns: number): string {
  const time = new Date(atMs).toLocaleTimeString('sv-SE');
  const where = upstream === undefined ? '' : ` ${upstream}${key === undefined ? '' : `/${key}`}`;
  const words = `${status ?? '–'} ${error ?? 'error'} ${model ?? ''}${where}`;
  return fit(`${time} ${printable(words)}`, columns).trimEnd();
}

const KEYS: readonly string[] = ['q quit', 'm u k table', '← → sort', 'r reverse', 'space pause'];

function keysLine(columns: number, colours: Colours): string {
  let line = '';
  for (const key of KEYS) {
    const longer = line === '' ? key : `${line}  ${key}`;
    if (textColumns(longer) > columns) break;
    line = longer;
  }
  return colours.dim(line);
}
