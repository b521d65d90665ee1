// sluice clients list: who may call the gateway, what each may use and spend. Keys are nowhere known, only their hashes.

import { loadConfig } from '../../config/load.ts';
import type { Client } from '../../config/settings.ts';
import { usdOf, usdText } from '../../core/pricing/money.ts';
import { findConfig, reportNoConfig } from '../ui/config-file.ts';
import { printable } from '../ui/printable.ts';
import { settingsOf } from '../ui/settings-of.ts';
import { aligned } from '../ui/table.ts';
import type { Terminal } from '../ui/terminal.ts';
import type { ClientFlags } from './clients-flags.ts';

/** Prints the clients. */
export async function listClients(terminal: Terminal, flags: ClientFlags): Promise<void> {
  const located = findConfig(terminal, flags.config);
  if (located === undefined) return reportNoConfig(terminal);
  const settings = settingsOf(terminal, await loadConfig(located.path, terminal.env));
  if (settings === undefined) return terminal.exitCode(1);
  const { clients } = settings;
  if (flags.json === true) {
    terminal.out(JSON.stringify(clients.map(factsOf)));
    return;
  }
  if (clients.length === 0)
    terminal.err('There are no clients: the gateway is open to every program on this machine.');
  const rows = clients.map((client) => rowOf(client, Date.now()).map(printable));
  for (const line of aligned([HEADINGS, ...rows]).lines) terminal.out(line);
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
    budgets: (budgets ?? []).map(({ period, nanoUsd }) => ({ period, usd: usdOf(nanoUsd) })),
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
