// sluice keys add: stores a key, sealed, or a reference to a variable of the environment.

import { KEY_NAME, keyFault } from '../../config/key-fault.ts';
import type { Settings } from '../../config/settings.ts';
import { lastFour } from '../../core/last-four.ts';
import { nearest } from '../../core/near.ts';
import { findProvider, providers } from '../../core/providers/index.ts';
import type { KeyTest } from '../../exchange/operator/test-key.ts';
import { type Added, keyIdOf, type NewKey, withAdded } from '../../vault/changes.ts';
import { VARIABLE } from '../../vault/contents.ts';
import { withStoredKeys } from '../../vault/merge.ts';
import type { KeyDialogue, UpstreamChoice } from '../ui/ask-key.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import { gatewayOf, type KeyFlags, type KeySetting, loadSetting } from './keys-setting.ts';
import { tryKey } from './keys-try.ts';

/** Options of `keys add`. */
export interface AddFlags extends KeyFlags {
  readonly env?: string;
  readonly name?: string;
  /** False with --no-test. */
  readonly test: boolean;
}

/** Adds one key. */
export async function addKey(
  terminal: Terminal,
  dialogue: KeyDialogue,
  asked: string | undefined,
  flags: AddFlags,
): Promise<void> {
  const { env, name } = flags;
  if (env !== undefined && !VARIABLE.test(env))
    return fail(terminal, '--env takes the name of a variable.', 'As in --env OPENAI_API_KEY_2.');
  if (name !== undefined && !KEY_NAME.test(name))
    return fail(terminal, '--name must be 1 to 64 printable characters.');
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const upstream = await upstreamFor(terminal, dialogue, setting, asked);
  if (upstream === undefined) return;
  const value = env === undefined ? await secretFor(terminal, dialogue, upstream) : { env };
  if (value === undefined) return;
  const key: NewKey = { upstream, name, value, nowMs: Date.now() };
  const tested = await trial(terminal, setting, key, flags);
  if (tested === 'refused') return;
  await store(terminal, setting, key, flags, tested);
}

function choicesOf({ upstreams }: Settings): readonly UpstreamChoice[] {
  const keyed = upstreams.filter(({ provider }) => provider.accounts === undefined);
  const configured = keyed.map(({ id, provider }) => ({ id, hint: `configured, ${provider.name}` }));
  const presets = [...providers.values()]
    .filter(({ id, bases, keyless, accounts }) => {
      const known = upstreams.some((upstream) => upstream.id === id);
      const takesKeys = keyless !== true && accounts === undefined;
      return !known && takesKeys && Object.keys(bases).length > 0;
    })
    .map(({ id, name }) => ({ id, hint: name }));
  return [...configured, ...presets];
}

