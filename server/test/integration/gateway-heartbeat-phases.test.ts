// Silence is visible in every phase of an exchange: while it waits in line, before and after the headers, between two events
// and in the middle of one, and while another candidate takes over; and no sign of life ever tears an event apart.

import { describe, expect, test } from 'vitest';
import { dialects } from '../../src/core/dialects/index.ts';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { madeAnswer } from '../kit/answer-streams.ts';
import { begin, type Underway, until } from '../kit/client.ts';
import { HEALTHY } from '../kit/fault-rows.ts';
import type { Turn } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { notWhole } from '../kit/strict-reading.ts';
import { wires } from '../kit/wire.ts';

const SSE = { 'Content-Type': 'text/event-stream' };
const server = { heartbeatMs: 60 };

/** Each format of itself, and of the one after the next. */
const PAIRS = [0, 2].flatMap((step) =>
  DIALECT_IDS.map((from, index): [DialectId, DialectId] => [
    from,
    DIALECT_IDS[(index + step) % DIALECT_IDS.length] ?? from,
  ]),
);

/** Waits until the client has had a sign of life since now, and nothing else. */
async function beats(call: Underway, from: DialectId): Promise<void> {
  const { heartbeat, earlyHeartbeat = heartbeat } = dialects[from];
  const before = call.soFar();
  await until(() => call.soFar().length > before.length);
  const said = call.soFar().slice(before.length);
  const rest = said.replaceAll(earlyHeartbeat, '').replaceAll(heartbeat, '');
  expect(rest, `beyond ${JSON.stringify(heartbeat)}`).toBe('');
}

/** Lets a healthy stream go on from phase to phase, each of them silent until the client has had a sign of life. */
async function speakSlowly(turn: Turn, call: Underway, from: DialectId): Promise<string[]> {
  const { events, cut } = madeAnswer(turn.dialect, 'reasoning', turn.model, HEALTHY);
  await beats(call, from);
  turn.head(200, SSE);
  await beats(call, from);
  const opening = events.slice(0, cut);
  const seen = call.soFar().length;
  for (const event of opening) turn.piece(event);
  // What the client has now is output, and no beat.
  await until(() => call.soFar().slice(seen).includes('I think'));
  await beats(call, from);
  const torn = events[cut] ?? '';
  turn.piece(torn.slice(0, torn.length / 2));
  await beats(call, from);
  await beats(call, from);
  turn.piece(torn.slice(torn.length / 2));
  for (const event of events.slice(cut + 1)) turn.piece(event);
  turn.end();
  return [...events];
}

/** An answer without what keeps it alive. */
function withoutBeats(from: DialectId, text: string): string {
  const { heartbeat, earlyHeartbeat = heartbeat } = dialects[from];
  return text.replaceAll(earlyHeartbeat, '').replaceAll(heartbeat, '');
}

describe.each(PAIRS)('a client of %s of an upstream of %s', (from, to) => {
  test('6.12 gets a sign of life in every silent phase, and every event whole', async () => {
    const calls: { call?: Underway } = {};
    const spoken: { events?: Promise<string[]> } = {};
    const bad = await provider((turn) => {
      if (calls.call === undefined) return;
      void beats(calls.call, from).then(() => turn.socket.destroy());
    });
    const good = await provider((turn) => {
      if (calls.call !== undefined) spoken.events = speakSlowly(turn, calls.call, from);
    });
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'bad', origin: bad.origin, dialects: [to], priority: 1 },
        { id: 'good', origin: good.origin, dialects: [to] },
      ],
      server,
    });
    const call = begin(gateway.port, wires[from].request('m', true, 'Hello'));
    calls.call = call;
    const answer = await call.done;
    const events = await spoken.events;
    expect([answer.status, answer.end]).toEqual([200, 'clean']);
    expect(answer.header('content-type')).toMatch(/^text\/event-stream/);
    const text = answer.text();
    const bare = withoutBeats(from, text);
    // Of its own format not one byte is another; usage that it did not ask for is left out.
    const expected = (events ?? []).filter((event) => !event.includes('"choices":[]'));
    if (from === to) expect(bare).toBe(withoutBeats(from, expected.join('')));
    // Thoughts are parts of the text in the simple reader of Gemini.
    const said = from === 'gemini' ? undefined : notWhole(from, text, HEALTHY);
    expect(said).toBe(undefined);
    expect(text).toContain('gold');
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect([row.attempts, row.errorCode, row.upstreamId]).toEqual([2, undefined, 'good']);
  });
});

describe.each(DIALECT_IDS)('a client of %s', (from) => {
  test('6.12 gets signs of life while it waits in line, and then its answer', async () => {
    const held: Turn[] = [];
    const upstream = await provider((turn) => void (held.length === 0 ? held.push(turn) : turn.healthy()));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, limits: { concurrency: 1 } }],
      route: { onExhausted: 'wait' },
      server,
    });
    const first = begin(gateway.port, wires[from].request('m', false, 'Hello'));
    await until(() => held.length === 1);
    const second = begin(gateway.port, wires[from].request('m', true, 'Hello'));
    await beats(second, from);
    await beats(second, from);
    expect(gateway.app.memory.waiting.size).toBe(1);
    expect(upstream.turns.length).toBe(1);
    for (const turn of held) turn.healthy();
    expect((await first.done).status).toBe(200);
    const answer = await second.done;
    expect(wires[from].understand(answer.text(), true).complete).toBe(true);
    expect(gateway.app.memory.waiting.size).toBe(0);
  });

  test('6.12 hears in its stream that it has waited in vain', async () => {
    const upstream = await provider(() => {});
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, limits: { concurrency: 1 } }],
      route: { onExhausted: 'wait' },
      queue: { maxWaitMs: 300 },
      server,
    });
    const first = begin(gateway.port, wires[from].request('m', false, 'Hello'));
    await until(() => upstream.turns.length === 1);
    const answer = await begin(gateway.port, wires[from].request('m', true, 'Hello')).done;
    const seen = wires[from].understand(answer.text(), true);
    expect([answer.status, answer.end, seen.complete], answer.text()).toEqual([200, 'clean', false]);
    expect(seen.error).toMatch(/waited/);
    first.leave('close');
    await first.done;
  });

  test('6.12 has signs of life that its libraries read over', () => {
    const { heartbeat, earlyHeartbeat = heartbeat } = dialects[from];
    for (const beat of [heartbeat, earlyHeartbeat]) {
      expect(beat.endsWith('\n')).toBe(true);
      const events = beat
        .split(/\r?\n/)
        .filter((line) => line.startsWith('event:') || line.startsWith('data:'));
      // Only the two formats whose events have names have one for this; Google's libraries read nothing but data lines.
      if (from === 'openai-chat' || from === 'gemini') expect(events).toEqual([]);
      if (from === 'gemini') expect(beat.trim()).toBe('');
    }
  });
});
