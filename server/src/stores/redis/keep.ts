// What is kept for conversations, in a Redis or Valkey server as well, so that a conversation that began at one gateway goes
// on at another. The gateway's own keep is asked first and stands in while that server is away.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Keep, KeepKind } from '../../exchange/ports.ts';
import { FAILED, type RedisConnection, within } from './connection.ts';
import { Late } from './late.ts';

/** How it is made. */
export interface RedisKeepOptions {
  /** Texts can be long: not one over which short questions wait behind them. */
  readonly connection: RedisConnection;
  /** The gateway's own. */
  readonly own: Keep;
  /** What all names begin with. */
  readonly prefix: string;
}

const MIB: number = 1024 * 1024;
/** As long as the gateway's own keep keeps them. */
const LIVES_MS: number = 7 * 24 * 60 * 60 * 1000;
/** A longer text is not kept. */
const TEXT_LIMIT_BYTES: number = 12 * MIB;
/** Of what is told to a server that was away. */
const LATE_LIMIT_BYTES: number = 16 * MIB;
/** How long texts may take to come from a server that has just shown that it is there. */
const TEXTS_WITHIN_MS = 200;
/**
 * Reasoning that is nowhere is not asked for again for so long: clients send all calls of a conversation with each turn, and
 * most of them never had any.
 */
const ABSENT_MS = 60_000;
const ABSENT_LIMIT = 20_000;

interface Text {
  readonly name: string;
  readonly text: string;
  readonly bytes: number;
}

/** A keep that others see. */
export class RedisKeep implements Keep {
  readonly #options: RedisKeepOptions;
  #absent: Set<string> = new Set();
  #absentSinceMs = 0;
  readonly #late: Late<Text> = new Late(LATE_LIMIT_BYTES, ({ bytes }) => bytes);

  constructor(options: RedisKeepOptions) {
    this.#options = options;
    options.connection.onUp(() => void this.#late.tellAll((text) => this.#write(text)));
  }

  put(kind: KeepKind, key: string, text: string): void {
    this.#options.own.put(kind, key, text);
    const bytes = Buffer.byteLength(text);
    if (bytes <= TEXT_LIMIT_BYTES) void this.#write({ name: this.#nameOf(kind, key), text, bytes });
  }

  async get(kind: KeepKind, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const own = await this.#options.own.get(kind, keys);
    this.#forgetAbsent();
    const missing = keys
      .filter((key) => !own.has(key))
      .map((key) => ({ key, name: this.#nameOf(kind, key) }))
      .filter(({ name }) => !this.#absent.has(name));
    if (missing.length === 0) return own;
    const texts = await this.#ask(missing.map(({ name }) => name));
    const found = new Map(own);
    missing.forEach(({ key, name }, at) => {
      const text = texts[at];
      if (typeof text === 'string') found.set(key, text);
      else if (text === null && kind === 'reasoning') this.#absent.add(name);
    });
    return found;
  }

  #forgetAbsent(): void {
    const nowMs = performance.now();
    if (this.#absent.size < ABSENT_LIMIT && nowMs - this.#absentSinceMs < ABSENT_MS) return;
    this.#absent = new Set();
    this.#absentSinceMs = nowMs;
  }

  /** The server has to show that it is there as quickly as ever; long texts may then take longer. */
  async #ask(names: string[]): Promise<readonly (string | null)[]> {
    const begun = await this.#options.connection.ask(async (client) => {
      const alive = client.ping();
      const texts = client.mget(names);
      texts.catch(() => undefined);
      await alive;
      return { texts };
    });
    if (begun === FAILED) return [];
    const texts = await within(begun.texts, TEXTS_WITHIN_MS).catch(() => FAILED);
    return typeof texts === 'symbol' ? [] : texts;
  }

  async #write(written: Text): Promise<void> {
    const { name, text } = written;
    const begun = await this.#options.connection.ask(async (client) => {
      const alive = client.ping();
      const done = client.set(name, text, 'PX', LIVES_MS);
      // It is lost with the connection.
      done.catch(() => this.#late.add(name, written));
      await alive;
      return { done };
    });
    if (begun === FAILED) this.#late.add(name, written);
  }

  #nameOf(kind: KeepKind, key: string): string {
    return `${this.#options.prefix}:1:keep:${createHash('sha256').update(`${kind}\0${key}`).digest('base64url')}`;
  }
}
