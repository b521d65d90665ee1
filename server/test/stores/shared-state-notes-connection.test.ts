// The connection to Redis that parts of a gateway share: what a question may cost, and how it comes and goes (promise 28).

import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createRedisConnection, FAILED, type RedisConnection } from '../../src/stores/redis/connection.ts';
import { eventually } from '../kit/eventually.ts';
import { promptly } from '../kit/promptly.ts';
import { freePort, hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';

const there = hasRedis();
let server: RedisServer | undefined;
const closing: (() => void)[] = [];
const warnings: { message: string; fields: unknown }[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) close();
  await server?.stop();
  server = undefined;
  warnings.length = 0;
});

function connectionTo(url: string): RedisConnection {
  const log = { warn: (message: string, fields?: unknown) => void warnings.push({ message, fields }) };
  const connection = createRedisConnection({ url, log });
  closing.push(() => connection.close());
  return connection;
}

const ping = (connection: RedisConnection): Promise<string | typeof FAILED> =>
  connection.ask((client) => client.ping());

/** The first question may have to do without: what speaks to Redis is loaded with it. */
async function comesUp(connection: RedisConnection): Promise<void> {
  await ping(connection);
  await eventually(() => connection.up);
}

async function takes(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

/** A way to a server that can be blocked: what is sent goes nowhere, and nothing says so. */
async function wayTo(port: number): Promise<{ port: number; block(): void; accepted(): number }> {
  const sockets: Socket[] = [];
  let blocked = 0;
  let accepted = 0;
  const way: Server = createServer((near) => {
    accepted++;
    const far = connect(port, '127.0.0.1');
    sockets.push(near, far);
    near.on('data', (chunk) => near !== undefined && sockets.indexOf(near) >= blocked && far.write(chunk));
    far.on('data', (chunk) => sockets.indexOf(far) >= blocked && near.write(chunk));
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    way.close();
  });
  const address = way.address();
  if (address === null || typeof address === 'string') throw new Error('It does not listen.');
  return {
    port: address.port,
    block: () => {
      blocked = sockets.length;
    },
    accepted: () => accepted,
  };
}

describe.skipIf(!there)('a connection to Redis', () => {
  test('P28 answers, and tells each time that it has come and gone', async () => {
    server = await startRedis();
    const connection = connectionTo(server.url);
    const changes: string[] = [];
    connection.onUp(() => void changes.push('up'));
    connection.onDown(() => void changes.push('down'));
    await comesUp(connection);
    expect(await ping(connection)).toBe('PONG');
    await server.kill();
    await eventually(() => !connection.up);
    expect(await ping(connection)).toBe(FAILED);
    await server.start();
    await eventually(() => connection.up);
    expect(await ping(connection)).toBe('PONG');
    expect(changes).toEqual(['up', 'down', 'up']);
    const place = `The Redis server at 127.0.0.1:${server.port}`;
    expect(warnings.map(({ message }) => message)).toEqual([
      `${place} does not answer; the memory of this gateway stands in until it does.`,
      `${place} answers again.`,
    ]);
  });

  test('P28 costs one question a twentieth of a second where the server falls silent, and the next ones nothing', async () => {
    server = await startRedis();
    const connection = connectionTo(server.url);
    await comesUp(connection);
    server.hang();
    const first = await takes(async () => expect(await ping(connection)).toBe(FAILED));
    expect(first).toBeGreaterThan(40);
    expect(connection.up).toBe(false);
    // Ten that wait take longer than all of these.
    await promptly(500, () =>
      takes(async () => {
        for (let at = 0; at < 1_000; at++) await ping(connection);
      }),
    );
    server.wake();
    await eventually(() => connection.up);
    expect(await ping(connection)).toBe('PONG');
  });

  test('P28 questions that are on their way together all end together', async () => {
    server = await startRedis();
    const connection = connectionTo(server.url);
    await comesUp(connection);
    server.hang();
    const tookMs = await takes(async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => ping(connection)));
      expect(new Set(answers)).toEqual(new Set([FAILED]));
    });
    expect(tookMs).toBeLessThan(1_000);
  });

  test('P28 comes up where the server was silent when it was first asked', async () => {
    server = await startRedis();
    server.hang();
    const connection = connectionTo(server.url);
    expect(await ping(connection)).toBe(FAILED);
    await eventually(() => warnings.length > 0);
    await promptly(40, () => takes(async () => expect(await ping(connection)).toBe(FAILED)));
    server.wake();
    await eventually(() => connection.up);
  });

  test('P28 comes up where there was no server when it was first asked', async () => {
    server = await startRedis();
    await server.kill();
    const connection = connectionTo(server.url);
    expect(await ping(connection)).toBe(FAILED);
    await server.start();
    await eventually(() => connection.up);
    expect(warnings.map(({ message }) => message).join()).toContain(`127.0.0.1:${server.port}`);
  });

  test('P28 gives up a connection that leads nowhere, and the one for what is published with it', async () => {
    server = await startRedis();
    const way = await wayTo(server.port);
    const connection = connectionTo(`redis://127.0.0.1:${way.port}`);
    const heard: string[] = [];
    let subscribed = 0;
    connection.subscribe(
      'news',
      (message) => void heard.push(message),
      () => {
        subscribed++;
      },
    );
    await comesUp(connection);
    await eventually(() => subscribed === 1);
    await connection.ask((client) => client.publish('news', 'one'));
    await eventually(() => heard.length === 1);
    way.block();
    expect(await ping(connection)).toBe(FAILED);
    await eventually(() => connection.up && subscribed === 2);
    await connection.ask((client) => client.publish('news', 'two'));
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(['one', 'two']);
    expect(way.accepted()).toBeGreaterThanOrEqual(4);
  });

  test('P28 hears again what is published after the server was killed, by everyone who wants to', async () => {
    server = await startRedis();
    const connection = connectionTo(server.url);
    const heard: string[] = [];
    let subscribed = 0;
    connection.subscribe(
      'a',
      (message) => void heard.push(`first ${message}`),
      () => {
        subscribed++;
      },
    );
    connection.subscribe('a', (message) => void heard.push(`second ${message}`));
    connection.subscribe('b', (message) => void heard.push(`other ${message}`));
    await comesUp(connection);
    await eventually(() => subscribed === 1);
    await server.kill();
    await server.start();
    await eventually(() => connection.up && subscribed === 2);
    await eventually(async () => {
      await connection.ask((client) => client.publish('a', 'x'));
      return heard.includes('first x') && heard.includes('second x');
    });
    expect(heard).not.toContain('other x');
  });

  test('P28 one that is doubted is not asked until it has shown that it lives', async () => {
    server = await startRedis();
    const connection = connectionTo(server.url);
    const changes: string[] = [];
    await comesUp(connection);
    connection.onUp(() => void changes.push('up'));
    connection.onDown(() => void changes.push('down'));
    connection.doubt();
    expect(connection.up).toBe(false);
    expect(await ping(connection)).toBe(FAILED);
    await eventually(() => connection.up);
    expect(changes).toEqual(['up']);
    server.hang();
    connection.doubt();
    await promptly(40, () => takes(() => ping(connection)));
    await eventually(() => changes.length === 2);
    expect(changes).toEqual(['up', 'down']);
    server.wake();
    await eventually(() => connection.up);
  });

  test('a refusal is an answer: others are not kept from asking', async () => {
    server = await startRedis();
    const connection = connectionTo(server.url);
    await comesUp(connection);
    await connection.ask((client) => client.set('text', 'x'));
    expect(await connection.ask((client) => client.hgetall('text'))).toBe(FAILED);
    expect(connection.up).toBe(true);
    expect(warnings.map(({ message }) => message).join()).toContain('refuses');
  });

  test('is closed for good', async () => {
    server = await startRedis();
    const connection = connectionTo(server.url);
    await comesUp(connection);
    connection.close();
    expect(connection.up).toBe(false);
    expect(await ping(connection)).toBe(FAILED);
    expect(warnings).toEqual([]);
  });
});

test('P28 what is told of a server that is not there names no password', async () => {
  const port = await freePort();
  const connection = connectionTo(`redis://somebody:very-secret@127.0.0.1:${port}/2`);
  expect(await ping(connection)).toBe(FAILED);
  await eventually(() => warnings.length > 0);
  expect(JSON.stringify(warnings)).not.toContain('very-secret');
  expect(JSON.stringify(warnings)).not.toContain('somebody');
});
