// On converted exchanges, too, no key of a client goes up, no key of an upstream comes down, and headers that mean something
// to one vendor only do not travel to another.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, type Received } from '../kit/client.ts';
import type { Behaviour, Turn } from '../kit/fault-upstream.ts';
import { faults } from '../kit/faults.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const CLIENT_KEY = 'slc-client-canary-7f3a9c';
const UPSTREAM_KEY = 'sk-upstream-canary-51bd02';
const WORDS = `Incorrect API key provided: ${UPSTREAM_KEY}.`;
const SSE = { 'Content-Type': 'text/event-stream' };

const PAIRS = DIALECT_IDS.flatMap((from) =>
  DIALECT_IDS.filter((to) => to !== from).map((to): [DialectId, DialectId] => [from, to]),
);
const SAME = DIALECT_IDS.map((dialect): [DialectId, DialectId] => [dialect, dialect]);

const everything = (answer: Received): string => answer.rawHeaders.join('\n') + answer.text();
const sentBy = (turn: Turn | undefined): string =>
  [turn?.request.target, ...(turn?.request.headers ?? []), turn?.request.body.toString()].join('\n');

describe.each(PAIRS)('a client of %s of an upstream of %s', (from, to) => {
  it('keeps its own key and its vendor’s headers to itself', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: [to], secrets: [UPSTREAM_KEY] }],
      clients: [clientWithKey('me', CLIENT_KEY)],
    });
    const foreign = [
      'anthropic-beta: canary-beta',
      'anthropic-version: canary-version',
      'openai-beta: canary-beta',
      'openai-organization: canary-org',
      'x-stainless-lang: canary-lang',
      'x-goog-api-client: canary-client',
      'x-goog-user-project: canary-project',
      'x-sluice-lossy: allow',
      'x-sluice-canary: canary-sluice',
      'cookie: canary=1',
      'x-forwarded-for: 10.7.7.7',
      'x-unknown-thing: canary-unknown',
      'user-agent: canary-agent/1.0',
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ].flatMap((line) => line.split(': '));
    const places = [
      { headers: ['Authorization', `Bearer ${CLIENT_KEY}`], query: '' },
      { headers: ['x-api-key', CLIENT_KEY], query: '' },
      { headers: ['x-goog-api-key', CLIENT_KEY], query: '' },
      { headers: ['api-key', CLIENT_KEY], query: '' },
      { headers: [], query: `key=${CLIENT_KEY}&beta=canary` },
    ];
    for (const { headers, query } of places) {
      for (const stream of [false, true]) {
        const { path, body } = wires[from].request('m', stream, 'Hello');
        const url = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
        const answer = await ask(gateway.port, { path: url, body, headers: [...headers, ...foreign] });
        expect(answer.status).toBe(200);
        const sent = sentBy(upstream.turns.at(-1));
        expect(sent).not.toContain(CLIENT_KEY);
        expect(sent.replace('canary-agent/1.0', '').replaceAll(UPSTREAM_KEY, '')).not.toContain('canary');
        expect(sent).not.toMatch(/x-sluice-|x-stainless-|cookie|10\.7\.7\.7/i);
        expect(sent).toContain(UPSTREAM_KEY);
        expect(sent).toContain('canary-agent/1.0');
        expect(sent).toContain('0af7651916cd43dd8448eb211c80319c');
        expect(everything(answer)).not.toContain(UPSTREAM_KEY);
      }
    }
    const written = JSON.stringify([gateway.opened, gateway.closed, gateway.logged]);
    expect(written).not.toContain(CLIENT_KEY);
    expect(written).not.toContain(UPSTREAM_KEY);
  });
});

/** Ways in which an upstream repeats the key that it was given. */
const ECHOES: Readonly<Record<string, Behaviour>> = {
  'a refusal': (turn) =>
    turn.whole(401, wires[turn.dialect].error(401, WORDS), { 'x-echo': `you sent ${UPSTREAM_KEY}` }),
  'a page': (turn) => turn.whole(502, `<p>${WORDS}</p>`, { 'Content-Type': 'text/html' }),
  'a status line': (turn) =>
    void turn.socket.end(
      `HTTP/1.1 401 ${UPSTREAM_KEY}\r\nContent-Length: 0\r\nX-Echo: ${UPSTREAM_KEY}\r\n\r\n`,
    ),
  'no HTTP': (turn) => void turn.socket.end(`${WORDS}\r\n\r\n`),
  'an error with a success status': (turn) => turn.whole(200, wires[turn.dialect].error(401, WORDS)),
  'an error at once': (turn) => {
    turn.head(200, SSE);
    turn.piece(wires[turn.dialect].errorEvent(WORDS));
    turn.end();
  },
  'an error after output': (turn) => {
    const { events, prelude, errorEvent } = wires[turn.dialect];
    turn.head(200, SSE);
    for (const event of events('m', turn.text).slice(0, prelude + 1)) turn.piece(event);
    setTimeout(() => {
      turn.piece(errorEvent(WORDS));
      turn.end();
    }, 30);
  },
};

describe.each([...PAIRS, ...SAME])('an upstream’s key before a client of %s (of %s)', (from, to) => {
  it.each([false, true])('does not reach it in any failure (stream: %s)', async (stream) => {
    const names = Object.keys(ECHOES);
    await Promise.all(
      names.map(async (name) => {
        const upstream = await provider(ECHOES[name]);
        const gateway = await gatewayWith({
          upstreams: [
            {
              origin: upstream.origin,
              dialects: [to],
              secrets: [UPSTREAM_KEY],
              ...(from === to ? {} : { streaming: 'always' as const }),
            },
          ],
        });
        const answer = await ask(gateway.port, wires[from].request('m', stream, 'Hello'));
        const seen = wires[from].understand(answer.text(), stream && answer.status < 400);
        // Not every way is one for JSON answers of the same format.
        if (from !== to || stream || !name.startsWith('an error a'))
          expect.soft(seen.error, name).toBeDefined();
        expect.soft(everything(answer), name).not.toContain(UPSTREAM_KEY);
        expect
          .soft(JSON.stringify([gateway.opened, gateway.closed, gateway.logged]), name)
          .not.toContain(UPSTREAM_KEY);
      }),
    );
  });
});

describe('the key of an upstream', () => {
  it('is written nowhere, whatever goes wrong in a conversion', async () => {
    const upstream = await provider();
    const timeouts = { headersMs: 200, answerMs: 200, firstOutputMs: 200, idleMs: 200 };
    const gateway = await gatewayWith({
      upstreams: [
        { origin: upstream.origin, dialects: ['openai-responses'], secrets: [UPSTREAM_KEY], timeouts },
      ],
    });
    const answers = await Promise.all(
      Object.keys(faults).map((name) =>
        ask(gateway.port, wires['anthropic-messages'].request(`fault:${name}`, true, 'Hello')),
      ),
    );
    expect(answers.map(everything).join('\n')).not.toContain(UPSTREAM_KEY);
    expect(JSON.stringify([gateway.opened, gateway.closed, gateway.logged])).not.toContain(UPSTREAM_KEY);
  });
});
