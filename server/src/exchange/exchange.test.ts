import { describe, expect, it, onTestFinished } from 'vitest';
import { fakePorts, inboundOf, quiet } from '../../test/kit/fake-ports.ts';
import { settingsOf } from '../../test/kit/gateway.ts';
import { wires } from '../../test/kit/wire.ts';
import type { Dialect } from '../core/dialects/dialect.ts';
import { openaiChat } from '../core/dialects/openai-chat/index.ts';
import { exchange } from './exchange.ts';

const wire = wires['openai-chat'];
const events = wire.events('m', 'Hello you');
const settings = settingsOf({ upstreams: [{ origin: 'http://127.0.0.1:1' }] });

const failing = (): never => {
  throw new Error('a defect');
};

function setUp(
  dialect: Dialect,
  stream: boolean,
): ReturnType<typeof fakePorts> & { run(): Promise<void> } & ReturnType<typeof inboundOf> {
  const fakes = fakePorts(settings);
  const made = inboundOf(wire.request('m', stream, 'Hello').body);
  const call = {
    name: 'chat.completions',
    dialect,
    use: 'generate',
    model: undefined,
    stream: false,
    framing: 'sse',
  } as const;
  onTestFinished(() => expect(fakes.deadlines.size).toBe(0));
  return { ...fakes, ...made, run: () => exchange(fakes.ports, fakes.memory, call, made.inbound) };
}

describe('a defect in a dialect', () => {
  it('while the request is read is told as an internal error, and the row is closed', async () => {
    const test = setUp({ ...openaiChat, peek: failing }, false);
    await test.run();
    expect(test.reply.status).toBe(500);
    expect(test.reply.text()).toMatch(/The gateway failed/);
    expect(test.reply.text()).not.toMatch(/a defect/);
    expect(test.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([[500, 'internal']]);
  });

  it.each<[string, Partial<Dialect>, boolean]>([
    ['a JSON answer', { readAnswer: failing }, false],
    ['the head of a stream', { watch: failing }, true],
  ])('while %s is read does not reach the socket that brought it', async (_, broken, stream) => {
    const test = setUp({ ...openaiChat, ...broken }, stream);
    const done = test.run();
    await quiet();
    test.upstream.head(200);
    test.upstream.data(stream ? events.join('') : wire.json('m', 'Hello'));
    test.upstream.end();
    await done;
    expect(test.reply.status).toBe(500);
    expect(test.upstream.aborted).toBe(true);
    expect(test.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([[500, 'internal']]);
  });

  it('after output ends the stream with an error event', async () => {
    let reads = 0;
    const watch: Dialect['watch'] = (framing) => {
      const inner = openaiChat.watch(framing);
      return {
        ...inner,
        read: (block) => (++reads > 1 ? failing() : inner.read(block)),
        get phase() {
          return inner.phase;
        },
      };
    };
    const test = setUp({ ...openaiChat, watch }, true);
    const done = test.run();
    await quiet();
    test.upstream.head(200);
    test.upstream.data(events.slice(0, 2).join(''));
    test.upstream.data(events[2] ?? '');
    await done;
    const seen = wire.understand(test.reply.text(), true);
    expect([test.reply.status, test.reply.ended, seen.text, seen.complete]).toEqual([
      200,
      true,
      'Hel',
      false,
    ]);
    expect(seen.error).toMatch(/The gateway failed/);
    expect(test.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([[200, 'internal']]);
  });

  it('in the words of its own error cuts the client off rather than leaving it and the row hanging', async () => {
    const test = setUp({ ...openaiChat, peek: failing, encodeError: failing }, false);
    await test.run();
    expect(test.reply.cutOff).toBe(true);
    expect(test.closed.length).toBe(1);
  });
});

describe('a client', () => {
  it('that left before the first attempt is not served', async () => {
    const test = setUp(openaiChat, false);
    const done = test.run();
    test.reply.leave();
    await done;
    expect(test.upstream.requests).toBe(0);
    expect(test.closed.map(({ status, attempts }) => [status, attempts])).toEqual([[499, 0]]);
  });

  it('that reads slowly suspends the silence of its upstream', async () => {
    const test = setUp(openaiChat, true);
    const done = test.run();
    await quiet();
    test.upstream.head(200);
    test.reply.full = true;
    expect(test.upstream.data(events.slice(0, 2).join(''))).toBe(false);
    test.advance(19_000);
    expect(test.closed.length).toBe(0);
    test.reply.drain();
    expect(test.upstream.resumed).toBe(1);
    test.upstream.data(events.slice(2).join(''));
    test.upstream.end();
    await done;
    expect(wire.understand(test.reply.text(), true).complete).toBe(true);
  });

  it('that reads slowly at the very end does not keep a finished stream open', async () => {
    const test = setUp(openaiChat, true);
    const done = test.run();
    await quiet();
    test.upstream.head(200);
    test.reply.full = true;
    expect(test.upstream.data(events.join(''))).toBe(false);
    test.reply.drain();
    test.advance(150);
    await done;
    expect(test.reply.ended).toBe(true);
    expect(test.upstream.aborted).toBe(true);
  });
});
