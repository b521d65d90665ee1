// A terminal at which nobody is told what is wrong, for what is asked again and again, or shown in a bar.

import type { Terminal } from './terminal.ts';

/** The same terminal with its output, without complaints and their exit code. */
export function silentTerminal(terminal: Terminal): Terminal {
  return { ...terminal, err: () => undefined, exitCode: () => undefined };
}
