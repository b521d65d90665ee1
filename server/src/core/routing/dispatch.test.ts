import { describe, expect, test } from 'vitest';
import { failed, Talk, wakeOf } from '../../../test/kit/dispatching.ts';
import { backoffMs } from './backoff.ts';
import { DEFAULT_RETRY } from './policy.ts';

describe('serial', () => {
  test('6.2 one candidate is asked, and its answer ends the exchange', () => {
    const talk = new Talk();
    expect(talk.say({ type: 'start' })).toEqual([{ type: 'launch', attempt: 0, why: 'first' }]);
    expect(talk.launched(0)).toEqual([]);
    expect(talk.say({ type: 'output', attempt: 0 })).toEqual([]);
    expect(talk.say({ type: 'ended', attempt: 0, how: 'answered' })).toEqual([
      { type: 'finish', how: 'answered' },
    ]);
    expect(talk.say({ type: 'gone' })).toEqual([]);
  });

  test('6.3 a failure leads to the next candidate at once', () => {
    const talk = new Talk();
    talk.begin();
    expect(talk.say(failed(0, { again: true }))).toEqual([{ type: 'launch', attempt: 1, why: 'retry' }]);
  });

  test('19.8 a request that is itself at fault is asked nowhere else', () => {
    const talk = new Talk();
    talk.begin();
    expect(talk.say(failed(0, { retriable: false, again: true }))).toEqual([
      { type: 'finish', how: 'failed' },
    ]);
  });

  test('6.4 no more than maxAttempts are made', () => {
    const talk = new Talk({ retry: { maxAttempts: 2 } });
    talk.begin();
    talk.say(failed(0, { again: true }));
    talk.launched(1);
    expect(talk.say(failed(1, { again: true }))).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('6.4 nothing is launched when the time is up', () => {
    const talk = new Talk({ dueMs: 1_000 });
    talk.begin();
    talk.nowMs = 1_000;
    expect(talk.say(failed(0))).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('nobody to ask at all is exhaustion', () => {
    const talk = new Talk();
    talk.say({ type: 'start' });
    expect(talk.nobody(5_000)).toEqual([{ type: 'finish', how: 'exhausted' }]);
  });

  test('reports on attempts that have ended, and on unknown ones, change nothing', () => {
    const talk = new Talk();
    talk.begin();
    talk.say(failed(0));
    talk.launched(1);
    expect(talk.say({ type: 'output', attempt: 0 })).toEqual([]);
    expect(talk.say(failed(0, { committed: true, resumable: true }))).toEqual([]);
    expect(talk.say({ type: 'ended', attempt: 0, how: 'answered' })).toEqual([]);
    expect(talk.say({ type: 'ended', attempt: 7, how: 'left' })).toEqual([]);
    expect(talk.launched(1)).toEqual([]);
    expect(talk.nobody()).toEqual([]);
    expect(talk.say({ type: 'refused' })).toEqual([]);
    expect(talk.say({ type: 'start' })).toEqual([]);
    expect(talk.say({ type: 'time' })).toEqual([]);
    expect(talk.say({ type: 'ended', attempt: 1, how: 'answered' })).toEqual([
      { type: 'finish', how: 'answered' },
    ]);
  });
});

describe('the same candidate again', () => {
  test('6.5 when nobody else is left, the one that failed is asked again after a backoff', () => {
    const talk = new Talk();
    talk.begin();
    talk.say(failed(0, { again: true }));
    const rest = talk.nobody();
    const waitMs = backoffMs(0, DEFAULT_RETRY.backoff, () => 0.5);
    expect(waitMs).toBeGreaterThan(0);
    expect(rest).toEqual([{ type: 'wake', atMs: waitMs }]);
    talk.nowMs = waitMs / 2;
    expect(talk.say({ type: 'time' })).toEqual([{ type: 'wake', atMs: waitMs }]);
    expect(talk.wakeUp(rest)).toEqual([{ type: 'launch', attempt: 1, why: 'again', of: 0 }]);
  });

  test('6.4 each candidate is asked again sameUpstream times, the last one first, new ones before old ones', () => {
    const talk = new Talk({ retry: { maxAttempts: 10, sameUpstream: 2 } });
    talk.begin();
    talk.say(failed(0, { again: true }));
    talk.launched(1);
    talk.say(failed(1, { again: true }));
    const asked: (number | undefined)[] = [];
    let orders = talk.nobody();
    for (let attempt = 2; orders.at(-1)?.type === 'wake'; attempt += 1) {
      const launch = talk.wakeUp(orders).at(-1);
      if (launch?.type !== 'launch') throw new Error('Nothing was launched.');
      expect(launch).toMatchObject({ attempt, why: 'again' });
      asked.push(launch.of);
      talk.launched(attempt);
      expect(talk.say(failed(attempt, { again: true }))).toEqual([
        { type: 'launch', attempt: attempt + 1, why: 'retry' },
      ]);
      orders = talk.nobody();
    }
    // 2 repeats 1, 3 repeats 0, 4 repeats 3 (once more the candidate of 0), 5 repeats 2.
    expect(asked).toEqual([1, 0, 3, 2]);
    expect(orders).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('18.32 a candidate for which asking again is no use is not asked again', () => {
    const talk = new Talk();
    talk.begin();
    talk.say(failed(0, { again: false }));
    expect(talk.nobody()).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('sameUpstream 0 asks nobody twice', () => {
    const talk = new Talk({ retry: { sameUpstream: 0 } });
    talk.begin();
    talk.say(failed(0, { again: true }));
    expect(talk.nobody()).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('a candidate that may not be asked again after all makes way for another one', () => {
    const talk = new Talk({ retry: { maxAttempts: 5 } });
    talk.begin();
    talk.say(failed(0, { again: true }));
    talk.launched(1);
    talk.say(failed(1, { again: true }));
    talk.wakeUp(talk.nobody());
    expect(talk.wakeUp(talk.nobody())).toEqual([{ type: 'launch', attempt: 2, why: 'again', of: 0 }]);
    expect(talk.nobody()).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('a backoff that would end after the time is up is not begun', () => {
    const talk = new Talk({ dueMs: 100 });
    talk.begin();
    talk.say(failed(0, { again: true }));
    expect(talk.nobody()).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('a backoff that the driver ends too late is the end', () => {
    const talk = new Talk({ dueMs: 1_000 });
    talk.begin();
    talk.say(failed(0, { again: true }));
    talk.nobody();
    talk.nowMs = 1_000;
    expect(talk.say({ type: 'time' })).toEqual([{ type: 'finish', how: 'failed' }]);
  });
});

describe('waiting', () => {
  const wait = (notBeforeMs: number): object => ({ type: 'wait', notBeforeMs });

  test('6.9 an exchange that may wait does so when everyone is cooling, and goes on when capacity returns', () => {
    const talk = new Talk({ mayWait: true, dueMs: 60_000 });
    talk.say({ type: 'start' });
    expect(talk.nobody(8_000)).toEqual([{ type: 'wake', atMs: 60_000 }, wait(8_000)]);
    talk.nowMs = 3_000;
    expect(talk.say({ type: 'time' })).toEqual([{ type: 'launch', attempt: 0, why: 'first' }]);
    talk.launched(0);
    talk.say({ type: 'output', attempt: 0 });
    expect(talk.say({ type: 'ended', attempt: 0, how: 'answered' })).toEqual([
      { type: 'finish', how: 'answered' },
    ]);
  });

  test('5.6 one that may not wait still waits for what another request finds out, before it has asked anybody', () => {
    const talk = new Talk({ dueMs: 60_000 });
    talk.say({ type: 'start' });
    const probed = { type: 'nobody', freeAtMs: 1_000, probed: true } as const;
    expect(talk.say(probed)).toEqual([{ type: 'wake', atMs: 60_000 }, wait(1_000)]);
    expect(talk.say({ type: 'time' })).toEqual([{ type: 'launch', attempt: 0, why: 'first' }]);
    talk.launched(0);
    expect(talk.say(failed(0))).toEqual([{ type: 'launch', attempt: 1, why: 'retry' }]);
    expect(talk.say(probed)).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('what cannot be foreseen is waited for, what comes too late or never is not', () => {
    const talk = new Talk({ mayWait: true, dueMs: 60_000 });
    talk.say({ type: 'start' });
    expect(talk.nobody(Number.POSITIVE_INFINITY).at(-1)).toEqual(wait(Number.POSITIVE_INFINITY));
    const late = new Talk({ mayWait: true, dueMs: 60_000 });
    late.say({ type: 'start' });
    expect(late.nobody(60_000)).toEqual([{ type: 'finish', how: 'exhausted' }]);
    const never = new Talk({ mayWait: true, dueMs: 60_000 });
    never.say({ type: 'start' });
    expect(never.nobody()).toEqual([{ type: 'finish', how: 'exhausted' }]);
  });

  test('a repeat comes before a wait, a wait before a failure', () => {
    const talk = new Talk({ mayWait: true, dueMs: 60_000, retry: { maxAttempts: 5 } });
    talk.begin();
    talk.say(failed(0, { again: true }));
    expect(talk.wakeUp(talk.nobody(30_000))).toMatchObject([{ why: 'again', of: 0 }]);
    talk.launched(1);
    talk.say(failed(1, { again: true }));
    expect(talk.nobody(30_000).at(-1)).toEqual(wait(30_000));
    talk.nowMs = 30_000;
    expect(talk.say({ type: 'time' })).toEqual([{ type: 'launch', attempt: 2, why: 'retry' }]);
  });

  test('a wait that ends in vain is the end: exhausted when nobody was asked, failed otherwise', () => {
    const talk = new Talk({ mayWait: true });
    talk.say({ type: 'start' });
    talk.nobody(8_000);
    expect(talk.say({ type: 'refused' })).toEqual([{ type: 'finish', how: 'exhausted' }]);
    const asked = new Talk({ mayWait: true });
    asked.begin();
    asked.say(failed(0, { pressure: true }));
    asked.nobody(8_000);
    expect(asked.say({ type: 'refused' })).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('the time of the whole exchange ends a wait', () => {
    const talk = new Talk({ mayWait: true, dueMs: 60_000 });
    talk.say({ type: 'start' });
    expect(talk.wakeUp(talk.nobody(Number.POSITIVE_INFINITY))).toEqual([
      { type: 'finish', how: 'exhausted' },
    ]);
  });

  test('a client that leaves the line ends the exchange', () => {
    const talk = new Talk({ mayWait: true });
    talk.say({ type: 'start' });
    talk.nobody(8_000);
    expect(talk.say({ type: 'gone' })).toEqual([{ type: 'finish', how: 'left' }]);
  });

  test('5.5 an exchange that met nothing but 429s waits though its attempts are used up, one more for each wait', () => {
    const talk = new Talk({ mayWait: true, dueMs: 60_000, retry: { maxAttempts: 2 } });
    talk.begin();
    talk.say(failed(0, { pressure: true }));
    talk.launched(1);
    const first = talk.say(failed(1, { pressure: true })).at(-1);
    expect(first?.type).toBe('wait');
    expect(talk.say({ type: 'time' })).toEqual([{ type: 'launch', attempt: 2, why: 'retry' }]);
    talk.launched(2);
    talk.nowMs = 10;
    // It does not come back at once, whatever the pool says.
    const second = talk.say(failed(2, { pressure: true })).at(-1);
    if (second?.type !== 'wait') throw new Error('No wait.');
    expect(second.notBeforeMs).toBe(10 + backoffMs(1, DEFAULT_RETRY.backoff, () => 0.5));
    talk.say({ type: 'time' });
    talk.launched(3);
    expect(talk.say(failed(3))).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('without leave to wait, and after any other failure, used up attempts are the end', () => {
    const talk = new Talk({ retry: { maxAttempts: 1 } });
    talk.begin();
    expect(talk.say(failed(0, { pressure: true }))).toEqual([{ type: 'finish', how: 'failed' }]);
    const mixed = new Talk({ mayWait: true, retry: { maxAttempts: 2 } });
    mixed.begin();
    mixed.say(failed(0));
    mixed.launched(1);
    expect(mixed.say(failed(1, { pressure: true }))).toEqual([{ type: 'finish', how: 'failed' }]);
  });

  test('one that keeps losing the place it waited for waits at least a backoff each time', () => {
    const talk = new Talk({ mayWait: true, dueMs: 60_000 });
    talk.say({ type: 'start' });
    expect(talk.nobody(0).at(-1)).toEqual(wait(0));
    talk.nowMs = 1;
    talk.say({ type: 'time' });
    const again = talk.nobody(1);
    expect(again.at(-1)).toEqual(wait(1 + backoffMs(1, DEFAULT_RETRY.backoff, () => 0.5)));
    expect(wakeOf(again)).toBe(60_000);
  });
});
