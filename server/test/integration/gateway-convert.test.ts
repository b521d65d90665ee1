// A client of one format in front of an upstream of another, over real sockets: answers, streams, failures and losses.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { afterReading } from '../kit/after-reading.ts';
import { ask } from '../kit/client.ts';
import { ANSWER, type Turn } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, wires } from '../kit/wire.ts';

const PAIRS = DIALECT_IDS.flatMap((from) =>
  DIALECT_IDS.filter((to) => to !== from).map((to): [DialectId, DialectId] => [from, to]),
);

const whole = { text: ANSWER, complete: true, error: undefined };
const secret = 'sk-upstream-secret-0001';

describe.each(PAIRS)('a client of %s of an upstream of %s', (from, to) => {
  const client = wires[from];
  const upstream = wires[to];

  it.each([false, true])('gets a complete answer in its own format (stream: %s)', async (stream) => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: [to] }] });
    const answer = await ask(gateway.port, client.request('some-model', stream, 'Hello'));
    expect(client.understand(answer.text(), stream)).toEqual(whole);
    expect([answer.status, answer.header('x-sluice-dialect')]).toEqual([200, to]);
    expect(answer.header('content-type')).toMatch(stream ? /^text\/event-stream/ : /^application\/json/);
    const [turn] = one.turns;
    expect([turn?.dialect, turn?.model, turn?.stream]).toEqual([to, 'some-model', stream]);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect([row.dialectOut, row.status, row.errorCode]).toEqual([to, 200, undefined]);
    expect([row.usage?.input.uncached, row.usage?.output.text]).toEqual([11, 7]);
    expect(row.bytesOut).toBe(answer.body.length);
  });

  it.each([
    ['a JSON answer of an upstream that only streams', false, 'always'],
    ['a stream of an upstream that cannot stream', true, 'never'],
  ] as const)('gets %s', async (_, stream, streaming) => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: [to], streaming }] });
    const answer = await ask(gateway.port, client.request('m', stream, 'Hello'));
    expect(client.understand(answer.text(), stream)).toEqual(whole);
    expect(one.turns[0]?.stream).toBe(!stream);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row.usage?.output.text).toBe(7);
  });

  it('reads an error of the upstream in its own shape, with the vendor’s words and status', async () => {
    const refuse = (turn: Turn): void =>
      turn.whole(400, upstream.error(400, `No such thing for ${secret}.`), { 'X-Request-Id': 'theirs-1' });
    const one = await provider(refuse);
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: [to] }] });
    for (const stream of [false, true]) {
      const answer = await ask(gateway.port, client.request('m', stream, 'Hello'));
      expect([answer.status, answer.header('x-request-id')]).toEqual([400, 'theirs-1']);
      expect(client.understand(answer.text(), false).error).toMatch(/No such thing for \*+\./);
    }
  });

  it('hears in its stream that the upstream died, and never a false end', async () => {
    const die = (turn: Turn): void => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const events = upstream.events('m', ANSWER);
      for (const event of events.slice(0, upstream.prelude + 2)) turn.piece(event);
      afterReading(30, () => turn.socket.resetAndDestroy());
    };
    const one = await provider(die);
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: [to] }] });
    const answer = await ask(gateway.port, client.request('m', true, 'Hello'));
    const seen = client.understand(answer.text(), true);
    expect([seen.complete, answer.end]).toEqual([false, 'clean']);
    expect(seen.error).toBeTruthy();
    expect(ANSWER.startsWith(seen.text) && seen.text !== '').toBe(true);
    expect((await gateway.row(answer.header('x-sluice-request-id'))).errorCode).toBe('upstream_closed');
  });

  it('is spared an error in a stream that has said nothing yet', async () => {
    const failing = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      for (const event of upstream.events('m', ANSWER).slice(0, upstream.prelude)) turn.piece(event);
      turn.piece(upstream.errorEvent('Too busy'));
      turn.end();
    });
    const healthy = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'a', origin: failing.origin, dialects: [to], priority: 1 },
        { id: 'b', origin: healthy.origin, dialects: [to] },
      ],
    });
    const answer = await ask(gateway.port, client.request('m', true, 'Hello'));
    expect(client.understand(answer.text(), true)).toEqual(whole);
    expect(answer.header('x-sluice-upstream')).toBe('b');
  });
});

