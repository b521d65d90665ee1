// A real PostgreSQL server in a folder of its own, for tests: it can be stopped for a while (SIGSTOP), killed and started
// again. It runs as another user where tests run as root, because it refuses to.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './redis.ts';

const USER = 'sluice';
export const PASSWORD = 'not:a/secret@all';

/** The folder of the server's programs, the newest there is; undefined where there is none. */
function programs(): string | undefined {
  const folders = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql')
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => `/usr/lib/postgresql/${version}/bin`)
    : [];
  const onPath = (process.env['PATH'] ?? '').split(':');
  return [...folders, ...onPath].find((folder) => existsSync(join(folder, 'initdb')));
}

/** Whom the server runs as: a user that is not root; undefined where this one is not. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const of = (name: string): { uid: number; gid: number } | undefined => {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
    return uid?.trim() ? { uid: Number(uid), gid: Number(gid) } : undefined;
  };
  return of('postgres') ?? of('nobody');
}

/** Whether there is one; says so loudly where there is none, and fails where tests must be complete. */
export function hasPostgres(): boolean {
  if (programs() !== undefined) return true;
  if (process.env['CI'] === 'true') throw new Error('PostgreSQL (initdb, postgres) is not installed.');
  process.stderr.write('SKIPPED: PostgreSQL is not installed, so nothing is known of the ledger on it.\n');
  return false;
}

/** A running server. */
export interface PostgresServer {
  readonly port: number;
  /** Of the only database; a schema is added with `schema=`. */
  readonly url: string;
  /** Of a schema that nobody has used. */
  freshUrl(): string;
  /** Answers no more, but its connections stay open. */
  hang(): void;
  wake(): void;
  /** Without any farewell. */
  kill(): Promise<void>;
  /** After kill: on the same port, with what was committed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

let schemas = 0;

/** Makes a server and waits until it answers. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = programs();
  if (bin === undefined) throw new Error('PostgreSQL is not installed.');
  const port = await freePort();
  const user = serverUser();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
  chmodSync(folder, 0o755);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const password = join(folder, 'password');
  const run = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C' } };
  execFileSync('sh', ['-c', `umask 077; printf %s "$1" > "$2"`, 'sh', PASSWORD, password], run);
  const making = [
    '-D',
    data,
    '-U',
    USER,
    '--pwfile',
    password,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--no-sync',
  ];
  execFileSync(join(bin, 'initdb'), making, { ...run, stdio: 'ignore' });
  let child: ChildProcess | undefined;
  const signal = (name: NodeJS.Signals): void => {
    if (child?.pid === undefined) return;
    // Each connection has a process of its own, which may end at this moment.
    for (const pid of [child.pid, ...childrenOf(child.pid)]) {
      try {
        process.kill(pid, name);
      } catch {
        // It has ended.
      }
    }
  };
  const start = async (): Promise<void> => {
    // What was committed is with the system when the server is killed; a loss of power is not played.
    const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=60'];
    const flags = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder];
    const args = [...flags, ...settings.flatMap((setting) => ['-c', setting])];
    const started = spawn(join(bin, 'postgres'), args, { ...run, stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      started.once('exit', () => reject(new Error(`PostgreSQL ended: ${said}`)));
      started.stderr?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-10_000);
        if (/ready to accept connections/.test(said)) resolve();
      });
    });
    await answers(port);
  };
  const kill = async (): Promise<void> => {
    const ending = child;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    signal('SIGKILL');
    child = undefined;
    await ended;
    rmSync(join(data, 'postmaster.pid'), { force: true });
  };
  await start();
  const url = `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
  return {
    port,
    url,
    freshUrl: () => `${url}?schema=s${process.pid}_${++schemas}`,
    hang: () => signal('SIGSTOP'),
    wake: () => signal('SIGCONT'),
    kill,
    start,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map(Number)
    .filter((number) => number > 0);
}

async function answers(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await pause(20);
  }
}
