// The folder of the socket between the process that keeps a gateway's ledger and those that relay for it; and the folders
// that such processes have left which were killed: nobody else removes them.

import { lstatSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The socket in such a folder. */
const DOOR = 'door';
const NAME = /^sluice-door-(\d{1,10})-[A-Za-z0-9]{6}$/;
/** A folder without a socket may be that of a process which is just starting. */
const STARTING_MS = 60_000;
const ANSWER_MS = 1_000;

/** A folder of this user alone, and the place for the socket in it. */
export interface DoorFolder {
  readonly door: string;
  remove(): void;
}

/** Makes a folder for this process. Throws what the file system throws. */
export function makeDoorFolder(parent: string = tmpdir()): DoorFolder {
  const folder = mkdtempSync(join(parent, `sluice-door-${process.pid}-`));
  return {
    door:
      process.platform === 'win32' ? `\\\\.\\pipe\\sluice-${process.pid}-${Date.now()}` : join(folder, DOOR),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Removes folders whose process is gone. What cannot be looked at or removed stays; never rejects. */
export async function removeLeftDoors(parent: string = tmpdir(), nowMs: number = Date.now()): Promise<void> {
  for (const name of namesIn(parent)) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (Number.isNaN(pid)) continue;
    const folder = join(parent, name);
    try {
      if (await isLeft(folder, pid, nowMs)) removeDoor(folder);
    } catch {
      // Somebody else has removed it, or it is not for us to look at.
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function isLeft(folder: string, pid: number, nowMs: number): Promise<boolean> {
  const found = lstatSync(folder);
  const own = process.getuid === undefined || found.uid === process.getuid();
  if (!found.isDirectory() || !own) return false;
  const content = readdirSync(folder);
  // Whatever else is in there is none of ours.
  if (content.some((name) => name !== DOOR)) return false;
  // A process of another container may have any number: its socket tells whether it is there.
  if (content.length > 0)
    return lstatSync(join(folder, DOOR)).isSocket() && !(await answers(join(folder, DOOR)));
  return found.mtimeMs < nowMs - STARTING_MS && (pid === process.pid || !lives(pid));
}

/** True unless nobody listens: what is not known is taken for a yes. */
function answers(door: string): Promise<boolean> {
  return new Promise((told) => {
    const socket = connect(door);
    const end = (answer: boolean): void => {
      socket.destroy();
      told(answer);
    };
    socket.setTimeout(ANSWER_MS, () => end(true));
    socket.once('connect', () => end(true));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code !== 'ECONNREFUSED'));
  });
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Not recursively: only what was looked at goes. */
function removeDoor(folder: string): void {
  rmSync(join(folder, DOOR), { force: true });
  rmdirSync(folder);
}
