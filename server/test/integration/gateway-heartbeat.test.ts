// A silent upstream does not leave a streaming client in silence, and the signs of life never get in the way of the answer.

import { describe, expect, it } from 'vitest';
import { dialects } from '../../src/core/dialects/index.ts';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask, begin, until } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const SSE = { 'Content-Type': 'text/event-stream' };
const server = { heartbeatMs: 100 };

describe.each(DIALECT_IDS)('%s', (dialect) => {
  const wire = wires[dialect];
  const { heartbeat, earlyHeartbeat = heartbeat } = dialects[dialect];

  it('6.12 keeps a client informed before and after the first output, between events only', async () => {
    const events = wire.events('m', ANSWER);
    const upstream = await provider((turn) => {
      const middle = wire.prelude + 1;
      setTimeout(() => {
        turn.head(200, SSE);
        for (const event of events.slice(0, middle)) turn.piece(event);
        // The torn half of an event is not sent, so the beats cannot end up inside of it.
        turn.piece((events[middle] ?? '').slice(0, 15));
        setTimeout(() => {
          turn.piece((events[middle] ?? '').slice(15));
          for (const event of events.slice(middle + 1)) turn.piece(event);
          turn.end();
        }, 350);
      }, 350);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }], server });
    const answer = await ask(gateway.port, wire.request('m', true, 'Hello'));
    const text = answer.text();
    expect(answer.status).toBe(200);
    expect(answer.header('content-type')).toMatch(/^text\/event-stream/);
    expect(text.startsWith(earlyHeartbeat)).toBe(true);
    const afterwards = text.replaceAll(earlyHeartbeat, '');
    expect(text.split(earlyHeartbeat).length + afterwards.split(heartbeat).length - 2).toBeGreaterThanOrEqual(
      3,
    );
    expect(afterwards.replaceAll(heartbeat, '').length).toBeLessThanOrEqual(events.join('').length);
    expect(wire.understand(text, true)).toEqual({ text: ANSWER, complete: true, error: undefined });
  });

  it('6.12 6.6 does not prevent failover while nothing else was sent', async () => {
    const bad = await provider((turn) => void setTimeout(() => turn.socket.destroy(), 300));
    const good = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'bad', origin: bad.origin, priority: 1 },
        { id: 'good', origin: good.origin },
      ],
      server,
    });
    const answer = await ask(gateway.port, wire.request('m', true, 'Hello'));
    expect(answer.text().startsWith(earlyHeartbeat)).toBe(true);
    expect(wire.understand(answer.text(), true)).toEqual({ text: ANSWER, complete: true, error: undefined });
    expect(gateway.closed.map(({ attempts, status, errorCode }) => [attempts, status, errorCode])).toEqual([
      [2, 200, undefined],
    ]);
  });

  it('a failure after a beat is told inside the stream', async () => {
    const upstream = await provider(
      (turn) => void setTimeout(() => turn.whole(500, wire.error(500, 'broken')), 300),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }], server });
    const answer = await ask(gateway.port, wire.request('m', true, 'Hello'));
    const seen = wire.understand(answer.text(), true);
    expect([answer.status, answer.end, seen.complete]).toEqual([200, 'clean', false]);
    expect(seen.error).toMatch(/broken/);
    expect(gateway.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([
      [200, 'upstream_error'],
    ]);
  });
});

describe('an array stream of Gemini', () => {
  const path = '/v1beta/models/m:streamGenerateContent';
  const body = '{"contents":[]}';

  it('gets white space as a sign of life and stays one JSON array', async () => {
    const upstream = await provider((turn) => {
      setTimeout(() => {
        turn.head(200, { 'Content-Type': 'application/json' });
        turn.piece(`[${wires.gemini.json('m', ANSWER)}\n]`);
        turn.end();
      }, 250);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }], server });
    const answer = await ask(gateway.port, { path, body });
    expect(answer.text()).toMatch(/^\n/);
    expect(JSON.parse(answer.text())).toHaveLength(1);
  });

  it('is one JSON array also when it ends with an error, before and after output', async () => {
    for (const output of [false, true]) {
      const upstream = await provider((turn) => {
        setTimeout(() => {
          if (!output) return void turn.socket.destroy();
          turn.head(200, { 'Content-Type': 'application/json' });
          turn.piece('[{"candidates":[{"content":{"parts":[{"text":"So"}]}}]}');
          setTimeout(() => turn.socket.destroy(), 30);
        }, 250);
      });
      const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }], server });
      const answer = await ask(gateway.port, { path, body });
      const elements: unknown = JSON.parse(answer.text());
      expect(elements).toHaveLength(output ? 2 : 1);
      expect(Array.isArray(elements) ? Object.keys(elements.at(-1)) : []).toEqual(['error']);
      expect(answer.end).toBe('clean');
    }
  });

  it.each([
    [path, 'data: {"candidates":[{"content":{"parts":[{"text":"Events"}]},"finishReason":"STOP"}]}\n\n'],
    [
      `${path}?alt=sse`,
      '[{"candidates":[{"content":{"parts":[{"text":"An array"}]},"finishReason":"STOP"}]}]',
    ],
  ])('is not confused with a stream of events: %s', async (url, wrong) => {
    const upstream = await provider((turn) => turn.whole(200, wrong));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const answer = await ask(gateway.port, { path: url, body });
    expect(answer.status).toBe(502);
    expect(gateway.closed.map(({ errorCode }) => errorCode)).toEqual(['upstream_answer']);
  });

  it('whose bracket never came is closed', async () => {
    const upstream = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'application/json' });
      turn.piece(`[${wires.gemini.json('m', ANSWER)}`);
      turn.end();
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const answer = await ask(gateway.port, { path, body });
    expect(JSON.parse(answer.text())).toHaveLength(1);
  });
});

describe('a client that does not stream', () => {
  it('gets nothing before its answer', async () => {
    const upstream = await provider((turn) => void setTimeout(() => turn.healthy(), 300));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }], server });
    const call = begin(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    await until(() => upstream.turns.length === 1);
    const answer = await call.done;
    expect(answer.text().startsWith('{')).toBe(true);
  });
});

describe('a chat stream without its terminator', () => {
  it.each([
    ['after a complete event', (events: readonly string[]) => events.slice(0, -1).join('')],
    [
      'after an event without its blank line',
      (events: readonly string[]) => events.slice(0, -2).join('').trimEnd(),
    ],
  ])('is given it, %s', async (_, cut) => {
    const wire = wires['openai-chat'];
    const upstream = await provider((turn) => {
      turn.head(200, SSE);
      turn.piece(cut(wire.events('m', ANSWER)));
      turn.end();
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const answer = await ask(gateway.port, wire.request('m', true, 'Hello'));
    expect(wire.understand(answer.text(), true)).toEqual({ text: ANSWER, complete: true, error: undefined });
    expect(answer.text().endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
    expect(gateway.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([[200, undefined]]);
  });
});
