// Failures of upstreams behind a conversion: who is asked next, whose key rests, and what the client is told.

import { describe, expect, test } from 'vitest';
import { sluiceError } from '../../src/core/model/error.ts';
import { judge } from '../../src/core/routing/verdict.ts';
import { ask } from '../kit/client.ts';
import { ANSWER, type Behaviour, type FaultUpstream } from '../kit/fault-upstream.ts';
import type { Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const client = wires['anthropic-messages'];
const whole = { text: ANSWER, complete: true, error: undefined };
const answering =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (turn) =>
    turn.whole(status, body, headers);

/** A stream whose last piece comes when the client has the others. */
function streaming(pieces: readonly string[], last: string): Behaviour {
  return (turn) => {
    turn.head(200, { 'Content-Type': 'text/event-stream' });
    for (const piece of pieces) turn.piece(piece);
    setTimeout(() => {
      turn.piece(last);
      turn.end();
    }, 100);
  };
}

/** A chat upstream that is asked first, and another one, for a client of Messages. */
async function pair(first: Behaviour): Promise<readonly [Gateway, FaultUpstream, FaultUpstream]> {
  const bad = await provider(first);
  const good = await provider();
  const gateway = await gatewayWith({
    upstreams: [
      { id: 'bad', origin: bad.origin, priority: 1, dialects: ['openai-chat'] },
      { id: 'good', origin: good.origin, dialects: ['openai-chat'] },
    ],
  });
  return [gateway, bad, good];
}

async function asked(gateway: Gateway, times: number, stream = false): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for (let time = 0; time < times; time++) {
    const answer = await ask(gateway.port, client.request('m', stream, 'Hello'));
    seen.push([answer.status, client.understand(answer.text(), stream).text]);
  }
  return seen;
}

const ok = [200, ANSWER];

describe('an error in a stream of 200', () => {
  const overloaded = wires['openai-chat'].errorEvent('Overloaded.');
  const events = wires['openai-chat'].events('m', ANSWER);

  test('G81 before any output is nothing that the client hears of', async () => {
    const [gateway, bad] = await pair(streaming(events.slice(0, 1), overloaded));
    const answer = await ask(gateway.port, client.request('m', true, 'Hello'));
    expect(client.understand(answer.text(), true)).toEqual(whole);
    expect(bad.turns).toHaveLength(1);
  });

  test('G81 G3 after output ends the stream with an error of the client’s format, and nobody else is asked', async () => {
    const [gateway, , good] = await pair(streaming(events.slice(0, 3), overloaded));
    const answer = await ask(gateway.port, client.request('m', true, 'Hello'));
    expect(client.understand(answer.text(), true)).toMatchObject({
      complete: false,
      error: expect.stringContaining('Overloaded.'),
    });
    expect(answer.text()).toMatch(/event: error\ndata: [^\n]*\n\n$/);
    expect(answer.text()).not.toMatch(/message_stop|\[DONE\]/);
    expect(answer.text().match(/event: message_start/g)).toHaveLength(1);
    expect(good.turns).toHaveLength(0);
  });

  test('G11 that a client of Responses hears of is response.failed or an error, never response.completed', async () => {
    const bad = await provider(streaming(events.slice(0, 2), events[2] ?? ''));
    const gateway = await gatewayWith({ upstreams: [{ origin: bad.origin, dialects: ['openai-chat'] }] });
    const answer = await ask(gateway.port, wires['openai-responses'].request('m', true, 'Hello'));
    expect(answer.text()).toMatch(/event: response\.failed/);
    expect(answer.text()).not.toContain('response.completed');
  });
});

