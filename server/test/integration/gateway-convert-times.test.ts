// Time on converted exchanges: a silent upstream does not leave the client in silence, running out of time is told in the
// client's format, and a complete answer ends although its upstream keeps the connection open.

import { describe, expect, it } from 'vitest';
import type { Timeouts } from '../../src/config/settings.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { ANSWER, type Behaviour, type Turn } from '../kit/fault-upstream.ts';
import { promptly } from '../kit/promptly.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const PAIRS = DIALECT_IDS.flatMap((from) =>
  DIALECT_IDS.filter((to) => to !== from).map((to): [DialectId, DialectId] => [from, to]),
);
const ring = (step: number): [DialectId, DialectId][] =>
  DIALECT_IDS.map((from, index) => [from, DIALECT_IDS[(index + step) % DIALECT_IDS.length] ?? from]);

const SSE = { 'Content-Type': 'text/event-stream' };
const whole = { text: ANSWER, complete: true, error: undefined };
const eventsOf = (turn: Turn): string[] => wires[turn.dialect].events('m', ANSWER);
/** How much later than due a deadline may be noticed on a busy machine. */
const SLACK_MS = 700;

/** Says a part of a healthy stream, and then the same text again and again; nothing where it is undefined. */
const begin =
  (outputs: number, again?: (turn: Turn) => string): Behaviour =>
  (turn) => {
    turn.head(200, SSE);
    for (const event of eventsOf(turn).slice(0, wires[turn.dialect].prelude + outputs)) turn.piece(event);
    if (again === undefined) return;
    const timer = setInterval(() => turn.piece(again(turn)), 50);
    turn.socket.on('close', () => clearInterval(timer));
  };

interface Case {
  readonly title: string;
  readonly timeouts: Partial<Timeouts>;
  readonly script: Behaviour;
  readonly dueMs: number;
  readonly told: RegExp;
  readonly inBand?: true;
}

const outputAgain = (turn: Turn): string => eventsOf(turn)[wires[turn.dialect].prelude] ?? '';
const cases: readonly Case[] = [
  {
    title: 'no headers',
    timeouts: { headersMs: 200, answerMs: 200 },
    script: () => {},
    dueMs: 200,
    told: /headers/,
  },
  {
    title: 'no first output after headers',
    timeouts: { firstOutputMs: 250 },
    script: (turn) => turn.head(200, SSE),
    dueMs: 250,
    told: /first output/,
  },
  {
    title: 'comments only',
    timeouts: { idleMs: 250 },
    script: begin(0, () => ': wait\n\n'),
    dueMs: 250,
    told: /first output/,
  },
  {
    title: 'comments cut in the middle',
    timeouts: { idleMs: 250 },
    script: begin(0, () => 'data\n\n: wait\n\n: for '),
    dueMs: 250,
    told: /first output/,
  },
  {
    title: 'silence after output',
    timeouts: { idleMs: 250 },
    script: begin(1),
    dueMs: 250,
    told: /more output/,
    inBand: true,
  },
  {
    title: 'output without end',
    timeouts: { totalMs: 400 },
    script: begin(1, outputAgain),
    dueMs: 400,
    told: /totalMs/,
    inBand: true,
  },
];

describe('running out of time', () => {
  it.each(cases)('$title', async ({ timeouts, script, dueMs, told, inBand }) => {
    const runs = [1, 2, 3]
      .flatMap((step) => ring(step))
      .flatMap(([from, to]) => [
        { from, to, stream: true },
        { from, to, stream: false },
      ]);
    await Promise.all(
      runs.map(async ({ from, to, stream }) => {
        const upstream = await provider(script);
        const gateway = await gatewayWith({
          upstreams: [{ origin: upstream.origin, dialects: [to], timeouts, streaming: 'always' }],
        });
        const answer = await ask(gateway.port, wires[from].request('m', stream, 'Hello'));
        const inStream = stream && inBand === true;
        const seen = wires[from].understand(answer.text(), inStream);
        const name = `${from} of ${to}, stream: ${stream}: ${answer.text().slice(-300)}`;
        expect
          .soft([answer.status, answer.end, seen.complete], name)
          .toEqual([inStream ? 200 : 504, 'clean', false]);
        expect.soft(seen.error, name).toMatch(told);
        expect.soft(answer.tookMs, name).toBeGreaterThanOrEqual(dueMs - 5);
        expect.soft(answer.tookMs, name).toBeLessThan(dueMs + SLACK_MS);
        const row = await gateway.row(answer.header('x-sluice-request-id'));
        expect.soft([row.status, row.errorCode], name).toEqual([answer.status, 'upstream_timeout']);
      }),
    );
  });
});

