// sluice top: what goes through the gateway, live in a terminal; without a terminal, one frame of it.

import type { ReadStream, WriteStream } from 'node:tty';
import { Command } from 'commander';
import picocolors from 'picocolors';
import { followLive, sampleInFlight } from '../live-gateway.ts';
import type { RunningGateway } from '../operator-client.ts';
import { fail } from '../ui/fail.ts';
import { openScreen, type Screen } from '../ui/screen.ts';
import { silentTerminal } from '../ui/silent-terminal.ts';
import { type Colours, processTerminal, type Terminal } from '../ui/terminal.ts';
import { untilStopped } from '../ui/until-stopped.ts';
import { gatewayOf, type KeyFlags, loadSetting } from './keys-setting.ts';
import { afterKey, type TopState } from './top-state.ts';
import { topLines } from './top-view.ts';
import { Watcher } from './top-watcher.ts';

/** The screen is drawn at most so often, however much happens. */
const DRAWN_EVERY_MS = 250;
/** The sum of the day is asked for again so often: other programs may have set the clock or the day may be over. */
const SUM_EVERY_MS = 60_000;
const ANSWER_MS = 2_000;
/** The frame of a terminal that is none. */
const PAPER_COLUMNS = 100;
const MOST_ROWS = 200;

/** The streams of a terminal. */
export interface TopStreams {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

/** The `top` command. `streams`: absent where there is no terminal. */
export function topCommand(
  terminal: Terminal = processTerminal(),
  streams: TopStreams | undefined = processStreams(),
): Command {
  return new Command('top')
    .description('show live what goes through the running gateway; without a terminal, print one frame')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the running gateway, where it is not that of the configuration')
    .action(async (flags: KeyFlags) => {
      if (streams === undefined) await printFrame(terminal, flags);
      else await live(terminal, flags, streams);
    });
}

function processStreams(): TopStreams | undefined {
  const { stdin, stdout } = process;
  return stdin.isTTY === true && stdout.isTTY === true ? { input: stdin, output: stdout } : undefined;
}

async function printFrame(terminal: Terminal, flags: KeyFlags): Promise<void> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const gateway = await gatewayOf(setting);
  const suggestion = 'Start it with "sluice serve", or say where it runs with --config or --port.';
  if (gateway === undefined) return fail(terminal, `No gateway runs at ${setting.origin}.`, suggestion);
  const watcher = new Watcher(setting.origin);
  const sample = await sampleInFlight(gateway, ANSWER_MS);
  if (sample === undefined) {
    const answer = await gateway.ask('GET', '/admin/v1/status');
    if (!answer.ok) return fail(terminal, answer.message, answer.suggestion);
    return fail(terminal, `The gateway at ${gateway.origin} does not tell what is on its way.`);
  }
  await watcher.greet(gateway);
  watcher.inFlight(sample);
  const nowMs = watcher.settle();
  const size = { columns: PAPER_COLUMNS, rows: MOST_ROWS };
  // Without the keys, and without the empty lines above them.
  const lines = topLines(watcher.state, size, nowMs, picocolors.createColors(false)).slice(0, -1);
  for (const line of lines.slice(0, lines.findLastIndex((one) => one !== '') + 1)) terminal.out(line);
}

async function live(terminal: Terminal, flags: KeyFlags, { input, output }: TopStreams): Promise<void> {
  // What is wrong with the configuration is said before the screen is taken.
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const asked = untilStopped();
  const ended = new AbortController();
  asked.addEventListener('abort', () => ended.abort(), { once: true });
  const watcher = new Watcher(setting.origin);
  const painter = new Painter(watcher, terminal.colours);
  const screen = openScreen(input, output, {
    key: (name) => {
      const next = afterKey(watcher.state, name);
      if (next === 'quit') ended.abort();
      else {
        watcher.state = next;
        painter.soon(true);
      }
    },
    resized: () => painter.soon(true),
  });
  painter.paint(screen);
  try {
    const quiet = silentTerminal(terminal);
    // Read again each time: a gateway that starts for the first time makes the token that opens it.
    const find = async (): Promise<RunningGateway | undefined> => {
      const fresh = await loadSetting(quiet, flags);
      return fresh === undefined ? undefined : await gatewayOf(fresh);
    };
    await followLive(find, painter.listening(), ended.signal);
  } finally {
    painter.stop();
    screen.close();
  }
}

/** Draws the state, at most four times a second; what is paused goes on being counted. */
class Painter {
  readonly #watcher: Watcher;
  readonly #colours: Colours;
  #screen: Screen | undefined;
  #shown: TopState | undefined;
  #shownAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #sums: NodeJS.Timeout | undefined;
  /** Ages and rates change although nothing happens. */
  #beat: NodeJS.Timeout | undefined;

  constructor(watcher: Watcher, colours: Colours) {
    this.#watcher = watcher;
    this.#colours = colours;
  }

  paint(screen: Screen): void {
    this.#screen = screen;
    this.#beat = setInterval(() => this.soon(false), 1_000);
    this.#draw();
  }

  /** `byHand`: a key or a new size, which is answered at the next beat also while paused. */
  soon(byHand: boolean): void {
    if (this.#watcher.state.paused && !byHand) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, DRAWN_EVERY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    clearInterval(this.#sums);
  }

  listening(): Parameters<typeof followLive>[1] {
    const watcher = this.#watcher;
    return {
      back: (gateway) => {
        clearInterval(this.#sums);
        this.#sums = setInterval(() => void watcher.sum(gateway), SUM_EVERY_MS);
        void watcher.greet(gateway).then(() => this.soon(false));
      },
      away: (status) => {
        clearInterval(this.#sums);
        watcher.away(awayWords(watcher.state.origin, status));
        this.soon(false);
      },
      inFlight: (event) => {
        watcher.inFlight(event);
        this.soon(false);
      },
      ended: (event) => {
        watcher.ended(event);
        this.soon(false);
      },
    };
  }

  #draw(): void {
    const screen = this.#screen;
    if (screen === undefined) return;
    const nowMs = this.#watcher.settle();
    const { state } = this.#watcher;
    if (!state.paused || this.#shown === undefined) {
      this.#shown = state;
      this.#shownAtMs = nowMs;
    }
    // Paused: what was shown stays, in the order and by the groups that are asked for now.
    const { by, sort, descending, paused } = state;
    const shown = { ...this.#shown, by, sort, descending, paused };
    screen.draw(topLines(shown, screen, this.#shownAtMs, this.#colours));
  }
}

function awayWords(origin: string, status: number): string {
  if (status === 401) return `The gateway at ${origin} does not take this user for its operator.`;
  if (status !== 0) return `The gateway at ${origin} does not tell what happens (${status}).`;
  return `No gateway answers at ${origin}. It is looked for again and again.`;
}
