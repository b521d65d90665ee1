// A client's key never goes up, an upstream's key never comes down, and neither is written anywhere.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask, type Received } from '../kit/client.ts';
import { faults } from '../kit/faults.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const CLIENT_KEY = 'slc-client-canary-7f3a9c';
const UPSTREAM_KEY = 'sk-upstream-canary-51bd02';

const places: readonly (readonly [string, readonly string[], string])[] = [
  ['Authorization', ['Authorization', `Bearer ${CLIENT_KEY}`], ''],
  ['x-api-key', ['X-Api-Key', CLIENT_KEY], ''],
  ['x-goog-api-key', ['x-goog-api-key', CLIENT_KEY], ''],
  ['api-key', ['api-key', CLIENT_KEY], ''],
  ['the query', [], `key=${CLIENT_KEY}`],
  [
    'several places at once',
    [
      'Authorization',
      `Bearer ${CLIENT_KEY}`,
      'x-api-key',
      CLIENT_KEY,
      'Proxy-Authorization',
      CLIENT_KEY,
      'Cookie',
      `k=${CLIENT_KEY}`,
    ],
    `key=${CLIENT_KEY}`,
  ],
];

const everything = (answer: Received): string => answer.rawHeaders.join('\n') + answer.text();

describe('the key of a client', () => {
  it.each(places)('in %s lets it in and stays here', async (_, headers, query) => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: [UPSTREAM_KEY] }],
      clients: [clientWithKey('me', CLIENT_KEY)],
    });
    for (const dialect of DIALECT_IDS) {
      for (const stream of [false, true]) {
        const { path, body } = wires[dialect].request('m', stream, 'Hello');
        const url = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
        const answer = await ask(gateway.port, { path: url, body, headers });
        expect(answer.status).toBe(200);
        const sent = upstream.turns.at(-1)?.request;
        expect([sent?.target, ...(sent?.headers ?? []), sent?.body.toString()].join('\n')).not.toContain(
          CLIENT_KEY,
        );
        expect(sent?.headers.join('\n')).toContain(UPSTREAM_KEY);
        expect(everything(answer)).not.toContain(UPSTREAM_KEY);
      }
    }
    const written = JSON.stringify([gateway.opened, gateway.closed, gateway.logged]);
    expect(written).not.toContain(CLIENT_KEY);
    expect(written).not.toContain(UPSTREAM_KEY);
    expect(gateway.opened.every(({ clientId }) => clientId === 'me')).toBe(true);
  });

  it('18.19 that is wrong is refused without being repeated', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      clients: [clientWithKey('me', CLIENT_KEY)],
    });
    for (const dialect of DIALECT_IDS) {
      const answer = await ask(gateway.port, {
        ...wires[dialect].request('m', true, 'Hello'),
        headers: ['Authorization', 'Bearer wrong-canary'],
      });
      expect(answer.status).toBe(401);
      expect(wires[dialect].understand(answer.text(), false).error).toMatch(/key/);
      expect(everything(answer)).not.toContain('wrong-canary');
    }
    expect(upstream.turns.length).toBe(0);
    expect(JSON.stringify([gateway.opened, gateway.logged])).not.toContain('wrong-canary');
  });
});

describe('the key of an upstream', () => {
  it.each([false, true])(
    'that the upstream repeats in whatever it answers does not reach the client (stream: %s)',
    async (stream) => {
      const upstream = await provider((turn) => {
        const words = `Incorrect API key provided: ${UPSTREAM_KEY}.`;
        const round = upstream.turns.length % 3;
        const wire = wires[turn.dialect];
        const headers = { 'x-echo': `you sent ${UPSTREAM_KEY}`, 'x-kept': 'yes' };
        if (round === 0) turn.whole(401, wire.error(401, words), headers);
        else if (round === 1) turn.whole(401, `<p>${words}</p>`, headers);
        else turn.whole(200, turn.stream ? wire.errorEvent(words) : wire.error(401, words), headers);
      });
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, secrets: [UPSTREAM_KEY] }],
      });
      for (const dialect of DIALECT_IDS) {
        for (let round = 0; round < 3; round++) {
          const answer = await ask(gateway.port, wires[dialect].request('m', stream, 'Hello'));
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(wires[dialect].understand(answer.text(), false).error).toBeDefined();
          expect(everything(answer)).not.toContain(UPSTREAM_KEY);
        }
      }
      expect(JSON.stringify([gateway.opened, gateway.closed, gateway.logged])).not.toContain(UPSTREAM_KEY);
    },
  );

  it('18.25 is written nowhere, whatever goes wrong', async () => {
    const upstream = await provider();
    const timeouts = { headersMs: 200, answerMs: 200, firstOutputMs: 200, idleMs: 200 };
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: [UPSTREAM_KEY], timeouts }],
    });
    const answers = await Promise.all(
      Object.keys(faults).map((name) =>
        ask(gateway.port, wires['anthropic-messages'].request(`fault:${name}`, true, 'Hello')),
      ),
    );
    expect(answers.map(everything).join('\n')).not.toContain(UPSTREAM_KEY);
    expect(JSON.stringify([gateway.opened, gateway.closed, gateway.logged])).not.toContain(UPSTREAM_KEY);
  });

  it('6.15 is not sent to where an upstream redirects to', async () => {
    const other = await provider((turn) => turn.healthy());
    const upstream = await provider((turn) =>
      turn.whole(307, '', { Location: `${other.origin}/v1/chat/completions` }),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [UPSTREAM_KEY] }] });
    const answer = await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    expect(answer.status).toBe(502);
    expect(other.connections).toBe(0);
  });
});
