// The list of keys for people: one line each, and below it what stands against the key and what it has used.

import picocolors from 'picocolors';
import type { StandingReport, UseReport } from '../../exchange/operator/operator.ts';
import { printable } from '../ui/printable.ts';
import { aligned } from '../ui/table.ts';
import type { Colours, Terminal } from '../ui/terminal.ts';
import type { KeySource } from './keys-setting.ts';

/** One key as it is listed; what only a running gateway knows is null without one. */
export interface ListedKey {
  readonly upstream: string;
  readonly id: string;
  readonly name: string | null;
  readonly last4: string;
  readonly source: KeySource;
  readonly variable: string | null;
  readonly addedAt: string | null;
  readonly disabled: boolean;
  readonly fault: string | null;
  /** disabled, unusable, ready, or the worst of its standings; null: not known. */
  readonly state: string | null;
  readonly standings: readonly StandingReport[] | null;
  readonly inFlight: number | null;
  readonly use: readonly UseReport[] | null;
  readonly lastUsedAt: string | null;
  readonly ttftMs: number | null;
}

const HEAD = ['upstream', 'key', 'name', 'ends', 'source', 'state'] as const;

/** The lines of the list; none when there are no keys. */
export function keysTable(keys: readonly ListedKey[], terminal: Terminal, nowMs: number): string[] {
  if (keys.length === 0) return [];
  // Standard output may be a file while standard error is a terminal.
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  const [head = '', ...lines] = aligned([HEAD, ...keys.map(cells)]).lines;
  return [
    colours.bold(head),
    ...keys.flatMap((key, index) => [
      painted(lines[index] ?? '', key, colours),
      ...details(key, nowMs).map((detail) => colours.dim(`  ${detail}`)),
    ]),
  ];
}

function cells({ upstream, id, name, last4, source, variable, state }: ListedKey): readonly string[] {
  return [
    printable(upstream),
    printable(id),
    name === null ? '–' : printable(name),
    last4 === '' ? '–' : `…${printable(last4)}`,
    variable === null ? source : `${source} ${variable}`,
    state ?? '–',
  ];
}

function painted(line: string, { state }: ListedKey, colours: Colours): string {
  if (state === 'quarantined' || state === 'open' || state === 'unusable') return colours.red(line);
  if (state === 'cooling' || state === 'half-open') return colours.yellow(line);
  return state === 'disabled' ? colours.dim(line) : line;
}

function details({ fault, standings, use, inFlight }: ListedKey, nowMs: number): string[] {
  const lines = fault === null ? [] : [printable(fault)];
  for (const standing of standings ?? []) lines.push(standingLine(standing, nowMs));
  const used = (use ?? []).map(useText).filter((text) => text !== '');
  if (inFlight !== null && inFlight > 0) used.push(`${inFlight} in flight`);
  if (used.length > 0) lines.push(used.join(', '));
  return lines;
}

/** `gpt-5: cooling, rate-limited (429) until 14:03:10: The provider asks to wait.` */
function standingLine(standing: StandingReport, nowMs: number): string {
  const { scope, model, state, reason, why, status, message, untilAtMs } = standing;
  const subject = scope === 'model' ? (model ?? 'one model') : scope;
  const about = status === undefined ? reason : `${reason} (${status})`;
  const until = untilAtMs === undefined ? '' : ` until ${timeText(untilAtMs, nowMs)}`;
  const words = [why, message].filter((text) => typeof text === 'string' && text !== '').join(' – ');
  return printable(`${subject}: ${state}, ${about}${until}${words === '' ? '' : `: ${words}`}`);
}

const DAY_MS = 86_400_000;

/** A time of this day, or a day and a time. */
function timeText(atMs: number, nowMs: number): string {
  const text = new Date(atMs).toLocaleString('sv-SE');
  return Math.abs(atMs - nowMs) < DAY_MS ? (text.split(' ')[1] ?? text) : text;
}

/** `rpm 3/60`: used of the limit, with what it is a limit of. */
function useText({ kind, level, model, limit, remaining }: UseReport): string {
  if (typeof limit !== 'number' || typeof remaining !== 'number') return '';
  const of = level === 'key' ? '' : ` (${level === 'model' ? (model ?? 'model') : level})`;
  return printable(`${kind} ${Math.max(0, limit - remaining)}/${limit}${of}`);
}
