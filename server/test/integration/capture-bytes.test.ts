// What a capture holds is what the client and the upstreams have seen, to the byte, whatever becomes of the exchange.

import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { CapturedBody, CapturedHeaders } from '../../src/exchange/detail/capture-record.ts';
import { afterReading } from '../kit/after-reading.ts';
import { capturingGateway } from '../kit/capturing.ts';
import { ask, begin, until } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import { provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const SSE = { 'Content-Type': 'text/event-stream' };

function bytesOf(body: CapturedBody | undefined): Buffer {
  expect(body?.cut ?? false).toBe(false);
  return Buffer.from(body?.text ?? '', body?.encoding === 'base64' ? 'base64' : 'utf8');
}

const names = (headers: CapturedHeaders): string[] => headers.map(([name]) => name.toLowerCase());

/** Begins a stream, and never goes on. */
const beginsOnly: Behaviour = (turn) => {
  turn.head(200, SSE);
  const { events, prelude } = wires[turn.dialect];
  for (const event of events(turn.model, turn.text).slice(0, prelude + 1)) turn.piece(event);
};

const PAIRS = DIALECT_IDS.flatMap((from) => DIALECT_IDS.map((to): [DialectId, DialectId] => [from, to]));

describe('10.6 a captured exchange', () => {
  test.each(PAIRS)(
    'of a client of %s and an upstream of %s is kept to the byte on both sides',
    async (from, to) => {
      const answers: Buffer[] = [];
      const upstream = await provider((turn) => {
        const { json, events } = wires[turn.dialect];
        const body = turn.stream ? events(turn.model, turn.text).join('') : json(turn.model, turn.text);
        answers.push(Buffer.from(body));
        turn.whole(200, body, turn.stream ? SSE : {});
      });
      const { gateway, capture, kept } = await capturingGateway({
        upstreams: [{ origin: upstream.origin, dialects: [to] }],
      });
      capture.control.open({});
      for (const stream of [false, true]) {
        const request = wires[from].request('m', stream, 'größer 😀 "key": "C major"');
        const answer = await ask(gateway.port, { ...request, headers: ['X-Own-Thing', 'yes'] });
        expect(answer.status).toBe(200);
        const record = await kept(answer.header('x-sluice-request-id'));
        expect(record).toMatchObject({ format: 1, kind: 'capture', dialectIn: from, use: 'generate' });
        expect(bytesOf(record.request.body).toString()).toBe(request.body);
        expect(`${record.request.path}${record.request.query}`).toBe(request.path);
        expect(record.request.headers).toContainEqual(['X-Own-Thing', 'yes']);
        expect(bytesOf(record.reply?.body).equals(answer.body)).toBe(true);
        expect(record.reply).toMatchObject({ status: 200, end: 'ended' });
        const told = answer.rawHeaders.map((name) => name.toLowerCase());
        expect(told).toEqual(expect.arrayContaining(names(record.reply?.headers ?? [])));
        const turn = upstream.turns.at(-1);
        const [attempt] = record.attempts;
        expect(record.attempts).toHaveLength(1);
        expect(attempt).toMatchObject({
          ordinal: 1,
          upstreamId: 'one',
          keyId: 'k1',
          dialect: to,
          outcome: 'ended',
        });
        expect(bytesOf(attempt?.request?.body).equals(turn?.request.body ?? Buffer.alloc(0))).toBe(true);
        expect(`${attempt?.request?.origin}`).toBe(upstream.origin);
        expect(attempt?.request?.target).toBe(turn?.request.target);
        expect(bytesOf(attempt?.answer?.body).equals(answers.at(-1) ?? Buffer.alloc(0))).toBe(true);
        expect(record.outcome).toMatchObject({
          status: 200,
          attempts: 1,
          upstreamId: 'one',
          streamed: stream,
        });
      }
    },
  );

  test('of a hedged request holds both attempts, each with what became of it', async () => {
    const one = await provider(() => {});
    const two = await provider();
    const { gateway, capture, kept } = await capturingGateway({
      upstreams: [
        { id: 'first', origin: one.origin },
        { id: 'second', origin: two.origin },
      ],
      route: { dispatch: { type: 'hedged', delayMs: 30, maxParallel: 2, budget: 1 }, order: 'fill_first' },
    });
    capture.control.open({});
    const answer = await ask(gateway.port, wires['openai-chat'].request('m', true, 'Hello'));
    const record = await kept(answer.header('x-sluice-request-id'));
    expect(
      record.attempts.map(({ ordinal, upstreamId, end, outcome }) => [ordinal, upstreamId, end, outcome]),
    ).toEqual([
      [1, 'first', 'lost', 'aborted'],
      [2, 'second', 'answered', 'ended'],
    ]);
    expect(record.attempts[0]?.answer).toBeUndefined();
    expect(
      bytesOf(record.attempts[0]?.request?.body).equals(one.turns[0]?.request.body ?? Buffer.alloc(0)),
    ).toBe(true);
    expect(bytesOf(record.reply?.body).equals(answer.body)).toBe(true);
  });

  test('of a stream that was gone on with holds both halves and what the client made of them', async () => {
    const first = await provider((turn) => {
      beginsOnly(turn);
      afterReading(20, () => turn.socket.resetAndDestroy());
    });
    const second = await provider();
    const { gateway, capture, kept } = await capturingGateway({
      route: { streamFailure: 'resume' },
      upstreams: [
        { id: 'first', origin: first.origin, priority: 2 },
        { id: 'second', origin: second.origin, priority: 1 },
      ],
    });
    capture.control.open({});
    const answer = await ask(gateway.port, wires['anthropic-messages'].request('m', true, 'Tell me.'));
    const record = await kept(answer.header('x-sluice-request-id'));
    expect(bytesOf(record.reply?.body).equals(answer.body)).toBe(true);
    expect(record.attempts.map(({ cause, outcome }) => [cause, outcome])).toEqual([
      ['first', 'failed'],
      ['resume', 'ended'],
    ]);
    expect(record.attempts[0]?.errorCode).toBe('upstream_closed');
    expect(
      bytesOf(record.attempts[1]?.request?.body).equals(second.turns[0]?.request.body ?? Buffer.alloc(0)),
    ).toBe(true);
  });

  test('that the client leaves holds what it got, and that it left', async () => {
    const upstream = await provider(beginsOnly);
    const { gateway, capture, kept } = await capturingGateway({ upstreams: [{ origin: upstream.origin }] });
    capture.control.open({});
    const client = begin(gateway.port, wires['openai-chat'].request('m', true, 'Hello'));
    const head = await client.head;
    await until(() => client.soFar().includes('data:'));
    client.leave('close');
    const record = await kept(String(head.headers['x-sluice-request-id']));
    expect(record.reply?.end).toBe('gone');
    expect(bytesOf(record.reply?.body).toString()).toBe(client.soFar());
    expect(record.outcome).toMatchObject({ status: 499, aborted: true });
    expect(record.attempts[0]?.outcome).toBe('aborted');
    await until(() => upstream.turns[0]?.closedMs !== undefined);
  });

  test('whose upstream compresses holds the plain answer of a model, and the packed bytes of a file', async () => {
    const plain = wires['openai-chat'].json('m', 'Hello');
    const upstream = await provider((turn) =>
      turn.whole(200, gzipSync(plain), { 'Content-Encoding': 'gzip' }),
    );
    const { gateway, capture, kept } = await capturingGateway({ upstreams: [{ origin: upstream.origin }] });
    capture.control.open({});
    const answer = await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    const record = await kept(answer.header('x-sluice-request-id'));
    expect(bytesOf(record.attempts[0]?.answer?.body).toString()).toBe(plain);
    const file = await ask(gateway.port, { path: '/v1/files/file-1/content' });
    const captured = (await kept(gateway.closed.at(-1)?.id)).reply?.body;
    expect(captured?.encoding).toBe('base64');
    expect(bytesOf(captured).equals(file.body)).toBe(true);
  });

  test('with a body of a file that is streamed through holds what fits and counts the rest', async () => {
    const upstream = await provider((turn) => turn.whole(200, '{"id":"file-1"}'));
    const { gateway, capture, kept } = await capturingGateway({ upstreams: [{ origin: upstream.origin }] });
    capture.control.open({ maxBytes: 1024 * 1024 });
    const small = randomBytes(300 * 1024);
    const large = randomBytes(1536 * 1024);
    for (const body of [small, large]) {
      await ask(gateway.port, {
        path: '/v1/files',
        body,
        headers: ['content-type', 'application/octet-stream'],
      });
      const arrived = upstream.turns.at(-1)?.request.body;
      expect(
        createHash('sha256')
          .update(arrived ?? '')
          .digest('hex'),
      ).toBe(createHash('sha256').update(body).digest('hex'));
      const record = await kept(gateway.closed.at(-1)?.id);
      for (const captured of [record.request.body, record.attempts[0]?.request?.body]) {
        expect(captured?.bytes).toBe(body.length);
        const bytes = Buffer.from(captured?.text ?? '', 'base64');
        expect(captured?.cut).toBe(body === large);
        expect(bytes.equals(body.subarray(0, 1024 * 1024))).toBe(true);
      }
    }
  });
});
