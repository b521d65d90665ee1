// The stage: a real gateway process with providers, clients, budgets and a past, so that every page of the dashboard has
// something real to show. For browser tests, and for the pictures of the README.

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { operatorToken } from '../../../server/src/vault/seal.ts';
import { freePort } from '../../../server/test/kit/redis.ts';
import {
  type AccountMood,
  type AccountVendors,
  accountUpstreams,
  startAccountVendors,
  storeAccounts,
} from './accounts.ts';
import { MODELS, type Naming, ROLES, type Role } from './cast.ts';
import { stageConfig } from './config.ts';
import { budgetsFor, makePast, writePast } from './past.ts';
import { databaseIn, type GatewayProcess, startProcess } from './process.ts';
import { type Mood, type StageProvider, startProvider } from './provider.ts';
import { type Answered, type AskOptions, askMany, keepStreaming, type Target } from './traffic.ts';

/** How the stage is set. */
export interface StageOptions {
  /** Exchanges of the last thirty days; 3,000 where absent, 0 for none. */
  readonly past?: number;
  /** First run: no configuration, no upstream, no key, no past. The providers run all the same. */
  readonly empty?: boolean;
  /** Whether clients with keys and budgets are configured (true), or nobody is asked for a key. */
  readonly clients?: boolean;
  /** "roles" (steady, flaky, second, gemini, workshop), or "vendors" for pictures. */
  readonly naming?: Naming;
  /** The mood of `flaky`; "by-turns" where absent. The others are well. */
  readonly flaky?: Mood;
  /** Upstreams of logins in the place of keys, with simulated vendors, and how those logins are; none where absent. */
  readonly accounts?: AccountMood;
  /** Sections of the configuration that are different. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A database that is there already, used where it lies, instead of a past. */
  readonly database?: string;
  /** Environment variables of the gateway. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An answer of the admin API. */
export interface AdminAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** A stage that is set. */
export interface Stage {
  /** "http://127.0.0.1:port"; the same after restart(). */
  readonly origin: string;
  /** HOME of the gateway. */
  readonly folder: string;
  readonly providers: Readonly<Record<Role, StageProvider>>;
  /** Those of the accounts, where there are any. */
  readonly vendors: AccountVendors | undefined;
  /** How upstreams are called here. */
  readonly naming: Naming;
  /** A one-time link into the dashboard. */
  link(): Promise<string>;
  /** Calls the admin API (path below /admin/v1) as the operator. */
  admin(method: string, path: string, body?: unknown): Promise<AdminAnswer>;
  /** Sends so many requests and reads their answers. */
  ask(count: number, options?: AskOptions): Promise<readonly Answered[]>;
  /** Keeps so many streams flowing. Answers how to stop. */
  stream(count: number, options?: AskOptions): () => Promise<void>;
  /** Ends the gateway and starts it again at the same address; `between` happens while it is away. */
  restart(between?: () => Promise<void>): Promise<void>;
  /** What the gateway printed since it was last started. */
  output(): string;
  stop(): Promise<void>;
}

const USUAL_PAST = 3_000;

/** Sets the stage. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { empty = false, clients = !empty, naming = 'roles' } = options;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-stage-'));
  const providers = await startProviders(options.flaky ?? 'by-turns');
  const vendors = options.accounts === undefined ? undefined : await startAccountVendors();
  if (vendors !== undefined) await storeAccounts(folder, vendors, options.accounts ?? 'none');
  const others = vendors === undefined ? [] : accountUpstreams(vendors);
  const config = empty
    ? undefined
    : await prepare(folder, providers, { ...options, clients, naming, others });
  const begin = (port: number): Promise<GatewayProcess> =>
    startProcess(folder, { port, config, env: options.env ?? {} });
  // One that nobody else is given while the gateway is away.
  let gateway = await begin(await freePort());
  const { origin } = gateway;
  const target: Target = { origin, clients };
  const streams = new Set<() => Promise<void>>();
  const admin: Stage['admin'] = (method, path, body) => askAdmin(origin, folder, method, path, body);

  return {
    origin,
    folder,
    providers,
    vendors,
    naming,
    admin,
    link: () => linkOf(admin),
    ask: (count, asked) => askMany(target, count, asked),
    stream: (count, asked) => {
      const end = keepStreaming(target, count, asked);
      streams.add(end);
      return async () => {
        streams.delete(end);
        await end();
      };
    },
    restart: async (between) => {
      await gateway.stop();
      await between?.();
      gateway = await begin(Number(new URL(origin).port));
    },
    output: () => gateway.output(),
    stop: async () => {
      await Promise.all([...streams].map((end) => end()));
      await gateway.stop();
      await Promise.all([...ROLES.map((role) => providers[role].stop()), vendors?.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startProviders(flaky: Mood): Promise<Readonly<Record<Role, StageProvider>>> {
  const [steady, unsteady, second, gemini, workshop] = await Promise.all([
    startProvider(MODELS.steady),
    startProvider(MODELS.flaky, flaky),
    startProvider(MODELS.second),
    startProvider(MODELS.gemini),
    startProvider(MODELS.workshop),
  ]);
  return { steady, flaky: unsteady, second, gemini, workshop };
}

/** Writes the past and the configuration; answers the path of the latter. */
async function prepare(
  folder: string,
  providers: Readonly<Record<Role, StageProvider>>,
  options: StageOptions & {
    readonly clients: boolean;
    readonly naming: Naming;
    readonly others: readonly object[];
  },
): Promise<string> {
  const { clients, naming, others, database } = options;
  const nowMs = Date.now();
  const rows = database === undefined ? (options.past ?? USUAL_PAST) : 0;
  const past = rows === 0 ? [] : makePast({ rows, nowMs, naming, clients });
  if (past.length > 0) await writePast(databaseIn(folder), past);
  const { steady, flaky, second, gemini, workshop } = providers;
  const origins = {
    steady: steady.origin,
    flaky: flaky.origin,
    second: second.origin,
    gemini: gemini.origin,
    workshop: workshop.origin,
  };
  const storage = database === undefined ? {} : { storage: { maxBytes: 0 } };
  if (database !== undefined) {
    await mkdir(dirname(databaseIn(folder)), { recursive: true, mode: 0o700 });
    await symlink(resolve(database), databaseIn(folder));
  }
  const more = { ...storage, ...options.config };
  const config = stageConfig({ naming, clients, origins, budgets: budgetsFor(past, nowMs), others, more });
  const file = join(folder, 'sluice.jsonc');
  await writeFile(file, `// Sluice, as it stands on the stage.\n${JSON.stringify(config, undefined, 2)}\n`, {
    mode: 0o600,
  });
  return file;
}

async function askAdmin(
  origin: string,
  folder: string,
  method: string,
  path: string,
  body: unknown,
): Promise<AdminAnswer> {
  const secret = await readFile(join(folder, 'data', 'sluice', 'secret.key'), 'utf8');
  const token = operatorToken(Buffer.from(secret.trim(), 'hex'));
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${origin}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...content,
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

async function linkOf(admin: Stage['admin']): Promise<string> {
  const { status, json } = await admin('POST', '/session/link');
  const url = typeof json === 'object' && json !== null && 'url' in json ? json.url : undefined;
  if (typeof url !== 'string') throw new Error(`There is no link: ${status} ${JSON.stringify(json)}`);
  return url;
}
