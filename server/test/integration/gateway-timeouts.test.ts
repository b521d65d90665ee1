// Each stage of an exchange has its own time, and running out of it is told with the right status or inside the stream.

import { describe, expect, it } from 'vitest';
import type { Timeouts } from '../../src/config/settings.ts';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { ANSWER, type Behaviour } from '../kit/fault-upstream.ts';
import { promptly } from '../kit/promptly.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const wire = wires['openai-chat'];
const SSE = { 'Content-Type': 'text/event-stream' };

/** How much later than due a deadline may be noticed on a busy machine. */
const SLACK_MS = 700;

interface Case {
  readonly title: string;
  readonly timeouts: Partial<Timeouts>;
  readonly stream: boolean;
  readonly script: Behaviour;
  readonly dueMs: number;
  readonly told: RegExp;
  readonly inBand?: true;
}

const silent: Behaviour = () => {};
const events = wire.events('m', ANSWER);

/** Floods the gateway with comments, each read ending within one. */
const flood =
  (first: readonly string[] = []): Behaviour =>
  (turn) => {
    turn.head(200, SSE);
    for (const event of first) turn.piece(event);
    turn.piece(': data, ');
    const timer = setInterval(() => turn.piece('event\n\n: wait for data\n\n: and for '), 20);
    turn.socket.on('close', () => clearInterval(timer));
  };

/** Says something that is not output again and again. */
const say =
  (text: string, first: readonly string[] = []): Behaviour =>
  (turn) => {
    turn.head(200, SSE);
    for (const event of first) turn.piece(event);
    const timer = setInterval(() => turn.piece(text), 50);
    turn.socket.on('close', () => clearInterval(timer));
  };

const cases: readonly Case[] = [
  {
    title: '6.10 no headers of a stream',
    timeouts: { headersMs: 200 },
    stream: true,
    script: silent,
    dueMs: 200,
    told: /headers/,
  },
  {
    title: '6.10 no headers of a JSON answer',
    timeouts: { headersMs: 50, answerMs: 300 },
    stream: false,
    script: silent,
    dueMs: 300,
    told: /headers/,
  },
  {
    title: '6.10 no first output after headers',
    timeouts: { firstOutputMs: 250 },
    stream: true,
    script: (turn) => turn.head(200, SSE),
    dueMs: 250,
    told: /first output/,
  },
  {
    title: '6.10 events without output, again and again',
    timeouts: { firstOutputMs: 300, idleMs: 200 },
    stream: true,
    script: say(events[0] ?? ''),
    dueMs: 500,
    told: /first output/,
  },
  {
    title: '6.10 comments only, again and again',
    timeouts: { idleMs: 250 },
    stream: true,
    script: say(': wait\n\n'),
    dueMs: 250,
    told: /first output/,
  },
  {
    title: '6.11 silence after output',
    timeouts: { idleMs: 250 },
    stream: true,
    script: (turn) => {
      turn.head(200, SSE);
      for (const event of events.slice(0, 2)) turn.piece(event);
    },
    dueMs: 250,
    told: /more output/,
    inBand: true,
  },
  {
    title: '6.11 comments after output',
    timeouts: { idleMs: 250 },
    stream: true,
    script: say(': wait\n\n', events.slice(0, 2)),
    dueMs: 250,
    told: /more output/,
    inBand: true,
  },
  {
    title: '6.10 comments cut in the middle',
    timeouts: { idleMs: 250 },
    stream: true,
    script: flood(),
    dueMs: 250,
    told: /first output/,
  },
  {
    title: '6.11 comments cut in the middle after output',
    timeouts: { idleMs: 250 },
    stream: true,
    script: flood(events.slice(0, 2)),
    dueMs: 250,
    told: /more output/,
    inBand: true,
  },
  {
    title: '6.11 silence in a JSON body',
    timeouts: { idleMs: 250 },
    stream: false,
    script: (turn) => {
      turn.head(200, { 'Content-Length': '100' });
      turn.piece('{');
    },
    dueMs: 250,
    told: /more output/,
  },
  {
    title: '6.10 output without end',
    timeouts: { totalMs: 400 },
    stream: true,
    script: say(events[1] ?? '', events.slice(0, 2)),
    dueMs: 400,
    told: /totalMs/,
    inBand: true,
  },
];

