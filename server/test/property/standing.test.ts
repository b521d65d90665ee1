// Models of standings: random verdicts over random times, and whatever a hostile upstream may send.

import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sluiceError } from '../../src/core/model/error.ts';
import type { HealthPolicy } from '../../src/core/routing/policy.ts';
import {
  applyVerdict,
  BARRED,
  FREE,
  grade,
  PROBE,
  restore,
  type Standing,
  SUSPECT,
  save,
} from '../../src/core/routing/standing.ts';
import { judge, type Verdict } from '../../src/core/routing/verdict.ts';

const EPOCH = 1_800_000_000_000;
const LONGEST_DAY_MS = 25 * 3_600_000;

const health: fc.Arbitrary<HealthPolicy> = fc.record({
  cooldown: fc.record({
    honorHeaders: fc.boolean(),
    defaultMs: fc.integer({ min: 0, max: 30_000 }),
    maxMs: fc.integer({ min: 30_000, max: 600_000 }),
  }),
  breaker: fc.record({
    failures: fc.integer({ min: 1, max: 6 }),
    openMs: fc.integer({ min: 1, max: 60_000 }),
  }),
  quarantine: fc.record({ onAuth: fc.boolean(), retestMs: fc.integer({ min: 1, max: 100_000 }) }),
});

type Kind = 'answered' | 'nobody' | 'stalled' | 'suspected' | 'told' | 'refused';
const kind = fc.constantFrom<Kind>('answered', 'nobody', 'stalled', 'suspected', 'told', 'refused');
/** What happens, how long after the last thing, for how long, and how long before it was sent. */
const step = fc.record({
  kind,
  passMs: fc.integer({ min: 0, max: 40_000 }),
  coolMs: fc.integer({ min: 1, max: 100_000 }),
  agoMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40_000 })),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function verdictOf({ kind, coolMs }: Pick<Step, 'kind' | 'coolMs'>): Verdict {
  return {
    reason:
      kind === 'answered'
        ? 'answered'
        : kind === 'nobody'
          ? 'bad-request'
          : kind === 'refused'
            ? 'bad-key'
            : 'overloaded',
    status: undefined,
    retry: true,
    final: false,
    blame: 'upstream',
    scope: kind === 'answered' || kind === 'nobody' ? undefined : 'model',
    coolMs: kind === 'suspected' || kind === 'told' ? coolMs : 0,
    told: kind === 'told',
    quarantine: kind === 'refused',
    message: undefined,
  };
}

/** Runs the steps and looks at each change. */
function run(
  steps: readonly Step[],
  policy: HealthPolicy,
  look: (before: Standing | undefined, after: Standing | undefined, step: Step, nowMs: number) => void,
): void {
  let standing: Standing | undefined;
  let nowMs = 1_000_000;
  for (const one of steps) {
    nowMs += one.passMs;
    const next = applyVerdict(standing, verdictOf(one), nowMs, policy, nowMs - one.agoMs);
    look(standing, next, one, nowMs);
    standing = next;
  }
}

const steps = fc.array(step, { maxLength: 60 });

