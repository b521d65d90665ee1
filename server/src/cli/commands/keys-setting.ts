// What every `sluice keys` command starts from: the settings, the stored keys, and all keys of both as one list.

import { upstreamsFromEnvironment } from '../../config/environment.ts';
import { checkConfig, loadConfig } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import { lastFour } from '../../core/last-four.ts';
import type { StoredEntry } from '../../vault/contents.ts';
import { withStoredKeys } from '../../vault/merge.ts';
import { vaultFolder } from '../../vault/places.ts';
import { openVault, type Vault, type VaultReading } from '../../vault/vault.ts';
import { findGateway, gatewayOrigin, type RunningGateway } from '../operator-client.ts';
import { findConfig } from '../ui/config-file.ts';
import { fail } from '../ui/fail.ts';
import { settingsOf } from '../ui/settings-of.ts';
import type { Terminal } from '../ui/terminal.ts';

/** Options that all of the commands have. */
export interface KeyFlags {
  readonly config?: string;
  readonly port?: string;
  readonly json?: boolean;
}

/** Where a key is kept. */
export type KeySource = 'config' | 'stored' | 'env';

/** One key, wherever it is kept. */
export interface KnownKey {
  readonly upstream: string;
  readonly id: string;
  readonly name: string | undefined;
  /** '' where the secret is too short to show any of it, or not known. */
  readonly last4: string;
  readonly source: KeySource;
  /** The variable that a stored key refers to. */
  readonly variable: string | undefined;
  readonly addedAt: string | undefined;
  readonly disabled: boolean;
  /** Why it cannot be used at all, or undefined. */
  readonly fault: string | undefined;
}

/** What the commands work on. */
export interface KeySetting {
  /** As configured, without the stored keys. */
  readonly bare: Settings;
  /** As the gateway serves it. */
  readonly settings: Settings;
  readonly vault: Vault;
  readonly reading: VaultReading;
  readonly keys: readonly KnownKey[];
  /** Where the gateway is if it runs. */
  readonly origin: string;
}

/** Reads everything; prints what is wrong and answers undefined where that is not possible. */
export async function loadSetting(terminal: Terminal, flags: KeyFlags): Promise<KeySetting | undefined> {
  const { env } = terminal;
  const port = flags.port === undefined ? undefined : Number(flags.port);
  if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65_535))
    return fail(terminal, '--port must be a whole number from 1 to 65535.');
  const bare = await bareSettings(terminal, flags.config, port);
  if (bare === undefined) return undefined;
  const vault = openVault(vaultFolder(bare));
  const reading = await vault.read();
  const { settings } = withStoredKeys(bare, reading.stored, env);
  const keys = knownKeys(bare, settings, reading, env);
  return { bare, settings, vault, reading, keys, origin: gatewayOrigin(bare) };
}

/** The settings of the file, or those of the environment; an upstream may lack keys, for they may be stored. */
async function bareSettings(
  terminal: Terminal,
  config: string | undefined,
  port: number | undefined,
): Promise<Settings | undefined> {
  const located = findConfig(terminal, config);
  const loaded =
    located === undefined ? environmentConfig(terminal) : await loadConfig(located.path, terminal.env);
  const settings = settingsOf(terminal, loaded, { port });
  if (settings !== undefined) return settings;
  return fail(terminal, 'The configuration has errors, so this cannot be done.', 'Correct it first.');
}

function environmentConfig({ env }: Terminal): ReturnType<typeof checkConfig> {
  const { upstreams } = upstreamsFromEnvironment(env);
  return checkConfig(JSON.parse(JSON.stringify({ upstreams })));
}

