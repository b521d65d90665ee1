// Stored keys: sealed in keys.json with what stands in secret.key, both readable by their owner alone. The command line
// writes them, the running gateway reads them again whenever they change.

import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Problem } from '../config/problem.ts';
import { type FileReading, readSettled, type Snapshot, snapshotOf } from '../config/snapshot.ts';
import { codeOf } from '../config/system-code.ts';
import type { AccountEntry } from '../core/providers/account.ts';
import { readAccounts } from './accounts-contents.ts';
import {
  type Contents,
  type DisabledKey,
  NO_CONTENTS,
  readContents,
  type StoredEntry,
  writeContents,
} from './contents.ts';
import { type VaultPlaces, vaultPlaces } from './places.ts';
import { createPrivate, replacePrivate, whileLocked } from './private-file.ts';
import { operatorToken, SECRET_KEY_BYTES, seal, unseal } from './seal.ts';

/** A stored key, opened: its secret, or the variable that holds it. */
export type StoredKey = Omit<StoredEntry, 'sealed' | 'env'> &
  ({ readonly secret: string } | { readonly env: string });

/** What merging needs to know of a vault. */
export interface StoredKeys {
  readonly keys: readonly StoredKey[];
  readonly disabled: readonly DisabledKey[];
}

/** One reading of a vault. */
export interface VaultReading {
  /** What could be read and opened; nothing where the file is damaged. */
  readonly stored: StoredKeys;
  /** Everything in the file, also what could not be opened. */
  readonly contents: Contents;
  /** Logins that are used in the place of keys. */
  readonly accounts: readonly AccountEntry[];
  /** False when keys.json itself is damaged: it must not be written. */
  readonly readable: boolean;
  /** False when there is more in the file than could be read: it must not be taken for all there is. */
  readonly whole: boolean;
  /** Errors where `whole` is false, and warnings. */
  readonly problems: readonly Problem[];
  readonly snapshot: Snapshot;
  /** Proves its bearer to be the operator; undefined while there is no usable secret.key. */
  readonly token: string | undefined;
}

/** What became of a change: the answer of `edit`, or why nothing was written. */
export type VaultChange<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string };

/** The stored keys of one folder. */
export interface Vault {
  readonly places: VaultPlaces;
  /** Reads both files. Never rejects. */
  read(): Promise<VaultReading>;
  /** Makes secret.key where there is none and nothing is sealed with a lost one. The answer is why it could not. */
  prepare(): Promise<string | undefined>;
  /** What is sealed with; a text says why there is none, and undefined that none was made yet. */
  material(): Promise<Buffer | string | undefined>;
  /**
   * Changes the file while nobody else does. `edit` gets what is there and a function that seals a secret; it gives the
   * new contents (undefined: nothing changes) and an answer. Refused while the file is damaged.
   */
  change<T>(edit: VaultEdit<T>, needsSecret: boolean): Promise<VaultChange<T>>;
}

/** What is to become of the contents; without new ones nothing is written. */
export type VaultEdit<T> = (
  contents: Contents,
  seal: SealEntry,
) => { readonly contents?: Contents; readonly value: T };

/** Seals the secret of the entry with this upstream and id. */
export type SealEntry = (secret: string, upstream: string, id: string) => string;

/** What a sealed text is bound to. */
const purposeOf = (upstream: string, id: string): string => `key ${upstream} ${id}`;

/** Opens the vault of a folder; nothing is read or made yet. */
export function openVault(folder: string): Vault {
  const places = vaultPlaces(folder);
  return {
    places,
    read: () => readVault(places),
    prepare: async () => {
      const reading = await readVault(places);
      if (reading.token !== undefined) return undefined;
      const secret = await secretFor(places, reading.contents);
      return Buffer.isBuffer(secret) ? undefined : secret.message;
    },
    material: async () => secretOf(await readSettled(places.secret)),
    change: async (edit, needsSecret) => {
      try {
        return await whileLocked(places.lock, () => changeVault(places, edit, needsSecret));
      } catch (error) {
        const locked = codeOf(error) === 'ELOCKED';
        const why = locked ? 'another program is writing it' : `the system says ${codeOf(error)}`;
        const message = `${places.keys} cannot be written: ${why}.`;
        if (!locked) return { ok: false, message };
        return { ok: false, message, suggestion: `If none is, remove ${places.lock}.` };
      }
    },
  };
}

async function changeVault<T>(
  places: VaultPlaces,
  edit: VaultEdit<T>,
  needsSecret: boolean,
): Promise<VaultChange<T>> {
  const reading = await readVault(places);
  const damaged = damageOf(places, reading);
  if (damaged !== undefined && (needsSecret || !reading.readable)) return damaged;
  const secret = needsSecret ? await secretFor(places, reading.contents) : undefined;
  if (secret !== undefined && !Buffer.isBuffer(secret)) return secret;
  const sealEntry: SealEntry = (text, upstream, id) => {
    if (secret === undefined) throw new Error('this change seals nothing');
    return seal(text, purposeOf(upstream, id), secret);
  };
  const { contents, value } = edit(reading.contents, sealEntry);
  if (contents !== undefined) {
    const text = writeContents(contents);
    const fault = readContents(text);
    // What cannot be read again would cost all keys at the next start.
    if (typeof fault === 'string')
      return { ok: false, message: `The stored keys would not be usable afterwards: ${fault}.` };
    await replacePrivate(places.keys, text);
  }
  return { ok: true, value };
}

