import { describe, expect, test } from 'vitest';
import { failed, hedged, Talk } from '../../../../test/kit/dispatching.ts';

const NEVER = Number.POSITIVE_INFINITY;

describe('hedged', () => {
  const hedging = (maxParallel = 2): Talk => new Talk({ mode: hedged(maxParallel), hedgeDelayMs: 2_000 });

  test('6.2 another candidate joins when the first has shown nothing for the delay', () => {
    const talk = hedging();
    const orders = talk.begin();
    expect(orders).toEqual([{ type: 'wake', atMs: 2_000 }]);
    expect(talk.wakeUp(orders)).toEqual([{ type: 'launch', attempt: 1, why: 'hedge' }]);
    expect(talk.launched(1)).toEqual([]);
  });

  test('6.2 the first output wins, and the others are aborted in the same step', () => {
    const talk = hedging(3);
    talk.wakeUp(talk.begin());
    talk.wakeUp(talk.launched(1));
    talk.launched(2);
    expect(talk.say({ type: 'output', attempt: 1 })).toEqual([
      { type: 'abort', attempt: 0, why: 'lost' },
      { type: 'abort', attempt: 2, why: 'lost' },
    ]);
    expect(talk.say({ type: 'output', attempt: 0 })).toEqual([]);
    expect(talk.say({ type: 'ended', attempt: 1, how: 'answered' })).toEqual([
      { type: 'finish', how: 'answered' },
    ]);
  });

  test('each further one joins a delay after the last, up to maxParallel', () => {
    const talk = new Talk({ mode: hedged(3), hedgeDelayMs: 2_000, retry: { maxAttempts: 9 } });
    const second = talk.wakeUp(talk.begin());
    expect(second).toEqual([{ type: 'launch', attempt: 1, why: 'hedge' }]);
    const orders = talk.launched(1);
    expect(orders).toEqual([{ type: 'wake', atMs: 4_000 }]);
    expect(talk.wakeUp(orders)).toEqual([{ type: 'launch', attempt: 2, why: 'hedge' }]);
    expect(talk.launched(2)).toEqual([]);
  });

  test('output before the delay takes the wake back', () => {
    const talk = hedging();
    talk.begin();
    expect(talk.say({ type: 'output', attempt: 0 })).toEqual([{ type: 'wake', atMs: NEVER }]);
    talk.nowMs = 2_000;
    expect(talk.say({ type: 'time' })).toEqual([]);
  });

  test('without a delay it is serial', () => {
    const talk = new Talk({ mode: hedged(2), hedgeDelayMs: undefined });
    expect(talk.begin()).toEqual([]);
    expect(talk.say(failed(0))).toEqual([{ type: 'launch', attempt: 1, why: 'retry' }]);
  });

  test('a hedge that finds nobody is tried again after as long, but not more often than four times a second', () => {
    const talk = hedging();
    talk.wakeUp(talk.begin());
    const first = talk.nobody();
    expect(first).toEqual([{ type: 'wake', atMs: 4_000 }]);
    expect(talk.wakeUp(first)).toEqual([{ type: 'launch', attempt: 1, why: 'hedge' }]);
    expect(talk.nobody()).toEqual([{ type: 'wake', atMs: 6_000 }]);
    const hasty = new Talk({ mode: hedged(2), hedgeDelayMs: 1 });
    hasty.wakeUp(hasty.begin());
    expect(hasty.nobody()).toEqual([{ type: 'wake', atMs: 251 }]);
  });

  test('a failure while another runs leaves that one running and is replaced at once', () => {
    const talk = hedging();
    talk.wakeUp(talk.begin());
    talk.launched(1);
    talk.nowMs = 2_500;
    expect(talk.say(failed(0))).toEqual([{ type: 'launch', attempt: 2, why: 'retry' }]);
    talk.launched(2);
    expect(talk.say({ type: 'output', attempt: 1 })).toEqual([{ type: 'abort', attempt: 2, why: 'lost' }]);
  });

  test('a replacement that is not to be had leaves the hedge to its time', () => {
    const talk = new Talk({ mode: hedged(2), hedgeDelayMs: 2_000, retry: { maxAttempts: 9 } });
    talk.wakeUp(talk.begin());
    talk.launched(1);
    talk.nowMs = 2_500;
    talk.say(failed(1));
    expect(talk.nobody()).toEqual([{ type: 'wake', atMs: 4_000 }]);
  });

  test('a replacement that is not to be had when as many ran as may is not asked for as a hedge at once', () => {
    const talk = new Talk({ mode: hedged(2), hedgeDelayMs: 2_000, retry: { maxAttempts: 9 } });
    talk.wakeUp(talk.begin());
    talk.launched(1);
    talk.nowMs = 10_000;
    talk.say(failed(1));
    expect(talk.nobody()).toEqual([{ type: 'wake', atMs: 12_000 }]);
  });

  test('a hedge counts among the attempts', () => {
    const talk = new Talk({ mode: hedged(2), hedgeDelayMs: 2_000, retry: { maxAttempts: 2 } });
    talk.wakeUp(talk.begin());
    talk.launched(1);
    expect(talk.say(failed(1))).toEqual([]);
    expect(talk.say(failed(0))).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('a 429 ends hedging: the other goes on alone, and nothing joins it any more', () => {
    const talk = new Talk({ mode: hedged(3), hedgeDelayMs: 2_000, retry: { maxAttempts: 9 } });
    talk.wakeUp(talk.begin());
    talk.launched(1);
    expect(talk.say(failed(1, { pressure: true }))).toEqual([{ type: 'wake', atMs: NEVER }]);
    talk.nowMs = 60_000;
    expect(talk.say({ type: 'time' })).toEqual([]);
    expect(talk.say(failed(0))).toEqual([{ type: 'launch', attempt: 2, why: 'retry' }]);
    expect(talk.launched(2)).toEqual([]);
  });

  test('a request at fault for one may still be answered by the other, but is asked nowhere else', () => {
    const talk = hedging(3);
    talk.wakeUp(talk.begin());
    talk.launched(1);
    expect(talk.say(failed(0, { retriable: false }))).toEqual([{ type: 'wake', atMs: NEVER }]);
    expect(talk.say({ type: 'output', attempt: 1 })).toEqual([]);
    expect(talk.say({ type: 'ended', attempt: 1, how: 'answered' })).toEqual([
      { type: 'finish', how: 'answered' },
    ]);
    const both = hedging(3);
    both.wakeUp(both.begin());
    both.launched(1);
    both.say(failed(0, { retriable: false }));
    expect(both.say(failed(1))).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('no hedge joins after the time is up', () => {
    const talk = new Talk({ mode: hedged(2), hedgeDelayMs: 2_000, dueMs: 2_000 });
    expect(talk.begin()).toEqual([]);
  });
});

describe('race', () => {
  const race = { type: 'race', maxParallel: 3 } as const;

  test('6.2 maxParallel are asked at once', () => {
    const talk = new Talk({ mode: race });
    expect(talk.say({ type: 'start' })).toEqual([{ type: 'launch', attempt: 0, why: 'first' }]);
    expect(talk.launched(0)).toEqual([{ type: 'launch', attempt: 1, why: 'race' }]);
    expect(talk.launched(1)).toEqual([{ type: 'launch', attempt: 2, why: 'race' }]);
    expect(talk.launched(2)).toEqual([]);
    expect(talk.say({ type: 'ended', attempt: 2, how: 'answered' })).toEqual([
      { type: 'abort', attempt: 0, why: 'lost' },
      { type: 'abort', attempt: 1, why: 'lost' },
      { type: 'finish', how: 'answered' },
    ]);
  });

  test('it runs with as many as there are', () => {
    const talk = new Talk({ mode: race });
    talk.begin(2);
    expect(talk.nobody()).toEqual([]);
    expect(talk.say(failed(0))).toEqual([{ type: 'launch', attempt: 2, why: 'retry' }]);
    expect(talk.nobody()).toEqual([]);
    expect(talk.say({ type: 'output', attempt: 1 })).toEqual([]);
  });

  test('a 429 is not replaced while others run', () => {
    const talk = new Talk({ mode: race, retry: { maxAttempts: 9 } });
    talk.begin(3);
    expect(talk.say(failed(1, { pressure: true }))).toEqual([]);
    expect(talk.say(failed(0, { pressure: true }))).toEqual([]);
    expect(talk.say(failed(2, { pressure: true }))).toEqual([{ type: 'launch', attempt: 3, why: 'retry' }]);
    expect(talk.launched(3)).toEqual([]);
  });

  test('maxAttempts bounds it', () => {
    const talk = new Talk({ mode: race, retry: { maxAttempts: 2 } });
    expect(talk.begin(2)).toEqual([]);
  });
});
