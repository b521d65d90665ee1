// The waiting line under random traffic: its bounds hold, nobody is lost, asked in vain or served twice, and no client is
// served twice while another one waits for its turn.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Waiting, WaitingLine } from '../../src/core/routing/queue.ts';

interface Waiter extends Waiting {
  readonly id: number;
}

const POLICY = { maxWaitMs: 1_000, maxSize: 12, maxPerClient: 4 };

type Step =
  | { readonly type: 'join'; readonly client: number; readonly patienceMs: number; readonly laterMs: number }
  | { readonly type: 'leave'; readonly pick: number }
  | { readonly type: 'serve'; readonly capacity: number; readonly againMs: number }
  | { readonly type: 'expire' }
  | { readonly type: 'wake' };

const step: fc.Arbitrary<Step & { readonly afterMs: number }> = fc
  .tuple(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          type: fc.constant('join' as const),
          client: fc.nat({ max: 4 }),
          patienceMs: fc.integer({ min: 0, max: 1_000 }),
          laterMs: fc.constantFrom(0, 0, 0, 50, 300),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ type: fc.constant('leave' as const), pick: fc.nat({ max: 100 }) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          type: fc.constant('serve' as const),
          capacity: fc.nat({ max: 3 }),
          againMs: fc.constantFrom(0, 0, 40, 400, Number.POSITIVE_INFINITY),
        }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('expire' as const) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('wake' as const) }) },
    ),
    fc.constantFrom(0, 0, 10, 50, 400),
  )
  .map(([one, afterMs]) => ({ ...one, afterMs }));

/** The line beside a plain list of who waits. */
class Model {
  readonly line: WaitingLine<Waiter> = new WaitingLine<Waiter>(POLICY);
  waiting: Waiter[] = [];
  served = 0;
  nowMs = 0;
  private ids = 0;

  run(one: Step): void {
    if (one.type === 'join') this.join(one.client, one.patienceMs, one.laterMs);
    else if (one.type === 'leave') this.leave(one.pick);
    else if (one.type === 'serve') this.serve(one.capacity, one.againMs);
    else if (one.type === 'expire') this.expire();
    else this.line.wake();
    expect(this.line.size).toBe(this.waiting.length);
    const times = this.waiting.flatMap(({ dueMs, notBeforeMs }) => [dueMs, notBeforeMs]);
    expect(this.line.nextMs).toBeLessThanOrEqual(Math.min(...times));
  }

  private join(client: number, patienceMs: number, laterMs: number): void {
    const own = this.waiting.filter((one) => one.client === `${client}`).length;
    const fits = this.waiting.length < POLICY.maxSize && own < POLICY.maxPerClient;
    const { nowMs } = this;
    const waiter = {
      id: this.ids,
      client: `${client}`,
      dueMs: nowMs + patienceMs,
      notBeforeMs: nowMs + laterMs,
    };
    this.ids += 1;
    expect(this.line.join(waiter)).toBe(fits ? 'joined' : 'full');
    if (fits) this.waiting.push(waiter);
  }

  private leave(pick: number): void {
    const waiter = this.waiting[pick % Math.max(1, this.waiting.length)];
    if (waiter === undefined) return;
    this.line.leave(waiter);
    this.waiting = this.waiting.filter((other) => other !== waiter);
  }

  private serve(capacity: number, againMs: number): void {
    let left = capacity;
    const ready = this.waiting.filter(({ notBeforeMs }) => notBeforeMs <= this.nowMs);
    const asked = new Set<Waiter>();
    const gone = new Set<Waiter>();
    this.line.serve(this.nowMs, (waiter) => {
      expect(ready).toContain(waiter);
      expect(asked.has(waiter)).toBe(false);
      asked.add(waiter);
      if (left === 0) return this.nowMs + againMs;
      left -= 1;
      gone.add(waiter);
      return true;
    });
    expect(asked.size).toBe(ready.length);
    expect(gone.size).toBe(Math.min(capacity, ready.length));
    this.served += gone.size;
    this.waiting = this.waiting.filter((waiter) => !gone.has(waiter));
  }

  private expire(): void {
    const due = this.waiting.filter(({ dueMs }) => dueMs <= this.nowMs);
    const gone = this.line.expired(this.nowMs);
    expect(new Set(gone)).toEqual(new Set(due));
    expect(gone.length).toBe(due.length);
    this.waiting = this.waiting.filter((waiter) => !due.includes(waiter));
  }
}

describe('waiting line', () => {
  test('7.8 its bounds hold, and each is asked when its time has come, served once or sent away once', () => {
    let served = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
        const model = new Model();
        for (const one of steps) {
          model.nowMs += one.afterMs;
          model.run(one);
        }
        served += model.served;
      }),
      { numRuns: 1_000 },
    );
    expect(served).toBeGreaterThan(1_000);
  }, 60_000);

  test('7.8 while one client waits for its turn, no other one is served twice', () => {
    const arrival = fc.record({ client: fc.nat({ max: 7 }), capacity: fc.nat({ max: 2 }) });
    fc.assert(
      fc.property(fc.array(arrival, { minLength: 50, maxLength: 300 }), (arrivals) => {
        const line = new WaitingLine<Waiter>({ maxWaitMs: 1, maxSize: 1_000, maxPerClient: 1_000 });
        const waiting = new Map<string, number>();
        /** Services of others since a client began to wait or was served itself. */
        const passed = new Map<string, Map<string, number>>();
        let id = 0;
        for (const { client, capacity } of arrivals) {
          const name = `${client}`;
          line.join({ id, client: name, dueMs: id, notBeforeMs: 0 });
          id += 1;
          if ((waiting.get(name) ?? 0) === 0) passed.set(name, new Map());
          waiting.set(name, (waiting.get(name) ?? 0) + 1);
          let left = capacity;
          line.serve(id, (waiter) => {
            if (left === 0) return 0;
            left -= 1;
            waiting.set(waiter.client, (waiting.get(waiter.client) ?? 0) - 1);
            passed.set(waiter.client, new Map());
            for (const [other, count] of waiting) {
              if (other === waiter.client || count === 0) continue;
              const before = (passed.get(other)?.get(waiter.client) ?? 0) + 1;
              expect(before).toBeLessThanOrEqual(1);
              passed.get(other)?.set(waiter.client, before);
            }
            return true;
          });
        }
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test('7.8 fifty clients with very different appetites get even shares of what there is', () => {
    const line = new WaitingLine<Waiter>({ maxWaitMs: 1, maxSize: 10_000, maxPerClient: 1_000 });
    const shares = new Map<string, number>();
    let id = 0;
    for (let client = 0; client < 50; client += 1) {
      for (let n = 0; n < 20 + client * 4; n += 1) {
        line.join({ id, client: `${client}`, dueMs: 1, notBeforeMs: 0 });
        id += 1;
      }
    }
    for (let served = 0; served < 50 * 20; ) {
      let left = 3;
      line.serve(0, ({ client }) => {
        if (left === 0 || served >= 50 * 20) return 0;
        left -= 1;
        served += 1;
        shares.set(client, (shares.get(client) ?? 0) + 1);
        return true;
      });
      const counts = [...shares.values()];
      if (shares.size === 50) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
    expect([...shares.values()]).toEqual(Array.from({ length: 50 }, () => 20));
  });
});
