// Accounts: logins of a person at a vendor, used in the place of a key. What is kept of one, in plain data; who keeps it
// (the vault) and who uses it (upstream/credentials) know these words and not each other.

/** The kinds of login that are known, named as the providers that use them. */
export type AccountKind = 'codex' | 'kiro';

/** What proves an account to its vendor. All of it is secret. */
export interface AccountTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token ends (ms since 1970); undefined: nobody said. */
  readonly expiresAtMs?: number;
  /** codex: the workspace that requests are counted to. */
  readonly accountId?: string;
  /** kiro: the region of the login, and of its profile. */
  readonly region?: string;
  readonly profileArn?: string;
  /** kiro, logins of AWS (Builder ID, Identity Center): the registered client that may refresh. Absent: a social login. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** For the operator, where the vendor told them. */
  readonly email?: string;
  readonly plan?: string;
}

/** active: used. expired: its access token has ended and could not be renewed for now. invalid: only a new login helps. */
export type AccountStatus = 'active' | 'expired' | 'invalid';

/** What changes while an account is used. */
export interface AccountState {
  readonly status: AccountStatus;
  /** Why it is not active, in the gateway's own words. */
  readonly note?: string;
  readonly tokens: AccountTokens;
  /** Nothing is sent before this moment (ms since 1970): its quota is used up until then, by the vendor's word. */
  readonly spentUntilMs?: number;
}

/** What the operator says of an account. */
export interface AccountEntry {
  /** `k_` and 8 hex digits: it is the id of a key. */
  readonly id: string;
  readonly kind: AccountKind;
  /** Id of the upstream whose key it is. */
  readonly upstream: string;
  readonly name?: string;
  /** ISO 8601. */
  readonly addedAt: string;
  /** Higher comes first among the keys of its upstream; 0 where absent. */
  readonly priority?: number;
  readonly disabled?: true;
  /** It has a proxy of its own, which is sealed. */
  readonly proxied?: true;
}

/** An account as it is used: the operator's word, what changes, and its own proxy. */
export interface StoredAccount {
  readonly entry: AccountEntry;
  readonly state: AccountState;
  /** Proxy URL, which may hold a password; undefined: that of the upstream. */
  readonly proxy: string | undefined;
}

/** Where accounts are kept. A rotated token counts from when `write` has resolved. */
export interface AccountStore {
  /** The account, or why it cannot be used, in words for the operator. Never rejects. */
  read(id: string): Promise<StoredAccount | string>;
  /** Runs `work` while no other process changes the tokens of this account; a text says why that was not possible. */
  whileHeld<T>(id: string, work: () => Promise<T>): Promise<T | string>;
  /** Writes the state down to the disk; a text says why that failed. Never rejects. */
  write(id: string, state: AccountState): Promise<string | undefined>;
}

/** The command that gives an account a login again. `upstream`: whose key it is. */
export function loginCommand(kind: AccountKind, upstream: string): string {
  const how = kind === 'codex' ? 'login codex' : `import ${kind}`;
  return `sluice accounts ${how}${upstream === kind ? '' : ` --upstream ${upstream}`}`;
}

/** Addresses of a vendor that are not those of its preset. */
export interface AccountAddresses {
  /** Where tokens are renewed. */
  readonly tokenUrl?: string | undefined;
  /** Where the quota is told. */
  readonly usageUrl?: string | undefined;
}
