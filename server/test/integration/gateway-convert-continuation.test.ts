// previous_response_id over HTTP: what a converted response was made of is put back for upstreams that know no ids, also
// after a restart; ids that are not known here go to upstreams of the format itself, and nowhere else.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Keep } from '../../src/exchange/ports.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import type { StoredLedger } from '../../src/stores/tables/ledger.ts';
import { afterReading } from '../kit/after-reading.ts';
import { ask, type Received } from '../kit/client.ts';
import { FakeKeep } from '../kit/fake-ports.ts';
import type { FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, dataOf, wires } from '../kit/wire.ts';
import { temporaryFolder } from '../stores/folder.ts';

const FOREIGN = ['openai-chat', 'anthropic-messages', 'gemini'] as const satisfies readonly DialectId[];

const post = (gateway: Gateway, body: object, key?: string): Promise<Received> =>
  ask(gateway.port, {
    path: '/v1/responses',
    body: JSON.stringify({ model: 'm', ...body }),
    headers: key === undefined ? [] : ['authorization', `Bearer ${key}`],
  });

/** The id of an answer, as JSON or as a stream. */
function idOf(answer: Received, stream: boolean): string {
  if (!stream) return String(at(JSON.parse(answer.text()), 'id'));
  const completed = dataOf(answer.text()).find((data) => at(data, 'type') === 'response.completed');
  return String(at(completed, 'response', 'id'));
}

/** What an answer says that it continues; in a stream its beginning says the same as its end. */
function saidOf(answer: Received, stream: boolean): unknown {
  if (!stream) return at(JSON.parse(answer.text()), 'previous_response_id');
  const said = dataOf(answer.text())
    .filter((data) => /^response\.(?:created|completed)$/.test(String(at(data, 'type'))))
    .map((data) => at(data, 'response', 'previous_response_id'));
  expect([said.length, said[0]]).toEqual([2, said[1]]);
  return said[0];
}

/** Everything that stands in quotes in the last request, in order, as far as it is one of the words. */
function heard(upstream: FaultUpstream, words: readonly string[]): readonly string[] {
  const body = upstream.turns.at(-1)?.request.body.toString() ?? '';
  return [...body.matchAll(new RegExp(words.join('|'), 'g'))].map(([word]) => word);
}

async function opened(folder: string): Promise<{ ledger: StoredLedger; keep: Keep }> {
  const store = await openLedger({
    path: join(folder, 'sluice.db'),
    retentionDays: 90,
    onTrouble: () => undefined,
  });
  if (!store.ok) throw new Error(store.message);
  return store;
}

