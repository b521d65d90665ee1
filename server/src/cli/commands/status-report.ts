// How a running gateway is, out of what its admin API says: as facts, as lines for people, and what is unwell in it.

import type { KeyView } from '../../admin/contract/operation.ts';
import type { Status } from '../../admin/contract/status.ts';
import type { TotalsView } from '../../admin/contract/totals.ts';
import { bytesText, compact, duration, integer, usd } from '../ui/numbers.ts';
import { printable } from '../ui/printable.ts';
import type { Colours } from '../ui/terminal.ts';

/** What was learnt; undefined: the gateway did not say. */
export interface StatusFacts {
  readonly origin: string;
  readonly status: Status;
  readonly today: TotalsView | undefined;
  readonly keys: readonly KeyView[] | undefined;
}

/** Keys by how they stand; every key is in one of these. */
export interface KeyCounts {
  readonly ready: number;
  /** The provider, or a limit, asks to wait; or it is tried again with care. */
  readonly cooling: number;
  /** It failed so often that it is left alone for a while. */
  readonly resting: number;
  /** The provider refuses it. */
  readonly quarantined: number;
  readonly disabled: number;
}

/** What `sluice status --json` prints. */
export interface StatusReport {
  readonly running: true;
  readonly origin: string;
  readonly version: string;
  readonly node: string;
  readonly uptimeMs: number;
  readonly ready: boolean;
  readonly demo: boolean;
  readonly file: string | null;
  readonly inFlight: number;
  readonly waiting: number | null;
  readonly upstreams: number;
  readonly clients: number;
  readonly today: {
    readonly requests: number;
    readonly errors: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costNanoUsd: number;
    readonly unpriced: number;
  } | null;
  readonly keys: KeyCounts | null;
  readonly ledgerBytes: number | null;
  readonly memoryBytes: number;
  /** Sentences. */
  readonly unwell: readonly string[];
}

/** Above this the event loop answers late to everybody. */
const LATE_MS = 250;
/** Of so many requests, a share of errors that somebody should look at. */
const LEAST_REQUESTS = 20;
const MANY_ERRORS = 0.2;

/** Tokens of both directions. */
function tokensOf({ tokens }: Pick<TotalsView, 'tokens'>): {
  readonly input: number;
  readonly output: number;
} {
  return {
    input: tokens.inputUncached + tokens.cacheRead + tokens.cacheWrite + tokens.inputAudio,
    output: tokens.outputText + tokens.outputReasoning + tokens.outputAudio,
  };
}

/** Which of the counts a key belongs to. */
export function placeOf({ disabled, standings }: Pick<KeyView, 'disabled' | 'standings'>): keyof KeyCounts {
  if (disabled) return 'disabled';
  // A model that the key is not served with says nothing of the key as a whole.
  const states = standings.filter(({ scope }) => scope !== 'model').map(({ state }) => state);
  if (states.includes('quarantined')) return 'quarantined';
  if (states.includes('open')) return 'resting';
  return states.includes('cooling') || states.includes('half-open') ? 'cooling' : 'ready';
}

function countsOf(keys: readonly KeyView[]): KeyCounts {
  const counts = { ready: 0, cooling: 0, resting: 0, quarantined: 0, disabled: 0 };
  for (const key of keys) counts[placeOf(key)] += 1;
  return counts;
}

/** The report. */
export function statusReport(facts: StatusFacts): StatusReport {
  const { origin, status, today, keys } = facts;
  const { version, node, uptimeMs, ready, demo, file, inFlight, waiting, upstreams, clients } = status;
  const tokens = today === undefined ? undefined : tokensOf(today);
  return {
    running: true,
    ...{ origin, version, node, uptimeMs, ready, demo, file, inFlight, waiting, upstreams, clients },
    today:
      today === undefined || tokens === undefined
        ? null
        : {
            requests: today.requests,
            errors: today.errors,
            inputTokens: tokens.input,
            outputTokens: tokens.output,
            costNanoUsd: today.costNanoUsd,
            unpriced: today.unpriced,
          },
    keys: keys === undefined ? null : countsOf(keys),
    ledgerBytes: status.storage?.bytes ?? null,
    memoryBytes: status.process.rssBytes,
    unwell: unwellIn(facts),
  };
}