describe.each(DIALECT_IDS)('a client and an upstream of %s', (dialect) => {
  const wire = wires[dialect];

  it.each([
    [false, 'always'],
    [true, 'never'],
  ] as const)(
    'meet although the client’s stream is %s and the upstream streams %s',
    async (stream, streaming) => {
      const one = await provider();
      const gateway = await gatewayWith({
        upstreams: [{ origin: one.origin, dialects: [dialect], streaming }],
      });
      const answer = await ask(gateway.port, wire.request('m', stream, 'Hello'));
      expect(wire.understand(answer.text(), stream)).toEqual(whole);
      expect(one.turns[0]?.stream).toBe(!stream);
    },
  );
});

describe('an upstream that only streams', () => {
  it('gets legacy completions as they are: nobody can put those together', async () => {
    const text =
      '{"id":"c","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":"x","finish_reason":"stop"}]}';
    const one = await provider((turn) => turn.whole(200, text));
    const upstreams = [{ origin: one.origin, streaming: 'always' as const }];
    const gateway = await gatewayWith({ upstreams });
    const body = '{"model":"m","prompt":"Hello"}';
    const answer = await ask(gateway.port, { path: '/v1/completions', body });
    expect([answer.status, answer.text()]).toEqual([200, text]);
    expect(one.turns[0]?.request.body.toString()).toBe(body);
  });
});

describe('who is asked', () => {
  const request = wires['anthropic-messages'].request('m', false, 'Hello');

  it('is the upstream of the client’s own format, unless priority or the configuration say otherwise', async () => {
    const one = await provider();
    const chat = { id: 'chat', origin: one.origin, dialects: ['openai-chat'] as const };
    const own = { id: 'own', origin: one.origin, dialects: ['anthropic-messages'] as const };
    const served = async (setup: Parameters<typeof gatewayWith>[0]): Promise<string | undefined> => {
      const gateway = await gatewayWith(setup);
      return (await ask(gateway.port, request)).header('x-sluice-upstream');
    };
    expect(await served({ upstreams: [chat, own] })).toBe('own');
    expect(await served({ upstreams: [{ ...chat, priority: 1 }, own] })).toBe('chat');
    expect(await served({ upstreams: [chat, own], conversion: { preferNative: false } })).toBe('chat');
  });

  it('is nobody where conversion is switched off for the client’s format', async () => {
    const one = await provider();
    const upstreams = [{ origin: one.origin, dialects: ['openai-chat' as const], convert: [] }];
    const gateway = await gatewayWith({ upstreams });
    const answer = await ask(gateway.port, request);
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([400, 'dialect_unavailable']);
    expect(one.turns).toEqual([]);
  });
});

describe('what the target cannot carry', () => {
  const base = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
  const send = (body: object, headers: readonly string[] = []): Parameters<typeof ask>[1] => ({
    path: '/v1/chat/completions',
    headers: ['content-type', 'application/json', ...headers],
    body: JSON.stringify({ ...base, ...body }),
  });

  async function setUp() {
    const one = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: one.origin, dialects: ['anthropic-messages'] }],
    });
    return { one, gateway };
  }

  it('is told in a header when the answer may be a bit worse', async () => {
    const { gateway } = await setUp();
    const answer = await ask(gateway.port, send({ seed: 7 }));
    expect([answer.status, answer.header('x-sluice-loss')]).toEqual([200, 'seed=dropped']);
    expect((await gateway.row(answer.header('x-sluice-request-id'))).losses).toBe('seed=dropped');
  });

  it('is refused under a strict conversion, before anything is sent', async () => {
    const { one, gateway } = await setUp();
    const answer = await ask(gateway.port, send({ seed: 7 }, ['x-sluice-strict', 'true']));
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([400, 'unsupported_feature']);
    expect(at(JSON.parse(answer.text()), 'error', 'param')).toBe('seed');
    expect(one.turns).toEqual([]);
  });

  it('is refused when it changes the question, unless the client allows the loss', async () => {
    const { one, gateway } = await setUp();
    const refused = await ask(gateway.port, send({ n: 2 }));
    expect([refused.status, at(JSON.parse(refused.text()), 'error', 'param')]).toEqual([400, 'n']);
    expect(one.turns).toEqual([]);
    const allowed = await ask(gateway.port, send({ n: 2 }, ['x-sluice-lossy', 'allow']));
    expect([allowed.status, allowed.header('x-sluice-loss')]).toEqual([200, 'n=dropped']);
  });
});