describe.each(FOREIGN)('a response of an upstream of %s', (to) => {
  it.each([false, true])('is continued, also after a restart (stream: %s)', async (stream) => {
    const folder = temporaryFolder();
    const upstream = await provider();
    const upstreams = [{ origin: upstream.origin, dialects: [to] }];
    let previous: string | undefined;
    for (const [index, word] of ['one', 'two', 'three'].entries()) {
      const { ledger, keep } = await opened(folder);
      const gateway = await gatewayWith({ upstreams, keep });
      const continuing: { previous_response_id?: string } =
        previous === undefined ? {} : { previous_response_id: previous };
      const answer = await post(gateway, { input: `say:${word}`, stream, ...continuing });
      expect(wires['openai-responses'].understand(answer.text(), stream).complete).toBe(true);
      previous = idOf(answer, stream);
      expect(previous).toMatch(/^resp_/);
      expect(saidOf(answer, stream)).toBe(continuing.previous_response_id ?? null);
      // The upstream answers with the first word that it is asked for, so the answers all are "one".
      const turns = heard(upstream, ['say:one', 'say:two', 'say:three', '"one"']);
      expect(turns.slice(0, 2)).toEqual(index === 0 ? ['say:one'] : ['say:one', '"one"']);
      expect(turns.at(-1)).toBe(`say:${word}`);
      expect(turns.length).toBe(2 * index + 1);
      expect(upstream.turns.at(-1)?.request.body.toString()).not.toContain('previous_response_id');
      await ledger.shut();
    }
  });

  it('that was not to be stored is not known', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: [to] }] });
    const first = await post(gateway, { input: 'Hello', store: false });
    const second = await post(gateway, { input: 'More', previous_response_id: idOf(first, false) });
    expect([second.status, at(JSON.parse(second.text()), 'error', 'param')]).toEqual([
      400,
      'previous_response_id',
    ]);
    expect(upstream.turns.length).toBe(1);
    expect(gateway.keep.texts.size).toBe(0);
  });

  it('of another client is not found', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: [to] }],
      clients: [clientWithKey('alice', 'key-alice'), clientWithKey('bob', 'key-bob')],
    });
    const first = await post(gateway, { input: 'A secret.' }, 'key-alice');
    const id = idOf(first, false);
    const stolen = await post(gateway, { input: 'What was it?', previous_response_id: id }, 'key-bob');
    expect([stolen.status, at(JSON.parse(stolen.text()), 'error', 'param')]).toEqual([
      400,
      'previous_response_id',
    ]);
    expect(upstream.turns.length).toBe(1);
    const own = await post(gateway, { input: 'What was it?', previous_response_id: id }, 'key-alice');
    expect([own.status, heard(upstream, ['A secret', 'What was it'])]).toEqual([
      200,
      ['A secret', 'What was it'],
    ]);
  });

  it('that failed is not continued', async () => {
    const upstream = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const wire = wires[turn.dialect];
      for (const event of wire.events('m', turn.text).slice(0, wire.prelude + 1)) turn.piece(event);
      afterReading(20, () => turn.socket.resetAndDestroy());
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: [to] }] });
    const answer = await post(gateway, { input: 'Hello', stream: true });
    expect(wires['openai-responses'].understand(answer.text(), true).complete).toBe(false);
    expect(gateway.keep.texts.size).toBe(0);
  });

  it('18.30 is refused where its id is unknown, in the words of the format', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: [to] }] });
    for (const stream of [false, true]) {
      const answer = await post(gateway, { input: 'More', previous_response_id: 'resp_unknown', stream });
      const error = at(JSON.parse(answer.text()), 'error');
      expect([answer.status, at(error, 'param')]).toEqual([400, 'previous_response_id']);
      expect(at(error, 'message')).toMatch(/previous_response_id/);
    }
    expect(upstream.turns).toEqual([]);
  });
});

describe('an id that is not known here', () => {
  it('goes to an upstream of the format itself, in the bytes of the client', async () => {
    const upstream = await provider();
    const foreign = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'own', origin: upstream.origin, dialects: ['openai-responses'] },
        { id: 'foreign', origin: foreign.origin, dialects: ['gemini'] },
      ],
    });
    const body = '{"model":"m" , "input":"More","previous_response_id":"resp_theirs"}';
    const answer = await ask(gateway.port, { path: '/v1/responses', body });
    expect(answer.status).toBe(200);
    expect(upstream.turns[0]?.request.body.toString()).toBe(body);
    expect(foreign.turns).toEqual([]);
  });
});

describe('a response of which one upstream knows nothing', () => {
  it('is put together again for the next one', async () => {
    const keep = new FakeKeep();
    const chat = await provider();
    const native = await provider();
    const first = await gatewayWith({
      upstreams: [{ origin: chat.origin, dialects: ['openai-chat'] }],
      keep,
    });
    const id = idOf(await post(first, { input: 'Hello' }), false);
    const second = await gatewayWith({
      upstreams: [{ origin: native.origin, dialects: ['openai-responses'] }],
      keep,
    });
    const answer = await post(second, { input: 'More', previous_response_id: id });
    expect(answer.status).toBe(200);
    expect(heard(native, ['Hello', 'quick brown', 'More', 'previous_response_id'])).toEqual([
      'Hello',
      'quick brown',
      'More',
    ]);
  });
});
