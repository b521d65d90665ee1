// Stored accounts: the list in accounts.json, and a sealed file for each with its tokens, which change as they are used.
// A rotated token is on the disk before anybody uses it: one that is lost cannot be made again.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettled } from '../config/snapshot.ts';
import { codeOf } from '../config/system-code.ts';
import type { AccountEntry, AccountState, AccountStore, StoredAccount } from '../core/providers/account.ts';
import {
  isAccountId,
  plainState,
  readAccounts,
  readSealedState,
  readTokens,
  type SealedState,
  writeAccounts,
  writeSealedState,
} from './accounts-contents.ts';
import { replacePrivate, whileLocked } from './private-file.ts';
import { seal, unseal } from './seal.ts';
import type { Vault } from './vault.ts';

/** The stored accounts of a vault. */
export interface Accounts extends AccountStore {
  /** Every account; a text is what is wrong with the list. Never rejects. */
  list(): Promise<readonly AccountEntry[] | string>;
  /** Stores a new account, or a new login of one that is there, whose entry then stays but for what is given. */
  add(account: NewAccount): Promise<Changed<'added' | 'renewed'>>;
  /** Changes what the operator says of an account; undefined removes it. False: there is no such account. */
  change(id: string, edit: (entry: AccountEntry) => AccountEntry | undefined): Promise<Changed<boolean>>;
}

/** An account to be stored. */
export interface NewAccount {
  readonly entry: AccountEntry;
  readonly state: AccountState;
  readonly proxy: string | undefined;
}

/** What became of a change. */
export type Changed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

const MISSING = 'there is no such file';

/** What a sealed text is bound to. */
const tokensOf = (id: string): string => `account ${id}`;
const proxyOf = (id: string): string => `account proxy ${id}`;

