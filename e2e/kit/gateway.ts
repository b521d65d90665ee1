// A real gateway process: the built server, started as `sluice serve` in a folder of its own, with its own ledger and
// nothing of the test run's environment. Everything a test learns of it comes over HTTP, its output or its ledger file.

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LedgerRow, readLedger } from './ledger.ts';
import { type Ended, run, type Surroundings, start } from './program.ts';
import { until } from './until.ts';

/** The built command line of this checkout. */
const BUILT = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));
/** Far more than a start takes: the machine may be busy with other tests. */
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;

/** What a gateway is started with. */
export interface GatewayOptions {
  /** Content of sluice.jsonc; server.port is set to 0. Left out: no file, so that the demo answers. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The command that takes `serve …`; default: Node with the built main.js. */
  readonly command?: readonly string[];
  /** Environment variables beside those that every process needs. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running gateway. */
export interface Gateway {
  /** "http://127.0.0.1:port" */
  readonly origin: string;
  /** A temporary folder that is removed at the end. */
  readonly folder: string;
  /** Everything it printed. */
  output(): string;
  /** Waits until `count` exchanges of a conversation have ended and answers their rows; more than `count` is an error. */
  rows(conversation: string, count: number): Promise<LedgerRow[]>;
  /** Waits until the ledger says what the test asks for. */
  ledger<T>(find: (rows: readonly LedgerRow[]) => T | undefined): Promise<T>;
  /** Runs another command of the same installation beside it. */
  command(...args: string[]): Promise<Ended>;
  /** Ends it with SIGTERM, asserts that it ended well and within its time, and answers its whole ledger. */
  stop(): Promise<readonly LedgerRow[]>;
}

/** The header that ties a request to a conversation in the ledger. */
export const CONVERSATION = 'x-session-id';

/** Starts a gateway and waits until it is ready. */
export async function startGateway({ config, command, env }: GatewayOptions = {}): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-'));
  const [program = '', ...first] = command ?? [process.execPath, BUILT];
  if (command === undefined && !existsSync(BUILT))
    throw new Error(`${BUILT} is missing: run "npx tsc -b server" first.`);
  const bare = isolated(folder);
  const surroundings = { ...bare, env: { ...bare.env, ...env } };
  const args = [...first, 'serve', '--port', '0'];
  if (config !== undefined) {
    const file = join(folder, 'sluice.jsonc');
    await writeFile(file, JSON.stringify(config));
    args.push('--config', file);
  }
  const gateway = start(program, args, surroundings);
  const said = (): string => `${gateway.stdout()}${gateway.stderr()}`;
  let over: Ended | undefined;
  void gateway.ended.then((ended) => {
    over = ended;
  });

  const origin = await until(
    async () => {
      if (over !== undefined) throw new Error(`The gateway ended with ${over.code}: ${said()}`);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(gateway.stderr())?.[0];
      if (found === undefined) return undefined;
      const ready = await fetch(`${found}/ready`).catch(() => undefined);
      return ready?.status === 200 ? found : undefined;
    },
    () => `The gateway did not become ready: ${said()}`,
    START_LIMIT_MS,
  ).catch((error: unknown) => {
    // Nobody else would end it.
    gateway.kill();
    throw error;
  });

  const database = join(folder, 'data', 'sluice', 'sluice.db');
  const ledger: Gateway['ledger'] = async (find) => {
    let seen: readonly LedgerRow[] = [];
    return until(
      async () => {
        seen = await readLedger(database);
        return find(seen);
      },
      () => `The ledger does not say what it should. Its rows: ${JSON.stringify(seen, undefined, 1)}`,
    );
  };
  return {
    origin,
    folder,
    output: said,
    ledger,
    rows: (conversation, count) =>
      ledger((rows) => {
        const own = rows.filter((row) => row.conversation_id === conversation);
        if (own.length > count) throw new Error(`Too many rows for ${conversation}: ${JSON.stringify(own)}`);
        return own.length === count && own.every((row) => row.state === 'done') ? own : undefined;
      }),
    command: (...more) => run(program, [...first, ...more], surroundings, START_LIMIT_MS),
    stop: async () => {
      gateway.signal('SIGTERM');
      const timer = setTimeout(() => gateway.kill(), STOP_LIMIT_MS);
      const { code } = await gateway.ended;
      clearTimeout(timer);
      const rows = await readLedger(database);
      await rm(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`The gateway ended with ${code} after SIGTERM: ${said()}`);
      return rows;
    },
  };
}

/** A place where nothing is configured and no key is known. */
export function isolated(folder: string): Surroundings {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return {
    cwd: folder,
    env: {
      PATH: path,
      HOME: folder,
      TMPDIR: process.env['TMPDIR'] ?? tmpdir(),
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_DATA_HOME: join(folder, 'data'),
      NO_COLOR: '1',
    },
  };
}
