// What stands in accounts.json (the operator's word on each account) and in the file of each account (what changes while
// it is used, its tokens sealed). Reading is strict: what is damaged is reported and never half understood.

import { KEY_NAME } from '../config/key-fault.ts';
import { isObject, type JsonObject, parseJson, textOf } from '../core/model/json.ts';
import type {
  AccountEntry,
  AccountKind,
  AccountState,
  AccountStatus,
  AccountTokens,
} from '../core/providers/account.ts';

const VERSION = 1;
const MOST_ACCOUNTS = 1_000;
const ID: RegExp = /^k_[0-9a-f]{8}$/;
const UPSTREAM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const KINDS: readonly AccountKind[] = ['codex', 'kiro'];
const STATUSES: readonly AccountStatus[] = ['active', 'expired', 'invalid'];

const oneOf = <T extends string>(words: readonly T[], value: unknown): T | undefined =>
  words.find((word) => word === value);

/** True for what can be the id of an account: it becomes the name of a file. */
export function isAccountId(id: unknown): id is string {
  return typeof id === 'string' && ID.test(id);
}

function entryOf(value: unknown): AccountEntry | undefined {
  if (!isObject(value)) return undefined;
  const { id, upstream, name, addedAt, priority, disabled, proxied } = value as Record<string, unknown>;
  const kind = oneOf(KINDS, value['kind']);
  if (!isAccountId(id) || kind === undefined) return undefined;
  if (typeof upstream !== 'string' || !UPSTREAM.test(upstream)) return undefined;
  if (typeof addedAt !== 'string' || Number.isNaN(Date.parse(addedAt))) return undefined;
  if (name !== undefined && (typeof name !== 'string' || !KEY_NAME.test(name))) return undefined;
  if (priority !== undefined && !Number.isInteger(priority)) return undefined;
  return {
    id,
    kind,
    upstream,
    ...(typeof name === 'string' ? { name } : {}),
    addedAt,
    ...(typeof priority === 'number' ? { priority } : {}),
    ...(disabled === true ? { disabled } : {}),
    ...(proxied === true ? { proxied } : {}),
  };
}

/** Reads accounts.json. A text is what is wrong with it; it never repeats what stands there. */
export function readAccounts(text: string): readonly AccountEntry[] | string {
  const value = parseJson(text);
  if (!isObject(value) || typeof value['version'] !== 'number') return 'it is not a list of accounts';
  const { version, accounts } = value as Record<string, unknown>;
  if (version !== VERSION)
    return `its version is ${String(version)}, and this Sluice knows version ${VERSION}`;
  if (!Array.isArray(accounts) || accounts.length > MOST_ACCOUNTS) return 'its list is damaged';
  const entries = accounts.map(entryOf);
  return entries.every((entry) => entry !== undefined) ? entries : 'one of its accounts is damaged';
}

/** The text of accounts.json. */
export function writeAccounts(accounts: readonly AccountEntry[]): string {
  return `${JSON.stringify({ version: VERSION, accounts }, undefined, 2)}\n`;
}

/** The file of one account, as it stands on disk: tokens and proxy are sealed. */
export interface SealedState {
  readonly status: AccountStatus;
  readonly note?: string;
  readonly spentUntilMs?: number;
  readonly tokens: string;
  readonly proxy?: string;
}

/** Reads the file of an account; undefined: it is damaged. */
export function readSealedState(text: string): SealedState | undefined {
  const value = parseJson(text);
  if (!isObject(value) || value['version'] !== VERSION) return undefined;
  const { note, spentUntilMs, proxy } = value as Record<string, unknown>;
  const status = oneOf(STATUSES, value['status']);
  const tokens = textOf(value['tokens']);
  if (status === undefined || tokens === undefined) return undefined;
  return {
    status,
    tokens,
    ...(typeof note === 'string' ? { note } : {}),
    ...(typeof spentUntilMs === 'number' ? { spentUntilMs } : {}),
    ...(typeof proxy === 'string' ? { proxy } : {}),
  };
}

/** The text of the file of an account. */
export function writeSealedState(state: SealedState): string {
  return `${JSON.stringify({ version: VERSION, ...state }, undefined, 2)}\n`;
}

const WORDS = [
  'accountId',
  'region',
  'profileArn',
  'clientId',
  'clientSecret',
  'email',
  'plan',
] as const satisfies readonly (keyof AccountTokens)[];

/** Tokens as they were sealed; undefined: they are not. */
export function readTokens(text: string): AccountTokens | undefined {
  const value = parseJson(text);
  if (!isObject(value)) return undefined;
  const { accessToken, refreshToken, expiresAtMs } = value as Record<string, unknown>;
  if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') return undefined;
  return {
    accessToken,
    refreshToken,
    ...(typeof expiresAtMs === 'number' ? { expiresAtMs } : {}),
    ...wordsIn(value),
  };
}

function wordsIn(value: JsonObject): Partial<AccountTokens> {
  const found: Record<string, string> = {};
  for (const name of WORDS) {
    const word = textOf(value[name]);
    if (word !== undefined) found[name] = word;
  }
  return found;
}

/** The state without what is sealed. */
export function plainState({ status, note, spentUntilMs }: AccountState): Omit<SealedState, 'tokens'> {
  return {
    status,
    ...(note === undefined ? {} : { note }),
    ...(spentUntilMs === undefined ? {} : { spentUntilMs }),
  };
}
