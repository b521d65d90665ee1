// Copies a whole ledger into another database, in one transaction: everything is there and proved equal, or nothing is.

import { beat, HEARTBEAT_MS } from '../tables/owner.ts';
import { transaction } from '../tables/transaction.ts';
import { type Merged, mergeTable, NotACopy } from './merge.ts';
import { type CopyPlace, copyPlace, failed, type Outcome, samePlace } from './place.ts';
import { type Figures, type Side, SideFailure } from './side.ts';
import { type SideSetting, withSource } from './source.ts';
import { COPIED_TABLES, type CopiedTable } from './tables.ts';
import { withTarget } from './target.ts';
import { RowsWriter } from './write-rows.ts';

/** What is to be copied. */
export interface CopyOptions {
  /** A file, or a URL of sqlite: or postgres: */
  readonly from: string;
  readonly to: string;
  /** The data folder of gateways of this machine. */
  readonly dataFolder: string;
  /** Says what would be copied, and writes nothing. */
  readonly dryRun: boolean;
  /** Hears of each table that is done. */
  onTable?(table: string, rows: number): void;
}

/** One table, before and after. */
export interface TableReport extends Readonly<Merged> {
  readonly table: string;
  readonly source: Figures;
  /** Absent when it was only looked. */
  readonly target?: Figures;
}

/** What was copied, or would be. */
export interface CopyReport {
  readonly from: string;
  readonly to: string;
  readonly dryRun: boolean;
  readonly tables: readonly TableReport[];
  /** What the operator should know besides. */
  readonly notes: readonly string[];
}

/** The two do not tell the same after the copy. */
class Unequal extends Error {}

/** Copies a ledger. Never throws for the sake of a database; a refusal says what to do, and nothing was copied then. */
export async function copyLedger(options: CopyOptions): Promise<Outcome<CopyReport>> {
  const [from, to] = [copyPlace(options.from), copyPlace(options.to)];
  if ('problem' in from) return failed(`--from cannot be used: ${from.problem}.`);
  if ('problem' in to) return failed(`--to cannot be used: ${to.problem}.`);
  if (samePlace(from, to)) return failed(`Both are the same ledger: ${from.name}.`);
  const notes: string[] = [];
  const { dataFolder, dryRun } = options;
  const setting: SideSetting = { dataFolder, dryRun, note: (words) => notes.push(words) };
  const heart = pulse([from, to]);
  const copied = await withSource(from, setting, (source) =>
    withTarget(to, setting, async (target) => attempt(source, target, to, heart, options)),
  );
  if (!copied.ok) return copied;
  const { tables, gone } = copied.result;
  if (gone > 0)
    notes.push(`${gone} long captures were left out: their files are no longer beside ${from.name}.`);
  return { ok: true, result: { from: from.name, to: to.name, dryRun, tables, notes } };
}

interface Copied {
  readonly tables: readonly TableReport[];
  /** Details that could not be read. */
  readonly gone: number;
}

function attempt(
  source: Side,
  target: Side | undefined,
  to: CopyPlace,
  heart: () => void,
  options: CopyOptions,
): Outcome<Copied> {
  try {
    const told = (table: string, rows: number): void => options.onTable?.(table, rows);
    source.onPage = heart;
    const before = COPIED_TABLES.map((table) => source.figures(table));
    const writer = target === undefined || options.dryRun ? undefined : new RowsWriter(target);
    const tables =
      target === undefined || writer === undefined
        ? look(source, target, before, told)
        : write(source, target, writer, before, told);
    return { ok: true, result: { tables, gone: source.gone.rows } };
  } catch (error) {
    return failed(wordsOf(error, source.name, to.name));
  }
}

function look(
  source: Side,
  target: Side | undefined,
  before: readonly Figures[],
  told: (table: string, rows: number) => void,
): TableReport[] {
  return COPIED_TABLES.map((table, at) => {
    const merged = mergeTable(table, source, target, undefined);
    told(table.name, merged.copied);
    return { table: table.name, source: before[at] ?? {}, ...merged };
  });
}

function write(
  source: Side,
  target: Side,
  writer: RowsWriter,
  before: readonly Figures[],
  told: (table: string, rows: number) => void,
): TableReport[] {
  const reports: TableReport[] = [];
  try {
    target.guard(() =>
      transaction(target.driver, () => {
        for (const [at, table] of COPIED_TABLES.entries()) {
          const merged = mergeTable(table, source, target, writer);
          const report = { table: table.name, source: before[at] ?? {}, ...merged };
          told(table.name, merged.copied);
          reports.push({ ...report, target: proved(table, report, source, target) });
        }
      }),
    );
  } catch (error) {
    writer.undo();
    throw error;
  }
  return reports;
}

/** What the target's table comes to. Throws where it is not what the source's does. */
function proved(table: CopiedTable, report: TableReport, source: Side, target: Side): Figures {
  const figures = target.figures(table);
  const { gone } = source;
  for (const [name, value] of Object.entries(report.source)) {
    let expected = BigInt(value);
    if (name === 'rows') expected += BigInt(report.kept);
    if (table.name === 'details' && name === 'rows') expected -= BigInt(gone.rows);
    if (table.name === 'details' && name === 'bytes') expected -= BigInt(gone.bytes);
    if (BigInt(figures[name] ?? '-1') !== expected)
      throw new Unequal(
        `${name} of "${table.name}": ${expected} in the source, ${figures[name]} in the copy`,
      );
  }
  return figures;
}

function wordsOf(error: unknown, source: string, target: string): string {
  if (error instanceof SideFailure)
    return `The ledger ${error.side} cannot be used (${error.message}). Nothing was copied.`;
  if (error instanceof Unequal)
    return `The copy is not equal to ${source} (${error.message}), so it was undone: nothing was copied. This may be a defect of Sluice: please report it.`;
  if (!(error instanceof NotACopy)) throw error;
  const { table, row, differs } = error;
  const value = (column: string): string => String(row[table.columns.indexOf(column)]);
  const what =
    table.name === 'exchanges'
      ? `the request ${value('id')} of ${new Date(Number(value('received_at_ms'))).toISOString()}`
      : `a row of "${table.name}" (${table.key.map(value).join(', ')})`;
  const where = differs ? `is another one there than in ${source}` : `is there, and not in ${source}`;
  return `${target} holds another ledger, or an earlier state of this one: ${what} ${where}. Two ledgers are not mixed, and nothing was copied. Copy into an empty place: another file, or another schema ("?schema=name" at the end of the URL).`;
}

/** Shows to gateways of other machines that claimed files have an owner that lives. */
function pulse(places: readonly CopyPlace[]): () => void {
  let lastMs = performance.now();
  return () => {
    if (performance.now() - lastMs < HEARTBEAT_MS) return;
    lastMs = performance.now();
    for (const place of places) if (place.kind === 'file') beat(place.path);
  };
}
