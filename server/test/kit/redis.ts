// A real redis-server on a free port, for tests: it can be stopped for a while (SIGSTOP), killed and started again.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether there is one; says so loudly where there is none, and fails where tests must be complete. */
export function hasRedis(): boolean {
  const found = spawnSync('redis-server', ['--version']).status === 0;
  if (found) return true;
  if (process.env['CI'] === 'true') throw new Error('redis-server is not installed.');
  process.stderr.write('SKIPPED: redis-server is not installed, so nothing is known of the Redis cache.\n');
  return false;
}

/** A running server. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Answers no more, but its connections stay open. */
  hang(): void;
  wake(): void;
  kill(): Promise<void>;
  /** After kill: on the same port, empty. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Below the ports that systems hand out by themselves, to whoever listens on port 0 and to every connection. */
const PORTS = { first: 15_000, count: 15_000 } as const;
/** What this process was given: it may be free for a moment, while its server is started again. */
const given = new Set<number>();

/** A port on which nobody listens, and which nobody is given unasked before it is used, or between two uses. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const found = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (found) await new Promise((resolve) => probe.close(resolve));
  return found;
}

/** Starts one and waits until it listens. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-redis-'));
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const options = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ];
    const started = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
    child = started;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      started.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
      started.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (/Ready to accept connections/.test(said)) resolve();
      });
    });
  };
  const kill = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    hang: () => void child?.kill('SIGSTOP'),
    wake: () => void child?.kill('SIGCONT'),
    kill,
    start,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