async function upstreamFor(
  terminal: Terminal,
  dialogue: KeyDialogue,
  { bare }: KeySetting,
  asked: string | undefined,
): Promise<string | undefined> {
  const choices = choicesOf(bare);
  const ids = choices.map(({ id }) => id);
  if (asked === undefined) {
    if (!terminal.interactive)
      return fail(terminal, 'Say whose key it is.', 'As in "sluice keys add openai".');
    const chosen = await dialogue.chooseUpstream(choices);
    if (chosen === undefined) terminal.exitCode(1);
    return chosen;
  }
  if (ids.includes(asked)) return asked;
  const provider = bare.upstreams.find(({ id }) => id === asked)?.provider ?? findProvider(asked);
  if (provider?.accounts !== undefined)
    return fail(
      terminal,
      `${provider.name} takes no keys.`,
      `Store a login with "sluice accounts import ${provider.accounts}".`,
    );
  if (provider !== undefined)
    return fail(
      terminal,
      `${provider.name} has no address of its own.`,
      'Write an upstream with a "baseUrl" into sluice.jsonc first; its id then goes here.',
    );
  // What was typed may be the key itself: it is not repeated.
  const near = nearest(asked, ids);
  const suggestion = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${ids.join(', ')}.`;
  const known = /^[A-Za-z0-9][\w.-]{0,23}$/.test(asked) ? '' : ' A key does not belong on the command line.';
  return fail(terminal, `There is no upstream and no provider of this name.${known}`, suggestion);
}

async function secretFor(
  terminal: Terminal,
  dialogue: KeyDialogue,
  upstream: string,
): Promise<{ readonly secret: string } | undefined> {
  if (terminal.interactive) {
    const typed = await dialogue.askSecret(upstream, (text) => keyFault(text)?.join(' '));
    if (typed === undefined) {
      terminal.exitCode(1);
      return undefined;
    }
    return { secret: typed };
  }
  const piped = await dialogue.piped();
  if (piped === undefined)
    return fail(
      terminal,
      'There is no terminal to ask for the key on.',
      `Pipe it in, as in "echo $KEY | sluice keys add ${upstream}", or use --env NAME.`,
    );
  const lines = piped.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length > 1) return fail(terminal, 'More than one line was piped in.', 'Add one key at a time.');
  const secret = (lines[0] ?? '').trim();
  const fault = keyFault(secret);
  return fault === undefined ? { secret } : fail(terminal, ...fault);
}

/** What the provider says of the key; 'refused' when it must not be stored, which has been told. */
async function trial(
  terminal: Terminal,
  { bare }: KeySetting,
  { upstream, value }: NewKey,
  flags: AddFlags,
): Promise<KeyTest | 'refused' | undefined> {
  if (!flags.test) return undefined;
  const { env } = terminal;
  const id = keyIdOf(value);
  const entry = { id, upstream, addedAt: '', ...value };
  const { settings } = withStoredKeys(bare, { keys: [entry], disabled: [] }, env);
  const secret = 'secret' in value ? value.secret : (env[value.env] ?? '').trim();
  const found = settings.upstreams.find((one) => one.id === upstream);
  const key = found?.keys.find((one) => one.secret === secret && secret !== '');
  if (key === undefined) return undefined;
  const test = await tryKey(settings, upstream, key.id);
  if (test?.verdict !== 'refused') return test;
  fail(
    terminal,
    `${test.message} It was not stored.`,
    'Copy it once more, or store it all the same with --no-test.',
  );
  return 'refused';
}

async function store(
  terminal: Terminal,
  setting: KeySetting,
  key: NewKey,
  flags: AddFlags,
  tested: KeyTest | undefined,
): Promise<void> {
  const { bare, vault } = setting;
  const id = keyIdOf(key.value);
  const upstream = bare.upstreams.find((one) => one.id === key.upstream);
  const configured = upstream?.keys.some((one) => one.id === id && one.secret !== '') === true;
  const needsSecret = 'secret' in key.value && !configured;
  const changed = await vault.change(
    (contents, seal) => withAdded(contents, key, seal, configured),
    needsSecret,
  );
  if (!changed.ok) return fail(terminal, changed.message, changed.suggestion);
  const added = changed.value;
  // A key that is given once more is to be used once more, whatever stood against it.
  if (added.what === 'renewed')
    await (await gatewayOf(setting))?.ask('POST', `/admin/keys/${key.upstream}/${id}/reset`);
  if (flags.json === true) {
    const { verdict, status, message } = tested ?? {};
    const test = tested === undefined ? null : { verdict, status: status ?? null, message };
    const name = key.name ?? null;
    terminal.out(JSON.stringify({ upstream: key.upstream, id, name, what: added.what, configured, test }));
    return;
  }
  report(terminal, setting, key, added, configured, tested);
  terminal.out(`${key.upstream}/${id}`);
}

function report(
  terminal: Terminal,
  { vault }: KeySetting,
  { upstream, value }: NewKey,
  { id, what, wasDisabled }: Added,
  configured: boolean,
  tested: KeyTest | undefined,
): void {
  const { colours, env } = terminal;
  const end = 'secret' in value ? lastFour(value.secret) : '';
  const which = `${upstream}/${id}${end === '' ? '' : ` (…${end})`}`;
  const done = colours.green('✔');
  if (what === 'renewed') {
    const where = configured ? 'in the configuration' : 'here';
    const enabled = wasDisabled ? 'it has been enabled again' : 'it stays in use';
    terminal.err(`${done} The key ${which} is ${where} already; ${enabled}.`);
  } else if ('env' in value) {
    terminal.err(`${done} Stored ${which}: the key is read from ${value.env} when the gateway starts.`);
    if ((env[value.env] ?? '').trim() === '')
      terminal.err(`${colours.yellow('warning')} ${value.env} is not set here.`);
  } else {
    terminal.err(`${done} Stored ${which}, sealed, in ${vault.places.keys}.`);
  }
  if (tested === undefined) return;
  const mark = tested.verdict === 'accepted' ? done : colours.yellow('warning');
  terminal.err(`${mark} ${tested.message}`);
}
