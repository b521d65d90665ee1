import { describe, expect, test } from 'vitest';
import type { Price } from '../../core/pricing/price.ts';
import { type AttemptRecord, attemptRecord } from '../attempt-record.ts';
import { type Billed, bill } from './bill.ts';

const PRICE: Price = {
  id: 'config:test',
  rates: { input: 1_000_000, output: 2_000_000 },
  tiers: [],
  serviceTiers: {},
};

function billed(): { readonly exchange: Billed; readonly attempt: AttemptRecord } {
  const target = { upstream: { id: 'one' }, key: { id: 'k1' }, model: 'm', dialect: 'openai-chat' };
  const exchange = {
    record: { cost: undefined },
    ports: { prices: { of: () => PRICE } },
    use: 'embed',
    peeked: { stream: false },
    body: Buffer.alloc(400),
    decoded: () => undefined,
  };
  return {
    exchange: exchange as unknown as Billed,
    attempt: attemptRecord(1, 'first', target as unknown as AttemptRecord['target'], 0),
  };
}

describe('an attempt that its client left before there was an answer', () => {
  test('9.10 is billed for its question once that was sent', () => {
    const { exchange, attempt } = billed();
    attempt.sent = true;
    bill(exchange, attempt, 'left', undefined);
    expect(exchange.record.cost).toMatchObject({ state: 'estimated', totalNanoUsd: 100_000 });
  });

  test('9.10 costs nothing as long as nothing was sent', () => {
    const { exchange, attempt } = billed();
    bill(exchange, attempt, 'left', undefined);
    expect([attempt.cost, attempt.usage, exchange.record.cost]).toEqual([undefined, undefined, undefined]);
  });
});