function damageOf(
  places: VaultPlaces,
  reading: VaultReading,
): (VaultChange<never> & { ok: false }) | undefined {
  // What is wrong with the accounts keeps nobody from storing keys.
  const error = reading.problems.find(
    ({ severity, file }) => severity === 'error' && file !== places.accounts,
  );
  if (error === undefined) return undefined;
  const message = `${error.file ?? places.keys}: ${error.message}`;
  return {
    ok: false,
    message,
    ...(error.suggestion === undefined ? {} : { suggestion: error.suggestion }),
  };
}

/** The key material, made where there is none; refused where that would hide that another one is lost. */
async function secretFor(
  places: VaultPlaces,
  contents: Contents,
): Promise<Buffer | (VaultChange<never> & { ok: false })> {
  const present = secretOf(await readSettled(places.secret));
  if (Buffer.isBuffer(present)) return present;
  const accounts = 'text' in (await readSettled(places.accounts));
  if (present !== undefined || accounts || contents.keys.some((entry) => 'sealed' in entry))
    return {
      ok: false,
      message: `${places.secret} ${present ?? 'is not there'}, and stored ${accounts ? 'accounts' : 'keys'} are sealed with it.`,
      suggestion: LOST_KEY,
    };
  await createPrivate(places.secret, `${randomBytes(SECRET_KEY_BYTES).toString('hex')}\n`);
  const made = secretOf(await readSettled(places.secret));
  if (Buffer.isBuffer(made)) return made;
  return { ok: false, message: `${places.secret} ${made ?? 'is not there'}.` };
}

const LOST_KEY =
  'Put back the secret.key they were made with, or remove them ("sluice keys rm") and add them again.';

/** The key material in a file; a text is what is wrong with it, undefined that it is not there. */
function secretOf(reading: FileReading): Buffer | string | undefined {
  if (!('text' in reading))
    return reading.failure === 'there is no such file' ? undefined : `cannot be read: ${reading.failure}`;
  const text = reading.text.trim();
  const shaped = text.length === 2 * SECRET_KEY_BYTES && /^[0-9a-f]+$/i.test(text);
  return shaped ? Buffer.from(text, 'hex') : 'does not hold 32 bytes in hex';
}

function problem(file: string, severity: Problem['severity'], message: string, suggestion?: string): Problem {
  return {
    severity,
    file,
    line: undefined,
    column: undefined,
    path: '',
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

async function readVault(places: VaultPlaces): Promise<VaultReading> {
  const [keysFile, secretFile, accountsFile] = await Promise.all([
    readSettled(places.keys),
    readSettled(places.secret),
    readSettled(places.accounts),
  ]);
  const snapshot = snapshotOf([
    [places.keys, keysFile],
    [places.secret, secretFile],
    [places.accounts, accountsFile],
  ]);
  const secret = secretOf(secretFile);
  const material = Buffer.isBuffer(secret) ? secret : undefined;
  const token = material === undefined ? undefined : operatorToken(material);
  const problems: Problem[] = [];
  if (material !== undefined && (await othersMayRead(places.secret)))
    problems.push(
      problem(
        places.secret,
        'warning',
        'Other users of this machine can read the file that protects the stored keys.',
        'Run "chmod 600" on it.',
      ),
    );
  const listed = accountsOf(accountsFile);
  const accounts = typeof listed === 'string' ? [] : listed;
  if (typeof listed === 'string')
    problems.push(
      problem(
        places.accounts,
        'error',
        `The stored accounts cannot be used: ${listed}.`,
        'Put back a copy of it, or move it away and store the accounts again.',
      ),
    );
  const read = contentsOf(keysFile);
  if (typeof read === 'string') {
    const suggestion =
      'Put back a copy of it, or move it away and add the keys again with "sluice keys add".';
    problems.push(problem(places.keys, 'error', `The stored keys cannot be used: ${read}.`, suggestion));
    const nothing = { stored: NO_CONTENTS_OPENED, contents: NO_CONTENTS, accounts };
    return { ...nothing, readable: false, whole: false, problems, snapshot, token };
  }
  const keys = read.keys.flatMap((entry) => opened(entry, material) ?? []);
  const lost = read.keys.length - keys.length;
  if (lost > 0)
    problems.push(problem(places.keys, 'error', lostMessage(lost, places.secret, secret), LOST_KEY));
  const stored = { keys, disabled: read.disabled };
  const whole = lost === 0 && typeof listed !== 'string';
  return { stored, contents: read, accounts, readable: true, whole, problems, snapshot, token };
}

function accountsOf(file: FileReading): readonly AccountEntry[] | string {
  if ('text' in file) return readAccounts(file.text);
  return file.failure === 'there is no such file' ? [] : file.failure;
}

const NO_CONTENTS_OPENED: StoredKeys = { keys: [], disabled: [] };

function contentsOf(file: FileReading): Contents | string {
  if ('text' in file) return readContents(file.text);
  return file.failure === 'there is no such file' ? NO_CONTENTS : file.failure;
}

function lostMessage(lost: number, path: string, secret: Buffer | string | undefined): string {
  const count = `${lost} stored ${lost === 1 ? 'key' : 'keys'} cannot be opened: `;
  if (Buffer.isBuffer(secret)) return `${count}they were not sealed with the secret.key that is there now.`;
  return `${count}${path} ${secret ?? 'is not there'}.`;
}

function opened(entry: StoredEntry, secretKey: Buffer | undefined): StoredKey | undefined {
  if (!('sealed' in entry)) return entry;
  const { sealed, ...facts } = entry;
  if (secretKey === undefined) return undefined;
  const secret = unseal(sealed, purposeOf(entry.upstream, entry.id), secretKey);
  return secret === undefined ? undefined : { ...facts, secret };
}

/** Systems without such modes answer false. */
async function othersMayRead(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const mode = await stat(path).then(
    (found) => found.mode,
    () => 0,
  );
  return (mode & 0o077) !== 0;
}
