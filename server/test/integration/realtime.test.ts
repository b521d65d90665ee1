// Open WebSockets of native realtime resources: bytes, ends and pressure go through in both directions.

import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { until } from '../kit/client.ts';
import { openSession } from '../kit/realtime.ts';
import { BINARY, CLOSE, type Frame, PING, PONG, TEXT, type WebSocketEnd } from '../kit/web-socket.ts';

const MIB = 1024 * 1024;
const digest = (frames: readonly Frame[]): string => {
  const hash = createHash('sha256');
  for (const { opcode, payload } of frames) hash.update(`${opcode} ${payload.length} `).update(payload);
  return hash.digest('hex');
};

describe('an open WebSocket', () => {
  it('carries 500 messages each way, of both kinds and up to a megabyte, with their pings', async () => {
    const { gateway, client, upstream } = await openSession();
    const sent = { client: [] as Frame[], upstream: [] as Frame[] };
    for (let count = 0; count < 500; count++) {
      for (const [end, list] of [
        [client, sent.client],
        [upstream, sent.upstream],
      ] as const) {
        const length = count === 250 ? MIB : [0, 5, 125, 126, 1000, 65_535, 65_536][count % 7];
        const opcode = count % 50 === 49 ? (end === client ? PING : PONG) : count % 2 === 0 ? TEXT : BINARY;
        const payload = randomBytes(opcode >= CLOSE ? 20 : (length ?? 0));
        list.push({ opcode, payload });
        end.send(opcode, payload);
      }
    }
    await until(() => client.frames.length === 500 && upstream.frames.length === 500);
    expect(digest(upstream.frames)).toBe(digest(sent.client));
    expect(digest(client.frames)).toBe(digest(sent.upstream));
    const bytes = [upstream.bytes(), client.bytes()];
    upstream.socket.end();
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed.map((row) => [row.status, row.errorCode, row.bytesIn, row.bytesOut])).toEqual([
      [101, undefined, ...bytes],
    ]);
    expect(gateway.closed[0]).toMatchObject({ modelAsked: 'gpt-realtime', upstreamId: 'one', keyId: 'k1' });
    expect(gateway.opened.map(({ route, use }) => [route, use])).toEqual([['realtime', 'resource']]);
  });

  it('ends in good order when both have said goodbye', async () => {
    const { gateway, client, upstream } = await openSession();
    upstream.onFrame((frame) => {
      if (frame.opcode !== CLOSE) return;
      upstream.send(CLOSE, frame.payload);
      upstream.socket.end();
    });
    client.send(CLOSE, Buffer.from([3, 232]));
    await until(() => client.closedAtMs() !== undefined && gateway.closed.length === 1);
    expect(client.frames.map(({ opcode }) => opcode)).toEqual([CLOSE]);
    expect(gateway.closed.map((row) => [row.status, row.aborted])).toEqual([[101, false]]);
  });

  it.each([
    ['closes', (end: WebSocketEnd) => end.socket.destroy()],
    ['resets', (end: WebSocketEnd) => end.socket.resetAndDestroy()],
    ['ends its half', (end: WebSocketEnd) => end.socket.end()],
  ])('whose client %s: the upstream is closed at once', async (_how, leave) => {
    const { gateway, client, upstream } = await openSession();
    const leftAtMs = performance.now();
    leave(client);
    await until(() => upstream.closedAtMs() !== undefined);
    expect((upstream.closedAtMs() ?? 0) - leftAtMs).toBeLessThan(500);
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed.map((row) => [row.status, row.errorCode, row.aborted])).toEqual([
      [499, 'client_closed', true],
    ]);
  });

  it.each([
    ['closes', (end: WebSocketEnd) => end.socket.destroy(), undefined],
    ['resets', (end: WebSocketEnd) => end.socket.resetAndDestroy(), 'upstream_closed'],
    ['ends its half', (end: WebSocketEnd) => end.socket.end(), undefined],
  ])('whose upstream %s: the client is closed at once', async (_how, leave, code) => {
    const { gateway, client, upstream } = await openSession();
    const leftAtMs = performance.now();
    leave(upstream);
    await until(() => client.closedAtMs() !== undefined);
    expect((client.closedAtMs() ?? 0) - leftAtMs).toBeLessThan(500);
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed.map((row) => [row.status, row.errorCode])).toEqual([[101, code]]);
  });

  it('gives everything that was said before the end, however slowly it is read', async () => {
    const { client, upstream } = await openSession();
    client.socket.pause();
    for (let count = 0; count < 20; count++) upstream.send(BINARY, Buffer.alloc(64 * 1024, count));
    upstream.socket.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.resume();
    await until(() => client.closedAtMs() !== undefined);
    expect(client.frames.map(({ payload }) => payload[0])).toEqual([...Array(20).keys()]);
  });

  it('does not wait for a side that keeps its half open', async () => {
    const { gateway, client, upstream } = await openSession();
    upstream.socket.removeAllListeners('end');
    client.socket.end();
    await until(() => gateway.closed.length === 1, 5_000);
    expect(gateway.closed[0]?.status).toBe(499);
  });

  it.each(['client', 'upstream'] as const)(
    'holds the other side back while the %s does not read',
    async (slow) => {
      const pair = await openSession();
      const reader = pair[slow];
      const writer = slow === 'client' ? pair.upstream : pair.client;
      reader.socket.pause();
      let written = 0;
      const total = 64;
      const write = (): void => {
        while (written < total) {
          written += 1;
          if (!writer.send(BINARY, Buffer.alloc(MIB))) return;
        }
      };
      writer.socket.on('drain', write);
      write();
      // Sockets of both hops take some megabytes; then nothing moves.
      let before = -1;
      while (before !== written) {
        before = written;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(written).toBeLessThan(total / 2);
      reader.socket.resume();
      await until(() => reader.frames.length === total);
    },
  );

  it('is interrupted by a stopping gateway, after its time', async () => {
    const { gateway, client, upstream } = await openSession();
    const stopped = gateway.app.stop(200);
    await new Promise((resolve) => setTimeout(resolve, 20));
    client.send(TEXT, 'still here');
    await until(() => upstream.frames.length === 1);
    await stopped;
    await until(() => client.closedAtMs() !== undefined && upstream.closedAtMs() !== undefined);
    expect(gateway.closed.map((row) => [row.status, row.errorCode])).toEqual([[101, 'shutting_down']]);
  });

  it('that ends by itself lets a stopping gateway go at once', async () => {
    const { gateway, client } = await openSession();
    const startedMs = performance.now();
    const stopped = gateway.app.stop(10_000);
    client.socket.destroy();
    await stopped;
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it('leaves nothing behind', async () => {
    const { gateway, client, upstream } = await openSession();
    client.socket.destroy();
    await until(() => gateway.closed.length === 1 && upstream.closedAtMs() !== undefined);
    expect(gateway.app.memory.running.count).toBe(0);
    const connections = await new Promise((resolve) =>
      gateway.app.edge.server.getConnections((_error, count) => resolve(count)),
    );
    expect(connections).toBe(0);
  });
});
