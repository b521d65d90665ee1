// What cached answers hold: calls of tools and reasoning between all formats, responses that are continued, the unified
// API, and what was saved (features 8.4 and 8.5).

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { costOf } from '../../src/core/pricing/cost-of.ts';
import type { Price } from '../../src/core/pricing/price.ts';
import { madeAnswer } from '../kit/answer-streams.ts';
import { askFor } from '../kit/asking.ts';
import { cached, cacheOf, steady, WAYS } from '../kit/cached-asking.ts';
import { ask } from '../kit/client.ts';
import { ANSWER, type Turn } from '../kit/fault-upstream.ts';
import { openSocket } from '../kit/responses-socket.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { readStrictly } from '../kit/strict-reading.ts';
import { at, dataOf } from '../kit/wire.ts';

const OWN_TOOLS: Readonly<Record<DialectId, object>> = {
  'openai-chat': { tools: [{ type: 'function', function: { name: 'get_weather' } }] },
  'openai-responses': { tools: [{ type: 'function', name: 'get_weather', parameters: {}, strict: false }] },
  'anthropic-messages': { tools: [{ name: 'get_weather', input_schema: { type: 'object' } }] },
  gemini: { tools: [{ functionDeclarations: [{ name: 'get_weather' }] }] },
};

/** Says its answer in the format and the way in which it was asked. */
const says =
  (content: 'text' | 'tool' | 'reasoning') =>
  (turn: Turn): void => {
    const made = madeAnswer(turn.dialect, content, turn.model, turn.text);
    if (!turn.stream) {
      turn.whole(200, made.json);
      return;
    }
    turn.head(200, { 'Content-Type': 'text/event-stream' });
    for (const event of made.events) turn.piece(event);
    turn.end();
  };

/** The arguments of the only call in an answer. */
function callIn(dialect: DialectId, body: string, stream: boolean): unknown {
  const text = stream
    ? dataOf(body)
        .map((data) => JSON.stringify(data))
        .join('\n')
    : body;
  if (dialect === 'gemini') return /"args":(\{[^}]*\})/.exec(text)?.[1];
  if (dialect === 'anthropic-messages' && !stream) return /"input":(\{[^}]*\})/.exec(text)?.[1];
  const pieces = [...text.matchAll(/"(?:arguments|partial_json)":("(?:[^"\\]|\\.)*")/g)].map(
    ([, piece = '""']) => JSON.parse(piece) as string,
  );
  return pieces.find((piece) => piece.endsWith('}') && piece.startsWith('{')) ?? pieces.join('');
}

describe.each(DIALECT_IDS)('8.4 an answer of an upstream of %s', (speaks) => {
  test.each(WAYS)(
    '8.4 that calls a tool, asked as %s (stream: %s), is the same call in every format',
    async (first, streams) => {
      const one = await provider(says('tool'));
      const gateway = await gatewayWith({
        route: cached(),
        upstreams: [{ origin: one.origin, dialects: [speaks] }],
      });
      await askFor(gateway, steady({ dialect: first, stream: streams, members: OWN_TOOLS[first] }));
      for (const [dialect, stream] of WAYS) {
        const answer = await askFor(gateway, steady({ dialect, stream, members: OWN_TOOLS[dialect] }));
        expect([dialect, stream, ...cacheOf(answer)]).toEqual([dialect, stream, 200, 'hit']);
        expect([dialect, stream, callIn(dialect, answer.text(), stream)]).toEqual([
          dialect,
          stream,
          '{"city":"Bonn"}',
        ]);
      }
      expect(one.turns).toHaveLength(1);
    },
  );

  test.each(WAYS)(
    '8.4 that reasons, asked as %s (stream: %s), is whole in every format',
    async (first, streams) => {
      const one = await provider(says('reasoning'));
      const gateway = await gatewayWith({
        route: cached(),
        upstreams: [{ origin: one.origin, dialects: [speaks] }],
      });
      await askFor(gateway, steady({ dialect: first, stream: streams }));
      for (const [dialect, stream] of WAYS) {
        const answer = await askFor(gateway, steady({ dialect, stream }));
        expect([dialect, stream, ...cacheOf(answer)]).toEqual([dialect, stream, 200, 'hit']);
        expect(answer.text()).toContain('First I think');
        if (!stream) continue;
        const { text, ...reading } = readStrictly(dialect, answer.text());
        expect([dialect, reading]).toEqual([dialect, { errors: 0, ends: 1, closed: true, torn: undefined }]);
        expect(text.endsWith(ANSWER)).toBe(true);
      }
      expect(one.turns).toHaveLength(1);
    },
  );
});

