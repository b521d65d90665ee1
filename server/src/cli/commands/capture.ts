// sluice capture: opens and closes the window in which exchanges are captured, says how it stands, and exports what was
// kept, through the running gateway.

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../core/model/json.ts';
import type { GatewayAnswer, RunningGateway } from '../operator-client.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { type KeyFlags, runningGateway } from './keys-setting.ts';

const PATH = '/admin/v1/capture';

interface StartFlags extends KeyFlags {
  readonly seconds?: string;
  readonly until?: string;
  readonly requests?: string;
  readonly maxKib?: string;
  readonly client?: string;
  readonly model?: string;
  readonly upstream?: string;
  readonly route?: string;
  readonly conversation?: string;
  readonly errors?: boolean;
}

interface ExportFlags extends KeyFlags {
  readonly output?: string;
}

/** The `capture` command. */
export function captureCommand(terminal: Terminal = processTerminal()): Command {
  const command = new Command('capture')
    .description('keep requests and answers as they were sent, for a while')
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the running gateway, where it is not that of the configuration');
  command
    .command('start')
    .description('open a window: for 30 seconds, unless told otherwise')
    .option('--seconds <number>', 'how long it stays open')
    .option('--until <time>', 'how long it stays open: a time such as 2026-05-01T12:00:00Z')
    .option('--requests <number>', 'close it after this many exchanges')
    .option('--max-kib <number>', 'the most that is kept of one body, in KiB; 256 by default, 16384 at most')
    .option('--client <id>', 'only exchanges of this client')
    .option('--model <glob>', 'only exchanges with a model of this name')
    .option('--upstream <id>', 'only exchanges that this upstream was asked')
    .option('--route <name>', 'only exchanges of this route')
    .option('--conversation <id>', 'only exchanges of this conversation')
    .option('--errors', 'only exchanges that end in an error')
    .action((_options: unknown, self: Command) => start(terminal, self.optsWithGlobals<StartFlags>()));
  command
    .command('stop')
    .description('close the window')
    .action((_options: unknown, self: Command) =>
      told(terminal, self.optsWithGlobals<KeyFlags>(), (gateway) => gateway.ask('DELETE', PATH)),
    );
  command
    .command('status')
    .description('say whether a window is open, and what was kept')
    .action((_options: unknown, self: Command) =>
      told(terminal, self.optsWithGlobals<KeyFlags>(), (gateway) => gateway.ask('GET', PATH)),
    );
  command
    .command('export')
    .description('write what was kept of exchanges as one bundle, for "sluice replay"')
    .argument('<id...>', 'ids of the exchanges')
    .option('-o, --output <file>', 'where to; standard output by default')
    .action((ids: string[], _options: unknown, self: Command) =>
      exportBundle(terminal, ids, self.optsWithGlobals<ExportFlags>()),
    );
  return command;
}

async function start(terminal: Terminal, flags: StartFlags): Promise<void> {
  const window = windowOf(flags);
  if (typeof window === 'string') return fail(terminal, window);
  await told(terminal, flags, (gateway) => gateway.ask('POST', PATH, window));
}

/** The window that the flags ask for, or what is wrong with them. */
function windowOf(flags: StartFlags): object | string {
  const { client, model, upstream, route, conversation } = flags;
  const seconds = numberOf(flags.seconds);
  const requests = numberOf(flags.requests);
  const kib = numberOf(flags.maxKib);
  const untilMs = flags.until === undefined ? undefined : Date.parse(flags.until);
  if (seconds === 'none' || requests === 'none' || kib === 'none')
    return '--seconds, --requests and --max-kib must be numbers above 0.';
  if (untilMs !== undefined && !Number.isFinite(untilMs))
    return '--until must be a time, such as 2026-05-01T12:00:00Z.';
  return {
    seconds,
    requests,
    untilMs,
    maxBytes: kib === undefined ? undefined : Math.round(kib * 1024),
    filter: { client, model, upstream, route, conversation, errorsOnly: flags.errors },
  };
}

function numberOf(text: string | undefined): number | 'none' | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : 'none';
}

/** Asks, and prints how the capture stands. */
async function told(
  terminal: Terminal,
  flags: KeyFlags,
  ask: (gateway: RunningGateway) => Promise<GatewayAnswer>,
): Promise<void> {
  const gateway = await runningGateway(terminal, flags);
  if (gateway === undefined) return;
  const answer = await ask(gateway);
  if (!answer.ok) return fail(terminal, answer.message, answer.suggestion);
  if (flags.json === true || !isObject(answer.body)) terminal.out(JSON.stringify(answer.body, undefined, 2));
  else for (const line of statusLines(answer.body)) terminal.out(line);
}

function statusLines(status: JsonObject): string[] {
  const { untilMs, requestsLeft, captured, running } = status;
  const until = typeof untilMs === 'number' ? [`until ${new Date(untilMs).toISOString()}`] : [];
  const left = typeof requestsLeft === 'number' ? [`for ${requestsLeft} more exchanges`] : [];
  const lines = [
    status['open'] === true
      ? `A window is open ${[...until, ...left].join(', or ')}.`
      : 'No window is open: nothing is captured.',
    `${Number(captured ?? 0)} kept, ${Number(running ?? 0)} on their way.`,
  ];
  const filter = Object.entries(objectOf(status['filter']) ?? {});
  if (filter.length > 0)
    lines.push(printable(`Only: ${filter.map(([name, value]) => `${name} ${String(value)}`).join(', ')}.`));
  for (const id of listOf(status['recent'])) lines.push(printable(`  ${textOf(id) ?? ''}`));
  return lines;
}

async function exportBundle(terminal: Terminal, ids: readonly string[], flags: ExportFlags): Promise<void> {
  const gateway = await runningGateway(terminal, flags);
  if (gateway === undefined) return;
  let whole: JsonObject | undefined;
  const exchanges: unknown[] = [];
  for (const id of ids) {
    const answer = await gateway.ask('GET', `/admin/v1/exchanges/${encodeURIComponent(id)}/bundle`);
    if (!answer.ok) return fail(terminal, `${printable(id)}: ${answer.message}`, answer.suggestion);
    whole ??= objectOf(answer.body);
    exchanges.push(...listOf(objectOf(answer.body)?.['exchanges']));
  }
  const text = JSON.stringify({ ...whole, exchanges }, undefined, 2);
  if (flags.output === undefined) return terminal.out(text);
  try {
    await writeFile(resolve(terminal.cwd, flags.output), `${text}\n`, { mode: 0o600 });
    terminal.err(`${exchanges.length} exchanges are in ${flags.output}.`);
  } catch (thrown) {
    fail(
      terminal,
      `${flags.output} cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    );
  }
}
