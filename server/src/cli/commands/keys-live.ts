// sluice keys reset | test: what is asked of the running gateway, whose memory it concerns. A test needs none.

import { isObject, textOf } from '../../core/model/json.ts';
import type { RunningGateway } from '../operator-client.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import {
  findKey,
  gatewayOf,
  type KeyFlags,
  type KeySetting,
  type KnownKey,
  loadSetting,
} from './keys-setting.ts';
import { tryKey } from './keys-try.ts';

/** Makes the gateway forget what stands against a key. */
export async function resetKey(terminal: Terminal, text: string, flags: KeyFlags): Promise<void> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const key = findKey(terminal, setting, text);
  if (key === undefined) return;
  const { upstream, id } = key;
  const gateway = await gatewayOf(setting);
  if (gateway === undefined)
    return fail(
      terminal,
      `No gateway runs at ${setting.origin}, so there is nothing to reset.`,
      'Say where it runs with --config or --port.',
    );
  const answer = await gateway.ask('POST', `/admin/keys/${upstream}/${id}/reset`);
  if (!answer.ok) return fail(terminal, answer.message, answer.suggestion);
  if (flags.json === true) terminal.out(JSON.stringify({ upstream, id, reset: true }));
  else terminal.err(`${terminal.colours.green('✔')} ${upstream}/${id} starts afresh.`);
}

/** What came of trying one key. */
interface Tried {
  readonly upstream: string;
  readonly id: string;
  readonly ok: boolean;
  readonly status: number | null;
  readonly message: string;
  /** Who asked the provider. */
  readonly by: 'gateway' | 'command';
}

/** Tries one key, or all. Exit code 1 when one of them was not accepted. */
export async function testKeys(terminal: Terminal, text: string | undefined, flags: KeyFlags): Promise<void> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const one = text === undefined ? undefined : findKey(terminal, setting, text);
  if (text !== undefined && one === undefined) return;
  const keys = one === undefined ? setting.keys.filter(({ disabled }) => !disabled) : [one];
  if (keys.length === 0) return fail(terminal, 'There is no key to test.', 'Add one with "sluice keys add".');
  const gateway = await gatewayOf(setting);
  const results: Tried[] = [];
  // One after the other: a burst of questions from one address looks like an attack to some providers.
  for (const key of keys) results.push(await tested(setting, gateway, key));
  if (results.some(({ ok }) => !ok)) terminal.exitCode(1);
  if (flags.json === true) {
    terminal.out(JSON.stringify(one === undefined ? results : results[0]));
    return;
  }
  const { colours } = terminal;
  for (const { upstream, id, ok, message } of results)
    terminal.out(`${ok ? colours.green('✔') : colours.red('✘')} ${upstream}/${id} ${message}`);
}

async function tested(
  setting: KeySetting,
  gateway: RunningGateway | undefined,
  { upstream, id, fault }: KnownKey,
): Promise<Tried> {
  const told = await gateway?.ask('POST', `/admin/keys/${upstream}/${id}/test`);
  if (told?.ok === true && isObject(told.body)) {
    const { ok, status, message } = told.body as { ok?: unknown; status?: unknown; message?: unknown };
    const known = typeof status === 'number' ? status : null;
    return { upstream, id, ok: ok === true, status: known, message: textOf(message) ?? '', by: 'gateway' };
  }
  const test = await tryKey(setting.settings, upstream, id);
  return {
    upstream,
    id,
    ok: test?.verdict === 'accepted',
    status: test?.status ?? null,
    message: test?.message ?? fault ?? 'The key cannot be used.',
    by: 'command',
  };
}
