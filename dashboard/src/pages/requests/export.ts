// The rows of the list as a file: CSV for spreadsheets, JSON for programs.

import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { outcomeOf } from './outcome.ts';
import { tokensOf } from './tokens.ts';

type Value = string | number | undefined;

const NANO_PER_USD = 1e9;

const COLUMNS: readonly (readonly [name: string, value: (row: ExchangeRow) => Value])[] = [
  ['id', ({ id }) => id],
  ['time', ({ receivedAtMs }) => new Date(receivedAtMs).toISOString()],
  ['client', ({ clientId }) => clientId],
  ['route', ({ route }) => route],
  ['model_asked', ({ modelAsked }) => modelAsked],
  ['model_served', ({ modelServed }) => modelServed],
  ['upstream', ({ upstreamId }) => upstreamId],
  ['key', ({ keyId }) => keyId],
  ['outcome', outcomeOf],
  ['status', ({ status }) => status],
  ['error', ({ errorCode }) => errorCode],
  ['error_message', ({ errorMessage }) => errorMessage],
  ['attempts', ({ attempts }) => attempts],
  ['ttft_ms', ({ ttftMs }) => ttftMs],
  ['duration_ms', ({ durationMs }) => durationMs],
  ['input_tokens', ({ usage }) => tokensOf(usage)?.input],
  ['cached_input_tokens', ({ usage }) => tokensOf(usage)?.cached],
  ['output_tokens', ({ usage }) => tokensOf(usage)?.output],
  ['reasoning_tokens', ({ usage }) => tokensOf(usage)?.reasoning],
  ['tokens_per_second', ({ tokensPerSecond }) => tokensPerSecond],
  ['cost_usd', ({ cost }) => (isPriced(cost) ? cost.totalNanoUsd / NANO_PER_USD : undefined)],
  ['cost_state', ({ cost }) => cost?.state],
  ['cache', ({ cache }) => cache],
  ['conversation', ({ conversationId }) => conversationId],
  ['agent', ({ agentId }) => agentId],
  ['losses', ({ losses }) => losses],
  ['prompt_cache', ({ promptCache }) => promptCache],
];

function isPriced(cost: ExchangeRow['cost']): cost is NonNullable<ExchangeRow['cost']> {
  return cost !== undefined && cost.state !== 'unpriced';
}

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[\s]*[=+\-@\t\r＝＋－＠]/;

/** One cell. Texts that clients chose must not become formulas: an apostrophe before them makes them texts. */
export function csvCell(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",;\r\n\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The rows as CSV (RFC 4180), with a line of names. */
export function csvOf(rows: readonly ExchangeRow[]): string {
  const lines = rows.map((row) => COLUMNS.map(([, value]) => csvCell(value(row))).join(','));
  return `${[COLUMNS.map(([name]) => name).join(','), ...lines].join('\r\n')}\r\n`;
}

/** The rows as JSON, as the admin API told them. */
export function jsonOf(rows: readonly ExchangeRow[]): string {
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

/** Hands a text to the browser as a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