/** The accounts of a vault; nothing is read yet. */
export function openAccounts(vault: Pick<Vault, 'places' | 'prepare' | 'material'>): Accounts {
  const { places } = vault;
  const fileOf = (id: string): string => join(places.accountsFolder, `${id}.json`);
  const listLock = join(places.accountsFolder, 'list.lock');

  const list = async (): Promise<readonly AccountEntry[] | string> => {
    const file = await readSettled(places.accounts);
    if ('text' in file) return readAccounts(file.text);
    return file.failure === MISSING ? [] : file.failure;
  };

  const material = async (): Promise<Buffer | string> => {
    const found = await vault.material();
    return Buffer.isBuffer(found) ? found : `${places.secret} ${found ?? 'is not there'}`;
  };

  const write = async (id: string, state: AccountState, proxy?: string): Promise<string | undefined> => {
    const key = await material();
    if (typeof key === 'string') return `${key}.`;
    try {
      // A proxy stays as it is sealed unless another one is given.
      const kept = proxy === undefined ? (await sealedOf(id))?.proxy : seal(proxy, proxyOf(id), key);
      const tokens = seal(JSON.stringify(state.tokens), tokensOf(id), key);
      const sealed: SealedState = { ...plainState(state), tokens, ...(kept && { proxy: kept }) };
      await replacePrivate(fileOf(id), writeSealedState(sealed));
      return undefined;
    } catch (error) {
      return `${fileOf(id)} could not be written (${codeOf(error)}).`;
    }
  };

  const sealedOf = async (id: string): Promise<SealedState | undefined> => {
    const file = await readSettled(fileOf(id));
    return 'text' in file ? readSealedState(file.text) : undefined;
  };

  const read = async (id: string): Promise<StoredAccount | string> => {
    const entries = await list();
    if (typeof entries === 'string') return `${places.accounts} cannot be used: ${entries}.`;
    const entry = entries.find((one) => one.id === id);
    if (entry === undefined) return 'The account has been removed.';
    const sealed = await sealedOf(id);
    if (sealed === undefined) return `${fileOf(id)} is missing or damaged. Log in again.`;
    const key = await material();
    if (typeof key === 'string') return `The account cannot be opened: ${key}.`;
    const opened = unseal(sealed.tokens, tokensOf(id), key);
    const tokens = opened === undefined ? undefined : readTokens(opened);
    if (tokens === undefined)
      return 'The account was sealed with another secret.key than the one that is there now. Log in again.';
    const { status, note, spentUntilMs } = sealed;
    const state: AccountState = {
      status,
      tokens,
      ...(note === undefined ? {} : { note }),
      ...(spentUntilMs === undefined ? {} : { spentUntilMs }),
    };
    const proxy = sealed.proxy === undefined ? undefined : unseal(sealed.proxy, proxyOf(id), key);
    if (sealed.proxy !== undefined && proxy === undefined)
      return 'The proxy of the account cannot be opened. Give it once more.';
    return { entry, state, proxy };
  };

  const changeList = async <T>(
    edit: (entries: readonly AccountEntry[]) => {
      readonly entries?: readonly AccountEntry[];
      readonly value: T;
    },
  ): Promise<Changed<T>> => {
    try {
      return await whileLocked(listLock, async () => {
        const entries = await list();
        if (typeof entries === 'string')
          return { ok: false, message: `${places.accounts} cannot be used: ${entries}.` };
        const { entries: next, value } = edit(entries);
        // Without accounts there is no list, so that a secret.key that is lost afterwards is no loss.
        if (next?.length === 0) await rm(places.accounts, { force: true });
        else if (next !== undefined) await replacePrivate(places.accounts, writeAccounts(next));
        return { ok: true, value };
      });
    } catch (error) {
      const locked = codeOf(error) === 'ELOCKED';
      const why = locked ? `another program is writing it; if none is, remove ${listLock}` : codeOf(error);
      return { ok: false, message: `${places.accounts} cannot be written: ${why}.` };
    }
  };

  const add: Accounts['add'] = async ({ entry, state, proxy }) => {
    const unprepared = await vault.prepare();
    if (unprepared !== undefined) return { ok: false, message: unprepared };
    if (!isAccountId(entry.id)) throw new Error('an account has an id of its own shape');
    await mkdir(places.accountsFolder, { recursive: true, mode: 0o700 });
    // The tokens first: an account in the list can be used at once.
    const unwritten = await held(places.accountsFolder, entry.id, () => write(entry.id, state, proxy));
    if (unwritten !== undefined) return { ok: false, message: unwritten };
    return changeList((entries) => {
      const before = entries.find(({ id }) => id === entry.id);
      if (before === undefined) return { entries: [...entries, entry], value: 'added' as const };
      const { disabled: _again, ...kept } = before;
      const renewed = { ...kept, ...entry, addedAt: before.addedAt };
      return {
        entries: entries.map((one) => (one.id === entry.id ? renewed : one)),
        value: 'renewed' as const,
      };
    });
  };

  const change: Accounts['change'] = async (id, edit) => {
    const changed = await changeList((entries) => {
      const before = entries.find((entry) => entry.id === id);
      if (before === undefined) return { value: undefined };
      const after = edit(before);
      return {
        entries: entries.flatMap((entry) => (entry.id === id ? (after ?? []) : entry)),
        value: { removed: after === undefined },
      };
    });
    if (!changed.ok) return changed;
    if (changed.value?.removed === true) {
      const folder = places.accountsFolder;
      // A renewal that is on its way would write the tokens once more.
      const cleared = await held(folder, id, () => clearAway(folder, id));
      if (typeof cleared === 'string') await clearAway(folder, id);
    }
    return { ok: true, value: changed.value !== undefined };
  };

  return {
    list,
    add,
    change,
    read,
    write: async (id, state) => {
      const entries = await list();
      const isRemoved = typeof entries !== 'string' && entries.every((entry) => entry.id !== id);
      return isRemoved ? 'The account has been removed.' : await write(id, state);
    },
    whileHeld: (id, work) => held(places.accountsFolder, id, work),
  };
}

/** Runs `work` while no other process touches the file of an account. */
async function held<T>(folder: string, id: string, work: () => Promise<T>): Promise<T | string> {
  const lock = join(folder, `${id}.lock`);
  try {
    return await whileLocked(lock, work);
  } catch (error) {
    if (codeOf(error) === 'ELOCKED')
      return `Another program is renewing the account; if none is, remove ${lock}.`;
    return `${folder} cannot be written (${codeOf(error)}).`;
  }
}

/** The tokens of a removed account go with it. */
async function clearAway(folder: string, id: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (name.startsWith(`${id}.`)) await rm(join(folder, name), { force: true }).catch(() => undefined);
}
