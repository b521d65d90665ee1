// sluice config diff | put | history | rollback: what would change, and the way back. A running gateway follows by itself.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readConfigText } from '../../config/edit/config-text.ts';
import { type ConfigEditor, createConfigEditor, type PutResult } from '../../config/edit/editor.ts';
import { loadConfig } from '../../config/load.ts';
import { dataFolder } from '../../config/places.ts';
import { resolveSettings } from '../../config/resolve.ts';
import { fail } from '../ui/fail.ts';
import { counted, printProblems } from '../ui/problems.ts';
import type { Terminal } from '../ui/terminal.ts';

/** The editor of a file. Its history is the one that a gateway keeps which is started with this file. */
async function editorOf({ env, home }: Terminal, file: string): Promise<ConfigEditor> {
  const loaded = await loadConfig(file, env);
  const resolved = loaded.ok
    ? resolveSettings(loaded.value, { env, home, hasKeysElsewhere: () => true })
    : undefined;
  // The way back must be open also where the file has mistakes now.
  const folder = resolved?.ok === true ? dirname(resolved.settings.storage.sqlitePath) : undefined;
  return createConfigEditor({
    file: () => file,
    env,
    home,
    // Which keys are stored is not known here; an upstream without any is warned of by the gateway.
    hasKeysElsewhere: () => true,
    reload: () => Promise.resolve({ swapped: false, problems: [] }),
    dataFolder: folder ?? dataFolder({ env, home, platform: process.platform }),
  });
}

const SEE_HISTORY = 'See "sluice config history".';

/** Prints what another file, or an earlier state, would change. */
export async function diffConfig(terminal: Terminal, file: string, other: string): Promise<void> {
  const editor = await editorOf(terminal, file);
  const path = resolve(terminal.cwd, other);
  if (!existsSync(path)) {
    const difference = await editor.historyDiff(other);
    if (difference === undefined) return fail(terminal, `${other} is no file and no state.`, SEE_HISTORY);
    return print(terminal, difference.unified);
  }
  const text = await readConfigText(path);
  if (typeof text === 'string') return fail(terminal, text);
  const { unified, ok, problems } = await editor.diff(text.text);
  print(terminal, unified);
  printProblems(terminal, problems);
  if (!ok) terminal.exitCode(1);
}

function print(terminal: Terminal, unified: string): void {
  if (unified !== '') terminal.out(unified.trimEnd());
}

/** Puts the text of another file in place. */
export async function putConfig(terminal: Terminal, file: string, other: string): Promise<void> {
  const text = await readConfigText(resolve(terminal.cwd, other));
  if (typeof text === 'string') return fail(terminal, text);
  if (!text.exists) return fail(terminal, `${other} is not there.`);
  const editor = await editorOf(terminal, file);
  report(terminal, file, await editor.put(text.text, { by: 'cli', note: `from ${other}` }));
}

/** Lists what the configuration was. */
export async function configHistory(terminal: Terminal, file: string, json: boolean): Promise<void> {
  const entries = await (await editorOf(terminal, file)).history();
  if (json) return terminal.out(JSON.stringify(entries, undefined, 2));
  if (entries.length === 0) terminal.err('Nothing has been changed through the gateway or this command yet.');
  for (const { id, at, by, note, changedPaths } of entries) {
    const places = changedPaths.length > 3 ? counted(changedPaths.length, 'place') : changedPaths.join(', ');
    terminal.out([id, at.slice(0, 19).replace('T', ' '), by, note, places].filter(Boolean).join('  '));
  }
}

/** Goes back to an earlier state. */
export async function rollbackConfig(terminal: Terminal, file: string, id: string): Promise<void> {
  const result = await (await editorOf(terminal, file)).rollback(id, { by: 'cli' });
  if (result === undefined) fail(terminal, 'There is no state of this id.', SEE_HISTORY);
  else report(terminal, file, result);
}

function report(terminal: Terminal, file: string, result: PutResult): void {
  if (!result.ok) {
    if (result.why === 'invalid') printProblems(terminal, result.problems);
    const why = {
      invalid: 'It is not valid, and was not put in place.',
      conflict: `${file} was changed at the same moment: try again.`,
      unwritable: 'message' in result ? result.message : '',
    };
    fail(terminal, why[result.why]);
    return;
  }
  printProblems(terminal, result.warnings);
  const { changes, written } = result;
  const what = written ? `${counted(changes.length, 'place')} changed` : 'nothing to change';
  terminal.err(`${terminal.colours.green('✔')} ${file}: ${what}.`);
  for (const { path, takesEffect } of changes)
    terminal.err(`  ${path}${takesEffect === 'now' ? '' : ` (${takesEffect})`}`);
}
