// The texts used last, in bounded memory. It forgets by halves, as exchange/owners.ts does and for the same reason
// (docs/decisions/0004): when the newer half is full, the older one goes.

/** What an entry takes besides its text. */
const ENTRY_BYTES = 200;

interface Entry {
  readonly text: string;
  readonly bytes: number;
}

/** Texts by key. */
export class RecentTexts {
  readonly #halfBytes: number;
  #newer: Map<string, Entry> = new Map();
  #older: Map<string, Entry> = new Map();
  #newerBytes = 0;

  constructor(limitBytes: number) {
    this.#halfBytes = limitBytes / 2;
  }

  /** Takes a text; one of more than half of the limit is not taken. */
  set(key: string, text: string, bytes: number): void {
    this.#add(key, { text, bytes: bytes + ENTRY_BYTES });
  }

  get(key: string): string | undefined {
    const recent = this.#newer.get(key);
    if (recent !== undefined) return recent.text;
    const old = this.#older.get(key);
    if (old === undefined) return undefined;
    this.#add(key, old);
    return old.text;
  }

  clear(): void {
    this.#newer = new Map();
    this.#older = new Map();
    this.#newerBytes = 0;
  }

  #add(key: string, entry: Entry): void {
    const replaced = this.#newer.get(key)?.bytes ?? 0;
    if (entry.bytes > this.#halfBytes) {
      // An earlier text of this key must not be taken for it.
      this.#newer.delete(key);
      this.#older.delete(key);
      this.#newerBytes -= replaced;
      return;
    }
    if (this.#newerBytes - replaced + entry.bytes > this.#halfBytes) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#newerBytes = entry.bytes;
    } else {
      this.#newerBytes += entry.bytes - replaced;
    }
    this.#newer.set(key, entry);
  }
}