describe('8.5 a cached response', () => {
  test.each([false, true])('8.5 can be continued by its own id (stream: %s)', async (stream) => {
    const one = await provider();
    const gateway = await gatewayWith({
      route: cached(),
      upstreams: [{ origin: one.origin, dialects: ['openai-chat'] }],
    });
    await askFor(gateway, steady({ text: 'say:yes' }));
    const answer = await askFor(gateway, steady({ dialect: 'openai-responses', text: 'say:yes', stream }));
    expect(cacheOf(answer)).toEqual([200, 'hit']);
    const done = stream
      ? at(
          dataOf(answer.text()).find((data) => at(data, 'type') === 'response.completed'),
          'response',
        )
      : JSON.parse(answer.text());
    const next = await ask(gateway.port, {
      path: '/v1/responses',
      body: JSON.stringify({ model: 'm', input: 'And now?', previous_response_id: at(done, 'id') }),
    });
    expect(next.status).toBe(200);
    const messages = at(JSON.parse(one.turns[1]?.request.body.toString() ?? ''), 'messages');
    expect(JSON.stringify(messages)).toMatch(/say:yes.*"yes".*And now\?/);
  });
});

describe('8.5 the unified API', () => {
  test.each([false, true])('8.5 is answered from the same memory (stream: %s)', async (stream) => {
    const one = await provider();
    const gateway = await gatewayWith({ route: cached(), upstreams: [{ origin: one.origin }] });
    const body = { model: 'm', stream, temperature: 0, messages: [{ role: 'user', content: 'Hello' }] };
    const send = () => ask(gateway.port, { path: '/v1/chat', body: JSON.stringify(body) });
    const first = await send();
    const second = await send();
    expect([first.status, second.status, one.turns.length]).toEqual([200, 200, 1]);
    expect(second.text()).toContain('quick brown fox');
    expect(gateway.closed.map(({ cache }) => cache)).toEqual(['miss', 'hit']);
  });
});

describe('8.5 a message of a Responses WebSocket', () => {
  test('8.5 is answered from memory, and the conversation goes on from there', async () => {
    const one = await provider();
    const gateway = await gatewayWith({ route: cached(), upstreams: [{ origin: one.origin }] });
    const said = { model: 'm', temperature: 0, store: false };
    const first = await openSocket(gateway.port);
    await first.ask({ ...said, input: 'Hi' });
    const second = await openSocket(gateway.port);
    const frames = await second.ask({ ...said, input: 'Hi' });
    expect(frames.map(({ delta }) => delta ?? '').join('')).toBe(ANSWER);
    expect(one.turns).toHaveLength(1);
    const id = frames.at(-1)?.response?.id;
    await second.ask({ ...said, input: 'And now?', previous_response_id: id });
    expect(one.turns).toHaveLength(2);
    expect(one.turns[1]?.request.body.toString()).toMatch(/Hi.*quick brown fox.*And now\?/);
    expect(gateway.closed.map(({ cache }) => cache)).toEqual(['miss', 'hit', 'miss']);
  });
});

describe('8.5 what was saved', () => {
  test('8.5 is what the answer has cost, and the hit itself costs nothing', async () => {
    const one = await provider();
    const price: Price = {
      id: 'test',
      rates: { input: 1_000_000, output: 2_000_000 },
      tiers: [],
      serviceTiers: {},
    };
    const gateway = await gatewayWith({
      route: cached(),
      prices: { of: () => price },
      upstreams: [{ origin: one.origin }],
    });
    const first = await askFor(gateway, steady());
    const second = await askFor(gateway, steady());
    const [paid, saved] = [
      await gateway.row(first.header('x-sluice-request-id')),
      await gateway.row(second.header('x-sluice-request-id')),
    ];
    expect(paid.cost?.totalNanoUsd).toBeGreaterThan(0);
    expect([saved.savedNanoUsd, saved.cost]).toEqual([paid.cost?.totalNanoUsd, undefined]);
    expect(Number(second.header('x-sluice-cost-usd'))).toBe(0);
    expect(paid.usage === undefined ? 0 : costOf(paid.usage, price, false).totalNanoUsd).toBe(
      saved.savedNanoUsd,
    );
  });
});
