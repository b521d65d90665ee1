// One of several gateways asks for all of them: who that is, is a lease in Redis, which the one that asks renews as long as
// it lives; how it ended is published. Those that wait look now and then whether there still is one, since a gateway may
// die, and a message be lost, without a word.

import { randomBytes } from 'node:crypto';
import type { Following, LeadEnd, Leading } from '../../exchange/ports.ts';
import { FAILED, type RedisConnection } from './connection.ts';

/** How long a lease holds that nobody renews: whoever waits for a gateway that died waits this long. */
const LEASE_MS = 3_000;
/** How often those that wait look. */
const LOOK_MS = 250;
/** Leases are renewed at every so manieth look. */
const RENEW_EVERY = 4;

/** Renews a lease, or takes it again where the server has forgotten it. KEYS: lease. ARGV: token, milliseconds. */
const RENEW = `
local holder = redis.call('get', KEYS[1])
if holder == ARGV[1] or not holder then redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`;

/** Ends it and tells of it, unless another has taken its place. KEYS: lease. ARGV: token, channel, message. */
const END = `
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if holder then redis.call('del', KEYS[1]) end
redis.call('publish', ARGV[2], ARGV[3])
return 1`;

type Ending = LeadEnd | 'lost' | 'unknown';

/** As they are published. */
const ENDS: readonly string[] = ['answered', 'unshared', 'failed'] satisfies readonly LeadEnd[];

/** Leases over one connection. */
export class RedisLeads {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #held: Map<string, string> = new Map();
  readonly #followed: Map<string, Set<Follower>> = new Map();
  #listens = false;
  #looks = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
    connection.onDown(() => {
      for (const name of [...this.#followed.keys()]) this.#tell(name, 'unknown');
    });
  }

  /** `digest`: stands for what is asked. */
  async lead(digest: string): Promise<Leading | Following | undefined> {
    this.#listen();
    const name = `${this.#prefix}:${digest}`;
    const token = randomBytes(12).toString('base64url');
    // Listened for before it is known whether there is anybody to listen to: the end may come at any moment.
    const follower = new Follower(() => this.#forget(name, follower));
    this.#follow(name, follower);
    const taken = await this.#connection.ask((client) => client.set(name, token, 'PX', LEASE_MS, 'NX'));
    if (taken === null) return follower;
    follower.leave();
    if (taken === FAILED) return undefined;
    this.#held.set(name, token);
    this.#look();
    return { kind: 'lead', end: (how) => this.#end(name, token, how) };
  }

  close(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
    for (const [name, token] of this.#held) this.#end(name, token, 'failed');
    for (const name of [...this.#followed.keys()]) this.#tell(name, 'unknown');
  }

  #end(name: string, token: string, how: LeadEnd): void {
    if (this.#held.get(name) !== token) return;
    this.#held.delete(name);
    const message = `${how} ${name}`;
    void this.#connection.ask((client) => client.eval(END, 1, name, token, this.#prefix, message));
  }

  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    this.#connection.subscribe(this.#prefix, (message) => {
      const space = message.indexOf(' ');
      const how = message.slice(0, space);
      if (isEnd(how)) this.#tell(message.slice(space + 1), how);
    });
  }

  #follow(name: string, follower: Follower): void {
    const others = this.#followed.get(name);
    if (others === undefined) this.#followed.set(name, new Set([follower]));
    else others.add(follower);
    this.#look();
  }

  #forget(name: string, follower: Follower): void {
    const all = this.#followed.get(name);
    if (all?.delete(follower) === true && all.size === 0) this.#followed.delete(name);
  }

  #tell(name: string, how: Ending): void {
    for (const follower of [...(this.#followed.get(name) ?? [])]) follower.tell(how);
  }

  /** One timer for all, while there is anybody to look after. */
  #look(): void {
    this.#looking ??= setInterval(() => {
      if (this.#held.size === 0 && this.#followed.size === 0) {
        clearInterval(this.#looking);
        this.#looking = undefined;
        return;
      }
      this.#looks++;
      if (this.#looks % RENEW_EVERY === 0) this.#renew();
      void this.#check();
    }, LOOK_MS).unref();
  }

  #renew(): void {
    for (const [name, token] of this.#held)
      void this.#connection.ask((client) => client.eval(RENEW, 1, name, token, LEASE_MS));
  }

  async #check(): Promise<void> {
    const waiting = [...this.#followed].map(([name, followers]) => ({ name, followers: [...followers] }));
    if (waiting.length === 0) return;
    const holders = await this.#connection.ask((client) => client.mget(waiting.map(({ name }) => name)));
    if (holders === FAILED) return;
    waiting.forEach(({ followers }, at) => {
      if (holders[at] === null) for (const follower of followers) follower.tell('lost');
    });
  }
}

function isEnd(how: string): how is LeadEnd {
  return ENDS.includes(how);
}

/** One that waits; told once. */
class Follower implements Following {
  readonly kind = 'follow';
  readonly #left: () => void;
  #told: Ending | undefined;
  #listener: ((how: Ending) => void) | undefined;

  constructor(left: () => void) {
    this.#left = left;
  }

  onEnd(listener: (how: Ending) => void): void {
    if (this.#told === undefined) this.#listener = listener;
    else listener(this.#told);
  }

  tell(how: Ending): void {
    if (this.#told !== undefined) return;
    this.#told = how;
    this.#left();
    this.#listener?.(how);
  }

  leave(): void {
    this.#told = 'unknown';
    this.#left();
  }
}
