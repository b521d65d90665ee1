// sluice accounts list | quota: the accounts and how they stand, and what their providers say is left.

import type { AccountEntry } from '../../core/providers/account.ts';
import type { Quota } from '../../upstream/credentials/account-rules.ts';
import { askQuota } from '../../upstream/credentials/renewal.ts';
import { createTransport } from '../../upstream/transport/transport.ts';
import { accountViews, quotaView } from '../account-report.ts';
import { printable } from '../ui/printable.ts';
import { aligned } from '../ui/table.ts';
import type { Terminal } from '../ui/terminal.ts';
import {
  type AccountFlags,
  type AccountSetting,
  accountSetting,
  findAccount,
  upstreamFor,
} from './accounts-setting.ts';

/** Options of `accounts list`. */
export interface ListFlags extends AccountFlags {
  readonly quota?: boolean;
}

const NONE = 'There are no accounts. Store one with "sluice accounts import codex" or "import kiro".';

/** Lists the accounts; nobody is asked unless the quota is wanted. */
export async function listAccounts(terminal: Terminal, flags: ListFlags): Promise<void> {
  const setting = await accountSetting(terminal, flags);
  if (setting === undefined) return;
  const all = await accountViews(setting.accounts, setting.entries, Date.now());
  const quotas =
    flags.quota === true
      ? await Promise.all(setting.entries.map((entry) => quotaOf(terminal, setting, entry)))
      : [];
  if (flags.json === true) {
    const accounts = all.map((one, index) => {
      const quota = quotas[index];
      return quota === undefined ? one : { ...one, quota: quotaView(one, quota, Date.now()) };
    });
    terminal.out(JSON.stringify({ accounts }, undefined, 2));
    return;
  }
  if (all.length === 0) {
    terminal.err(NONE);
    return;
  }
  const head = ['upstream', 'account', 'name', 'whose', 'plan', 'priority', 'state'];
  const rows = all.map((one) => [
    one.upstream,
    one.id,
    printable(one.name ?? '–'),
    printable(one.email ?? '–'),
    printable(one.plan ?? '–'),
    String(one.priority),
    one.spentUntil === null ? one.state : `${one.state} until ${one.spentUntil}`,
  ]);
  const { lines } = aligned([head, ...rows]);
  for (const [index, line] of lines.entries()) {
    terminal.out(line);
    const note = all[index - 1]?.note ?? null;
    if (note !== null) terminal.out(`  ${printable(note)}`);
    const quota = quotas[index - 1];
    for (const told of quota === undefined ? [] : toldLines(quota)) terminal.out(`  ${told}`);
  }
}

function toldLines(quota: Quota | string): readonly string[] {
  return typeof quota === 'string' ? [`quota not known: ${quota}`] : quotaLines(quota, Date.now());
}

/** What is left of a quota, one line for each limit. */
export function quotaLines({ windows }: Quota, nowMs: number): string[] {
  if (windows.length === 0) return ['The provider tells no limits.'];
  return windows.map(({ name, usedPercent, used, limit, resetsAtMs }) => {
    const counted = used === undefined || limit === undefined ? '' : ` (${round(used)} of ${round(limit)})`;
    const resets = resetsAtMs === undefined ? '' : `, reset ${timeUntil(resetsAtMs, nowMs)}`;
    return `${printable(name)}: ${round(usedPercent)} % used${counted}${resets}`;
  });
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

function timeUntil(atMs: number, nowMs: number): string {
  const minutes = Math.max(0, Math.round((atMs - nowMs) / 60_000));
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  if (days > 0) return `in ${days} d ${hours} h`;
  return hours > 0 ? `in ${hours} h ${minutes % 60} min` : `in ${minutes} min`;
}

/** Asks the providers what is left of one account, or of all. */
export async function showQuota(
  terminal: Terminal,
  asked: string | undefined,
  flags: AccountFlags,
): Promise<void> {
  const setting = await accountSetting(terminal, flags);
  if (setting === undefined) return;
  const one = asked === undefined ? undefined : findAccount(terminal, setting, asked);
  if (asked !== undefined && one === undefined) return;
  const entries = one === undefined ? setting.entries : [one];
  const answers = await Promise.all(
    entries.map(async (entry) => ({ entry, quota: await quotaOf(terminal, setting, entry) })),
  );
  if (answers.some(({ quota }) => typeof quota === 'string')) terminal.exitCode(1);
  if (flags.json === true) {
    const accounts = answers.map(({ entry, quota }) => quotaView(entry, quota, Date.now()));
    terminal.out(JSON.stringify({ accounts }, undefined, 2));
    return;
  }
  if (answers.length === 0) terminal.err(NONE);
  for (const { entry, quota } of answers) {
    const plan = typeof quota === 'string' || quota.plan === undefined ? '' : ` (${printable(quota.plan)})`;
    terminal.out(`${entry.upstream}/${entry.id}${plan}`);
    for (const line of toldLines(quota)) terminal.out(`  ${line}`);
  }
}

async function quotaOf(
  terminal: Terminal,
  setting: AccountSetting,
  entry: AccountEntry,
): Promise<Quota | string> {
  const upstream = upstreamFor(setting, entry.upstream, terminal.env);
  if (typeof upstream === 'string') return upstream;
  const account = await setting.accounts.read(entry.id);
  if (typeof account === 'string') return account;
  const transport = createTransport();
  const ready = { tokens: account.state.tokens, proxy: account.proxy };
  const quota = await askQuota(transport, { upstream }, ready);
  transport.close();
  const ended = (account.state.tokens.expiresAtMs ?? Number.POSITIVE_INFINITY) < Date.now();
  return typeof quota === 'string' && ended
    ? `${quota} Its login has to be renewed: run "sluice accounts refresh ${entry.id}".`
    : quota;
}
