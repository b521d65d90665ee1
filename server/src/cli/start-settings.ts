// Finds out what the gateway is to serve: the configuration file, else the environment and local servers; with either
// the stored keys; else the demo.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { upstreamsFromEnvironment } from '../config/environment.ts';
import type { ListenOverrides } from '../config/listen-address.ts';
import { readSettings, type SettingsReading } from '../config/live-settings.ts';
import { checkConfig } from '../config/load.ts';
import { locateConfig, misnamedFiles } from '../config/locate.ts';
import { resolveSettings } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';
import { snapshotOf } from '../config/snapshot.ts';
import { knowsPrice } from '../prices/named.ts';
import { createGatewayVault, type GatewayVault, type SettingsSources } from '../vault/gateway-vault.ts';
import type { VariablesOf } from './environment-start.ts';

/** What `sluice serve` was told. */
export interface StartOptions {
  readonly config?: string | undefined;
  readonly overrides: ListenOverrides;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Serve from the variables of the environment alone, whatever files there are: all, or those of one gateway. */
  readonly variablesOf?: VariablesOf | undefined;
}

/** What is served, and how to read it again. */
export interface Start {
  /** A configuration file, or what was found without one. */
  readonly kind: 'file' | 'found';
  /** Reads settings and stored keys. Never rejects. */
  read(): Promise<SettingsReading>;
  /** Keys that are kept outside the configuration. */
  readonly vault: GatewayVault;
  /** The configuration file, or undefined as long as there is none. */
  file(): string | undefined;
  /** From now on this file is read, instead of what was found without one. */
  adopt(path: string): void;
}

/** Which file is served, or what was found instead of one. */
export async function findStart(options: StartOptions): Promise<Start> {
  const { overrides, env, cwd } = options;
  const located =
    options.variablesOf === undefined
      ? locateConfig({ flag: options.config, env, cwd, home: homedir(), exists: existsSync })
      : undefined;
  const vault = createGatewayVault();
  let file = located?.path;
  let sources = file === undefined ? await surroundings(options) : fileSources(file, overrides, env);
  const kind = located === undefined ? 'found' : 'file';
  return {
    kind,
    vault,
    read: () => vault.merged(sources),
    file: () => file,
    adopt: (path) => {
      file = path;
      sources = fileSources(path, overrides, env);
    },
  };
}

function fileSources(path: string, overrides: ListenOverrides, env: NodeJS.ProcessEnv): SettingsSources {
  const read: SettingsSources['read'] = (hasKeysElsewhere) =>
    readSettings(path, { overrides, env, hasKeysElsewhere, knowsPrice });
  return { env, read };
}

/** Looks around once; keys that are stored later join what was found then. */
async function surroundings(options: StartOptions): Promise<SettingsSources> {
  if (options.variablesOf !== undefined) {
    const { settingsFromVariables } = await import('./environment-start.ts');
    const fixed = settingsFromVariables(options.variablesOf, options);
    return { env: options.env, read: () => Promise.resolve(fixed) };
  }
  const reading = await settingsFromSurroundings(options);
  let demo: Promise<Settings> | undefined;
  return {
    env: options.env,
    read: () => Promise.resolve(reading),
    otherwise: async (settings) => {
      demo ??= withDemo(settings);
      return await demo;
    },
  };
}

async function settingsFromSurroundings(options: StartOptions): Promise<SettingsReading> {
  const { overrides, env, cwd } = options;
  // A client that was set up for this gateway has its address in the same environment: that is no upstream.
  const found =
    overrides.port === undefined
      ? upstreamsFromEnvironment(env)
      : upstreamsFromEnvironment(env, overrides.port);
  const { discoverLocalServers } = await import('../upstream/discover.ts');
  const port = overrides.port ?? Number(env['PORT'] ?? Number.NaN);
  const local = await discoverLocalServers(Number.isInteger(port) ? { gatewayPort: port } : {});
  const misnamed = misnamedFiles({ env, cwd, home: homedir(), exists: existsSync });
  const notices = [...misnamed, ...found.notices, ...local.notices];
  const snapshot = snapshotOf([]);
  // The entries are plain JSON: what a person would have written into the file.
  const checked = checkConfig(
    JSON.parse(JSON.stringify({ upstreams: [...found.upstreams, ...local.upstreams] })),
  );
  if (!checked.ok) return { ok: false, problems: checked.problems, snapshot };
  const resolved = resolveSettings(checked.value, { overrides, env, notices });
  if (!resolved.ok) return { ...resolved, snapshot };
  return { ok: true, settings: resolved.settings, warnings: [], snapshot };
}

/** The settings with the built-in demo model as their only upstream. */
async function withDemo(settings: Settings): Promise<Settings> {
  const [{ startDemo }, { demoUpstream }, { defaultTimeouts }] = await Promise.all([
    import('../upstream/demo/serve.ts'),
    import('../upstream/demo/upstream.ts'),
    import('../config/schema/timeouts.ts'),
  ]);
  const demo = await startDemo();
  return { ...settings, upstreams: [demoUpstream(demo.origin, defaultTimeouts())] };
}

/** True when the settings serve nothing but the demo. */
export function isDemo(settings: Settings): boolean {
  return settings.upstreams.length === 1 && settings.upstreams[0]?.provider.id === 'demo';
}
