// The second connection to a Redis server, over which it tells what others publish. It is made when somebody first wants
// to hear, and made again whenever it is lost or leads nowhere.

import type { Redis } from 'ioredis';

/** Hears channels. */
export interface Subscriber {
  /** `subscribed` is called each time that the channel is listened to (again). */
  subscribe(channel: string, listener: (message: string) => void, subscribed?: () => void): void;
  close(): void;
}

interface Heard {
  readonly listener: (message: string) => void;
  readonly subscribed: (() => void) | undefined;
}

/** So many signs of life may be missing before the connection is made anew. */
const MISSING = 4;

/** `open` makes a client that is not connected yet; `everyMs`: how often it is asked for a sign of life. */
export function createSubscriber(open: () => Promise<Redis | undefined>, everyMs: number): Subscriber {
  const channels = new Map<string, Heard[]>();
  let client: Redis | undefined;
  let closed = false;
  let missing = 0;
  let answered = true;

  const listen = async (channel: string, heard: readonly Heard[]): Promise<void> => {
    try {
      await client?.subscribe(channel);
    } catch {
      // The connection went meanwhile: `ready` will come again, and this with it.
      return;
    }
    for (const { subscribed } of heard) subscribed?.();
  };
  const begin = async (): Promise<void> => {
    client = await open().catch(() => undefined);
    if (client === undefined || closed) {
      client?.disconnect();
      return;
    }
    // What is wrong with the server is told by the first connection.
    client.on('error', () => undefined);
    client.on('message', (channel: string, message: string) => {
      for (const { listener } of channels.get(channel) ?? []) listener(message);
    });
    client.on('ready', () => {
      missing = 0;
      answered = true;
      for (const [channel, heard] of channels) void listen(channel, heard);
    });
    await client.connect().catch(() => undefined);
  };
  const watch = (): void => {
    if (client === undefined) return;
    const open = client.status === 'ready' || client.status === 'connect';
    missing = open && !answered ? missing + 1 : 0;
    if (missing >= MISSING) {
      missing = 0;
      answered = true;
      client.disconnect(true);
      return;
    }
    if (!open || missing > 0) return;
    answered = false;
    if (client.status !== 'ready') return;
    const alive = (): void => {
      answered = true;
    };
    client.ping().then(alive, () => undefined);
  };
  const watching = setInterval(watch, everyMs).unref();
  void begin();
  return {
    subscribe(channel, listener, subscribed) {
      const one = { listener, subscribed };
      const heard = channels.get(channel);
      if (heard === undefined) channels.set(channel, [one]);
      else heard.push(one);
      if (client?.status === 'ready') void listen(channel, [one]);
    },
    close() {
      closed = true;
      clearInterval(watching);
      client?.disconnect();
    },
  };
}
