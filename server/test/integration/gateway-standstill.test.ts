// A gateway that stood still for a while (its machine was busy, or asleep) does not call late what has arrived meanwhile.

import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { begin, until } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { gatewayWith } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const HEADERS_MS = 300;
const WIRE = wires['openai-chat'];

/** A provider in a thread of its own, which goes on meanwhile. It marks the first number when it is asked, the second when it has answered. */
const PROVIDER = `
const { createServer } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const { marks, answer } = workerData;
const mark = (place) => {
  Atomics.store(marks, place, 1);
  Atomics.notify(marks, place);
};
createServer((request, response) => {
  request.resume().on('end', () => {
    mark(0);
    setTimeout(() => response.setHeader('content-type', 'application/json').end(answer, () => mark(1)), 100);
  });
}).listen(0, '127.0.0.1', function () {
  parentPort.postMessage(this.address().port);
});`;

test('6.10 an answer that came while the gateway stood still is in time', async () => {
  const marks = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(PROVIDER, { eval: true, workerData: { marks, answer: WIRE.json('m', ANSWER) } });
  onTestFinished(async () => void (await worker.terminate()));
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const gateway = await gatewayWith({
    upstreams: [
      { origin: `http://127.0.0.1:${port}`, timeouts: { headersMs: HEADERS_MS, answerMs: HEADERS_MS } },
    ],
  });
  const call = begin(gateway.port, WIRE.request('m', false, 'Hello'));
  await until(() => Atomics.load(marks, 0) === 1);
  // Here the whole process stands still, until the answer was sent, and for longer than the provider may take. It does so
  // where timers come next, before anything is read.
  setImmediate(() => {
    Atomics.wait(marks, 1, 0, 10_000);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * HEADERS_MS);
  });
  const answer = await call.done;
  expect([answer.status, WIRE.understand(answer.text(), false).text]).toEqual([200, ANSWER]);
  expect(gateway.closed.map(({ attempts }) => attempts)).toEqual([1]);
});
