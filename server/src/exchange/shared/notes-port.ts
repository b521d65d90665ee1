// What several gateways tell each other of conversations and of what was made through them, so that a client may come back
// to any of them. Part of the ports (exchange/ports.ts), which are where everybody gets these types from.

/**
 * What a note is about. affinity: the key that a conversation stays with. owner: the account that has a response, a file
 * or a batch, and whose it is.
 */
export type NoteKind = 'affinity' | 'owner';

/** How the one that asks for everybody has ended. unshared: its answer is not one to be given to others. */
export type LeadEnd = 'answered' | 'unshared' | 'failed';

/** The caller is the one that asks. The others wait until it says how that ended, or is heard of no more. */
export interface Leading {
  readonly kind: 'lead';
  /** To be called in any case; the first call counts. An answer has to be among the kept ones before. Never blocks. */
  end(how: LeadEnd): void;
}

/** Another gateway asks. */
export interface Following {
  readonly kind: 'follow';
  /**
   * Tells once how that ended. lost: it has gone without a word, and somebody else may take its place. unknown: nothing
   * more can be heard of it.
   */
  onEnd(listener: (how: LeadEnd | 'lost' | 'unknown') => void): void;
  /** The caller waits no more. */
  leave(): void;
}

/**
 * Notes that all gateways see. No method throws or rejects, and none takes longer than a twentieth of a second: whatever
 * goes wrong, the note is simply not there. Keys may be of any length and say anything: only their digests are stored.
 */
export interface SharedNotes {
  /** The notes of those keys that have one. */
  find(kind: NoteKind, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Takes a note in place of an earlier one, for so long. Never blocks. */
  put(kind: NoteKind, key: string, text: string, ttlMs: number): void;
  /** The same where there is none yet. */
  putFirst(kind: NoteKind, key: string, text: string, ttlMs: number): void;
  /** Asks to be the one that finds something out for all gateways; undefined: nobody can say, and everybody does. */
  lead(key: string): Promise<Leading | Following | undefined>;
  close(): void;
}