describe('running out of time', () => {
  it.each(cases)('$title', async ({ timeouts, stream, script, dueMs, told, inBand }) => {
    const upstream = await provider(script);
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, timeouts }] });
    const answer = await ask(gateway.port, wire.request('m', stream, 'Hello'));
    const inStream = inBand === true;
    const seen = wire.understand(answer.text(), inStream);
    expect(answer.status).toBe(inStream ? 200 : 504);
    expect(answer.end).toBe('clean');
    expect(seen.error).toMatch(told);
    expect(answer.tookMs).toBeGreaterThanOrEqual(dueMs - 5);
    expect(answer.tookMs).toBeLessThan(dueMs + SLACK_MS);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect([row.status, row.errorCode]).toEqual([answer.status, 'upstream_timeout']);
  });

  it('6.10 the total time holds over all attempts', async () => {
    const upstream = await provider(silent);
    const secrets = ['sk-aaaaaaaa', 'sk-bbbbbbbb', 'sk-cccccccc'];
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets, timeouts: { answerMs: 300, totalMs: 450 } }],
    });
    const answer = await ask(gateway.port, wire.request('m', false, 'Hello'));
    expect(answer.status).toBe(504);
    expect(answer.tookMs).toBeLessThan(450 + SLACK_MS);
    expect(upstream.turns.length).toBe(2);
  });

  it('6.11 a slow but steady stream is left alone', async () => {
    const upstream = await provider((turn) => {
      turn.head(200, SSE);
      const left = [...events];
      const timer = setInterval(() => {
        const next = left.shift();
        if (next !== undefined) turn.piece(next);
        else {
          clearInterval(timer);
          turn.end();
        }
      }, 100);
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, timeouts: { idleMs: 400, firstOutputMs: 600 } }],
    });
    const answer = await ask(gateway.port, wire.request('m', true, 'Hello'));
    expect(wire.understand(answer.text(), true)).toEqual({ text: ANSWER, complete: true, error: undefined });
  });
});

describe('an upstream that keeps the connection open after the end', () => {
  it.each(DIALECT_IDS)(
    'does not hold the client up, and the socket is not used again (%s)',
    async (dialect) => {
      const upstream = await provider((turn) => {
        turn.head(200, SSE);
        for (const event of wires[dialect].events(turn.model, turn.text)) turn.piece(event);
      });
      const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
      let asked = 0;
      const askOnce = async (): Promise<number> => {
        const answer = await ask(gateway.port, wires[dialect].request('m', true, 'Hello'));
        expect(wires[dialect].understand(answer.text(), true)).toEqual({
          text: ANSWER,
          complete: true,
          error: undefined,
        });
        expect(upstream.connections).toBe(++asked);
        return answer.tookMs;
      };
      for (let round = 1; round <= 2; round++) await promptly(400, askOnce);
    },
  );

  it('is waited for where several answers were asked for and one has finished', async () => {
    const chunk = (index: number, text: string, finish?: string): string =>
      `data: ${JSON.stringify({ candidates: [{ index, content: { parts: [{ text }] }, finishReason: finish }] })}\r\n\r\n`;
    const upstream = await provider((turn) => {
      turn.head(200, SSE);
      turn.piece(chunk(0, 'A') + chunk(1, 'B') + chunk(0, '', 'STOP'));
      setTimeout(() => {
        turn.piece(chunk(1, 'more', 'STOP'));
        turn.end();
      }, 400);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const { path } = wires.gemini.request('m', true, '');
    const body = '{"contents":[],"generationConfig":{"candidateCount":2}}';
    const answer = await ask(gateway.port, { path, body });
    expect(answer.text()).toContain('more');
  });

  it('a connection whose answer ended properly is used again', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    for (const stream of [true, false, true, false, true, false]) {
      await ask(gateway.port, wire.request('m', stream, 'Hello'));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    // One more where a connection still rested after its last answer.
    expect(upstream.connections).toBeLessThanOrEqual(2);
  });
});
