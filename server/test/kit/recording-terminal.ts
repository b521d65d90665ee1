// A terminal for commands under test: nobody types at it, and what it is told is kept.

import { join } from 'node:path';
import picocolors from 'picocolors';
import type { Terminal } from '../../src/cli/ui/terminal.ts';

/** What a command has said, every line with its end, and its exit code. */
export interface Said {
  out: string;
  err: string;
  code: number;
}

/** A terminal in a folder. Its user has a home of his own in there, and no environment. */
export function recordingTerminal(
  cwd: string,
  besides: Partial<Pick<Terminal, 'env' | 'home' | 'interactive'>> = {},
): { readonly terminal: Terminal; readonly said: Said } {
  const said: Said = { out: '', err: '', code: 0 };
  const terminal: Terminal = {
    env: {},
    cwd,
    home: join(cwd, 'home'),
    interactive: false,
    colours: picocolors.createColors(false),
    out: (line) => {
      said.out += `${line}\n`;
    },
    err: (line) => {
      said.err += `${line}\n`;
    },
    exitCode: (code) => {
      said.code = code;
    },
    ...besides,
  };
  return { terminal, said };
}
