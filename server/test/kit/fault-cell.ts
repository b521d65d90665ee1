// Runs one cell of the fault matrix and says what is wrong with its outcome.

import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { LedgerClosing } from '../../src/exchange/ports.ts';
import { begin, type Received } from './client.ts';
import { type FaultCell, type FaultRow, HEALTHY, HEALTHY_WORD } from './fault-rows.ts';
import { type FaultSetting, LOUD_MODEL, QUIET_MODEL, SHORT_MS, SILENT_MODEL } from './fault-setting.ts';
import { notCut, notWhole } from './strict-reading.ts';
import { wires } from './wire.ts';

/** One cell. */
export interface CellJob {
  readonly row: FaultRow;
  readonly from: DialectId;
  readonly to: DialectId;
  readonly stream: boolean;
  /** There is a healthy second candidate. */
  readonly second: boolean;
}

/** How it went. */
export interface CellRun extends Omit<CellJob, 'row'> {
  readonly row: string;
  /** undefined: everything was as it should be. */
  readonly wrong: string | undefined;
}

/** Far more than any fault takes, and far less than a hang. */
const HUNG_MS = 8_000;

let count = 0;

/** Runs a cell. */
export async function runCell(setting: FaultSetting, job: CellJob): Promise<CellRun> {
  const { row, from, stream, second } = job;
  const cell = stream ? row.stream : row.json;
  if (cell === undefined) throw new Error(`${row.name} has no such cell.`);
  const gateway = second ? setting.both : setting.alone;
  const silent = cell.afterOutput ? QUIET_MODEL : SILENT_MODEL;
  const model = `${row.silent ? silent : LOUD_MODEL}${count++}`;
  const call = begin(gateway.port, wires[from].request(model, stream, 'Hello'));
  setting.scripts.set(model, (turn) => cell.behave(turn, call.head));
  const timer = setTimeout(() => call.leave('reset'), HUNG_MS);
  const answer = await call.done;
  clearTimeout(timer);
  const closing = await gateway.row(answer.header('x-sluice-request-id'));
  const wrong = wrongAnswer(job, cell, answer) ?? wrongRow(job, cell, closing);
  return { ...job, row: row.name, wrong: wrong ?? wrongTime(job, answer) };
}

function wrongAnswer(job: CellJob, cell: FaultCell, answer: Received): string | undefined {
  const { from, stream, second } = job;
  if (answer.end === 'cut') return answer.tookMs >= HUNG_MS ? 'hung' : 'cut';
  const text = answer.text();
  if (cell.afterOutput) {
    if (answer.status !== 200) return `status ${answer.status}`;
    return notCut(from, text, HEALTHY_WORD);
  }
  if (!second) return wrongRefusal(from, byFormat(cell.status, job.to), answer);
  if (answer.status !== 200) return `status ${answer.status}`;
  if (stream) return notWhole(from, text, HEALTHY);
  const seen = wires[from].understand(text, false);
  return seen.complete && seen.text === HEALTHY ? undefined : `the answer ${text.slice(0, 80)}`;
}

function wrongRefusal(from: DialectId, status: number, answer: Received): string | undefined {
  if (answer.status !== status) return `status ${answer.status} for ${status}`;
  if (!/^application\/json/.test(answer.header('content-type') ?? '')) return 'no JSON';
  const { error } = wires[from].understand(answer.text(), false);
  return error === undefined ? `no error body: ${answer.text().slice(0, 80)}` : undefined;
}

function wrongRow({ second, to }: CellJob, cell: FaultCell, row: LedgerClosing): string | undefined {
  const { afterOutput } = cell;
  const tries = row.tries ?? [];
  if (afterOutput || !second) {
    if (row.attempts !== 1 || tries.length > 0) return `${row.attempts} attempts`;
    return row.errorCode === undefined ? 'no error in the ledger' : undefined;
  }
  const [first, last, ...more] = tries;
  if (first === undefined || last === undefined || more.length > 0) return `${tries.length} tries`;
  if (row.errorCode !== undefined || row.upstreamId !== 'good') return `the row tells of ${row.upstreamId}`;
  const ends = `${first.upstreamId === 'good' ? 'good' : 'bad'} ${first.end}, ${last.upstreamId} ${last.end}`;
  if (ends !== 'bad failed, good answered') return ends;
  const reason = byFormat(cell.reason, to);
  return first.reason === reason ? undefined : `reason ${first.reason} for ${reason}`;
}

function byFormat<T extends string | number>(value: T | Readonly<Record<DialectId, T>>, to: DialectId): T {
  return typeof value === 'object' ? value[to] : value;
}

/** What is silent is given up in time, and not before. */
function wrongTime({ row, stream }: CellJob, { tookMs }: Received): string | undefined {
  if (!row.silent) return undefined;
  const dueMs = SHORT_MS - 5;
  return tookMs < dueMs
    ? `given up after ${Math.round(tookMs)} ms (${stream ? 'stream' : 'whole'})`
    : undefined;
}
