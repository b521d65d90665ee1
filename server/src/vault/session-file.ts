// Sessions of the dashboard over a restart: the hashes of their tokens and when they end, in a file of its owner beside the
// admin key. Whoever reads it cannot sign in with it. It belongs to one admin key: with another, its sessions are none.

import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../config/system-code.ts';
import { isObject, parseJson } from '../core/model/json.ts';
import { replacePrivate } from './private-file.ts';

/** What is kept of one session. */
export interface KeptSession {
  /** SHA-256 of its token, hex. */
  readonly digest: string;
  /** Names it in the audit log. */
  readonly publicId: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** The file. */
export interface SessionFile {
  /** What stood in it when it was opened. */
  readonly found: readonly KeptSession[];
  /** Writes these in place of what stands there; of several in a row, the last. Never throws. */
  keep(sessions: readonly KeptSession[]): void;
  /** Resolves when all is on disk. */
  flush(): Promise<void>;
}

/** What it is opened with. */
export interface SessionFileOptions {
  /** Folder of the vault. */
  readonly folder: string;
  /** SHA-256 of the admin key, hex. */
  keyDigest(): string | undefined;
  /** Told of every failure to write. */
  onTrouble(message: string): void;
}

const MOST_KEPT = 1_000;
const SHA256 = /^[0-9a-f]{64}$/;
const PUBLIC_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** Opens the file; a damaged or foreign one counts as empty. */
export async function openSessionFile({
  folder,
  keyDigest,
  onTrouble,
}: SessionFileOptions): Promise<SessionFile> {
  const path = join(folder, 'sessions.json');
  const found = sessionsIn(await readFile(path, 'utf8').catch(() => ''), sealOf(keyDigest()));
  let wanted: readonly KeptSession[] | undefined;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    while (wanted !== undefined) {
      const sessions = wanted.slice(-MOST_KEPT);
      wanted = undefined;
      const text = `${JSON.stringify({ version: 1, key: sealOf(keyDigest()), sessions })}\n`;
      try {
        await replacePrivate(path, text);
      } catch (error) {
        onTrouble(`${path} could not be written (${codeOf(error)}): sessions will end with the gateway.`);
      }
    }
    writing = undefined;
  };
  return {
    found,
    keep(sessions) {
      wanted = sessions;
      writing ??= write();
    },
    async flush() {
      while (writing !== undefined) await writing;
    },
  };
}

/** Stands for the admin key in the file: a hash of its hash, which is not the one that opens the gate. */
function sealOf(keyDigest: string | undefined): string | undefined {
  return keyDigest === undefined ? undefined : hash('sha256', `sessions of ${keyDigest}`, 'hex');
}

function sessionsIn(text: string, seal: string | undefined): readonly KeptSession[] {
  const value: unknown = parseJson(text);
  if (seal === undefined || !isObject(value) || value['key'] !== seal) return [];
  const sessions = value['sessions'];
  return Array.isArray(sessions) ? sessions.filter(isKept).slice(-MOST_KEPT) : [];
}

function isKept(value: unknown): value is KeptSession {
  if (!isObject(value)) return false;
  const { digest, publicId, expiresAtMs } = value;
  const isNamed = typeof publicId === 'string' && PUBLIC_ID.test(publicId);
  return isNamed && typeof digest === 'string' && SHA256.test(digest) && Number.isSafeInteger(expiresAtMs);
}
