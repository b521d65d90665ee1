// sluice setup --undo [tool…]: takes back what was set up, and says of each file what became of it.

import { troubleIn } from '../../setup/on-disk.ts';
import { findTool } from '../../setup/tools/index.ts';
import { type UndoneFile, undoTool } from '../../setup/undo.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import type { Terminal } from '../ui/terminal.ts';
import { recordStore } from './setup-target.ts';

const WORDS: Readonly<Record<UndoneFile['what'], string>> = {
  restored: 'is as it was',
  removed: 'is gone again',
  edited: 'has our changes taken out',
  left: 'was left alone',
  failed: 'could not be undone',
};

/** Undoes the tools that are named, or all of them. */
export async function undoSetup(terminal: Terminal, named: readonly string[], force: boolean): Promise<void> {
  const { colours } = terminal;
  const unknown = named.find((name) => findTool(name) === undefined);
  if (unknown !== undefined) return fail(terminal, `There is no tool "${unknown}" that is set up.`);
  const records = recordStore(terminal);
  try {
    await records.alone(async () => {
      const known = await records.read();
      const ids = named.length > 0 ? named.map((name) => findTool(name)?.id ?? name) : Object.keys(known);
      if (ids.length === 0) terminal.err('Nothing is set up.');
      for (const tool of ids) {
        const client = known[tool]?.client;
        const undone = await undoTool({ tool, records, force });
        if (undone === undefined) terminal.err(`${tool} is not set up.`);
        for (const { path, what, note } of undone ?? []) {
          const mark =
            what === 'failed'
              ? colours.red('error')
              : what === 'left'
                ? colours.yellow('note')
                : colours.green('✔');
          terminal.err(
            `${mark} ${printable(path)} ${WORDS[what]}.${note === undefined ? '' : ` ${printable(note)}`}`,
          );
          if (what === 'failed') terminal.exitCode(1);
        }
        if (undone !== undefined && client !== undefined)
          terminal.err(`The client "${client}" stays. "sluice clients revoke ${client}" takes its key away.`);
      }
    });
  } catch (error) {
    fail(terminal, troubleIn(error));
  }
}