function knownKeys(
  bare: Settings,
  settings: Settings,
  { contents, problems, stored }: VaultReading,
  env: Terminal['env'],
): readonly KnownKey[] {
  const entryOf = (upstream: string, id: string): StoredEntry | undefined =>
    contents.keys.find((entry) => entry.upstream === upstream && entry.id === id);
  const configured = new Set(bare.upstreams.flatMap(({ id, keys }) => keys.map((key) => `${id} ${key.id}`)));
  const outside = bare.origin.file === undefined ? 'env' : 'config';
  const used = settings.upstreams.flatMap((upstream) =>
    upstream.keys
      .filter(({ secret }) => secret !== '')
      .map((key): KnownKey => {
        const own = configured.has(`${upstream.id} ${key.id}`);
        const entry = own ? undefined : entryOf(upstream.id, key.id);
        return {
          upstream: upstream.id,
          id: key.id,
          name: key.name,
          last4: lastFour(key.secret),
          source: own ? outside : entry !== undefined && 'env' in entry ? 'env' : 'stored',
          variable: entry !== undefined && 'env' in entry ? entry.env : undefined,
          addedAt: entry?.addedAt,
          disabled: key.disabled === true,
          fault: undefined,
        };
      }),
  );
  const seen = new Set(used.map(({ upstream, id }) => `${upstream} ${id}`));
  const openedIds = new Set(stored.keys.map(({ upstream, id }) => `${upstream} ${id}`));
  const unused = contents.keys
    .filter(({ upstream, id }) => !seen.has(`${upstream} ${id}`))
    .map((entry): KnownKey => {
      const opened = openedIds.has(`${entry.upstream} ${entry.id}`);
      return {
        upstream: entry.upstream,
        id: entry.id,
        name: entry.name,
        last4: '',
        source: 'env' in entry ? 'env' : 'stored',
        variable: 'env' in entry ? entry.env : undefined,
        addedAt: entry.addedAt,
        disabled: entry.disabled === true,
        fault: opened ? unusedReason(entry, env) : (problems[0]?.message ?? 'It cannot be opened.'),
      };
    });
  return [...used, ...unused];
}

function unusedReason(entry: StoredEntry, env: Terminal['env']): string {
  if ('env' in entry && (env[entry.env] ?? '').trim() === '') return `${entry.env} is not set here.`;
  if ('env' in entry) return 'The same key is configured, or what it holds is not one key.';
  return 'There is no upstream and no provider of this name.';
}

/** The gateway of a setting, if it runs. */
export function gatewayOf(setting: KeySetting): Promise<RunningGateway | undefined> {
  return findGateway(setting.origin, setting.reading.token);
}

/** The gateway of a command that needs one which runs; prints that there is none, and then answers undefined. */
export async function runningGateway(
  terminal: Terminal,
  flags: KeyFlags,
  words: { readonly so?: string; readonly orElse?: string } = {},
): Promise<RunningGateway | undefined> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return undefined;
  const gateway = await gatewayOf(setting);
  if (gateway !== undefined) return gateway;
  const { so = '', orElse = '' } = words;
  return fail(
    terminal,
    `No gateway runs at ${setting.origin}${so}.`,
    `Start it with "sluice serve", or say where it runs with --config or --port${orElse}.`,
  );
}

/** The one key that a text means: `upstream/id`, `upstream/name`, an id, a name, or an upstream with one key. */
export function findKey(terminal: Terminal, setting: KeySetting, text: string): KnownKey | undefined {
  const { keys } = setting;
  const slash = text.indexOf('/');
  const within = slash < 0 ? keys : keys.filter(({ upstream }) => upstream === text.slice(0, slash));
  const rest = slash < 0 ? text : text.slice(slash + 1);
  for (const fits of [
    within.filter(({ id }) => id === rest),
    within.filter(({ name }) => name === rest),
    slash < 0 ? keys.filter(({ upstream }) => upstream === text) : [],
  ]) {
    const [only] = fits;
    if (fits.length === 1) return only;
    if (fits.length > 1) {
      const places = fits.map(({ upstream, id }) => `${upstream}/${id}`).join(', ');
      return fail(terminal, 'Several keys are meant by that.', `Say which: ${places}.`);
    }
  }
  if (isAccount(setting, text))
    return fail(
      terminal,
      'This is an account and no key.',
      'See "sluice accounts --help" for what can be done with it.',
    );
  // What was typed may be a secret: it is not repeated.
  return fail(
    terminal,
    'There is no such key.',
    'Name it by its id, its name, or upstream/id, as "sluice keys list" shows them.',
  );
}

/** True where a text means a stored account: its id, its name, or upstream/id. */
export function isAccount({ reading }: KeySetting, text: string): boolean {
  return reading.accounts.some(
    ({ id, name, upstream }) => id === text || name === text || `${upstream}/${id}` === text,
  );
}
