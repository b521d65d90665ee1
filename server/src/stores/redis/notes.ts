// The notes of several gateways in a Redis or Valkey server. Names hold digests alone. What could not be told while the
// server was away is told when it is back.

import { createHash } from 'node:crypto';
import type { Following, Leading, NoteKind, SharedNotes } from '../../exchange/ports.ts';
import { FAILED, type RedisConnection } from './connection.ts';
import { Late } from './late.ts';
import { RedisLeads } from './leads.ts';

/** How they are made. */
export interface RedisNotesOptions {
  readonly connection: RedisConnection;
  /**
   * The connection over which answers are kept, too: one that follows then finds the answer as soon as it hears that it is
   * there. Undefined where each gateway keeps its own answers: then there is nothing to wait for.
   */
  readonly ofAnswers: RedisConnection | undefined;
  /** What all names begin with. */
  readonly prefix: string;
}

/** Notes that are told later, at most. */
const LATE_LIMIT = 5_000;

interface Note {
  readonly name: string;
  readonly text: string;
  /** Monotonic milliseconds. */
  readonly endsMs: number;
  readonly first: boolean;
}

/** Notes over connections that others use, too, and that are not closed with them. */
export class RedisNotes implements SharedNotes {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #leads: RedisLeads | undefined;
  readonly #late: Late<Note> = new Late(LATE_LIMIT, () => 1);

  constructor({ connection, ofAnswers, prefix }: RedisNotesOptions) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#leads = ofAnswers === undefined ? undefined : new RedisLeads(ofAnswers, `${prefix}:1:lead`);
    connection.onUp(() => void this.#late.tellAll((note) => this.#write(note)));
  }

  async find(kind: NoteKind, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    if (keys.length === 0) return found;
    const names = keys.map((key) => this.#nameOf(kind, key));
    const texts = await this.#connection.ask((client) => client.mget(names));
    if (texts === FAILED) return found;
    keys.forEach((key, at) => {
      const text = texts[at];
      if (typeof text === 'string') found.set(key, text);
    });
    return found;
  }

  put(kind: NoteKind, key: string, text: string, ttlMs: number): void {
    void this.#write(this.#note(kind, key, text, ttlMs, false));
  }

  putFirst(kind: NoteKind, key: string, text: string, ttlMs: number): void {
    void this.#write(this.#note(kind, key, text, ttlMs, true));
  }

  lead(key: string): Promise<Leading | Following | undefined> {
    return this.#leads?.lead(digestOf(key)) ?? Promise.resolve(undefined);
  }

  close(): void {
    this.#leads?.close();
    this.#late.clear();
  }

  #nameOf(kind: NoteKind, key: string): string {
    return `${this.#prefix}:1:note:${kind}:${digestOf(key)}`;
  }

  #note(kind: NoteKind, key: string, text: string, ttlMs: number, first: boolean): Note {
    return { name: this.#nameOf(kind, key), text, endsMs: performance.now() + ttlMs, first };
  }

  async #write(note: Note): Promise<void> {
    const livesMs = Math.floor(note.endsMs - performance.now());
    if (livesMs <= 0) return;
    const { name, text, first } = note;
    const done = await this.#connection.ask((client) =>
      first ? client.set(name, text, 'PX', livesMs, 'NX') : client.set(name, text, 'PX', livesMs),
    );
    if (done === FAILED && !(first && this.#late.has(name))) this.#late.add(name, note);
  }
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
