// What exchanges cost, as the ledger is told (features 9.3, 9.9, 9.10; BAR 4): the costs of all attempts sum to that of the
// exchange, whatever became of them, and what nobody told is estimated and marked so.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import type { LedgerClosing } from '../../src/exchange/ports.ts';
import { askFor, beginFor, refuseWith } from '../kit/asking.ts';
import { ask, type Received, until } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { nano, ONE_ANSWER, PRICES, sumOf } from '../kit/money.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

async function gatewayFor(script: Behaviour, setup: Partial<GatewaySetup> = {}): Promise<Gateway> {
  const server = await provider(script);
  return gatewayWith({ prices: PRICES, upstreams: [{ origin: server.origin }], ...setup });
}

const rowOf = (gateway: Gateway, answer: Received): Promise<LedgerClosing> =>
  gateway.row(answer.header('x-sluice-request-id'));

/** The costs of the attempts are that of the exchange. */
function expectSum(row: LedgerClosing): void {
  if (row.tries !== undefined)
    expect(sumOf(row.tries.map(({ cost }) => cost))).toBe(row.cost?.totalNanoUsd ?? 0);
}

describe('an answer', () => {
  test.each(DIALECT_IDS)('9.9 costs the same whole and streamed, asked as %s', async (dialect) => {
    const gateway = await gatewayFor((turn) => turn.healthy());
    const whole = await askFor(gateway, { dialect });
    const streamed = await askFor(gateway, { dialect, stream: true });
    for (const answer of [whole, streamed]) {
      const row = await rowOf(gateway, answer);
      expect(row.cost).toMatchObject({ state: 'exact', totalNanoUsd: ONE_ANSWER, priceRow: 'config:test' });
      expect(row.usageEstimated).toBe(false);
    }
    expect(whole.header('x-sluice-cost-usd')).toBe('0.000025');
    // What a stream costs is known when its head has long been sent; its bytes stay as they are.
    expect(streamed.header('x-sluice-cost-usd')).toBeUndefined();
  });

  test('9.9 that is converted tells its cost, too', async () => {
    const server = await provider();
    const gateway = await gatewayWith({
      prices: PRICES,
      upstreams: [{ origin: server.origin, dialects: ['anthropic-messages'] }],
    });
    expect((await askFor(gateway)).header('x-sluice-cost-usd')).toBe('0.000025');
  });

  test('9.9 has no cost where the price is not known, and the row says so', async () => {
    const gateway = await gatewayFor((turn) => turn.healthy());
    const answer = await askFor(gateway, { model: 'unpriced-1' });
    expect(answer.header('x-sluice-cost-usd')).toBeUndefined();
    expect((await rowOf(gateway, answer)).cost).toMatchObject({ state: 'unpriced', totalNanoUsd: 0 });
  });

  test('9.9 of the unified API tells its cost in its body, and at the end of a stream', async () => {
    const gateway = await gatewayFor((turn) => turn.healthy());
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
    const cost = { estimated_cost_usd: 0.000025, input_cost_usd: 0.000011, output_cost_usd: 0.000014 };
    const whole = await ask(gateway.port, { path: '/v1/chat', body: JSON.stringify(request) });
    expect(JSON.parse(whole.text()).cost).toMatchObject(cost);
    const streamed = await ask(gateway.port, { path: '/v1/chat?stream=true', body: JSON.stringify(request) });
    const last = streamed.text().trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last.replace('data: ', '')).cost).toMatchObject(cost);
  });
});

/** A long text, a few words in each piece, and about how many tokens it is. */
const WORDS = Array.from(
  { length: 600 },
  (_, index) => ['some', 'words', 'of', 'an', 'answer'][index % 5] ?? '',
);
const TEXT = `${WORDS.join(' ')}.`;
const TOKENS = TEXT.length / 4;

