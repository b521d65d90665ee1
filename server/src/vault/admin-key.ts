// The key of the admin API: made at the first start, and kept as its hash alone, in a file of its owner beside the vault.

import { hash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../config/system-code.ts';
import { isObject, parseJson } from '../core/model/json.ts';
import { createPrivate, replacePrivate } from './private-file.ts';

/** The key as the gateway has it. */
export interface KeptAdminKey {
  /** SHA-256 of the key, hex; undefined: nobody has one. */
  digest(): string | undefined;
  /** Makes another key in its place; shown this once. */
  renew(): Promise<
    { readonly ok: true; readonly key: string } | { readonly ok: false; readonly message: string }
  >;
}

/** The key, or why the gateway must not start, in words for the operator. */
export type AdminKeyOpened =
  | {
      readonly ok: true;
      readonly key: KeptAdminKey;
      /** The key itself, where it was made just now: it cannot be seen again. */
      readonly created?: string;
      /** Why nobody has the key. */
      readonly trouble?: string;
    }
  | { readonly ok: false; readonly message: string };

/** 128 bits need 22 characters of base64url. */
const SHORTEST = 22;
const PREFIX = 'sk-sluice-admin-';
const SHA256 = /^[0-9a-f]{64}$/;

/** The file of a vault's folder. */
export function adminKeyPath(folder: string): string {
  return join(folder, 'admin.key');
}

function newKey(): string {
  return `${PREFIX}${randomBytes(24).toString('base64url')}`;
}

function contentOf(key: string): string {
  return `${JSON.stringify({ version: 1, sha256: hash('sha256', key, 'hex') })}\n`;
}

/** The digest in a file; undefined: there is no file. A damaged one is a sentence. */
async function readDigest(path: string): Promise<{ digest: string } | string | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : `${path} could not be read (${codeOf(error)}).`;
  }
  const value: unknown = parseJson(text);
  const digest = isObject(value) ? value['sha256'] : undefined;
  if (typeof digest === 'string' && SHA256.test(digest)) return { digest };
  return `${path} is damaged. Make a new admin key with "sluice dashboard --new-key".`;
}

/** Writes a new key in place of the one in a folder, and answers it. Rejects with the system's error. */
export async function replaceAdminKey(folder: string): Promise<string> {
  const key = newKey();
  await replacePrivate(adminKeyPath(folder), contentOf(key));
  return key;
}

/** Opens the key of a folder, and makes it where there is none. `given`: SLUICE_ADMIN_KEY, which stands before the file. */
export async function openAdminKey(folder: string, given: string | undefined): Promise<AdminKeyOpened> {
  if (given !== undefined) return fromEnvironment(given);
  const path = adminKeyPath(folder);
  let digest: string | undefined;
  const key: KeptAdminKey = {
    digest: () => digest,
    renew: async () => {
      try {
        const made = await replaceAdminKey(folder);
        digest = hash('sha256', made, 'hex');
        return { ok: true, key: made };
      } catch (error) {
        return { ok: false, message: `${path} could not be written (${codeOf(error)}).` };
      }
    },
  };
  const found = await readDigest(path);
  if (typeof found === 'string') return { ok: true, key, trouble: found };
  if (found !== undefined) {
    digest = found.digest;
    return { ok: true, key };
  }
  const made = newKey();
  try {
    const ours = await createPrivate(path, contentOf(made));
    const kept = await readDigest(path);
    if (typeof kept === 'object') digest = kept.digest;
    return ours ? { ok: true, key, created: made } : { ok: true, key };
  } catch (error) {
    return { ok: true, key, trouble: `${path} could not be written (${codeOf(error)}).` };
  }
}

function fromEnvironment(given: string): AdminKeyOpened {
  const secret = given.trim();
  if (secret.length < SHORTEST) {
    const what = secret === '' ? 'is empty' : 'is too short';
    return {
      ok: false,
      message: `SLUICE_ADMIN_KEY ${what}: it must have at least ${SHORTEST} characters that nobody can guess. Unset it to use the key that the gateway makes.`,
    };
  }
  const digest = hash('sha256', secret, 'hex');
  const message = 'The admin key is set by SLUICE_ADMIN_KEY. Change it there and start again.';
  return { ok: true, key: { digest: () => digest, renew: () => Promise.resolve({ ok: false, message }) } };
}
