// The whole examination: looks at everything at the same time, except at what would hold up the rest, and lets nothing take
// longer than it may.

import type { Settings } from '../config/settings.ts';
import { vaultFolder } from '../vault/places.ts';
import { type ConfigSource, readConfiguration } from './configuration.ts';
import { folderFacts, folderFindings, privateFiles, secretFindings } from './data-folder.ts';
import { databaseFacts, databaseFindings } from './database.ts';
import { bounded, type Finding, finderOf, inOrder } from './finding.ts';
import { portFinding, portHolder } from './gateway-port.ts';
import { keyFindings } from './keys.ts';
import { postgresFacts, postgresFindings } from './postgres.ts';
import { askProviders } from './provider-probe.ts';
import { clockFinding, providerFindings } from './providers.ts';
import { redisFacts, redisFindings } from './redis.ts';
import { nodeFinding, timeZoneFinding } from './runtime.ts';
import { proxyFindings } from './surroundings.ts';
import { type ToolFacts, toolFindings } from './tools.ts';

/** What is to be examined. */
export interface Examination {
  readonly source: ConfigSource;
  /** process.version */
  readonly node: string;
  /** The version of this command. */
  readonly version: string;
  /** Where a gateway with some settings is reached. */
  readonly originOf: (settings: Settings) => string;
  /** Nobody outside of this machine is asked. */
  readonly offline: boolean;
  /** Looks at coding tools that point at a gateway. */
  readonly toolsHere: () => Promise<readonly ToolFacts[]>;
}

const PORT_MS = 5_000;
const PROVIDERS_MS = 45_000;
const FILES_MS = 5_000;
const DATABASE_MS = 60_000;
const REDIS_MS = 8_000;
const TOOLS_MS = 12_000;

/** Examines. Never rejects. */
export async function examine(examination: Examination): Promise<readonly Finding[]> {
  const { source, node } = examination;
  const zone = timeZoneFinding(source.env['TZ'], Intl.DateTimeFormat().resolvedOptions().timeZone);
  const first = [nodeFinding(node), ...(zone === undefined ? [] : [zone])];
  const read = await readConfiguration(source);
  const { settings, vault } = read;
  if (settings === undefined || vault === undefined) return inOrder([...first, ...read.findings]);
  const folder = vaultFolder(settings);
  const found = await Promise.all([
    bounded('port', PORT_MS, () => aboutPort(settings, examination)),
    bounded('upstreams', PROVIDERS_MS, () => aboutProviders(settings, examination)),
    bounded('data-folder', FILES_MS, async () => folderFindings(await folderFacts(folder))),
    bounded('secrets', FILES_MS, async () => secretFindings(await privateFiles(folder))),
    bounded('redis', REDIS_MS, () => aboutRedis(settings)),
    bounded('tools', TOOLS_MS, async () =>
      toolFindings(await examination.toolsHere(), examination.originOf(settings)),
    ),
  ]);
  // One build of SQLite reads on this thread: it waits until nobody else is timed.
  const database = await bounded('database', DATABASE_MS, () => aboutDatabase(settings));
  return inOrder([...first, ...read.findings, ...keyFindings(settings, vault), ...found.flat(), ...database]);
}

async function aboutPort(
  settings: Settings,
  { originOf, version }: Examination,
): Promise<readonly Finding[]> {
  const origin = originOf(settings);
  const { host, port } = settings.server;
  return [portFinding(await portHolder(origin, host, port), origin, host, version)];
}

async function aboutProviders(
  settings: Settings,
  { source, offline }: Examination,
): Promise<readonly Finding[]> {
  if (offline)
    return [
      finderOf('upstreams').skipped('Not asked, as you wished (--offline).'),
      ...proxyFindings(source.env, settings, []),
    ];
  const facts = await askProviders(settings.upstreams.filter(({ enabled }) => enabled));
  return [...providerFindings(facts), clockFinding(facts), ...proxyFindings(source.env, settings, facts)];
}

async function aboutDatabase({ storage }: Settings): Promise<readonly Finding[]> {
  const { postgresUrl, sqlitePath } = storage;
  return postgresUrl === undefined
    ? databaseFindings(await databaseFacts(sqlitePath))
    : postgresFindings(await postgresFacts(postgresUrl));
}

async function aboutRedis({ cache, state }: Settings): Promise<readonly Finding[]> {
  const uses = new Map<string, string[]>();
  for (const [use, url] of [['state', state?.url] as const, ['cache', cache.url] as const])
    if (url !== undefined) uses.set(url, [...(uses.get(url) ?? []), use]);
  return redisFindings(
    await Promise.all([...uses].map(([url, names]) => redisFacts(names.join(' and '), url))),
  );
}
