import { expect, describe as group, test } from 'vitest';
import { DEFAULT_HEALTH, type HealthPolicy } from './policy.ts';
import {
  applyVerdict,
  BARRED,
  describe,
  FREE,
  grade,
  isCooling,
  PROBE,
  restore,
  type Standing,
  SUSPECT,
  save,
} from './standing.ts';
import type { Verdict } from './verdict.ts';

const HEALTH: HealthPolicy = {
  cooldown: { honorHeaders: true, defaultMs: 15_000, maxMs: 300_000 },
  breaker: { failures: 3, openMs: 60_000 },
  quarantine: { onAuth: true, retestMs: 100_000 },
};

function verdict(more: Partial<Verdict>): Verdict {
  return {
    reason: 'server-error',
    status: undefined,
    retry: true,
    final: false,
    blame: 'upstream',
    scope: 'model',
    coolMs: 0,
    told: false,
    quarantine: false,
    message: undefined,
    ...more,
  };
}

const answered = verdict({ reason: 'answered', scope: undefined });
const stalled = verdict({ reason: 'timeout' });
const suspected = (coolMs: number): Verdict => verdict({ reason: 'overloaded', status: 503, coolMs });
const told = (coolMs: number): Verdict =>
  verdict({ reason: 'rate-limited', status: 429, coolMs, told: true });
const refused = verdict({
  reason: 'bad-key',
  status: 401,
  scope: 'key',
  coolMs: 100_000,
  quarantine: true,
  message: 'Incorrect API key',
});

/** What is left of verdicts that came at these times; each was sent just then. */
function after(...steps: readonly (readonly [atMs: number, verdict: Verdict])[]): Standing | undefined {
  let standing: Standing | undefined;
  for (const [atMs, step] of steps) standing = applyVerdict(standing, step, atMs, HEALTH);
  return standing;
}

