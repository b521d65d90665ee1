// Finds out what the gateway is to serve: the configuration file, else the environment and local servers, else the demo.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { upstreamsFromEnvironment } from '../config/environment.ts';
import type { ListenOverrides } from '../config/listen-address.ts';
import { readSettings, type SettingsReading } from '../config/live-settings.ts';
import { checkConfig } from '../config/load.ts';
import { locateConfig } from '../config/locate.ts';
import { resolveSettings } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';
import { snapshotOf } from '../config/snapshot.ts';

/** What `sluice serve` was told. */
export interface StartOptions {
  readonly config?: string | undefined;
  readonly overrides: ListenOverrides;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** A configuration file and how to read it again. */
export interface FileStart {
  readonly kind: 'file';
  readonly path: string;
  read(): Promise<SettingsReading>;
}

/** Settings made of what was found without a file. */
export interface FoundStart {
  readonly kind: 'found';
  readonly reading: SettingsReading;
}

/** Which file is served, or what was found instead of one. */
export async function findStart(options: StartOptions): Promise<FileStart | FoundStart> {
  const { overrides, env, cwd } = options;
  const located = locateConfig({ flag: options.config, env, cwd, home: homedir(), exists: existsSync });
  if (located !== undefined) {
    const { path } = located;
    return { kind: 'file', path, read: () => readSettings(path, { overrides, env }) };
  }
  return { kind: 'found', reading: await settingsFromSurroundings(options) };
}

async function settingsFromSurroundings(options: StartOptions): Promise<SettingsReading> {
  const { overrides, env } = options;
  // A client that was set up for this gateway has its address in the same environment: that is no upstream.
  const found =
    overrides.port === undefined
      ? upstreamsFromEnvironment(env)
      : upstreamsFromEnvironment(env, overrides.port);
  const { discoverLocalServers } = await import('../upstream/discover.ts');
  const port = overrides.port ?? Number(env['PORT'] ?? Number.NaN);
  const local = await discoverLocalServers(Number.isInteger(port) ? { gatewayPort: port } : {});
  const notices = [...found.notices, ...local.notices];
  const snapshot = snapshotOf([]);
  // The entries are plain JSON: what a person would have written into the file.
  const checked = checkConfig(
    JSON.parse(JSON.stringify({ upstreams: [...found.upstreams, ...local.upstreams] })),
  );
  if (!checked.ok) return { ok: false, problems: checked.problems, snapshot };
  const resolved = resolveSettings(checked.value, { overrides, env, notices });
  if (!resolved.ok) return { ...resolved, snapshot };
  if (resolved.settings.upstreams.length > 0)
    return { ok: true, settings: resolved.settings, warnings: [], snapshot };
  return { ok: true, settings: await withDemo(resolved.settings), warnings: [], snapshot };
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
