// No secret is in a capture or in the details of an error, wherever the provider or the client has put it; and every error
// keeps its details without a window.

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { capturingGateway } from '../kit/capturing.ts';
import { ask } from '../kit/client.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const UPSTREAM_KEY = 'upstream canary/51bd02"\\é';
const PLAIN_KEY = 'sk-upstream-canary-51bd02';
const CLIENT_KEY = 'slc-client-canary-7f3a9c';

describe('10.11 secrets in captures', () => {
  test('are masked in headers, queries and bodies on both sides, in every format', async () => {
    for (const dialect of DIALECT_IDS) {
      const upstream = await provider((turn) => {
        const said = `Wrong key ${PLAIN_KEY}, ${UPSTREAM_KEY}`;
        turn.whole(401, wires[turn.dialect].error(401, said), {
          'x-odd': PLAIN_KEY,
          'Set-Cookie': 'canary=1',
        });
      });
      const { gateway, capture, details } = await capturingGateway({
        upstreams: [{ origin: upstream.origin, secrets: [PLAIN_KEY, UPSTREAM_KEY.replace(/["\\é]/g, '')] }],
        clients: [clientWithKey('me', CLIENT_KEY)],
      });
      for (const open of [false, true]) {
        if (open) capture.control.open({});
        const request = wires[dialect].request('m', false, `My key is ${PLAIN_KEY}`);
        const headers = ['x-api-key', CLIENT_KEY, 'x-my-token', 'canary-token', 'cookie', 'canary=2'];
        const path = `${request.path}${request.path.includes('?') ? '&' : '?'}sig=canary-signature`;
        await ask(gateway.port, { ...request, path, headers });
      }
      expect(details.all.map(({ kind }) => kind)).toEqual(['error', 'capture']);
      for (const { text } of details.all) expect(text).not.toContain('canary');
      expect(upstream.turns[0]?.request.headers.join()).toContain(PLAIN_KEY);
    }
  });

  test('that stand across the end of what is kept, in a packed answer, or in bytes that are no text, are found, too', async () => {
    const upstream = await provider((turn) => {
      if (turn.request.target.includes('packed'))
        return turn.whole(200, gzipSync(`a file with ${PLAIN_KEY}`), { 'Content-Encoding': 'gzip' });
      turn.whole(200, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(PLAIN_KEY)]));
    });
    const { gateway, capture, kept } = await capturingGateway({
      upstreams: [{ origin: upstream.origin, secrets: [PLAIN_KEY] }],
    });
    const limit = 1_000;
    capture.control.open({ maxBytes: limit });
    for (let shift = 0; shift <= PLAIN_KEY.length; shift += 6) {
      const begins = `{"model":"m","messages":[{"role":"user","content":"`;
      const body = `${begins}${'x'.repeat(limit - begins.length - shift)}${PLAIN_KEY}${'y'.repeat(9_000)}"}]}`;
      const answer = await ask(gateway.port, { path: '/v1/chat/completions', body });
      const record = await kept(answer.header('x-sluice-request-id'));
      expect(record.request.body?.text).not.toMatch(/x(?:sk|s)-?/);
      expect(record.request.body?.text.length).toBeLessThanOrEqual(limit);
    }
    for (const file of ['packed', 'binary']) {
      await ask(gateway.port, { path: `/v1/files/${file}/content` });
      const record = await kept(gateway.closed.at(-1)?.id);
      const body = record.reply?.body;
      expect(Buffer.from(body?.text ?? '', 'base64').toString('latin1')).not.toContain('canary');
      expect(body?.cut).toBe(file === 'packed');
    }
  });
});

describe('10.4 an exchange that ends in an error', () => {
  test('10.2 keeps who was asked, what each said and why it counted, but nothing of the question', async () => {
    const one = await provider((turn) =>
      turn.whole(429, wires[turn.dialect].error(429, 'Slow down.'), { 'retry-after': '7' }),
    );
    const two = await provider((turn) =>
      turn.whole(500, `{"error":{"message":"broken"},"pad":"${'p'.repeat(20_000)}"}`),
    );
    const { gateway, kept } = await capturingGateway({
      upstreams: [
        { id: 'first', origin: one.origin, priority: 2 },
        { id: 'second', origin: two.origin, priority: 1 },
      ],
    });
    const answer = await ask(gateway.port, {
      ...wires['openai-chat'].request('m', false, 'the secret recipe'),
      headers: ['X-Own-Thing', 'yes'],
    });
    const record = await kept(answer.header('x-sluice-request-id'));
    expect(record).toMatchObject({
      kind: 'error',
      route: 'chat.completions',
      outcome: { attempts: 2, modelAsked: 'm' },
    });
    expect(record.error?.code).toBe(gateway.closed[0]?.errorCode);
    expect(record.error?.message).toBe(gateway.closed[0]?.errorMessage);
    expect(record.error?.message).toMatch(/Slow down|broken/);
    expect(record.request.headers).toContainEqual(['X-Own-Thing', 'yes']);
    expect(record.attempts).toMatchObject([
      {
        ordinal: 1,
        upstreamId: 'first',
        keyId: 'k1',
        model: 'm',
        reason: 'rate-limited',
        answer: { status: 429 },
      },
      {
        ordinal: 2,
        upstreamId: 'second',
        keyId: 'k1',
        model: 'm',
        answer: { status: 500, body: { cut: true } },
      },
    ]);
    expect(record.attempts[0]?.answer?.headers).toContainEqual(['retry-after', '7']);
    expect(record.attempts[1]?.answer?.body?.text).toHaveLength(8 * 1024);
    expect(JSON.stringify(record)).not.toContain('recipe');
  });

  test('is told from one that went well, and from one that the client left', async () => {
    const upstream = await provider();
    const { gateway, details, kept } = await capturingGateway({
      upstreams: [{ origin: upstream.origin, models: ['m'] }],
    });
    await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
    expect(details.all).toEqual([]);
    const refused = await ask(gateway.port, wires['openai-chat'].request('nobody', false, 'Hello'));
    const record = await kept(refused.header('x-sluice-request-id'));
    expect(record).toMatchObject({
      error: { code: 'model_not_found' },
      attempts: [],
      outcome: { status: 404 },
    });
    expect(record.error?.suggestion).toBeTruthy();
    const broken = await ask(gateway.port, { path: '/v1/chat/completions', body: '{"model":' });
    expect((await kept(broken.header('x-sluice-request-id'))).error?.code).toBe('invalid_json');
  });
});
