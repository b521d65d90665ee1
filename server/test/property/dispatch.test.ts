// The dispatch machine under any course of events: a driver with a book of its own obeys it and checks each order.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FailedInput } from '../../src/core/routing/dispatch/signals.ts';
import { createDispatch } from '../../src/core/routing/dispatch.ts';
import type { DispatchMode } from '../../src/core/routing/policy.ts';
import { type Answer, DispatchModel } from '../kit/dispatch-model.ts';
import { hedged, planOf } from '../kit/dispatching.ts';

type Command = fc.Command<DispatchModel, object>;
/** What a command may look at before it happens. */
type Seen = Readonly<DispatchModel>;

/** One thing that can happen. The model is the driver itself: what is real is inside it. */
function command(name: string, can: (model: Seen) => boolean, run: (model: DispatchModel) => void): Command {
  return {
    check: (model) => model.finish === undefined && can(model),
    run: (model) => run(model),
    toString: () => name,
  };
}

const always = (): boolean => true;
const someRun = (model: Seen): boolean => model.running.length > 0;
const quiet = (model: Seen): boolean => model.running.some((one) => model.tried[one]?.state === 'running');
const which = fc.nat({ max: 9 });

function pick(from: readonly number[], nth: number): number {
  return from[nth % from.length] ?? -1;
}

const flags = fc.record({
  retriable: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  again: fc.boolean(),
  resumable: fc.boolean(),
  pressure: fc.boolean(),
});

type Flags = Pick<FailedInput, 'retriable' | 'again' | 'resumable' | 'pressure'>;

function fail(model: DispatchModel, nth: number, given: Flags, early: boolean): void {
  const attempt = pick(model.running, nth);
  const committed = model.tried[attempt]?.state === 'output' || early;
  model.say({ type: 'ended', attempt, how: 'failed', committed, ...given });
}

const commands = [
  fc.nat({ max: 3_000 }).map((ms) => command(`advance ${ms}`, always, (model) => model.advance(ms))),
  which.map((nth) =>
    command(`output ${nth}`, quiet, (model) => {
      const silent = model.running.filter((one) => model.tried[one]?.state === 'running');
      model.say({ type: 'output', attempt: pick(silent, nth) });
    }),
  ),
  which.map((nth) =>
    command(`answered ${nth}`, someRun, (model) =>
      model.say({ type: 'ended', attempt: pick(model.running, nth), how: 'answered' }),
    ),
  ),
  fc
    .tuple(which, flags, fc.nat({ max: 9 }))
    .map(([nth, given, early]) =>
      command(`failed ${nth} ${JSON.stringify(given)} ${early}`, someRun, (model) =>
        fail(model, nth, given, early === 9),
      ),
    ),
  // The usual failures once more, so that long chains of them are not rare.
  ...[
    { retriable: true, again: true, resumable: true, pressure: false },
    { retriable: true, again: false, resumable: true, pressure: true },
  ].map((given) =>
    which.map((nth) =>
      command(`failed ${nth} ${given.pressure ? '429' : '500'}`, someRun, (model) =>
        fail(model, nth, given, false),
      ),
    ),
  ),
  fc.constant(
    command(
      'capacity returns',
      ({ waiting }) => waiting,
      (model) => model.say({ type: 'time' }),
    ),
  ),
  fc.constant(
    command(
      'launch answered',
      ({ asked }) => asked !== undefined,
      (model) => model.answerLaunch(),
    ),
  ),
  which.map((nth) =>
    command(
      `stale ${nth}`,
      ({ tried, running }) => tried.length > running.length,
      (model) => {
        const ended = [...model.tried.keys()].filter((one) => !model.running.includes(one));
        const attempt = pick(ended, nth);
        model.sayStale({ type: 'output', attempt });
        model.sayStale({ type: 'ended', attempt, how: nth % 2 === 0 ? 'answered' : 'left' });
      },
    ),
  ),
  fc
    .constantFrom('refused', 'gone', 'left')
    .chain((what) => fc.tuple(fc.constant(what), which, fc.nat({ max: 5 })))
    .map(([what, nth, rarely]) =>
      command(
        `${what} ${nth} ${rarely}`,
        (model) => rarely === 0 && (what === 'gone' || (what === 'left' ? someRun(model) : model.waiting)),
        (model) => {
          if (what === 'refused') model.say({ type: 'refused' });
          else if (what === 'gone') model.say({ type: 'gone' });
          else model.say({ type: 'ended', attempt: pick(model.running, nth), how: 'left' });
        },
      ),
    ),
];

