// A whole terminal for one command: frames without flicker, keys as they are pressed, and everything as it was before when
// the command ends, however it ends.

import type { ReadStream, WriteStream } from 'node:tty';

const ESCAPE = '\u001b[';
/** The other screen, without cursor and without wrapping of long lines. */
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l${ESCAPE}?7l`;
const LEAVE = `${ESCAPE}?7h${ESCAPE}?25h${ESCAPE}?1049l`;
const HOME = `${ESCAPE}H`;
const REST_OF_LINE = `${ESCAPE}K`;
const REST_OF_SCREEN = `${ESCAPE}J`;

/** Keys that are more than a character. */
const NAMES: Readonly<Record<string, string>> = {
  '\u0003': 'ctrl-c',
  '\u0004': 'ctrl-d',
  '\t': 'tab',
  '\u001b': 'escape',
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[C': 'right',
  '\u001b[D': 'left',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001bOC': 'right',
  '\u001bOD': 'left',
};

/** One piece of input as keys: an escape sequence is one key, everything else one for each character. */
export function keysIn(input: string): string[] {
  const keys: string[] = [];
  for (const [part] of input.matchAll(/\u001b(?:\[[\d;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu))
    keys.push(NAMES[part] ?? part);
  return keys;
}

/** The terminal as long as it is ours. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Shows lines, from the top; what is more than the screen takes is left out. */
  draw(lines: readonly string[]): void;
  /** Gives the terminal back. May be called twice. */
  close(): void;
}

/** What the screen tells. */
export interface ScreenListener {
  key(name: string): void;
  resized(): void;
}

/** Takes the terminal over. It is given back on close, and when the process ends before. */
export function openScreen(input: ReadStream, output: WriteStream, listener: ScreenListener): Screen {
  let closed = false;
  const heard = (piece: Buffer): void => {
    for (const key of keysIn(piece.toString('utf8'))) listener.key(key);
  };
  const resized = (): void => listener.resized();
  const close = (): void => {
    if (closed) return;
    closed = true;
    process.off('exit', close);
    input.off('data', heard);
    output.off('resize', resized);
    if (input.isTTY) input.setRawMode(false);
    input.pause();
    output.write(LEAVE);
  };
  // Also after a defect: Node.js tells of the exit before it prints what was thrown.
  process.on('exit', close);
  output.write(ENTER);
  if (input.isTTY) input.setRawMode(true);
  input.on('data', heard);
  input.resume();
  output.on('resize', resized);
  return {
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
    draw(lines) {
      if (closed) return;
      const shown = lines.slice(0, output.rows).map((line) => line + REST_OF_LINE);
      output.write(HOME + shown.join('\r\n') + REST_OF_SCREEN);
    },
    close,
  };
}
