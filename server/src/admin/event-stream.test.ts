import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openEventStream } from './event-stream.ts';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
});

/** An answer whose reader reads nothing until it is told to. */
async function withSlowReader(): Promise<{ readonly response: ServerResponse; readonly reader: Socket }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
  reader.pause();
  reader.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  cleanup.push(
    () => server.close(),
    () => reader.destroy(),
  );
  return { response, reader };
}

async function readAll(reader: Socket): Promise<string> {
  let text = '';
  reader.on('data', (part) => {
    text += String(part);
    if (text.endsWith('0\r\n\r\n')) reader.destroy();
  });
  reader.resume();
  await once(reader, 'close');
  return text;
}

const BLOCK = 'x'.repeat(64 * 1024);
/** More than the sockets of both sides and the stream take. */
const BLOCKS = 1_000;

describe('a stream of events', () => {
  test('keeps a bounded number of bytes for a slow reader, and tells it how many events it missed', async () => {
    const { response, reader } = await withSlowReader();
    const stream = openEventStream(response, [], () => undefined);
    for (let at = 0; at < BLOCKS; at += 1) stream.send('exchange', BLOCK);
    expect(response.writableLength).toBeLessThan(2 * 1024 * 1024);
    stream.end();
    const text = await readAll(reader);
    const events = text.match(/event: exchange\n/g)?.length ?? 0;
    const missed = [...text.matchAll(/event: dropped\ndata: (.*)\n/g)].map(([, data = '']) =>
      JSON.parse(data),
    );
    expect(missed).toEqual([{ events: BLOCKS - events }]);
    expect(events).toBeGreaterThan(0);
  });

  test('takes nothing more once it was ended, though its reader has not read the rest yet', async () => {
    const { response, reader } = await withSlowReader();
    const failures: unknown[] = [];
    response.on('error', (error) => void failures.push(error));
    let gone = 0;
    const stream = openEventStream(response, [], () => {
      gone += 1;
    });
    for (let at = 0; at < BLOCKS; at += 1) stream.send('exchange', BLOCK);
    stream.end();
    expect(gone).toBe(1);
    stream.send('exchange', 'late');
    stream.end();
    const text = await readAll(reader);
    expect(text).not.toContain('late');
    expect([failures, gone]).toEqual([[], 1]);
  });
});
