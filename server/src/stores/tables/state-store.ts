// What is known of keys, as the main thread sees it: the latest text of each is collected and handed to the writer's thread
// once a second at most, so that a key whose state changes with every request costs one row a second.

import type { SavedState, StateStore } from '../../exchange/ports.ts';
import type { FromWriter, StateBatch, ToWriter } from './messages.ts';

const POST_EVERY_MS = 1_000;
/** A start does not wait longer for what was saved. */
const LOAD_WITHIN_MS = 5_000;
/** More of one kind is not collected; the table holds no more either. */
export const STATES_LIMIT = 20_000;
/** Longer ones are not saved: in characters. */
const KEY_LIMIT = 512;
const TEXT_LIMIT = 8_192;

type Kind = SavedState['kind'];
type Redact = (text: string) => string;
type Changes = Readonly<Record<Kind, Map<string, string | undefined>>>;

function noChanges(): Changes {
  return { standing: new Map(), use: new Map() };
}

/** The state store on SQLite. */
export class SavedStateStore implements StateStore {
  readonly #send: (message: ToWriter) => boolean;
  readonly #redact: Redact;
  #changes: Changes = noChanges();
  #postTimer: NodeJS.Timeout | undefined;
  #lastBatch = 0;
  /** Handed over and not yet confirmed. */
  #unconfirmed: StateBatch[] = [];
  #loads: ((texts: readonly (string | null)[]) => void)[] = [];
  #ended = false;

  /**
   * `send` hands a message to the writer's thread; false when there is none at the moment. `redact` is applied to the texts
   * of standings, which quote providers, and to keys, which may hold what a client called a model.
   */
  constructor(send: (message: ToWriter) => boolean, redact: Redact | undefined) {
    this.#send = send;
    this.#redact = redact ?? ((text) => text);
  }

  async load(): Promise<readonly SavedState[]> {
    if (this.#ended || !this.#send({ kind: 'load' })) return [];
    const texts = await new Promise<readonly (string | null)[]>((done) => {
      // Holds the process: until this is answered, there may be nothing else that does.
      const late = setTimeout(() => done([]), LOAD_WITHIN_MS);
      this.#loads.push((answer) => {
        clearTimeout(late);
        done(answer);
      });
    });
    const states: SavedState[] = [];
    for (let i = 0; i + 2 < texts.length; i += 3) {
      const [kind, key, text] = [texts[i], texts[i + 1], texts[i + 2]];
      if ((kind === 'standing' || kind === 'use') && typeof key === 'string' && typeof text === 'string')
        states.push({ kind, key, text });
    }
    return states;
  }

  save(states: readonly SavedState[]): void {
    if (this.#ended || states.length === 0) return;
    for (const { kind, key, text } of states) {
      const changed = this.#changes[kind];
      if (key.length > KEY_LIMIT || (changed.size >= STATES_LIMIT && !changed.has(key))) continue;
      // One that is too long takes the place of its predecessor all the same, which is no longer true.
      changed.set(key, text !== undefined && text.length > TEXT_LIMIT ? undefined : text);
    }
    this.#postLater();
  }

  /** Hands over what has changed. */
  post(): void {
    clearTimeout(this.#postTimer);
    this.#postTimer = undefined;
    const { standing, use } = this.#changes;
    if (standing.size + use.size === 0) return;
    const texts: (string | null)[] = [];
    for (const [key, text] of standing) this.#lay(texts, 'standing', key, text && this.#redact(text));
    for (const [key, text] of use) this.#lay(texts, 'use', key, text);
    const states = { number: this.#lastBatch + 1, texts };
    if (!this.#send({ kind: 'save', states })) {
      this.#postLater();
      return;
    }
    this.#lastBatch = states.number;
    this.#unconfirmed.push(states);
    // New maps instead of clear(), see docs/decisions/0004.
    this.#changes = noChanges();
  }

  /** Takes what the writer says. */
  hear(message: Extract<FromWriter, { kind: 'saved' | 'loaded' }>): void {
    if (message.kind === 'saved')
      this.#unconfirmed = this.#unconfirmed.filter(({ number }) => number > message.upTo);
    else for (const done of this.#loads.splice(0)) done(message.texts);
  }

  /** The writer's thread is another one, which has heard of nothing. */
  restarted(): void {
    for (const states of this.#unconfirmed) this.#send({ kind: 'save', states });
    for (const done of this.#loads.splice(0)) done([]);
  }

  /** Nothing is saved or loaded after this; whoever still waits is let go. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#postTimer);
    this.#changes = noChanges();
    this.#unconfirmed = [];
    for (const done of this.#loads.splice(0)) done([]);
  }

  #lay(texts: (string | null)[], kind: Kind, key: string, text: string | undefined): void {
    // What is saved under a masked key would never be found again.
    if (this.#redact(key) === key) texts.push(kind, key, text ?? null);
  }

  #postLater(): void {
    this.#postTimer ??= setTimeout(() => {
      this.#postTimer = undefined;
      // While the disk does not take the last ones, the next ones are collected here, each key once.
      if (this.#unconfirmed.length > 0) this.#postLater();
      else this.post();
    }, POST_EVERY_MS).unref();
  }
}
