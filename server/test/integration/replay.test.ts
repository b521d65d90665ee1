// Captured requests that are sent again, through the gateway as it is now: to the same target, to another model or to
// another upstream, and what the comparison of the two answers says.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../../src/core/model/error.ts';
import { bundleOf, readBundle } from '../../src/exchange/replay/bundle.ts';
import type { ReplayReport } from '../../src/exchange/replay/report.ts';
import { afterReading } from '../kit/after-reading.ts';
import { type Capturing, capturingGateway } from '../kit/capturing.ts';
import { ask } from '../kit/client.ts';
import { ANSWER, type Behaviour, type FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, settingsOf } from '../kit/gateway.ts';
import { provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const CASES = DIALECT_IDS.flatMap((dialect) =>
  [true, false].map((stream): [DialectId, boolean] => [dialect, stream]),
);

function reportOf(answer: ReplayReport | SluiceError): ReplayReport {
  if ('code' in answer) throw new Error(`${answer.code}: ${answer.message}`);
  return answer;
}

interface Setting extends Capturing {
  readonly first: FaultUpstream;
  readonly second: FaultUpstream;
}

/** Two upstreams; the second one speaks another format. */
async function setting(dialect: DialectId, other: DialectId = dialect, script?: Behaviour): Promise<Setting> {
  const first = await provider(script);
  const second = await provider();
  const capturing = await capturingGateway({
    upstreams: [
      { id: 'first', origin: first.origin, dialects: [dialect], priority: 2 },
      { id: 'second', origin: second.origin, dialects: [other], priority: 1 },
    ],
    clients: [clientWithKey('me', 'key-of-me-1234')],
  });
  capturing.capture.control.open({});
  return Object.assign(capturing, { first, second });
}

/** Sends a request whose exchange is captured; answers its id. */
async function send(
  { gateway, kept }: Capturing,
  dialect: DialectId,
  stream: boolean,
  text = 'Hello',
): Promise<string> {
  const request = wires[dialect].request('m', stream, text);
  const answer = await ask(gateway.port, { ...request, headers: ['authorization', 'Bearer key-of-me-1234'] });
  const record = await kept(answer.header('x-sluice-request-id'));
  return record.id;
}

describe('a captured request is sent again', () => {
  test.each(CASES)(
    'to where it went, with the same bytes and the same answer (%s, stream: %s)',
    async (dialect, stream) => {
      const set = await setting(dialect);
      const id = await send(set, dialect, stream);
      const report = reportOf(await set.gateway.app.replayer.replay(id, {}));
      const [once, again] = set.first.turns;
      expect(again?.request.body.equals(once?.request.body ?? Buffer.alloc(0))).toBe(true);
      expect(again?.request.target).toBe(once?.request.target);
      expect(report.request).toMatchObject({ id, model: 'm', streamed: stream, to: {}, notes: [] });
      for (const answer of [report.before, report.after])
        expect(answer).toMatchObject({
          status: 200,
          text: ANSWER,
          model: 'm',
          upstreamId: 'first',
          readable: true,
        });
      expect(report.before.exchangeId).toBe(id);
      expect(report.after.exchangeId).not.toBe(id);
      expect(report.diff.same).toBe(true);
      expect(report.diff.text).toBeUndefined();
      const known = ['duration', 'firstOutput'];
      expect(report.diff.differences.filter(({ member }) => !known.includes(member))).toEqual([]);
    },
  );

  test.each(CASES)(
    'to another upstream of another format and another model (%s, stream: %s)',
    async (dialect, stream) => {
      const other = DIALECT_IDS[(DIALECT_IDS.indexOf(dialect) + 1) % DIALECT_IDS.length] ?? dialect;
      const set = await setting(dialect, other);
      const id = await send(set, dialect, stream);
      const to = { model: 'other-model', upstream: 'second' };
      const report = reportOf(await set.gateway.app.replayer.replay(id, to));
      expect(set.first.turns).toHaveLength(1);
      expect(set.second.turns[0]).toMatchObject({ dialect: other, model: 'other-model' });
      expect(report.request).toMatchObject({ model: 'other-model', to });
      expect(report.after).toMatchObject({
        text: ANSWER,
        upstreamId: 'second',
        model: 'other-model',
        status: 200,
      });
      expect(report.diff.same).toBe(true);
      const members = report.diff.differences.map(({ member }) => member);
      expect(members).toEqual(expect.arrayContaining(['model', 'upstream']));
    },
  );

  test('and its row is called "replay" and belongs to no client', async () => {
    const set = await setting('openai-chat');
    const report = reportOf(await set.gateway.app.replayer.replay(await send(set, 'openai-chat', true), {}));
    const opening = set.gateway.opened.find(({ id }) => id === report.after.exchangeId);
    expect(opening).toMatchObject({
      route: 'replay',
      clientId: undefined,
      dialectIn: 'openai-chat',
      use: 'generate',
    });
    expect(set.gateway.closed.filter(({ id }) => id === report.after.exchangeId)).toHaveLength(1);
  });

  test('and what has become different is told: words, errors, status', async () => {
    const set = await setting('openai-chat');
    const id = await send(set, 'openai-chat', false);
    set.first.script = (turn) => turn.whole(200, wires[turn.dialect].json(turn.model, 'Something else.'));
    const words = reportOf(await set.gateway.app.replayer.replay(id, { upstream: 'first' }));
    expect(words.diff.same).toBe(true);
    expect(words.diff.text).toContain('+Something else.');
    expect(words.diff.text).toContain(`-${ANSWER}`);
    set.first.script = (turn) => turn.whole(400, wires[turn.dialect].error(400, 'No such thing.'));
    const { diff, after } = reportOf(await set.gateway.app.replayer.replay(id, { upstream: 'first' }));
    expect(after).toMatchObject({ status: 400, error: 'No such thing.', text: '' });
    expect(diff.same).toBe(false);
    const serious = diff.differences.filter(({ matters }) => matters).map(({ member }) => member);
    expect(serious).toEqual(['status', 'error', 'stop', 'text']);
  });

  test('also one that failed, whose stream broke off after some text', async () => {
    const breaks: Behaviour = (turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const { events, prelude } = wires[turn.dialect];
      turn.piece(
        events(turn.model, turn.text)
          .slice(0, prelude + 1)
          .join(''),
      );
      afterReading(20, () => turn.socket.resetAndDestroy());
    };
    const set = await setting('anthropic-messages', 'anthropic-messages', breaks);
    const id = await send(set, 'anthropic-messages', true);
    set.first.script = (turn) => turn.healthy();
    const { before, after, diff } = reportOf(await set.gateway.app.replayer.replay(id, {}));
    expect(before.error).toBeTruthy();
    expect(before.text.length).toBeGreaterThan(0);
    expect(ANSWER.startsWith(before.text)).toBe(true);
    expect(after).toMatchObject({ text: ANSWER, readable: true });
    expect(diff.same).toBe(false);
  });

  test('unless it cannot be: unknown ids and upstreams, errors without a window, bodies that were cut', async () => {
    const set = await setting('openai-chat');
    const { replayer } = set.gateway.app;
    expect(await replayer.replay('req_nobody', {})).toMatchObject({ code: 'not_found' });
    set.capture.control.open({ maxBytes: 64 });
    const short = await send(set, 'openai-chat', false, 'a long text that does not fit into so few bytes');
    expect(await replayer.replay(short, { upstream: 'frist' })).toMatchObject({
      code: 'not_found',
      suggestion: expect.stringContaining('first'),
    });
    expect(await replayer.replay(short, {})).toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/beginning/),
    });
    set.capture.control.close();
    set.first.script = (turn) => turn.whole(400, '{"error":{"message":"no"}}');
    const failed = await send(set, 'openai-chat', false);
    expect(await replayer.replay(failed, {})).toMatchObject({ code: 'invalid_request' });
    expect(set.second.turns).toHaveLength(0);
  });
});