describe('a refusal', () => {
  test.each([
    [
      'Gemini',
      '{"error":{"code":400,"message":"API key not valid.","details":[{"reason":"API_KEY_INVALID"}]}}',
    ],
    ['xAI', '{"code":"invalid-argument","error":"Incorrect API key provided: sk-***."}'],
  ])('G82 of the key by %s with a 400 is one of the key: others are asked, and it rests', async (_, body) => {
    const [gateway, bad] = await pair(answering(400, body));
    expect(await asked(gateway, 2)).toEqual([ok, ok]);
    expect(bad.turns).toHaveLength(1);
  });

  test('G83 for want of credit rests the key, other than one for haste', async () => {
    const dry = '{"error":{"message":"You exceeded your current quota.","code":"insufficient_quota"}}';
    const [gateway, bad] = await pair(answering(429, dry, { 'Retry-After': '0' }));
    expect(await asked(gateway, 2)).toEqual([ok, ok]);
    expect(bad.turns).toHaveLength(1);
  });

  // The delay that Google names there is that of the minute; the day's requests do not come back with it.
  test('G83 for the requests of a day rests the key for longer than one for those of a minute', () => {
    const quota = (quotaId: string): string =>
      JSON.stringify({
        error: {
          code: 429,
          message: 'Quota exceeded.',
          status: 'RESOURCE_EXHAUSTED',
          details: [
            { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' },
          ],
        },
      });
    const rest = (quotaId: string): number => {
      const answer = { status: 429, headers: [], body: Buffer.from(quota(quotaId)) };
      const error = sluiceError('upstream_error', 'Quota exceeded.', { status: 429 });
      return judge({ kind: 'failed', error, committed: false, answer }, 0).coolMs;
    };
    expect(rest('GenerateRequestsPerMinutePerProjectPerModel')).toBe(3000);
    expect(rest('GenerateRequestsPerDayPerProjectPerModel-FreeTier')).toBeGreaterThan(60_000);
  });

  test('G84 retry-after of a good answer rests nobody', async () => {
    const [gateway, bad, good] = await pair((turn) =>
      turn.whole(200, wires['openai-chat'].json(turn.model, ANSWER), { 'Retry-After': '600' }),
    );
    expect(await asked(gateway, 3)).toEqual([ok, ok, ok]);
    expect([bad.turns.length, good.turns.length]).toEqual([3, 0]);
  });

  const MISSING = '{"error":{"message":"The model `m` does not exist","code":"model_not_found"}}';

  test('G85 of the model with a 404 lets the next upstream answer', async () => {
    const [gateway] = await pair(answering(404, MISSING));
    expect(await asked(gateway, 1)).toEqual([ok]);
  });

  // OpenAI's Responses API says it with a 400, which is taken for a fault of the request.
  test('G85 of the model with a 400 lets the next upstream answer', async () => {
    const [gateway] = await pair(answering(400, MISSING));
    expect(await asked(gateway, 1)).toEqual([ok]);
  });

  const FAILED = {
    error: {
      message: 'Failed to call a function.',
      type: 'invalid_request_error',
      code: 'tool_use_failed',
      failed_generation: '{"name":',
    },
  };

  test('G86 of a call that the model got wrong is told to the client and blames no key', async () => {
    const [gateway, bad, good] = await pair(answering(400, JSON.stringify(FAILED)));
    const [first, second] = await asked(gateway, 2);
    expect([first, second]).toEqual([
      [400, ''],
      [400, ''],
    ]);
    expect([bad.turns.length, good.turns.length]).toEqual([2, 0]);
  });

  test('G86 of such a call within a stream is told with its words', async () => {
    const events = wires['openai-chat'].events('m', ANSWER).slice(0, 2);
    const bad = await provider(streaming(events, `event: error\ndata: ${JSON.stringify(FAILED)}\n\n`));
    const gateway = await gatewayWith({ upstreams: [{ origin: bad.origin, dialects: ['openai-chat'] }] });
    const answer = await ask(gateway.port, client.request('m', true, 'Hello'));
    expect(client.understand(answer.text(), true).error).toContain('Failed to call a function.');
  });
});

describe('proofs of reasoning that an upstream does not accept', () => {
  const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmF0dXJl' };
  const question = {
    path: '/v1/messages',
    body: JSON.stringify({
      model: 'm',
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [thinking, { type: 'text', text: 'Hello.' }] },
        { role: 'user', content: 'Go on' },
      ],
    }),
  };
  const REFUSAL = client.error(400, 'messages.1.content.0: Invalid `signature` in `thinking` block');

  test('G37 G68 are left out once, of the same key, which does not rest', async () => {
    const one = await provider((turn) => {
      if (turn.request.body.toString().includes(thinking.signature)) turn.whole(400, REFUSAL);
      else turn.healthy();
    });
    const two = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'one', origin: one.origin, priority: 1, dialects: ['anthropic-messages'] },
        { id: 'two', origin: two.origin, dialects: ['anthropic-messages'] },
      ],
    });
    for (let time = 0; time < 2; time++) {
      const answer = await ask(gateway.port, question);
      expect([answer.status, client.understand(answer.text(), false).text]).toEqual(ok);
    }
    expect([one.turns.length, two.turns.length]).toEqual([4, 0]);
  });

  test('G68 are refused for good when it does not accept the rest either', async () => {
    const one = await provider((turn) => turn.whole(400, REFUSAL));
    const gateway = await gatewayWith({
      upstreams: [{ origin: one.origin, dialects: ['anthropic-messages'] }],
    });
    const answer = await ask(gateway.port, question);
    expect(answer.status).toBe(400);
    expect(one.turns).toHaveLength(2);
  });
});

describe('counting', () => {
  const count = {
    path: '/v1/messages/count_tokens',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello there' }] }),
  };

  test('G80 is there for upstreams that have no such thing', async () => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: ['openai-chat'] }] });
    const answer = await ask(gateway.port, count);
    expect(answer.status).toBe(200);
    expect((JSON.parse(answer.text()) as { input_tokens: number }).input_tokens).toBeGreaterThan(0);
  });

  test('G80 that an upstream knows nothing of rests nobody', async () => {
    const one = await provider((turn) => {
      if (turn.request.target.includes('count_tokens'))
        turn.whole(404, '{"type":"error","error":{"type":"not_found_error","message":"Not found"}}');
      else turn.healthy();
    });
    const two = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'one', origin: one.origin, priority: 1, dialects: ['anthropic-messages'] },
        { id: 'two', origin: two.origin, dialects: ['openai-chat'] },
      ],
    });
    expect((await ask(gateway.port, count)).status).toBe(200);
    expect(await asked(gateway, 1)).toEqual([ok]);
    expect(two.turns).toHaveLength(0);
  });
});
