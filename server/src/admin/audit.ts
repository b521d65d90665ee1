// The audit log: one JSON line per change, in a file that its owner alone may read. When it has grown it is moved aside,
// and the one moved aside before is dropped.

import { appendFile, chmod, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isObject, parseJson } from '../core/model/json.ts';
import type { AuditEntry, AuditLog } from './parts.ts';

/** What the log is made with. */
export interface AuditOptions {
  /** Absolute path. */
  readonly path: string;
  /** The file is moved aside (as path.1) above this. */
  readonly maxBytes?: number;
  /** Told once for every failure to write. */
  onTrouble(message: string): void;
}

const MAX_BYTES = 8 * 1024 * 1024;

/** Opens the log; nothing is written or read yet. */
export function createAuditLog({ path, maxBytes = MAX_BYTES, onTrouble }: AuditOptions): AuditLog {
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting.join('');
      waiting = [];
      try {
        await moveAside();
        await appendFile(path, lines, { mode: 0o600 });
      } catch (error) {
        onTrouble(`The audit log ${path} could not be written: ${String(error)}`);
      }
    }
    writing = undefined;
  }

  async function moveAside(): Promise<void> {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return;
    }
    if ((found.mode & 0o077) !== 0) await chmod(path, 0o600);
    if (found.size > maxBytes) await rename(path, `${path}.1`);
  }

  const flush = async (): Promise<void> => {
    while (writing !== undefined) await writing;
  };

  return {
    add(entry) {
      waiting.push(`${JSON.stringify(entry)}\n`);
      writing ??= write();
    },
    flush,
    async last(limit, before = Number.POSITIVE_INFINITY) {
      await flush();
      const [older, newer] = await Promise.all([entriesOf(`${path}.1`), entriesOf(path)]);
      const all = [...older, ...newer].filter(({ atMs }) => atMs < before);
      return all.slice(-limit).reverse();
    },
  };
}

/** The entries of a file, oldest first; without lines that a crash has cut. */
async function entriesOf(path: string): Promise<AuditEntry[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const value: unknown = line === '' ? undefined : parseJson(line);
    return isEntry(value) ? [value] : [];
  });
}

function isEntry(value: unknown): value is AuditEntry {
  return isObject(value) && typeof value['atMs'] === 'number' && typeof value['action'] === 'string';
}
