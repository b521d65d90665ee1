// What lets the admin API change the configuration and the stored keys of the gateway that runs here.

import { lookup } from 'node:dns/promises';
import { homedir } from 'node:os';
import { type ConfigEditor, createConfigEditor } from '../config/edit/editor.ts';
import type { KeyStore } from '../config/edit/key-store.ts';
import type { ListenOverrides } from '../config/listen-address.ts';
import type { LiveSettings } from '../config/live-settings.ts';
import { userConfigPath } from '../config/locate.ts';
import type { Settings } from '../config/settings.ts';
import { type StarterUpstream, starterFile } from '../config/starter-file.ts';
import { starterUpstreams } from '../config/starter-upstreams.ts';
import type { OperatorVault } from '../exchange/operator/operator.ts';
import { knowsPrice } from '../prices/named.ts';
import { createKeyStore } from '../vault/key-store.ts';
import { vaultFolder } from '../vault/places.ts';
import type { Start } from './start-settings.ts';

/** What it works on. */
export interface ConfigControlParts {
  readonly start: Start;
  readonly live: LiveSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly overrides: ListenOverrides;
}

/** The two parts of the admin API. */
export interface ConfigControl {
  readonly config: ConfigEditor;
  readonly keyStore: KeyStore;
}

/** A name that is not answered for in this time leads nowhere, in milliseconds. */
const LOOKUP_MS = 2_000;

/** The vault as the operator uses it: a key that is switched is in use, or out of it, when the answer is given. */
export function switchingVault(vault: OperatorVault, live: Pick<LiveSettings, 'reload'>): OperatorVault {
  return {
    token: () => vault.token(),
    switchKey: async (upstreamId, keyId, disabled) => {
      const error = await vault.switchKey(upstreamId, keyId, disabled);
      if (error === undefined) await live.reload();
      return error;
    },
  };
}

/** Makes both. */
export function createConfigControl({ start, live, env, overrides }: ConfigControlParts): ConfigControl {
  const { vault } = start;
  const settings = (): Settings => live.current();
  const keys = createKeyStore({ vault, settings, env, nowMs: () => Date.now() });
  const inForce = async <T>(change: Promise<T>): Promise<T> => {
    const done = await change;
    await live.reload();
    return done;
  };
  return {
    config: createConfigEditor({
      file: () => start.file(),
      first: {
        path: userConfigPath(env, homedir()),
        text: () => starterFile({ port: settings().server.port, upstreams: foundUpstreams(settings(), env) }),
        adopt: (path) => start.adopt(path),
      },
      env,
      overrides,
      hasKeysElsewhere: (id) => vault.has(id),
      knowsPrice,
      boundHost: () => settings().server.host,
      lookup: addressesOf,
      reload: () => live.reload(),
      dataFolder: vaultFolder(settings()),
      keys,
    }),
    keyStore: {
      ...keys,
      add: (upstream, value, name) => inForce(keys.add(upstream, value, name)),
      remove: (upstream, id) => inForce(keys.remove(upstream, id)),
    },
  };
}

/** What a gateway without a file serves, as a file would say it: keys and addresses as references to the environment. */
function foundUpstreams(settings: Settings, env: NodeJS.ProcessEnv): readonly StarterUpstream[] {
  const named = starterUpstreams(env, settings.server.port);
  const local = settings.upstreams
    .filter(({ id, provider }) => provider.keyless === true && !named.some((one) => one.id === id))
    .filter(({ provider }) => provider.id !== 'demo')
    .map(({ id, provider, baseUrls }): StarterUpstream => {
      const own = Object.values(baseUrls)[0];
      const preset = own !== undefined && Object.values(provider.bases).includes(own);
      return {
        id,
        provider: provider.id,
        keys: [],
        ...(own === undefined || preset ? {} : { baseUrl: own }),
      };
    });
  return [...named, ...local];
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const name = host.replace(/^\[|\]$/g, '');
  const found = lookup(name, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  );
  const late = new Promise<readonly string[]>((resolve) => setTimeout(resolve, LOOKUP_MS, []).unref());
  return await Promise.race([found, late]);
}
