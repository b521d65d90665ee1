// Who writes to a database: a small file beside it, `<database>.owner`, that names the process. It tells a second
// gateway to stay away, and a gateway that follows a crash that the way is free. The locks of SQLite cannot do that for
// us: those of the WebAssembly build outlive their process, and the two builds do not see each other's.

import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from './driver.ts';

/** How often a live owner touches its file. */
export const HEARTBEAT_MS = 2_000;
/** An owner on another host (or in another container) that was silent for this long is taken for dead. */
const SILENCE_MS: number = 2.5 * HEARTBEAT_MS;

interface Claim {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one with the same number; '' where the system does not say. */
  readonly born: string;
  readonly engine: Engine;
}

/** The right to write to one database. */
export interface Ownership {
  release(): void;
}

/** What the owner file of a database says about a living owner. */
export interface LivingOwner {
  readonly pid: number;
  readonly host: string;
  readonly engine: Engine;
}

/** Databases that this process owns, by path: two ledgers on one file in one process are refused as well. */
const ours = new Set<string>();

function ownerPath(database: string): string {
  return `${database}.owner`;
}

/** Boot-relative start time of a process on Linux (field 22 of /proc/<pid>/stat); '' elsewhere. */
function bornAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a program name in brackets and may contain anything, so count from its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function readClaim(path: string): { text: string; claim: Claim | undefined } | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return { text, claim: undefined };
    const { pid, host, born, engine } = value as Partial<Record<keyof Claim, unknown>>;
    if (typeof pid !== 'number' || typeof host !== 'string') return { text, claim: undefined };
    return {
      text,
      claim: { pid, host, born: String(born ?? ''), engine: engine === 'wasm' ? 'wasm' : 'node' },
    };
  } catch {
    return { text, claim: undefined };
  }
}

function processLives(claim: Claim): boolean {
  try {
    process.kill(claim.pid, 0);
  } catch (error) {
    // EPERM: it exists, but belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const born = bornAt(claim.pid);
  return claim.born === '' || born === '' || claim.born === born;
}

function touchedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return Number.NaN;
  }
}

/** Watches the heartbeat of an owner whose process cannot be looked up from here. */
async function beats(path: string): Promise<boolean> {
  const first = touchedAt(path);
  const until = performance.now() + SILENCE_MS;
  while (performance.now() < until) {
    await pause(100);
    const now = touchedAt(path);
    if (Number.isNaN(now)) return false;
    if (now !== first) return true;
  }
  return false;
}

async function lives(claim: Claim, path: string, database: string): Promise<boolean> {
  if (claim.host !== hostname()) return beats(path);
  // In a container every start has the same number: a claim with it that we did not make is from before a crash.
  if (claim.pid === process.pid) return ours.has(database);
  return processLives(claim);
}

/** The living owner of a database, if there is one. Takes seconds only when the file comes from another host. */
export async function livingOwner(database: string): Promise<LivingOwner | undefined> {
  const found = readClaim(ownerPath(database));
  if (found?.claim === undefined) return undefined;
  return (await lives(found.claim, ownerPath(database), database)) ? found.claim : undefined;
}

/** Removes exactly the claim that was judged dead: if somebody else replaced it meanwhile, theirs is put back. */
function removeDead(path: string, text: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  try {
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, path);
  } catch {
    // A third process has claimed it in the meantime; the next look finds that claim.
  } finally {
    rmSync(aside, { force: true });
  }
}

function write(path: string, claim: Claim): boolean {
  try {
    writeFileSync(path, JSON.stringify(claim), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Shows that the owner lives; to be called every HEARTBEAT_MS. */
export function beat(database: string): void {
  try {
    const now = new Date();
    utimesSync(ownerPath(database), now, now);
  } catch {
    // A full or vanished disk is reported by the writer, which feels it too.
  }
}

function ownership(database: string): Ownership {
  const path = ownerPath(database);
  ours.add(database);
  return {
    release() {
      if (!ours.delete(database)) return;
      rmSync(path, { force: true });
    },
  };
}

/**
 * Claims a database for this process. Answers the living owner when there is one already. Throws what the file system
 * throws when the claim cannot be written.
 */
export async function claim(database: string, engine: Engine): Promise<Ownership | LivingOwner> {
  const path = ownerPath(database);
  const mine: Claim = { pid: process.pid, host: hostname(), born: bornAt(process.pid), engine };
  for (;;) {
    if (write(path, mine)) return ownership(database);
    const found = readClaim(path);
    if (found === undefined) continue;
    if (found.claim !== undefined && (await lives(found.claim, path, database))) return found.claim;
    if (found.claim === undefined) {
      // Either torn by a crash or being written at this moment.
      await pause(200);
      if (readClaim(path)?.text !== found.text) continue;
    }
    removeDead(path, found.text);
  }
}