/** A stream in many pieces that tells no usage; `complete` false: it ends within. */
function untold(complete: boolean): Behaviour {
  return (turn) => {
    turn.head(200, { 'Content-Type': 'text/event-stream' });
    for (const event of wires[turn.dialect].events(turn.model, 'X').slice(0, wires[turn.dialect].prelude))
      turn.piece(event);
    for (const piece of TEXT.match(/.{1,9}/gs) ?? []) turn.piece(pieceOf(turn.dialect, piece));
    if (!complete) return;
    if (turn.dialect === 'openai-chat') {
      turn.piece(
        'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      );
      turn.end();
    }
  };
}

function pieceOf(dialect: string, text: string): string {
  const said = JSON.stringify(text);
  switch (dialect) {
    case 'anthropic-messages':
      return `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${said}}}\n\n`;
    case 'openai-responses':
      return `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":5,"item_id":"msg_1","output_index":0,"content_index":0,"delta":${said},"logprobs":[]}\n\n`;
    case 'gemini':
      return `data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":${said}}]}}],"modelVersion":"m"}\n\n`;
    default:
      return `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":${said}},"finish_reason":null}]}\n\n`;
  }
}

const near = (tokens: number | undefined): boolean =>
  tokens !== undefined && Math.abs(tokens - TOKENS) <= TOKENS * 0.2;

describe('an answer whose usage nobody told', () => {
  test('9.3 is estimated within a fifth, and marked', async () => {
    const gateway = await gatewayFor(untold(true));
    const row = await rowOf(
      gateway,
      await askFor(gateway, { stream: true, text: 'Hello there, how are you?' }),
    );
    expect(row.status).toBe(200);
    expect(row.usageEstimated).toBe(true);
    expect(near(row.usage?.output.text)).toBe(true);
    expect(row.usage?.input.uncached).toBeGreaterThan(5);
    expect(row.cost).toMatchObject({ state: 'estimated' });
  });

  test('9.3 and is whole JSON, too', async () => {
    const gateway = await gatewayFor((turn) => {
      const body = JSON.parse(wires['openai-chat'].json('m', TEXT));
      turn.whole(200, JSON.stringify({ ...body, usage: undefined }));
    });
    const answer = await askFor(gateway);
    const row = await rowOf(gateway, answer);
    expect(row).toMatchObject({ usageEstimated: true, cost: { state: 'estimated' } });
    expect(near(row.usage?.output.text)).toBe(true);
    expect(answer.header('x-sluice-cost-usd')).toBeDefined();
  });

  test.each(DIALECT_IDS)('9.3 because its client left, is billed for what had come: %s', async (dialect) => {
    const gateway = await gatewayFor(untold(false));
    const call = beginFor(gateway, { dialect, stream: true });
    await call.head;
    await until(() => call.soFar().includes('answer.'));
    call.leave('reset');
    await until(() => gateway.closed.length === 1);
    const row = gateway.closed[0];
    expect(row).toMatchObject({ aborted: true, usageEstimated: true, cost: { state: 'estimated' } });
    expect(near(row?.usage?.output.text)).toBe(true);
  });

  test('9.3 because it was cut, converted, is billed for what had come', async () => {
    const server = await provider((turn) => {
      untold(false)(turn);
      setTimeout(() => turn.socket.destroy(), 50);
    });
    const gateway = await gatewayWith({
      prices: PRICES,
      upstreams: [{ origin: server.origin, dialects: ['openai-chat'] }],
    });
    const row = await rowOf(gateway, await askFor(gateway, { dialect: 'anthropic-messages', stream: true }));
    expect(row).toMatchObject({ errorCode: 'upstream_closed', usageEstimated: true });
    expect(near(row.usage?.output.text)).toBe(true);
  });
});

describe('what was not delivered', () => {
  test('9.10 an attempt that was refused costs nothing, and neither does an exchange of only such', async () => {
    const gateway = await gatewayFor((turn) => refuseWith(turn, 500, 'Broken.'), {
      retry: { sameUpstream: 2 },
    });
    const row = await rowOf(gateway, await askFor(gateway));
    expect(row.attempts).toBeGreaterThan(1);
    expect(row.cost).toBeUndefined();
    expect(row.tries?.every(({ cost }) => cost === undefined)).toBe(true);
  });

  test('9.10 a stream that failed before it said anything is not charged', async () => {
    const gateway = await gatewayFor((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      turn.piece(': hello\n\n');
      setTimeout(() => turn.socket.destroy(), 20);
    });
    const row = await rowOf(gateway, await askFor(gateway, { stream: true }));
    expect(row.cost).toBeUndefined();
  });

  test('9.10 nobody reached, nothing to pay', async () => {
    const gateway = await gatewayWith({ prices: PRICES, upstreams: [{ origin: 'http://127.0.0.1:9' }] });
    const row = await rowOf(gateway, await askFor(gateway));
    expect([row.status, row.cost]).toEqual([502, undefined]);
  });

  test('9.10 a whole answer that its client did not wait for costs its question', async () => {
    const server = await provider(() => {});
    const gateway = await gatewayWith({ prices: PRICES, upstreams: [{ origin: server.origin }] });
    const call = beginFor(gateway, { text: 'Hello there, how are you today?' });
    await until(() => server.turns.length === 1);
    call.leave('reset');
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed[0]).toMatchObject({
      aborted: true,
      usageEstimated: true,
      cost: { state: 'estimated' },
    });
    expect(gateway.closed[0]?.cost?.totalNanoUsd).toBe(
      nano(gateway.closed[0]?.usage?.input.uncached ?? 0, 0),
    );
  });
});