describe.each(PAIRS)('a client of %s of an upstream of %s', (from, to) => {
  it.each([false, true])(
    'is not held up where the upstream keeps the connection open after the end (stream: %s)',
    async (stream) => {
      const upstream = await provider((turn) => {
        turn.head(200, SSE);
        for (const event of eventsOf(turn)) turn.piece(event);
      });
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, dialects: [to], streaming: 'always' }],
      });
      let asked = 0;
      const askOnce = async (): Promise<number> => {
        const answer = await ask(gateway.port, wires[from].request('m', stream, 'Hello'));
        expect(wires[from].understand(answer.text(), stream)).toEqual(whole);
        // What was not ended properly is not used again.
        expect(upstream.connections).toBe(++asked);
        return answer.tookMs;
      };
      for (let round = 1; round <= 2; round++) await promptly(400, askOnce);
    },
  );
});

describe.each(ring(1))('a silent upstream before a client of %s (of %s)', (from, to) => {
  const { heartbeat, earlyHeartbeat = heartbeat } = dialects[from];
  const server = { heartbeatMs: 100 };

  it('is bridged by signs of life in the client’s format, before and after the first output', async () => {
    const upstream = await provider((turn) => {
      const events = eventsOf(turn);
      const middle = wires[turn.dialect].prelude + 1;
      setTimeout(() => {
        turn.head(200, SSE);
        for (const event of events.slice(0, middle)) turn.piece(event);
        turn.piece((events[middle] ?? '').slice(0, 15));
        setTimeout(() => {
          turn.piece((events[middle] ?? '').slice(15));
          for (const event of events.slice(middle + 1)) turn.piece(event);
          turn.end();
        }, 350);
      }, 350);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: [to] }], server });
    const answer = await ask(gateway.port, wires[from].request('m', true, 'Hello'));
    const text = answer.text();
    expect(answer.header('content-type')).toMatch(/^text\/event-stream/);
    expect(text.startsWith(earlyHeartbeat)).toBe(true);
    // Before the first output, and after it.
    const afterwards = text.replaceAll(earlyHeartbeat, '');
    const beats = text.split(earlyHeartbeat).length + afterwards.split(heartbeat).length - 2;
    expect(beats).toBeGreaterThanOrEqual(3);
    expect(wires[from].understand(text, true)).toEqual(whole);
  });

  it('lets a second one take over after a beat, or says in the stream what went wrong', async () => {
    const bad = await provider((turn) => void setTimeout(() => turn.socket.destroy(), 250));
    const good = await provider();
    const first = { id: 'bad', origin: bad.origin, dialects: [to], priority: 1 };
    const both = await gatewayWith({
      upstreams: [first, { id: 'good', origin: good.origin, dialects: [to] }],
      server,
    });
    const answer = await ask(both.port, wires[from].request('m', true, 'Hello'));
    expect(answer.text().startsWith(earlyHeartbeat)).toBe(true);
    expect(wires[from].understand(answer.text(), true)).toEqual(whole);
    const alone = await gatewayWith({ upstreams: [first], server });
    const failed = await ask(alone.port, wires[from].request('m', true, 'Hello'));
    const seen = wires[from].understand(failed.text(), true);
    expect([failed.status, failed.end, seen.complete, typeof seen.error]).toEqual([
      200,
      'clean',
      false,
      'string',
    ]);
  });

  it('may say for long that it has begun before its first output', async () => {
    const upstream = await provider((turn) => {
      turn.head(200, SSE);
      const events = eventsOf(turn);
      const { prelude } = wires[turn.dialect];
      // What stands before the output, and then signs of life, for longer than one idle time.
      for (const event of events.slice(0, prelude)) turn.piece(event);
      let beats = 0;
      const timer = setInterval(() => {
        turn.piece('event: ping\ndata: {"type":"ping"}\n\n');
        if (++beats < 10) return;
        clearInterval(timer);
        for (const event of events.slice(prelude)) turn.piece(event);
        turn.end();
      }, 60);
    });
    const gateway = await gatewayWith({
      upstreams: [
        { origin: upstream.origin, dialects: [to], timeouts: { idleMs: 300, firstOutputMs: 1_500 } },
      ],
      server,
    });
    const answer = await ask(gateway.port, wires[from].request('m', true, 'Hello'));
    expect(wires[from].understand(answer.text(), true)).toEqual(whole);
    expect(answer.text().startsWith(earlyHeartbeat)).toBe(true);
  });
});

describe('several answers of an upstream whose streams have no end of their own', () => {
  it('are all waited for', async () => {
    const chunk = (index: number, text: string, finish?: string): string =>
      `data: ${JSON.stringify({ candidates: [{ index, content: { parts: [{ text }] }, finishReason: finish }] })}\r\n\r\n`;
    const upstream = await provider((turn) => {
      turn.head(200, SSE);
      turn.piece(chunk(0, 'A', 'STOP'));
      setTimeout(() => {
        turn.piece(chunk(1, 'more', 'STOP'));
        turn.end();
      }, 400);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: ['gemini'] }] });
    const body = JSON.stringify({
      model: 'm',
      stream: true,
      n: 2,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    const answer = await ask(gateway.port, { path: '/v1/chat/completions', body });
    expect(answer.text()).toContain('more');
  });
});
