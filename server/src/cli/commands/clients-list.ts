// sluice clients list: who may call the gateway, what each may use and spend. Keys are nowhere known, only their hashes.

import { loadConfig } from '../../config/load.ts';
import { resolveSettings } from '../../config/resolve.ts';
import type { Client } from '../../config/settings.ts';
import { usdText } from '../../core/budgets/budget.ts';
import { findConfig, reportNoConfig } from '../ui/config-file.ts';
import { printProblems } from '../ui/problems.ts';
import type { Terminal } from '../ui/terminal.ts';
import type { ClientFlags } from './clients-flags.ts';

/** Prints the clients. */
export async function listClients(terminal: Terminal, flags: ClientFlags): Promise<void> {
  const located = findConfig(terminal, flags.config);
  if (located === undefined) return reportNoConfig(terminal);
  const { env, home } = terminal;
  const loaded = await loadConfig(located.path, env);
  const resolved = loaded.ok
    ? resolveSettings(loaded.value, { env, home, hasKeysElsewhere: () => true })
    : loaded;
  if (!('settings' in resolved)) {
    printProblems(terminal, 'problems' in resolved ? resolved.problems : []);
    return terminal.exitCode(1);
  }
  const { clients } = resolved.settings;
  if (flags.json === true) {
    terminal.out(JSON.stringify(clients.map(factsOf)));
    return;
  }
  if (clients.length === 0)
    terminal.err('There are no clients: the gateway is open to every program on this machine.');
  for (const line of table([HEADINGS, ...clients.map((client) => rowOf(client, Date.now()))]))
    terminal.out(line);
}

const HEADINGS = ['CLIENT', 'NAME', 'STATE', 'MODELS', 'UPSTREAMS', 'BUDGETS'];

function factsOf(client: Client): object {
  const { id, name, enabled, expiresAtMs, models, upstreams, budgets, limits } = client;
  return {
    id,
    name: name ?? null,
    enabled,
    expiresAt: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
    models: models ?? null,
    upstreams: upstreams ?? null,
    budgets: (budgets ?? []).map(({ period, nanoUsd }) => ({ period, usd: nanoUsd / 1e9 })),
    limits: limits ?? null,
  };
}

function rowOf(
  { id, name, enabled, expiresAtMs, models, upstreams, budgets }: Client,
  nowMs: number,
): string[] {
  const spend = (budgets ?? []).map(({ period, nanoUsd }) => `${usdText(nanoUsd)} USD/${period}`);
  return [
    id,
    name ?? '-',
    stateOf(enabled, expiresAtMs, nowMs),
    models?.join(', ') ?? 'all',
    upstreams?.join(', ') ?? 'all',
    spend.length === 0 ? '-' : spend.join(', '),
  ];
}

function stateOf(enabled: boolean, expiresAtMs: number | undefined, nowMs: number): string {
  if (!enabled) return 'disabled';
  if (expiresAtMs === undefined) return 'enabled';
  const when = new Date(expiresAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return nowMs < expiresAtMs ? `until ${when} UTC` : `expired ${when} UTC`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
