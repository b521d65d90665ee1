// The exchanges of the last hour or so as the ledger has them: what `sluice logs` shows without a log folder. The running
// gateway is asked first, which also knows what it has not written yet; where it does not tell, the ledger is read.

import { type ExchangeRow, exchangePageSchema } from '../../admin/contract/exchanges.ts';
import type { Selected } from '../../exchange/ledger-queries.ts';
import type { RunningGateway } from '../operator-client.ts';
import { printable } from '../ui/printable.ts';
import type { Colours } from '../ui/terminal.ts';
import { readable } from './logs-lines.ts';

/** Which exchanges are meant. */
export interface LedgerQuestion {
  readonly sinceMs: number;
  readonly onlyErrors: boolean;
  readonly only: Pick<Selected, 'client' | 'model' | 'upstream'>;
  /** The newest so many. */
  readonly limit: number;
}

/** They, the oldest first, or why there are none. */
export type LedgerFound =
  | { readonly ok: true; readonly rows: readonly ExchangeRow[]; readonly more: boolean }
  | { readonly ok: false; readonly message: string };

const PAGE_ROWS = 500;
/** Clocks may differ a little: what has just come is not to be left out. */
const AHEAD_MS = 86_400_000;
/** Longer messages are cut in lines for people. */
const MESSAGE_LENGTH = 160;

/** Asks the gateway; undefined: it does not tell. */
export async function askGateway(
  gateway: RunningGateway,
  { sinceMs, onlyErrors, only, limit }: LedgerQuestion,
): Promise<LedgerFound | undefined> {
  const rows: ExchangeRow[] = [];
  const query = new URLSearchParams({ from: String(sinceMs) });
  if (onlyErrors) query.set('outcome', 'error');
  for (const [name, values] of Object.entries(only)) for (const value of values) query.append(name, value);
  for (;;) {
    query.set('limit', String(Math.min(PAGE_ROWS, limit - rows.length)));
    const answer = await gateway.ask('GET', `/admin/v1/exchanges?${query}`);
    const read = exchangePageSchema.safeParse(answer.ok ? answer.body : undefined);
    if (!read.success) return undefined;
    const { next } = read.data;
    rows.push(...read.data.rows);
    if (next === null || rows.length >= limit) return { ok: true, rows: rows.reverse(), more: next !== null };
    query.set('before', next);
  }
}

/** Reads the ledger itself: a file or a postgres:// URL. Never rejects. */
export async function readLedger(location: string, question: LedgerQuestion): Promise<LedgerFound> {
  const { sinceMs, onlyErrors, only, limit } = question;
  const [{ readExchangesAt }, { rowView }] = await Promise.all([
    import('../../stores/open.ts'),
    import('../../admin/resources/exchanges.ts'),
  ]);
  const read = await readExchangesAt(location, {
    period: { fromMs: sinceMs, toMs: Date.now() + AHEAD_MS },
    ...(onlyErrors ? { outcome: 'error' } : {}),
    only,
    limit,
  });
  if (!read.ok) return read;
  const { rows, next } = read.result;
  return { ok: true, rows: rows.map(rowView).reverse(), more: next !== undefined };
}

/** An exchange in a line, in the words of the lines of the log folder. */
export function ledgerLine(row: ExchangeRow, colours: Colours): string {
  const { usage, cost, state } = row;
  const ended = state === 'interrupted' ? 'interrupted' : row.errorCode;
  return readable(
    JSON.stringify({
      time: new Date(row.receivedAtMs).toISOString(),
      id: row.id,
      route: row.route,
      model_asked: row.modelAsked,
      model_served: row.modelServed,
      upstream_id: row.upstreamId,
      attempts: row.attempts,
      status: row.status,
      duration_ms: row.durationMs,
      error_code: ended,
      upstream_request_id: row.upstreamRequestId,
      error_message: state === 'open' ? 'It still runs.' : short(row.errorMessage),
      ...(usage === undefined
        ? {}
        : {
            input_uncached: usage.input.uncached,
            input_cache_read: usage.input.cacheRead,
            input_cache_write:
              usage.input.cacheWrite5m + usage.input.cacheWrite1h + usage.input.cacheWriteOther,
            input_audio: usage.input.audio,
            output_text: usage.output.text,
            output_reasoning: usage.output.reasoning,
            output_audio: usage.output.audio,
          }),
      ...(cost === undefined ? {} : { cost_nano_usd: cost.totalNanoUsd, cost_state: cost.state }),
    }),
    'requests',
    colours,
  );
}

function short(message: string | undefined): string | undefined {
  if (message === undefined) return undefined;
  const line = printable(message);
  return line.length > MESSAGE_LENGTH ? `${line.slice(0, MESSAGE_LENGTH - 1)}…` : line;
}