/** What somebody should look at, worst first. */
function unwellIn({ status, today, keys }: StatusFacts): string[] {
  const found: string[] = [];
  const { ready, ledger, storage, cache, process, demo } = status;
  if (!ready) found.push('It takes no new requests: it is stopping, or has not finished starting.');
  if (ledger !== null && ledger.lost > 0)
    found.push(
      `${integer(ledger.lost)} rows of the ledger were lost: see the log for why they could not be written.`,
    );
  if (storage === null && status.parts['archive'] === true)
    found.push('The ledger does not answer: "sluice doctor" looks at the database.');
  if (keys !== undefined) found.push(...unwellKeys(keys));
  if (cache?.connected === false)
    found.push('The Redis of the cache does not answer; answers are kept in memory meanwhile.');
  if (today !== undefined && today.requests >= LEAST_REQUESTS && today.errors / today.requests > MANY_ERRORS)
    found.push(
      `${Math.round((100 * today.errors) / today.requests)} % of the requests of today failed: "sluice logs --errors --since today" lists them, "sluice dashboard" shows each with its attempts.`,
    );
  if (today !== undefined && today.unpriced > 0)
    found.push(
      `The price of ${requestsText(today.unpriced)} of today is not known; the sum lacks it. "sluice prices --unpriced" lists the models.`,
    );
  if (process.loopDelayP99Ms > LATE_MS)
    found.push(`It answers late: the event loop was blocked for ${duration(process.loopDelayP99Ms)}.`);
  if (demo) found.push('Only the built-in demo model is served: add a key with "sluice keys add".');
  return found;
}

function unwellKeys(keys: readonly KeyView[]): string[] {
  const usable = keys.filter(({ disabled }) => !disabled);
  if (usable.length > 0 && usable.every((key) => placeOf(key) !== 'ready'))
    return ['No key is ready: requests wait or fail.', ...usable.flatMap(standingLine)];
  return usable.flatMap(standingLine);
}

/** Why a key as a whole is left alone. */
function standingLine(key: KeyView): string[] {
  if (placeOf(key) === 'ready') return [];
  const worst = key.standings
    .filter(({ scope, state }) => scope !== 'model' && state !== 'closed')
    .toSorted((left, right) => rankOf(left.state) - rankOf(right.state))[0];
  if (worst === undefined) return [];
  const until =
    worst.untilAtMs === undefined ? '' : ` until ${new Date(worst.untilAtMs).toLocaleTimeString('sv-SE')}`;
  const who = worst.scope === 'upstream' ? key.upstreamId : `${key.upstreamId}/${key.keyId}`;
  return [printable(`${who} is ${STATE_WORDS[worst.state] ?? worst.state}${until}: ${worst.why}`)];
}

const RANKS = ['quarantined', 'open', 'cooling', 'half-open'];
const rankOf = (state: string): number => RANKS.indexOf(state);
const STATE_WORDS: Readonly<Record<string, string>> = {
  quarantined: 'in quarantine',
  open: 'left alone',
  cooling: 'cooling',
  'half-open': 'tried again with care',
};

/** The report for people. */
export function statusLines(report: StatusReport, colours: Colours): string[] {
  const { origin, version, node, uptimeMs, inFlight, waiting, today, keys, file } = report;
  const mark = report.unwell.length === 0 ? colours.green('●') : colours.yellow('●');
  const lines = [
    `${mark} ${colours.bold(`Sluice ${version}`)} ${origin}, up ${duration(uptimeMs)}`,
    row('file', file ?? 'none: what was found in the environment'),
    row('now', `${integer(inFlight)} in flight${waiting === null ? '' : `, ${integer(waiting)} waiting`}`),
  ];
  if (today !== null) {
    const { requests, errors, inputTokens, outputTokens, costNanoUsd } = today;
    const failed = errors === 0 ? '' : `, ${integer(errors)} failed`;
    lines.push(
      row('today', `${requestsText(requests)}${failed}`),
      row('', `${compact(inputTokens)} tokens in, ${compact(outputTokens)} out, ${usd(costNanoUsd)}`),
    );
  }
  if (keys !== null) lines.push(row('keys', keysText(keys)));
  const ledger = report.ledgerBytes === null ? '' : `ledger ${bytesText(report.ledgerBytes)}, `;
  lines.push(row('size', `${ledger}memory ${bytesText(report.memoryBytes)}, Node.js ${node}`));
  for (const sentence of report.unwell) lines.push(`  ${colours.yellow('!')} ${sentence}`);
  return lines;
}

const requestsText = (count: number): string => `${integer(count)} request${count === 1 ? '' : 's'}`;

const row = (name: string, text: string): string => `  ${name.padEnd(6)} ${text}`;

function keysText(keys: KeyCounts): string {
  const parts = Object.entries(keys).flatMap(([name, count]) =>
    count > 0 || name === 'ready' ? [`${integer(count)} ${name}`] : [],
  );
  return parts.join(', ');
}
