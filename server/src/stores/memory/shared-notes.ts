// The notes of several callers of one process, or of several processes that one of them serves: each gets a view of its
// own, so that what a caller leads is given up when the caller goes.

import type { Following, LeadEnd, Leading, NoteKind, SharedNotes } from '../../exchange/ports.ts';

/** Serves callers. */
export interface NotesHub {
  /** A view for one more caller; closing it ends what that caller leads. */
  join(): SharedNotes;
}

/** Notes held at most; the oldest go first. */
const NOTES_LIMIT = 100_000;

interface Note {
  readonly text: string;
  readonly endsMs: number;
}

type Ending = LeadEnd | 'lost' | 'unknown';

/** Those that wait for one that asks. */
type Followers = Set<(how: Ending) => void>;

/** Makes one without notes. `clock` is monotonic. */
export function createNotesHub(clock: { monotonicMs(): number }, limit: number = NOTES_LIMIT): NotesHub {
  const notes = new Map<string, Note>();
  const led = new Map<string, Followers>();

  const find = (name: string): string | undefined => {
    const note = notes.get(name);
    if (note === undefined) return undefined;
    if (clock.monotonicMs() < note.endsMs) return note.text;
    notes.delete(name);
    return undefined;
  };
  const put = (name: string, text: string, ttlMs: number): void => {
    notes.delete(name);
    notes.set(name, { text, endsMs: clock.monotonicMs() + ttlMs });
    if (notes.size <= limit) return;
    const [oldest] = notes.keys();
    if (oldest !== undefined) notes.delete(oldest);
  };
  return { join: () => new View({ find, put, led }) };
}

interface Shared {
  find(name: string): string | undefined;
  put(name: string, text: string, ttlMs: number): void;
  /** What is being found out. */
  readonly led: Map<string, Followers>;
}

class View implements SharedNotes {
  readonly #shared: Shared;
  readonly #leads: Set<Leading> = new Set();
  readonly #follows: Set<(how: Ending) => void> = new Set();
  #closed = false;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  async find(kind: NoteKind, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const key of keys) {
      const text = this.#closed ? undefined : this.#shared.find(`${kind}\n${key}`);
      if (text !== undefined) found.set(key, text);
    }
    return found;
  }

  put(kind: NoteKind, key: string, text: string, ttlMs: number): void {
    if (!this.#closed) this.#shared.put(`${kind}\n${key}`, text, ttlMs);
  }

  putFirst(kind: NoteKind, key: string, text: string, ttlMs: number): void {
    if (this.#shared.find(`${kind}\n${key}`) === undefined) this.put(kind, key, text, ttlMs);
  }

  async lead(key: string): Promise<Leading | Following | undefined> {
    if (this.#closed) return undefined;
    const { led } = this.#shared;
    const followers = led.get(key);
    return followers === undefined ? this.#leading(key) : this.#following(followers);
  }

  #leading(key: string): Leading {
    const { led } = this.#shared;
    const followers: Followers = new Set();
    led.set(key, followers);
    const leading: Leading = {
      kind: 'lead',
      end: (how) => {
        if (led.get(key) !== followers) return;
        led.delete(key);
        this.#leads.delete(leading);
        for (const tell of [...followers]) tell(how);
      },
    };
    this.#leads.add(leading);
    return leading;
  }

  #following(followers: Followers): Following {
    let told: Ending | undefined;
    let listener: ((how: Ending) => void) | undefined;
    const tell = (how: Ending): void => {
      if (told !== undefined) return;
      told = how;
      followers.delete(tell);
      this.#follows.delete(tell);
      listener?.(how);
    };
    followers.add(tell);
    this.#follows.add(tell);
    return {
      kind: 'follow',
      onEnd: (heard) => {
        if (told === undefined) listener = heard;
        else heard(told);
      },
      leave: () => tell('unknown'),
    };
  }

  close(): void {
    this.#closed = true;
    for (const leading of [...this.#leads]) leading.end('failed');
    for (const tell of [...this.#follows]) tell('unknown');
  }
}