group('a cooldown', () => {
  test('5.5 notes what, why, since and until, and is over by itself', () => {
    const standing = after([50, told(1000)]);
    expect(standing).toEqual({
      state: 'cooling',
      reason: 'rate-limited',
      sinceMs: 50,
      untilMs: 1050,
      status: 429,
      message: undefined,
      failures: 0,
      openings: 0,
      firm: true,
    });
    expect([grade(standing, 50), grade(standing, 1049), grade(standing, 1050)]).toEqual([
      BARRED,
      BARRED,
      FREE,
    ]);
    expect([isCooling(standing, 1049), isCooling(standing, 1050), isCooling(undefined, 0)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('a rest that nobody named is a suspicion only', () => {
    expect(grade(after([0, suspected(15_000)]), 14_999)).toBe(SUSPECT);
  });

  test('is never cut short by a shorter one', () => {
    expect(after([0, told(90_000)], [10, told(1000)])).toMatchObject({ untilMs: 90_000, sinceMs: 0 });
    expect(after([0, told(90_000)], [10, suspected(15_000)])).toMatchObject({ untilMs: 90_000, firm: true });
    expect(after([0, suspected(15_000)], [10, suspected(10)])).toMatchObject({ untilMs: 15_000 });
    expect(after([0, told(1000)], [10, told(9000)])).toMatchObject({ untilMs: 9010, sinceMs: 10 });
  });

  test('38 ends when the provider says so, and not when we had guessed', () => {
    const standing = after([0, suspected(15_000)], [10, told(2000)]);
    expect([grade(standing, 2009), grade(standing, 2010)]).toEqual([BARRED, FREE]);
  });

  test('5.8 39 ends at once with a good answer, but not with one to a question from before', () => {
    const standing = after([100, told(90_000)]);
    expect(applyVerdict(standing, answered, 200, HEALTH)).toBeUndefined();
    expect(applyVerdict(standing, answered, 200, HEALTH, 150)).toBeUndefined();
    expect(applyVerdict(standing, answered, 200, HEALTH, 99)).toBe(standing);
  });

  test('5.6 named limits never open the breaker, however many there are', () => {
    const steps = Array.from({ length: 50 }, (_, index) => [index, told(1000)] as const);
    const standing = after(...steps);
    expect(standing).toMatchObject({ state: 'cooling', failures: 0, untilMs: 1049 });
    expect(grade(standing, 1049)).toBe(FREE);
  });
});

group('the breaker', () => {
  test('5.6 opens after exactly so many failures in a row', () => {
    expect(after([0, stalled], [1, stalled])).toMatchObject({ state: 'closed', failures: 2, sinceMs: 0 });
    expect(after([0, stalled], [1, stalled], [2, stalled])).toMatchObject({
      state: 'open',
      failures: 3,
      openings: 1,
      untilMs: 60_002,
      sinceMs: 2,
    });
    expect(after([0, stalled], [1, stalled], [2, answered], [3, stalled])).toMatchObject({ failures: 1 });
  });

  test('is not put off by good answers to requests from before the first failure', () => {
    let standing: Standing | undefined;
    for (const atMs of [1_000, 2_000, 3_000]) {
      standing = applyVerdict(standing, stalled, atMs, HEALTH);
      standing = applyVerdict(standing, answered, atMs + 500, HEALTH, 900);
    }
    expect(standing?.state).toBe('open');
    const early = applyVerdict(after([1_000, stalled]), answered, 1_500, HEALTH, 1_000);
    expect(early).toBe(undefined);
  });

  test('18.16 19.8 never counts what the request, the client or the gateway did', () => {
    const others = ['bad-request', 'client-left', 'not-carried', 'gateway', 'model-missing'] as const;
    const steps = others.map((reason, index) => [index, verdict({ reason, scope: undefined })] as const);
    expect(after(...steps)).toBeUndefined();
    const standing = after([0, stalled]);
    expect(applyVerdict(standing, verdict({ reason: 'bad-request', scope: undefined }), 1, HEALTH)).toBe(
      standing,
    );
  });

  test('5.6 lets one request through when its time is over: it closes, or opens for as long again', () => {
    const open = after([0, stalled], [0, stalled], [0, stalled]);
    expect([grade(open, 59_999), grade(open, 60_000)]).toEqual([SUSPECT, PROBE]);
    expect(applyVerdict(open, answered, 60_000, HEALTH)).toBeUndefined();
    let standing = applyVerdict(open, stalled, 60_000, HEALTH);
    expect(standing).toMatchObject({ state: 'open', untilMs: 120_000, openings: 2 });
    for (const atMs of [1e6, 2e6, 3e6]) standing = applyVerdict(standing, stalled, atMs, HEALTH);
    expect(standing).toMatchObject({ untilMs: 3e6 + 60_000 });
  });

  test('a probe that meets a limit stays a probe until the limit is over', () => {
    const open = after([0, stalled], [0, stalled], [0, stalled], [60_000, told(5000)]);
    expect(open).toMatchObject({ state: 'open', openings: 1, untilMs: 65_000 });
    expect([grade(open, 64_999), grade(open, 65_000)]).toEqual([BARRED, PROBE]);
  });

  test('many failures of one moment are one', () => {
    const cooling = after([100, suspected(15_000)]);
    let standing = cooling;
    for (let count = 0; count < 9; count++)
      standing = applyVerdict(standing, suspected(15_000), 200, HEALTH, 50);
    expect(standing).toBe(cooling);
  });

  test('does not open longer because it is asked meanwhile for want of others', () => {
    const open = after([0, stalled], [0, stalled], [0, stalled], [10, stalled], [20, suspected(15_000)]);
    expect(open).toMatchObject({ openings: 1, untilMs: 60_000, failures: 5 });
  });

  test('does not shorten a rest that is already longer, and can be taken out', () => {
    expect(after([0, stalled], [0, stalled], [0, suspected(250_000)])).toMatchObject({
      state: 'open',
      untilMs: 250_000,
    });
    const never = { ...HEALTH, breaker: { failures: 0, openMs: 60_000 } };
    let standing: Standing | undefined;
    for (let count = 0; count < 99; count++) standing = applyVerdict(standing, stalled, count, never);
    expect(grade(standing, 99)).toBe(FREE);
  });
});

group('a quarantine', () => {
  test('5.7 lasts until the key is tested again, by one request at a time, less and less often', () => {
    const first = after([0, refused]);
    expect(first).toMatchObject({ state: 'quarantined', untilMs: 100_000, openings: 1, status: 401 });
    expect([grade(first, 99_999), grade(first, 100_000)]).toEqual([BARRED, PROBE]);
    const second = applyVerdict(first, refused, 100_000, HEALTH);
    expect(second).toMatchObject({ untilMs: 300_000, openings: 2 });
    expect(applyVerdict(second, answered, 300_000, HEALTH)).toBeUndefined();
  });

  test('39 is not made longer by the refusals of requests that were on their way', () => {
    const standing = after([100, refused]);
    expect(applyVerdict(standing, refused, 5000, HEALTH, 50)).toBe(standing);
    expect(applyVerdict(standing, refused, 5000, HEALTH)).toMatchObject({ untilMs: 105_000, openings: 1 });
    expect(applyVerdict(standing, suspected(15_000), 5000, HEALTH)).toMatchObject({ state: 'quarantined' });
    expect(applyVerdict(standing, answered, 5000, HEALTH, 50)).toBe(standing);
  });

  test('takes the place of any other rest', () => {
    const standing = after([0, told(90_000)]);
    expect(applyVerdict(standing, refused, 10, HEALTH, 5)).toMatchObject({
      state: 'quarantined',
      firm: true,
    });
  });
});

group('describe', () => {
  const EPOCH = 1_800_000_000_000;

  test('says what, why, since when and until when, in times of the wall clock', () => {
    const standing = after([1000, refused]);
    expect(standing && describe(standing, 2000, EPOCH)).toEqual({
      state: 'quarantined',
      reason: 'bad-key',
      why: 'The provider refused the key (status 401). It is left alone until it is tested again, by hand or by one request when its time is over.',
      sinceAtMs: EPOCH - 1000,
      untilAtMs: EPOCH + 99_000,
      status: 401,
      message: 'Incorrect API key',
    });
  });

  test('calls what has to show that it works half-open, and what is free closed', () => {
    const open = after([0, stalled], [0, stalled], [0, stalled]);
    expect(open && describe(open, 60_000, EPOCH)).toMatchObject({ state: 'half-open', untilAtMs: undefined });
    expect(open && describe(open, 1, EPOCH).why).toContain('After 3 failures in a row');
    const over = after([0, told(1000)]);
    expect(over && describe(over, 1000, EPOCH)).toMatchObject({ state: 'closed', untilAtMs: undefined });
  });
});

group('save and restore', () => {
  const EPOCH = 1_800_000_000_000;

  test('5.10 18.22 a standing is the same after a restart, whose clock begins anew', () => {
    const standing = after([1000, refused]);
    if (standing === undefined) throw new Error('It was refused.');
    const again = restore(save(standing, 2000, EPOCH), 7, EPOCH + 30_000);
    expect(again).toEqual({ ...standing, sinceMs: 7 - 31_000, untilMs: 7 + 69_000 });
    expect(grade(restore(save(standing, 2000, EPOCH), 7, EPOCH + 99_000), 7)).toBe(PROBE);
  });

  test('29 no rest grows because the clock was set back meanwhile', () => {
    const standing = after([0, told(60_000)]);
    if (standing === undefined) throw new Error('It rests.');
    const text = save(standing, 10_000, EPOCH);
    expect(restore(text, 0, EPOCH - 7_200_000)).toMatchObject({ untilMs: 50_000, sinceMs: -10_000 });
    expect(grade(restore(text, 0, EPOCH + 40 * 86_400_000), 0)).toBe(FREE);
  });

  test.each([
    '',
    'null',
    '[]',
    '{}',
    '{"state":"open"}',
    '{"state":"gone","reason":"timeout","firm":true,"sinceAtMs":0,"untilAtMs":0,"savedAtMs":0,"failures":0,"openings":0}',
    '{"state":"open","reason":"toString","firm":true,"sinceAtMs":0,"untilAtMs":0,"savedAtMs":0,"failures":0,"openings":0}',
    '{"state":"open","reason":"timeout","firm":1,"sinceAtMs":0,"untilAtMs":0,"savedAtMs":0,"failures":0,"openings":0}',
    '{"state":"open","reason":"timeout","firm":true,"sinceAtMs":0,"untilAtMs":1e999,"savedAtMs":0,"failures":0,"openings":0}',
    '{"state":"open","reason":"timeout","firm":true,"sinceAtMs":0,"untilAtMs":0,"savedAtMs":0,"failures":-1,"openings":0}',
  ])('%s is no standing', (text) => {
    expect(restore(text, 0, EPOCH)).toBeUndefined();
  });

  test('nothing that is read back rests for years', () => {
    const text = save({ ...(after([0, told(60_000)]) as Standing), untilMs: 1e15 }, 0, EPOCH);
    expect(restore(text, 0, EPOCH)?.untilMs).toBeLessThanOrEqual(32 * 86_400_000);
    expect(grade(after([0, told(DEFAULT_HEALTH.cooldown.maxMs)]), 0)).toBe(BARRED);
  });
});