describe('several attempts', () => {
  test('9.10 a retried exchange costs what the one that answered costs, besides what the others used', async () => {
    let turns = 0;
    const gateway = await gatewayFor(
      (turn) => (++turns === 1 ? refuseWith(turn, 500, 'Broken.') : turn.healthy()),
      { retry: { sameUpstream: 2 } },
    );
    const answer = await askFor(gateway);
    const row = await rowOf(gateway, answer);
    expect(row.tries?.map(({ cost }) => cost?.totalNanoUsd)).toEqual([undefined, ONE_ANSWER]);
    expect([row.cost?.totalNanoUsd, answer.header('x-sluice-cost-usd')]).toEqual([ONE_ANSWER, '0.000025']);
    expectSum(row);
  });

  test('9.10 of a race the losers are billed for what they had begun, and the header is the whole', async () => {
    const [slow, quick] = [
      await provider((turn) => {
        turn.head(200, { 'Content-Type': 'application/json' });
        turn.piece(' ');
      }),
      await provider((turn) => setTimeout(() => turn.healthy(), 80)),
    ];
    const gateway = await gatewayWith({
      prices: PRICES,
      upstreams: [
        { id: 'slow', origin: slow.origin },
        { id: 'quick', origin: quick.origin },
      ],
      route: { dispatch: { type: 'race', maxParallel: 2 } },
    });
    const answer = await askFor(gateway);
    const row = await rowOf(gateway, answer);
    expect(row.tries?.map(({ end, cost }) => [end, cost?.state]).sort()).toEqual([
      ['answered', 'exact'],
      ['lost', 'estimated'],
    ]);
    expectSum(row);
    expect(row.cost?.totalNanoUsd).toBeGreaterThan(ONE_ANSWER);
    expect(Number(answer.header('x-sluice-cost-usd'))).toBeCloseTo((row.cost?.totalNanoUsd ?? 0) / 1e9, 9);
    // The row is of the one that answered: its own usage is what was told.
    expect([row.usageEstimated, row.usage?.output.text]).toEqual([false, 7]);
  });

  test('9.10 of an answer that was gone on with, both parts are billed', async () => {
    const server = await provider((turn) => {
      if (server.turns.length > 1) return turn.healthy();
      untold(false)(turn);
      setTimeout(() => turn.socket.destroy(), 50);
    });
    const gateway = await gatewayWith({
      prices: PRICES,
      upstreams: [{ origin: server.origin, secrets: ['sk-aaaaaaaaaaaa', 'sk-bbbbbbbbbbbb'] }],
      route: { streamFailure: 'resume' },
    });
    const row = await rowOf(gateway, await askFor(gateway, { stream: true }));
    expect(row.tries?.map(({ cause, end }) => [cause, end])).toEqual([
      ['first', 'cut'],
      ['resume', 'answered'],
    ]);
    expectSum(row);
    expect([row.cost?.state, row.usageEstimated]).toEqual(['estimated', true]);
    expect(near((row.usage?.output.text ?? 0) - 7)).toBe(true);
  });
});
