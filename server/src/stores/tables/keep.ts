// Kept texts as the main thread sees them: those of late in memory, all of them with the writer's thread, which is told of
// new ones a few times a second and asked for those that are not in memory.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Keep, KeepKind } from '../../exchange/ports.ts';
import type { FromWriter, KeptText, ToWriter } from './messages.ts';
import { RecentTexts } from './recent-texts.ts';

const MIB: number = 1024 * 1024;
const POST_EVERY_MS = 100;
/** This much leaves at once. */
const POST_BYTES: number = MIB;
/** Texts held while the writer's thread is being started again; beyond it they are given up. */
const UNPOSTED_LIMIT_BYTES: number = 32 * MIB;
/** A longer text is not kept. */
const TEXT_LIMIT_BYTES: number = 12 * MIB;
const ANSWER_WITHIN_MS = 250;
/** Keys known to be nowhere; forgotten all at once. */
const ABSENT_LIMIT = 20_000;

/** What a question to the writer is answered with. */
type Answer = Extract<FromWriter, { kind: 'found' | 'unfound' }>;

interface Question {
  readonly number: number;
  readonly dueMs: number;
  /** Undefined: nothing is known. */
  answer(texts: readonly (string | undefined)[] | undefined): void;
}

/** How a text is found again: nothing of whose it is can be read from it. */
function keyHash(kind: KeepKind, key: string): string {
  return createHash('sha256').update(`${kind}\0${key}`).digest('base64url');
}

/** The keep on SQLite. */
export class StoredKeep implements Keep {
  readonly #send: (message: ToWriter) => boolean;
  readonly #recent: RecentTexts = new RecentTexts(32 * MIB);
  readonly #absent: Set<string> = new Set();
  #unposted: KeptText[] = [];
  #unpostedBytes = 0;
  #postTimer: NodeJS.Timeout | undefined;
  /** In the order in which they are due. */
  #questions: Question[] = [];
  #lastQuestion = 0;
  #dueTimer: NodeJS.Timeout | undefined;
  #ended = false;

  /** `send` hands a message to the writer's thread; false when there is none at the moment. */
  constructor(send: (message: ToWriter) => boolean) {
    this.#send = send;
  }

  put(kind: KeepKind, key: string, text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#ended || bytes > TEXT_LIMIT_BYTES) return;
    const hash = keyHash(kind, key);
    this.#recent.set(hash, text, bytes);
    if (this.#absent.size > 0) this.#absent.delete(hash);
    if (this.#unpostedBytes + bytes > UNPOSTED_LIMIT_BYTES) return;
    this.#unposted.push({ hash, bytes, text });
    this.#unpostedBytes += bytes;
    if (this.#unpostedBytes >= POST_BYTES) this.post();
    else this.#postLater();
  }

  async get(kind: KeepKind, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const missing = new Map<string, string>();
    for (const key of keys) {
      const hash = keyHash(kind, key);
      const text = this.#recent.get(hash);
      if (text !== undefined) found.set(key, text);
      else if (!this.#absent.has(hash)) missing.set(hash, key);
    }
    if (missing.size === 0 || this.#ended) return found;
    const hashes = [...missing.keys()];
    const texts = await this.#ask(hashes);
    texts?.forEach((text, at) => {
      const hash = hashes[at] ?? '';
      if (text === undefined) this.#noteAbsent(hash);
      else {
        found.set(missing.get(hash) ?? '', text);
        if (!this.#ended) this.#recent.set(hash, text, text.length);
      }
    });
    return found;
  }

  /** Takes the writer's answer to a question. */
  hear(answer: Answer): void {
    const at = this.#questions.findIndex(({ number }) => number === answer.number);
    if (at < 0) return;
    const [question] = this.#questions.splice(at, 1);
    question?.answer(answer.kind === 'found' ? answer.texts : undefined);
  }

  /** Hands over what is new. */
  post(): void {
    clearTimeout(this.#postTimer);
    this.#postTimer = undefined;
    if (this.#unposted.length === 0) return;
    if (!this.#send({ kind: 'keep', texts: this.#unposted })) {
      this.#postLater();
      return;
    }
    this.#unposted = [];
    this.#unpostedBytes = 0;
  }

  /** Nothing is kept or found after this; whoever still waits is let go. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#postTimer);
    clearTimeout(this.#dueTimer);
    this.#unposted = [];
    this.#recent.clear();
    for (const question of this.#questions.splice(0)) question.answer(undefined);
  }

  #postLater(): void {
    if (!this.#ended) this.#postTimer ??= setTimeout(() => this.post(), POST_EVERY_MS).unref();
  }

  #noteAbsent(hash: string): void {
    // It may have come while the question was on its way.
    if (this.#recent.get(hash) !== undefined) return;
    if (this.#absent.size >= ABSENT_LIMIT) this.#absent.clear();
    this.#absent.add(hash);
  }

  #ask(hashes: readonly string[]): Promise<readonly (string | undefined)[] | undefined> {
    const number = ++this.#lastQuestion;
    if (!this.#send({ kind: 'find', number, hashes })) return Promise.resolve(undefined);
    return new Promise((answer) => {
      this.#questions.push({ number, dueMs: performance.now() + ANSWER_WITHIN_MS, answer });
      this.#watch();
    });
  }

  /** One timer for all questions: the first one is due first. */
  #watch(): void {
    const [first] = this.#questions;
    if (first === undefined || this.#dueTimer !== undefined) return;
    const waitMs = Math.max(1, Math.ceil(first.dueMs - performance.now()));
    this.#dueTimer = setTimeout(() => {
      this.#dueTimer = undefined;
      const nowMs = performance.now();
      while (this.#questions[0] !== undefined && this.#questions[0].dueMs <= nowMs)
        this.#questions.shift()?.answer(undefined);
      this.#watch();
    }, waitMs);
  }
}
