// sluice replay: sends the requests of a bundle again, and says how the answers differ from those that were captured.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { errorText, type SluiceError } from '../../core/model/error.ts';
import type { CaptureRecord } from '../../exchange/detail/capture-record.ts';
import { readBundle } from '../../exchange/replay/bundle.ts';
import { isMoreThanTime } from '../../exchange/replay/compare.ts';
import type { ReplayDifference, ReplayReport } from '../../exchange/replay/report.ts';
import type { RunningGateway } from '../operator-client.ts';
import { replayOverHttp } from '../replay-over-http.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { type KeyFlags, runningGateway } from './keys-setting.ts';

/** As long as a model may take that thinks for long. */
const ANSWER_MS = 15 * 60_000;

interface ReplayFlags extends KeyFlags {
  readonly model?: string;
  readonly upstream?: string;
  readonly url?: string;
  readonly key?: string;
  readonly strict?: boolean;
}

/** A report, or why there is none. */
type Replayed = ReplayReport | { readonly message: string };

/** The `replay` command. */
export function replayCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('replay')
    .description(
      'send the requests of a bundle again and compare the answers; providers bill them as any other',
    )
    .argument('<bundle>', 'file made by "sluice capture export"')
    .option('--model <name>', 'ask this model instead')
    .option('--upstream <id>', 'let this upstream alone serve them')
    .option('--url <url>', 'send them to the gateway at this address, as a client')
    .option('--key <key>', 'key of a client, with --url')
    .option('--strict', 'exit with 1 on any difference but times, also in words')
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the running gateway, where it is not that of the configuration')
    .action(async (file: string, flags: ReplayFlags) => replay(terminal, file, flags));
}

async function replay(terminal: Terminal, file: string, flags: ReplayFlags): Promise<void> {
  if (flags.url !== undefined && flags.upstream !== undefined)
    return fail(
      terminal,
      '--upstream goes with the operator’s own gateway; a client cannot choose it.',
      'Leave out --url.',
    );
  const bundle = await readFile(resolve(terminal.cwd, file), 'utf8').then(readBundle, unreadable);
  if (!('exchanges' in bundle)) return fail(terminal, `${file}: ${bundle.message}`, bundle.suggestion);
  const send = await senderOf(terminal, flags);
  if (send === undefined) return;
  const reports: Replayed[] = [];
  for (const record of bundle.exchanges) {
    const report = await send(record);
    reports.push(report);
    if (flags.json !== true) for (const line of linesOf(terminal, record, report)) terminal.out(line);
  }
  if (flags.json === true) terminal.out(JSON.stringify(reports, undefined, 2));
  if (reports.some((report) => isDifferent(report, flags.strict === true))) terminal.exitCode(1);
}

function unreadable(thrown: unknown): { readonly message: string; readonly suggestion?: string } {
  return { message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** What could not be sent counts as different: nothing was proved. */
function isDifferent(report: Replayed, strict: boolean): boolean {
  if ('message' in report) return true;
  return strict ? isMoreThanTime(report.diff) : !report.diff.same;
}

/** Sends through the gateway that runs here as its operator, or to an address as a client. */
async function senderOf(
  terminal: Terminal,
  flags: ReplayFlags,
): Promise<((record: CaptureRecord) => Promise<Replayed>) | undefined> {
  const { url, key, model, upstream } = flags;
  if (url !== undefined) return async (record) => reported(await replayOverHttp(record, { url, key, model }));
  const orElse = '; or send as a client with --url and --key';
  const gateway = await runningGateway(terminal, flags, { orElse });
  if (gateway === undefined) return undefined;
  return (record) => throughOperator(gateway, record, { model, upstream });
}

function reported(answer: ReplayReport | SluiceError): Replayed {
  return 'code' in answer ? { message: errorText(answer) } : answer;
}

async function throughOperator(
  gateway: RunningGateway,
  record: CaptureRecord,
  to: { readonly model: string | undefined; readonly upstream: string | undefined },
): Promise<Replayed> {
  // What the upstreams were sent and said is long, and not needed.
  const body = { record: { ...record, attempts: [] }, ...to };
  const answer = await gateway.ask('POST', '/admin/v1/replays', body, ANSWER_MS);
  // The gateway of this program's own version has made it.
  if (answer.ok) return answer.body as ReplayReport;
  return { message: [answer.message, answer.suggestion].filter((text) => text !== undefined).join(' ') };
}

function linesOf({ colours }: Terminal, record: CaptureRecord, report: Replayed): string[] {
  const title = printable(`${record.id} ${record.route} ${record.outcome.modelAsked ?? ''}`.trimEnd());
  if ('message' in report) return [`${colours.red('failed')} ${title}: ${printable(report.message)}`];
  const { diff, after } = report;
  const mark = diff.same ? colours.green('same') : colours.red('different');
  const lines = [`${mark} ${title} → ${after.exchangeId}`];
  for (const note of report.request.notes) lines.push(`  ${printable(note)}`);
  for (const difference of diff.differences) lines.push(`  ${differenceLine(difference)}`);
  if (diff.text !== undefined)
    for (const line of diff.text.split('\n').slice(2)) lines.push(`    ${printable(line)}`);
  return lines;
}

const SHOWN_LENGTH = 200;

function differenceLine({ member, before, after, matters }: ReplayDifference): string {
  const mark = matters ? '!' : '·';
  if (member === 'text' || member === 'reasoning')
    return `${mark} ${member}: ${String(before).length} → ${String(after).length} characters`;
  return printable(`${mark} ${member}: ${shown(before)} → ${shown(after)}`);
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