describe('a standing, after any verdicts', () => {
  test('never has a firm rest cut short, except by a good answer to a later question', () => {
    fc.assert(
      fc.property(steps, health, (list, policy) => {
        run(list, policy, (before, after, { kind, agoMs }, nowMs) => {
          if (before === undefined || grade(before, nowMs) !== BARRED) return;
          if (kind === 'answered' && nowMs - agoMs >= before.sinceMs) {
            expect(after).toBeUndefined();
            return;
          }
          expect(after?.untilMs).toBeGreaterThanOrEqual(before.untilMs);
          expect(grade(after, nowMs)).toBe(BARRED);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('never has a suspicion cut short by another one', () => {
    fc.assert(
      fc.property(steps, health, (list, policy) => {
        run(list, policy, (before, after, { kind }, nowMs) => {
          if (before === undefined || grade(before, nowMs) !== SUSPECT) return;
          // What the provider says itself replaces what we had guessed.
          if (kind === 'answered' || kind === 'told' || kind === 'refused') return;
          expect(after?.untilMs).toBeGreaterThanOrEqual(before.untilMs);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('is barred for exactly as long as the provider said, where nothing else holds', () => {
    fc.assert(
      fc.property(health, fc.integer({ min: 1, max: 100_000 }), (policy, coolMs) => {
        const standing = applyVerdict(undefined, verdictOf({ kind: 'told', coolMs }), 5, policy);
        expect([grade(standing, 4 + coolMs), grade(standing, 5 + coolMs)]).toEqual([BARRED, FREE]);
      }),
    );
  });

  test('is cleared by a good answer to a question of now, and untouched by what is nobody’s fault', () => {
    fc.assert(
      fc.property(steps, health, (list, policy) => {
        run(list, policy, (before, after, { kind, agoMs }) => {
          if (kind === 'answered' && agoMs === 0) expect(after).toBeUndefined();
          if (kind === 'nobody') expect(after).toBe(before);
        });
      }),
    );
  });

  test('rests no longer than the policy allows', () => {
    fc.assert(
      fc.property(steps, health, (list, policy) => {
        const most = Math.max(
          policy.cooldown.maxMs,
          policy.breaker.openMs,
          policy.quarantine.retestMs,
          100_000,
        );
        run(list, policy, (_before, after, _step, nowMs) => {
          if (after !== undefined) expect(after.untilMs - nowMs).toBeLessThanOrEqual(most);
        });
      }),
    );
  });

  test('opens after exactly so many failures in a row, each time for as long, and closes with a success', () => {
    fc.assert(
      fc.property(health, fc.integer({ min: 1, max: 12 }), (policy, probes) => {
        const { breaker } = policy;
        const stalled = verdictOf({ kind: 'stalled', coolMs: 0 });
        let standing: Standing | undefined;
        for (let count = 1; count <= breaker.failures; count++) {
          expect(grade(standing, 0)).toBe(FREE);
          standing = applyVerdict(standing, stalled, 0, policy);
          expect(standing?.state).toBe(count < breaker.failures ? 'closed' : 'open');
        }
        for (let probe = 0; probe < probes; probe++) {
          const untilMs = standing?.untilMs ?? Number.NaN;
          expect([grade(standing, untilMs - 1), grade(standing, untilMs)]).toEqual([SUSPECT, PROBE]);
          standing = applyVerdict(standing, stalled, untilMs, policy);
          expect(standing?.untilMs).toBe(untilMs + breaker.openMs);
        }
        const answered = verdictOf({ kind: 'answered', coolMs: 0 });
        expect(applyVerdict(standing, answered, standing?.untilMs ?? 0, policy)).toBeUndefined();
      }),
    );
  });

  test('is the same after a restart, whatever the monotonic clock begins with', () => {
    const origin = fc.integer({ min: 0, max: 1_000_000_000 });
    fc.assert(
      fc.property(steps, health, origin, fc.nat(200_000), (list, policy, beginMs, downMs) => {
        run(list, policy, (_before, standing, _step, nowMs) => {
          if (standing === undefined) return;
          const again = restore(save(standing, nowMs, EPOCH), beginMs, EPOCH + downMs);
          const shiftMs = beginMs - nowMs - downMs;
          const { sinceMs, untilMs } = standing;
          expect(again).toEqual({ ...standing, sinceMs: sinceMs + shiftMs, untilMs: untilMs + shiftMs });
          expect(grade(again, beginMs)).toBe(grade(standing, nowMs + downMs));
        });
      }),
    );
  });

  test('is none, or a sound one, whatever text it is read from', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.constant('open'));
    const names = ['state', 'reason', 'firm', 'sinceAtMs', 'untilAtMs', 'savedAtMs', 'failures', 'openings'];
    const near = fc.dictionary(fc.constantFrom(...names), value).map((changed) =>
      JSON.stringify({
        state: 'open',
        reason: 'timeout',
        firm: false,
        sinceAtMs: EPOCH,
        untilAtMs: EPOCH + 9,
        savedAtMs: EPOCH,
        failures: 5,
        openings: 1,
        ...changed,
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), near), (text) => {
        const standing = restore(text, 10, EPOCH);
        if (standing === undefined) return;
        expect(standing.untilMs).toBeLessThanOrEqual(10 + 32 * 86_400_000);
        expect(standing.sinceMs).toBeLessThanOrEqual(10);
        expect(grade(standing, 10 + 33 * 86_400_000)).toBeLessThanOrEqual(PROBE);
      }),
      { numRuns: 500 },
    );
  });
});

test('18.21 29 a verdict is sound and nothing throws, whatever an upstream answers', () => {
  const name = fc.constantFrom(
    'retry-after',
    'Retry-After-Ms',
    'date',
    'x-ratelimit-reset',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-reset-requests',
    'anthropic-ratelimit-tokens-reset',
    'ratelimit',
    '',
  );
  const value = fc.oneof(
    fc.string(),
    fc.stringMatching(/^-?[0-9]{0,18}(\.[0-9]{0,18})?(ms|s|h|d)?$/),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    value.map((text) => JSON.stringify({ error: { message: `try again in ${text}`, code: text } })),
    value.map((text) => JSON.stringify({ error: { details: [{ quotaId: 'PerDay', retryDelay: text }] } })),
  );
  const status = fc.constantFrom(200, 307, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529);
  fc.assert(
    fc.property(status, fc.array(fc.tuple(name, value)), body, health, (code, pairs, text, policy) => {
      const error = sluiceError('upstream_error', text, { status: code });
      const answer = { status: code, headers: pairs.flat(), body: Buffer.from(text) };
      const verdict = judge({ kind: 'failed', error, committed: false, answer }, EPOCH, policy);
      const { cooldown, quarantine } = policy;
      const most = verdict.quarantine ? quarantine.retestMs : Math.max(cooldown.maxMs, LONGEST_DAY_MS);
      expect(verdict.coolMs >= 0 && verdict.coolMs <= most).toBe(true);
      if (verdict.told) expect(verdict.coolMs).toBeGreaterThanOrEqual(250);
      if (verdict.scope === undefined) expect(verdict.coolMs).toBe(0);
      if (code === 413 || code === 422) expect(verdict.scope).toBeUndefined();
      const standing = applyVerdict(undefined, verdict, 0, policy);
      expect(grade(standing, most)).toBeLessThanOrEqual(PROBE);
    }),
    { numRuns: 1000 },
  );
});