describe('a bundle', () => {
  const facts = {
    version: '1.2.3',
    nowMs: 5,
    settings: settingsOf({
      upstreams: [
        { origin: 'http://127.0.0.1:1', secrets: ['sk-canary-0001'], headers: { authorization: 'canary' } },
      ],
    }),
  };

  test('is read as it was written, can be sent again, and has no secrets of the configuration', async () => {
    const set = await setting('gemini');
    const id = await send(set, 'gemini', true);
    const text = JSON.stringify(bundleOf(set.details.all, facts));
    expect(text).not.toContain('canary');
    expect(text).not.toContain('127.0.0.1:1/');
    const bundle = readBundle(text);
    if ('code' in bundle) throw new Error(bundle.message);
    expect(bundle).toMatchObject({
      version: '1.2.3',
      createdAtMs: 5,
      settings: { upstreams: [{ id: 'one' }] },
    });
    const [record] = bundle.exchanges;
    expect(record).toEqual(await set.kept(id));
    if (record === undefined) return;
    expect(reportOf(await set.gateway.app.replayer.replayRecord(record, {})).diff.same).toBe(true);
  });

  test('that is none, damaged, or newer is refused', () => {
    const refused = expect.objectContaining({ code: 'invalid_request' });
    for (const text of [
      '',
      '[]',
      '{}',
      '{"sluiceBundle":2,"exchanges":[]}',
      '{"sluiceBundle":1,"exchanges":[{}]}',
    ])
      expect(readBundle(text)).toEqual(refused);
    const odd = {
      id: 'x',
      atMs: 0,
      kind: 'error',
      text: JSON.stringify(sluiceError('internal', 'x')),
    } as const;
    expect(bundleOf([odd], facts).exchanges).toEqual([]);
  });
});
