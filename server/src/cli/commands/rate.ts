// sluice rate: tokens per second of the running gateway, for a terminal or a menu bar.

import { Command, Option } from 'commander';
import { WINDOW_MS } from '../../core/telemetry/token-meter.ts';
import { followLive } from '../live-gateway.ts';
import { LiveRate, rateNow, recentRows, remember } from '../live-rate.ts';
import type { RunningGateway } from '../operator-client.ts';
import { fail } from '../ui/fail.ts';
import { silentTerminal } from '../ui/silent-terminal.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { untilStopped } from '../ui/until-stopped.ts';
import { gatewayOf, type KeyFlags, loadSetting } from './keys-setting.ts';
import {
  RATE_FORMATS,
  RATE_MODES,
  type RateFormat,
  type RateMode,
  type RateState,
  rateLines,
} from './rate-words.ts';

interface RateFlags extends KeyFlags {
  readonly format: RateFormat;
  readonly mode: RateMode;
  readonly watch?: boolean;
}

/** A rate is told so often, where it has changed. */
const TOLD_EVERY_MS = 1_000;

/** The `rate` command. `stopped`: ends a watch before the process does, for tests. */
export function rateCommand(terminal: Terminal = processTerminal(), stopped?: AbortSignal): Command {
  return new Command('rate')
    .description('print the tokens per second of the running gateway: input ↑, output ↓')
    .addOption(new Option('-f, --format <bar>', 'for whom').choices(RATE_FORMATS).default('text'))
    .addOption(new Option('-m, --mode <what>', 'what to show').choices(RATE_MODES).default('split'))
    .option('-w, --watch', 'go on, with a new line whenever it changes')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the running gateway, where it is not that of the configuration')
    .action(async (flags: RateFlags) => {
      if (flags.watch === true) await watch(terminal, flags, stopped ?? untilStopped());
      else await once(terminal, flags);
    });
}

async function once(terminal: Terminal, flags: RateFlags): Promise<void> {
  const state = await stateNow(flags.format === 'text' ? terminal : silentTerminal(terminal), flags);
  if (state === undefined) {
    // What is wrong has been said, if anybody reads it.
    show(terminal, flags, {
      kind: 'away',
      why: 'The configuration cannot be read: run "sluice config check".',
    });
    return;
  }
  // A person, and a script, learn it from the exit code; a bar shows a quiet line and would show a failure loudly.
  if (state.kind === 'away' && flags.format === 'text') {
    fail(terminal, state.why, 'Start it with "sluice serve", or say where it runs with --config or --port.');
    return;
  }
  show(terminal, flags, state);
}

function show(terminal: Terminal, { format, mode, watch: streamed }: RateFlags, state: RateState): void {
  for (const line of rateLines(state, format, mode, streamed === true)) terminal.out(line);
}

/** undefined: where the gateway is to be cannot be read. */
async function stateNow(terminal: Terminal, flags: RateFlags): Promise<RateState | undefined> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return undefined;
  const gateway = await gatewayOf(setting);
  if (gateway === undefined) return { kind: 'away', why: `No gateway runs at ${setting.origin}.` };
  const rate = await rateNow(gateway);
  const known = rate?.rate();
  if (rate === undefined || known === undefined) return { kind: 'away', why: await whySilent(gateway) };
  return { kind: 'known', rate: known, origin: gateway.origin, inFlight: rate.inFlight };
}

async function whySilent(gateway: RunningGateway): Promise<string> {
  const answer = await gateway.ask('GET', '/admin/v1/log-level', undefined, TOLD_EVERY_MS);
  return answer.ok ? `The gateway at ${gateway.origin} tells no rate.` : answer.message;
}

async function watch(terminal: Terminal, flags: RateFlags, stopped: AbortSignal): Promise<void> {
  const quiet = silentTerminal(terminal);
  let rate: LiveRate | undefined;
  let state: RateState = { kind: 'away', why: 'The gateway is being looked for.' };
  let shown: string | undefined;
  const tell = (): void => {
    if (rate !== undefined && state.kind === 'known') {
      const known = rate.rate();
      if (known === undefined) return;
      state = { ...state, rate: known, inFlight: rate.inFlight };
    }
    const lines = rateLines(state, flags.format, flags.mode, true).join('\n');
    if (lines === shown) return;
    shown = lines;
    if (lines !== '' || flags.format !== 'text') terminal.out(lines);
    if (state.kind === 'away' && flags.format === 'text') terminal.err(state.why);
  };
  const find = async (): Promise<RunningGateway | undefined> => {
    const setting = await loadSetting(quiet, flags);
    const gateway = setting === undefined ? undefined : await gatewayOf(setting);
    if (gateway !== undefined) return gateway;
    const where = setting === undefined ? 'with this configuration' : `at ${setting.origin}`;
    state = { kind: 'away', why: `No gateway runs ${where}.` };
    return undefined;
  };
  const timer = setInterval(tell, TOLD_EVERY_MS);
  const listener = {
    back: (gateway: RunningGateway) => {
      const fresh = new LiveRate(Date.now, Date.now() - WINDOW_MS);
      rate = fresh;
      state = { kind: 'known', rate: { input: 0, output: 0 }, origin: gateway.origin, inFlight: 0 };
      void recentRows(gateway, Date.now()).then((rows) => remember(fresh, rows ?? [], Date.now()));
    },
    away: (status: number) => {
      rate = undefined;
      if (state.kind === 'known') {
        const why =
          status === 0 ? 'The gateway is away.' : `The gateway does not tell its events (${status}).`;
        state = { kind: 'away', why };
      }
      tell();
    },
    inFlight: (event: Parameters<LiveRate['running']>[0]) => rate?.running(event),
    ended: (event: Parameters<LiveRate['ended']>[0]) => rate?.ended(event),
  };
  await followLive(find, listener, stopped);
  clearInterval(timer);
}
