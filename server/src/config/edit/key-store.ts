// What changing a configuration needs of the keys that are kept outside it. The vault fulfils this.

/** A key to be kept: itself, or the variable of the environment that holds it. */
export type KeyValue = { readonly secret: string } | { readonly env: string };

/** Why nothing was changed. */
export interface KeyStoreFailure {
  readonly ok: false;
  readonly message: string;
  readonly suggestion?: string;
}

/** A key that is kept now. */
export interface KeptKey {
  readonly ok: true;
  readonly id: string;
  /** The last four characters, or '' where that would give too much away. */
  readonly last4: string;
  /** renewed: it was there already, and has been enabled again. */
  readonly what: 'added' | 'renewed';
}

/** Keys of upstreams, sealed. */
export interface KeyStore {
  add(upstreamId: string, value: KeyValue, name?: string): Promise<KeptKey | KeyStoreFailure>;
  /** Removes a kept key; `removed` is false where there is none of this id. */
  remove(
    upstreamId: string,
    keyId: string,
  ): Promise<{ readonly ok: true; readonly removed: boolean } | KeyStoreFailure>;
  /** Forgets all keys of some upstreams; what is forgotten can be put back. */
  forget(upstreamIds: readonly string[]): Promise<Forgotten | KeyStoreFailure>;
  /** True when a key of this upstream is kept. */
  has(upstreamId: string): boolean;
}

/** Keys that are gone. */
export interface Forgotten {
  readonly ok: true;
  readonly keys: readonly { readonly upstream: string; readonly id: string }[];
  putBack(): Promise<void>;
}
