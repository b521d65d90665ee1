// One gateway of the cluster: a process of its own, with a data folder of its own, that can be killed and started again.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isolated } from '../kit/gateway.ts';
import { type Program, start } from '../kit/program.ts';
import { until } from '../kit/until.ts';

const BUILT = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));

/** A gateway of the cluster. */
export interface Instance {
  readonly port: number;
  readonly origin: string;
  /** Of the process that was started last. */
  readonly pid: number | undefined;
  /** Everything that it printed. */
  output(): string;
  /** Starts it (again), and waits until it is ready. */
  start(): Promise<void>;
  /** As when the machine goes. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  remove(): Promise<void>;
}

/** Prepares an instance; nothing runs yet. */
export async function prepareInstance(
  port: number,
  config: Readonly<Record<string, unknown>>,
): Promise<Instance> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-instance-'));
  const file = join(folder, 'sluice.jsonc');
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const origin = `http://127.0.0.1:${port}`;
  let program: Program | undefined;
  let before = '';
  const output = (): string => `${before}${program?.stdout() ?? ''}${program?.stderr() ?? ''}`;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (program === undefined) return null;
    program.signal(signal);
    const { code } = await program.ended;
    before = output();
    program = undefined;
    return code;
  };
  return {
    port,
    origin,
    get pid() {
      return program?.pid;
    },
    output,
    start: async () => {
      program = start(
        process.execPath,
        [BUILT, 'serve', '--config', file, '--port', String(port)],
        isolated(folder),
      );
      await until(
        async () => {
          const ready = await fetch(`${origin}/ready`).catch(() => undefined);
          return ready?.status === 200 ? true : undefined;
        },
        () => `An instance did not become ready: ${output()}`,
        60_000,
      ).catch((error: unknown) => {
        // Nobody else would end it.
        program?.kill();
        throw error;
      });
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    remove: async () => {
      program?.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
