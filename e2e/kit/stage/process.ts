// The gateway of the stage: the built server in a folder that outlives it, so that it can be ended and started again at the
// same address.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isolated } from '../gateway.ts';
import { type Program, start } from '../program.ts';
import { until } from '../until.ts';

const BUILT = fileURLToPath(new URL('../../../server/dist/main.js', import.meta.url));
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;

/** A running gateway. */
export interface GatewayProcess {
  readonly origin: string;
  /** Everything it printed. */
  output(): string;
  /** Ends it with SIGTERM; after a while by force. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Where a gateway of this folder keeps its ledger. */
export function databaseIn(folder: string): string {
  return join(folder, 'data', 'sluice', 'sluice.db');
}

/** Starts a gateway on a folder and waits until it is ready. `port` 0 takes a free one; no `config`: without a file. */
export async function startProcess(
  folder: string,
  { port, config, env }: { port: number; config: string | undefined; env: Readonly<Record<string, string>> },
): Promise<GatewayProcess> {
  if (!existsSync(BUILT)) throw new Error(`${BUILT} is missing: run "npx tsc -b server" first.`);
  const bare = isolated(folder);
  const args = [
    BUILT,
    'serve',
    '--port',
    String(port),
    ...(config === undefined ? [] : ['--config', config]),
  ];
  const gateway = start(process.execPath, args, { ...bare, env: { ...bare.env, ...env } });
  let over = false;
  void gateway.ended.then(() => {
    over = true;
  });
  const output = (): string => `${gateway.stdout()}${gateway.stderr()}`;
  const origin = await until(
    async () => {
      if (over) throw new Error(`The gateway has ended: ${output()}`);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(gateway.stderr())?.[0];
      if (found === undefined) return undefined;
      const ready = await fetch(`${found}/ready`).catch(() => undefined);
      return ready?.status === 200 ? found : undefined;
    },
    () => `The gateway did not become ready: ${output()}`,
    START_LIMIT_MS,
  ).catch((error: unknown) => {
    // Nobody else would end it.
    gateway.kill();
    throw error;
  });
  return { origin, output, ...endings(gateway) };
}

function endings(gateway: Program): Pick<GatewayProcess, 'stop' | 'kill'> {
  return {
    stop: async () => {
      gateway.signal('SIGTERM');
      const timer = setTimeout(() => gateway.kill(), STOP_LIMIT_MS);
      await gateway.ended;
      clearTimeout(timer);
    },
    kill: async () => {
      gateway.kill();
      await gateway.ended;
    },
  };
}