const mode = fc.oneof(
  fc.constant<DispatchMode>({ type: 'serial' }),
  fc.integer({ min: 2, max: 4 }).map(hedged),
  fc.integer({ min: 2, max: 4 }).map((maxParallel): DispatchMode => ({ type: 'race', maxParallel })),
);

const plan = fc
  .record({
    mode,
    hedgeDelayMs: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined, freq: 4 }),
    dueMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 30_000 })),
    mayWait: fc.boolean(),
    retry: fc.record({ maxAttempts: fc.integer({ min: 1, max: 8 }), sameUpstream: fc.nat({ max: 2 }) }),
  })
  .map(planOf);

const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Answer>('candidate') },
  {
    weight: 2,
    arbitrary: fc.record({
      freeAtMs: fc.oneof(
        fc.constant(undefined),
        fc.constant(Number.POSITIVE_INFINITY),
        fc.nat({ max: 20_000 }),
      ),
    }),
  },
);

/** Everything that the runs must have reached for their silence to mean anything. */
const REACHED = [
  ...['first', 'retry', 'hedge', 'race', 'again', 'resume', 'wait', 'abort lost', 'abort left'],
  ...['answered', 'left', 'failed', 'committed-failure', 'exhausted'].map((how) => `finish ${how}`),
];

test('6.2 every course of events keeps the rules of dispatch: bounds, one winner, each attempt ends once, one finish', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      plan,
      fc.array(answer, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 4 }),
      fc.commands(commands, { maxCommands: 40, size: '+1' }),
      (given, answers, late, chances, steps) => {
        let drawn = 0;
        const random = (): number => chances[drawn++ % chances.length] ?? 0;
        const model = new DispatchModel(given, answers, late, random, seen);
        model.say({ type: 'start' });
        fc.modelRun(() => ({ model, real: {} }), steps);
        model.drain();
        for (const attempt of model.tried.keys()) model.sayStale({ type: 'output', attempt });
      },
    ),
    { numRuns: 3_000 },
  );
  const missed = REACHED.filter((what) => (seen.get(what) ?? 0) < 20);
  expect(missed, JSON.stringify([...seen])).toEqual([]);
});

test('no report at all, in any order, makes the machine throw or speak after its finish', () => {
  const attempt = fc.integer({ min: -1, max: 5 });
  const time = fc.oneof(
    fc.constant(undefined),
    fc.nat({ max: 5_000 }),
    fc.constant(Number.POSITIVE_INFINITY),
  );
  const input = fc.oneof(
    fc.constantFrom({ type: 'start' }, { type: 'time' }, { type: 'refused' }, { type: 'gone' } as const),
    attempt.map((one) => ({ type: 'launched', attempt: one })),
    time.map((freeAtMs) => ({ type: 'nobody', freeAtMs })),
    attempt.map((one) => ({ type: 'output', attempt: one })),
    fc
      .tuple(attempt, fc.constantFrom('answered', 'left'))
      .map(([one, how]) => ({ type: 'ended', attempt: one, how })),
    fc.tuple(attempt, fc.boolean(), flags).map(([one, committed, given]) => ({
      type: 'ended',
      attempt: one,
      how: 'failed',
      committed,
      ...given,
    })),
  ) as fc.Arbitrary<Parameters<ReturnType<typeof createDispatch>>[0]>;
  fc.assert(
    fc.property(
      plan,
      fc.array(fc.tuple(input, fc.nat({ max: 2_000 })), { maxLength: 60 }),
      (given, steps) => {
        const dispatch = createDispatch(given, () => 0.5);
        let nowMs = 0;
        let finished = false;
        for (const [said, laterMs] of steps) {
          nowMs += laterMs;
          const orders = dispatch(said, nowMs);
          expect(finished && orders.length > 0).toBe(false);
          finished ||= orders.some(({ type }) => type === 'finish');
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
