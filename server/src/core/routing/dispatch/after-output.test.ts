import { describe, expect, test } from 'vitest';
import { failed, hedged, Talk } from '../../../../test/kit/dispatching.ts';

const BROKEN = { committed: true, retriable: false, resumable: true } as const;

/** An exchange whose first attempt has shown output. */
function answering(dueMs = Number.POSITIVE_INFINITY): Talk {
  const talk = new Talk({ dueMs, retry: { maxAttempts: 1 } });
  talk.begin();
  talk.say({ type: 'output', attempt: 0 });
  return talk;
}

describe('a stream that dies after output', () => {
  test('18.27 ends the exchange when it cannot be resumed', () => {
    expect(answering().say(failed(0, { committed: true }))).toEqual([
      { type: 'finish', how: 'committed-failure' },
    ]);
  });

  test('is gone on with by another candidate, whatever maxAttempts says', () => {
    const talk = answering();
    expect(talk.say(failed(0, BROKEN))).toEqual([{ type: 'launch', attempt: 1, why: 'resume' }]);
    expect(talk.launched(1)).toEqual([]);
    expect(talk.say({ type: 'output', attempt: 1 })).toEqual([]);
    expect(talk.say({ type: 'ended', attempt: 1, how: 'answered' })).toEqual([
      { type: 'finish', how: 'answered' },
    ]);
  });

  test('is gone on with by the next one when the first one to resume it fails before output', () => {
    const talk = answering();
    talk.say(failed(0, BROKEN));
    talk.launched(1);
    expect(talk.say(failed(1, { retriable: false }))).toEqual([
      { type: 'launch', attempt: 2, why: 'resume' },
    ]);
    talk.launched(2);
    expect(talk.say(failed(2))).toEqual([{ type: 'finish', how: 'committed-failure' }]);
  });

  test('is resumed twice at most', () => {
    const talk = answering();
    for (const attempt of [1, 2]) {
      expect(talk.say(failed(attempt - 1, BROKEN))).toEqual([{ type: 'launch', attempt, why: 'resume' }]);
      talk.launched(attempt);
      talk.say({ type: 'output', attempt });
    }
    expect(talk.say(failed(2, BROKEN))).toEqual([{ type: 'finish', how: 'committed-failure' }]);
  });

  test('is lost when nobody can go on with it, or the time is up', () => {
    const talk = answering();
    talk.say(failed(0, BROKEN));
    expect(talk.nobody(100)).toEqual([{ type: 'finish', how: 'committed-failure' }]);
    const late = answering(1_000);
    late.nowMs = 1_000;
    expect(late.say(failed(0, BROKEN))).toEqual([{ type: 'finish', how: 'committed-failure' }]);
  });

  test('takes those beside it along, even when its output was not reported before', () => {
    const talk = new Talk({ mode: { type: 'race', maxParallel: 2 } });
    talk.begin(2);
    expect(talk.say(failed(1, BROKEN))).toEqual([
      { type: 'abort', attempt: 0, why: 'lost' },
      { type: 'launch', attempt: 2, why: 'resume' },
    ]);
  });
});

test('a winner that fails with nothing sent ends the exchange: nothing is launched after output', () => {
  const talk = new Talk();
  talk.begin();
  talk.say({ type: 'output', attempt: 0 });
  expect(talk.say(failed(0))).toEqual([{ type: 'finish', how: 'failed' }]);
});

describe('6.13 a client that leaves', () => {
  test('takes every attempt along', () => {
    const talk = new Talk({ mode: { type: 'race', maxParallel: 2 } });
    talk.begin(2);
    expect(talk.say({ type: 'gone' })).toEqual([
      { type: 'abort', attempt: 0, why: 'left' },
      { type: 'abort', attempt: 1, why: 'left' },
      { type: 'finish', how: 'left' },
    ]);
    expect(talk.say({ type: 'ended', attempt: 0, how: 'left' })).toEqual([]);
  });

  test('may be noticed by one attempt first', () => {
    const talk = new Talk({ mode: { type: 'race', maxParallel: 2 } });
    talk.begin(2);
    expect(talk.say({ type: 'ended', attempt: 0, how: 'left' })).toEqual([
      { type: 'abort', attempt: 1, why: 'left' },
      { type: 'finish', how: 'left' },
    ]);
  });

  test('ends a backoff and a search for a candidate', () => {
    const talk = new Talk();
    talk.begin();
    talk.say(failed(0, { again: true }));
    talk.nobody();
    expect(talk.say({ type: 'gone' })).toEqual([{ type: 'finish', how: 'left' }]);
    const searching = new Talk();
    searching.say({ type: 'start' });
    expect(searching.say({ type: 'gone' })).toEqual([]);
    expect(searching.launched(0)).toEqual([
      { type: 'abort', attempt: 0, why: 'left' },
      { type: 'finish', how: 'left' },
    ]);
  });
});

test('a candidate that is found after another one has won is given up again', () => {
  const talk = new Talk({ mode: hedged(2), hedgeDelayMs: 10 });
  talk.wakeUp(talk.begin());
  talk.say({ type: 'output', attempt: 0 });
  expect(talk.launched(1)).toEqual([{ type: 'abort', attempt: 1, why: 'lost' }]);
  expect(talk.say({ type: 'ended', attempt: 0, how: 'answered' })).toEqual([
    { type: 'finish', how: 'answered' },
  ]);
});
