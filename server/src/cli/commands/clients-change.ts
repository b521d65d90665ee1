// sluice clients add | enable | disable | revoke: changes sluice.jsonc and nothing else in it; comments stay. A running
// gateway takes the change over by itself, because it watches the file.

import { makeClientKey } from '../../config/client-key.ts';
import { createConfigEditor, type Edits } from '../../config/edit/editor.ts';
import { appending, entriesIn, indexIn } from '../../config/edit/entries.ts';
import { loadConfig } from '../../config/load.ts';
import { hashKey } from '../../config/resolve-clients.ts';
import type { BudgetPeriod } from '../../core/budgets/budget.ts';
import { vaultFolder } from '../../vault/places.ts';
import { findConfig, reportNoConfig } from '../ui/config-file.ts';
import { fail } from '../ui/fail.ts';
import { printProblems } from '../ui/problems.ts';
import { settingsOf } from '../ui/settings-of.ts';
import type { Terminal } from '../ui/terminal.ts';
import type { ClientFlags } from './clients-flags.ts';

/** What a new client may use and spend. */
export interface NewClient {
  readonly name?: string;
  readonly budget?: readonly { readonly period: BudgetPeriod; readonly usd: number }[];
  readonly model?: readonly string[];
  readonly upstream?: readonly string[];
  readonly expires?: string;
}

/** Adds a client and prints its key on standard output. */
export async function addClient(
  terminal: Terminal,
  id: string,
  flags: ClientFlags & NewClient,
): Promise<void> {
  const key = makeClientKey();
  const { name, budget, model, upstream, expires } = flags;
  const entry = {
    id,
    ...(name !== undefined && { name }),
    keyHash: `sha256:${hashKey(key)}`,
    ...(expires !== undefined && { expiresAt: expires }),
    ...(model && { models: [...model] }),
    ...(upstream && { upstreams: [...upstream] }),
    ...(budget && { budgets: budget.map(({ period, usd }) => ({ period, usd })) }),
  };
  const file = await change(terminal, flags, `add client ${id}`, (written) =>
    indexIn(written, 'clients', id) >= 0
      ? `There is a client "${id}" already.`
      : appending(written, 'clients', entry),
  );
  if (file === undefined) return;
  if (flags.json === true) {
    terminal.out(JSON.stringify({ id, key, file }));
    return;
  }
  const { colours } = terminal;
  terminal.err(
    `${colours.green('✔')} Added ${id} to ${file}. Its key, shown only this once; the file holds its hash:`,
  );
  terminal.out(key);
}

/** Lets a client in or locks it out. */
export async function switchClient(
  terminal: Terminal,
  id: string,
  flags: ClientFlags,
  enabled: boolean,
): Promise<void> {
  const file = await change(terminal, flags, `${enabled ? 'enable' : 'disable'} client ${id}`, (written) => {
    const index = indexIn(written, 'clients', id);
    if (index < 0) return noClient(id);
    const is = entriesIn(written, 'clients')[index]?.['enabled'] !== false;
    return is === enabled ? [] : [{ path: ['clients', index, 'enabled'], value: enabled }];
  });
  done(terminal, flags, file, { id, enabled }, `${id} is ${enabled ? 'enabled' : 'disabled'}`);
}

/** Takes a client out. */
export async function revokeClient(terminal: Terminal, id: string, flags: ClientFlags): Promise<void> {
  const file = await change(terminal, flags, `revoke client ${id}`, (written) => {
    const index = indexIn(written, 'clients', id);
    if (index < 0) return noClient(id);
    // Without any client the gateway is open to everyone who reaches it, which nobody means who takes a key away.
    if (entriesIn(written, 'clients').length === 1)
      return `"${id}" is the only client: without it the gateway would need no key at all. Disable it instead, or add another one first.`;
    return [{ path: ['clients', index], value: undefined }];
  });
  done(terminal, flags, file, { id, revoked: true }, `${id} is revoked`);
}

const noClient = (id: string): string =>
  `There is no client "${id}". "sluice clients list" shows those there are.`;

function done(
  terminal: Terminal,
  flags: ClientFlags,
  file: string | undefined,
  facts: object,
  words: string,
): void {
  if (file === undefined) return;
  if (flags.json === true) terminal.out(JSON.stringify({ ...facts, file }));
  else terminal.err(`${terminal.colours.green('✔')} ${words} in ${file}.`);
}

/** Changes the file; answers its path, or undefined when it has said why that was not possible. */
async function change(
  terminal: Terminal,
  flags: ClientFlags,
  note: string,
  edits: Extract<Edits, (...written: never[]) => unknown>,
): Promise<string | undefined> {
  const located = findConfig(terminal, flags.config);
  if (located === undefined) {
    reportNoConfig(terminal);
    return undefined;
  }
  const { env, home } = terminal;
  const settings = settingsOf(terminal, await loadConfig(located.path, env));
  if (settings === undefined)
    return fail(terminal, 'The configuration has errors, so it is not changed.', 'Correct it first.');
  const editor = createConfigEditor({
    file: () => located.path,
    env,
    home,
    // The vault is not looked into for this.
    hasKeysElsewhere: () => true,
    reload: () => Promise.resolve({ swapped: false, problems: [] }),
    dataFolder: vaultFolder(settings),
  });
  const result = await editor.change(edits, { by: 'cli', note });
  if (result.ok) return result.file;
  if (result.why === 'conflict')
    return fail(terminal, 'The file was changed at the same moment.', 'Try again.');
  if (result.why === 'unwritable') return fail(terminal, result.message, result.suggestion);
  printProblems(terminal, result.problems);
  terminal.exitCode(1);
  return undefined;
}
