import { describe, expect, test } from 'vitest';
import { FakeReply } from '../../../test/kit/fake-ports.ts';
import type { CachedAnswer } from '../ports.ts';
import { createRunning } from '../running.ts';
import { Flights, type Landing } from './flights.ts';

const ANSWER: CachedAnswer = {
  clientId: undefined,
  model: 'm',
  modelServed: 'm',
  upstreamId: 'one',
  createdAtMs: 0,
  freshUntilMs: 1,
  expiresAtMs: 1,
  text: '{}',
};

function setUp(count: number) {
  const flights = new Flights();
  const running = createRunning();
  const flight = flights.begin('key');
  const told: (Landing | undefined)[] = Array.from({ length: count });
  const replies = told.map((_, at) => {
    const reply = new FakeReply();
    void flight.wait(reply, running).then((landing) => {
      told[at] = landing;
    });
    return reply;
  });
  const kinds = async (): Promise<(string | undefined)[]> => {
    await Promise.resolve();
    return told.map((landing) => landing?.kind);
  };
  return { flights, flight, running, replies, kinds };
}

describe('those who wait for an answer', () => {
  test('all get it, once', async () => {
    const { flights, flight, kinds } = setUp(3);
    flight.answered(ANSWER);
    flight.failed();
    flight.unshared();
    expect(await kinds()).toEqual(['answer', 'answer', 'answer']);
    expect(flights.of('key')).toBeUndefined();
  });

  test('ask one after the other when it fails, up to three times', async () => {
    const { flights, flight, kinds } = setUp(4);
    flight.failed();
    expect(await kinds()).toEqual(['lead', undefined, undefined, undefined]);
    flight.failed();
    expect(await kinds()).toEqual(['lead', 'lead', undefined, undefined]);
    expect(flights.of('key')).toBe(flight);
    flight.failed();
    expect(await kinds()).toEqual(['lead', 'lead', 'alone', 'alone']);
    expect(flights.count).toBe(0);
  });

  test('do not ask when they have left', async () => {
    const { flight, replies, kinds } = setUp(3);
    replies[0]?.leave();
    flight.failed();
    expect(await kinds()).toEqual(['left', 'lead', undefined]);
  });

  test('are told when the gateway stops', async () => {
    const { flight, running, kinds } = setUp(2);
    running.interruptAll();
    expect(await kinds()).toEqual(['refused', 'refused']);
    expect(flight.awaited).toBe(false);
  });

  test('are none for a question that nobody else asks', () => {
    const { flights, flight } = setUp(0);
    expect(flights.begin('key')).not.toBe(flight);
    expect(flights.of('key')).toBe(flight);
    flight.failed();
    expect([flights.of('key'), flights.count]).toEqual([undefined, 0]);
    flights.aside();
    expect(flights.count).toBe(0);
  });
});
