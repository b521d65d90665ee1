// Drives the attempts of one exchange: core/routing/dispatch.ts decides what is launched, aborted and waited for; here it
// is done, and what happens is reported back.

import type { SluiceError } from '../core/model/error.ts';
import { totalTokens } from '../core/model/usage.ts';
import {
  createDispatch,
  type Dispatch,
  type Finish,
  type Input,
  type LaunchOutput,
  type Output,
} from '../core/routing/dispatch.ts';
import { isSameAgain, mayRetry } from '../core/routing/retry.ts';
import { judge } from '../core/routing/verdict.ts';
import { type AttemptListener, type RunningAttempt, startAttempt } from './attempt.ts';
import { endOf, judged, usedNothing } from './attempt-end.ts';
import { type AttemptRecord, attemptRecord } from './attempt-record.ts';
import { mayCarryTokens } from './carried-tokens.ts';
import type { Broken, Exchange, Outcome } from './context.ts';
import { needsConversion } from './convert/prepare.ts';
import { type Dispatched, type FailedAttemptOf, unserved } from './dispatched.ts';
import type { Member } from './pool/member.ts';
import type { Lease, Selection } from './pool/pool.ts';
import { sharedRoom } from './pool/shared-room.ts';
import type { AttemptCause, Deadline } from './ports.ts';
import type { Interruptible } from './running.ts';
import { maskedText, secretsOf } from './secrecy.ts';
import { Tries } from './tries.ts';
import { Waiter } from './waiter.ts';

/** Serves an exchange with the candidates of a selection. */
export function dispatch(exchange: Exchange, selection: Selection): Promise<Dispatched> {
  return new Promise((resolve, reject) => new Dispatcher(exchange, selection, resolve, reject).start());
}

/** One attempt of the machine. A target that refused opaque tokens is asked twice under the same number. */
interface Slot {
  readonly number: number;
  readonly member: Member;
  readonly lease: Lease;
  record: AttemptRecord;
  running: RunningAttempt | undefined;
  cancelled: boolean;
}

/** Limits are settled with what an upstream has told; an estimate does not outweigh what was reckoned with. */
function toldTokens({ usage, usageEstimated }: AttemptRecord): number | undefined {
  return usageEstimated ? undefined : totalTokens(usage);
}

class Dispatcher implements Interruptible {
  place = -1;
  private readonly exchange: Exchange;
  private readonly selection: Selection;
  private readonly resolve: (dispatched: Dispatched) => void;
  private readonly reject: (defect: unknown) => void;
  private readonly machine: Dispatch;
  private readonly totalDueMs: number;
  /** Made when the machine asks to be woken, which it seldom does. */
  private deadline: Deadline | undefined;
  private readonly slots: Slot[] = [];
  private readonly tried: Member[] = [];
  private readonly failures: FailedAttemptOf[] = [];
  private readonly tries: Tries;
  private waiter: Waiter | undefined;
  private inputs: Input[] = [];
  private feeding = false;
  private closed = false;
  /** The client has the beginning of an answer. */
  private won = false;
  /** An answer that the client has the beginning of, as long as another candidate may go on with it. */
  private broken: Broken | undefined;
  private breach: SluiceError | undefined;
  private ended: Dispatched | undefined;

  constructor(
    exchange: Exchange,
    selection: Selection,
    resolve: (dispatched: Dispatched) => void,
    reject: (defect: unknown) => void,
  ) {
    const { inbound, ports, peeked } = exchange;
    const { route, members, facts } = selection;
    this.exchange = exchange;
    this.selection = selection;
    this.resolve = resolve;
    this.reject = reject;
    this.tries = new Tries(exchange);
    const totalMs = members[0]?.target.upstream.timeouts.totalMs ?? Number.POSITIVE_INFINITY;
    this.totalDueMs = inbound.receivedMs + totalMs;
    this.machine = createDispatch(
      {
        mode: route.dispatch,
        retry: route.retry,
        hedgeDelayMs: facts.begin(route.dispatch, peeked.stream, ports.clock.monotonicMs()),
        dueMs: this.totalDueMs,
        mayWait: route.onExhausted === 'wait',
      },
      exchange.memory.pool.random,
    );
  }

  start(): void {
    const { inbound, memory } = this.exchange;
    memory.running.add(this);
    inbound.reply.onGone(() => this.feed({ type: 'gone' }));
    this.feed({ type: inbound.reply.closed ? 'gone' : 'start' });
  }

  /** Reports to the machine and does what it says. What happens while something is being done is reported after it. */
  private feed(input: Input): void {
    this.inputs.push(input);
    if (this.feeding) return;
    this.feeding = true;
    const { clock } = this.exchange.ports;
    this.safely(() => {
      for (let next = this.inputs.shift(); next !== undefined; next = this.inputs.shift()) {
        for (const output of this.machine(next, clock.monotonicMs())) this.act(output);
      }
    });
    this.feeding = false;
    const { ended } = this;
    if (ended !== undefined) this.close(() => this.resolve(ended));
  }

  /** Runs what sockets, the ticker and the waiting room call: a defect in it must not leave the exchange open. */
  private safely(step: () => void): void {
    try {
      step();
    } catch (defect) {
      this.breakOff(defect);
    }
  }

  private breakOff(defect: unknown): void {
    for (const { number, lease } of this.slots) if (!lease.ended) this.abort(number, 'left');
    this.close(() => this.reject(defect));
  }

  private act(output: Output): void {
    switch (output.type) {
      case 'launch':
        this.launch(output);
        break;
      case 'abort':
        this.abort(output.attempt, output.why);
        break;
      case 'wake':
        this.wake(output.atMs);
        break;
      case 'wait':
        this.tried.length = 0;
        this.exchange.record.choosing?.waits();
        this.waiter ??= new Waiter(this.exchange, this.selection, this.totalDueMs, (input) =>
          this.feed(input),
        );
        this.waiter.wait(output.notBeforeMs);
        break;
      case 'finish':
        this.ended ??= this.outcomeOf(output.how);
    }
  }

  private wake(atMs: number): void {
    this.deadline ??= { dueMs: 0, place: -1, expired: () => this.feed({ type: 'time' }) };
    this.deadline.dueMs = atMs;
    this.exchange.ports.deadlines.add(this.deadline);
  }

  // ------------------------------------------------------------------------------------------ attempts

  private launch(order: LaunchOutput): void {
    const { attempt, why, of } = order;
    const member = this.memberFor(why, of);
    if (member === undefined) {
      this.feed(this.nobody());
      return;
    }
    const { memory, settings } = this.exchange;
    this.tried.push(member);
    this.noteChoice(why, member);
    const lease = memory.pool.take(this.selection, settings, member);
    const room = sharedRoom(memory.pool, settings.limits, lease);
    if (room === undefined) this.begun(attempt, why, member, lease);
    else
      room.then(
        (isThere) => this.safely(() => this.roomAnswered(isThere, order, member, lease)),
        (defect: unknown) => this.breakOff(defect),
      );
  }

  /** The other gateways have left room for the attempt, or not: then somebody else is looked for. */
  private roomAnswered(isThere: boolean, order: LaunchOutput, member: Member, lease: Lease): void {
    const { attempt, why, of } = order;
    const late = this.won && why !== 'resume';
    if (late || this.closed || this.exchange.inbound.reply.closed) {
      this.exchange.memory.pool.withdraw(lease);
      if (!this.closed) this.feed({ type: 'nobody', freeAtMs: undefined });
    } else if (isThere) this.begun(attempt, why, member, lease);
    else if (of === undefined) this.launch(order);
    else this.feed(this.nobody());
  }

  private begun(number: number, why: AttemptCause, member: Member, lease: Lease): void {
    this.exchange.record.choosing?.began(member, lease.takenAt);
    const record = this.begin(why, member);
    const slot: Slot = { number, member, lease, record, running: undefined, cancelled: false };
    this.slots[number] = slot;
    this.feed({ type: 'launched', attempt: number });
    const { target } = member;
    const loading = needsConversion(this.exchange, target, false)
      ? this.exchange.recollection.load()
      : undefined;
    if (loading === undefined) this.run(slot, false);
    else
      loading.then(
        () => this.safely(() => this.run(slot, false)),
        (defect: unknown) => this.breakOff(defect),
      );
  }

  /** Why it was chosen matters once something has gone wrong, and to those who want to know it of every exchange. */
  private noteChoice(why: AttemptCause, member: Member): void {
    const { choosing, attempts, looks } = this.exchange.record;
    const repeated = why !== 'first' && why !== 'race';
    if (repeated || (looks.length > 0 && looks.some(({ asksWhy }) => asksWhy === true)))
      choosing?.chose(member, attempts + 1);
  }

  private memberFor(why: AttemptCause, of: number | undefined): Member | undefined {
    const { pool } = this.exchange.memory;
    const { facts, route } = this.selection;
    const nowMs = this.exchange.ports.clock.monotonicMs();
    if (of === undefined) {
      const chosen = pool.choose(this.selection, this.tried) ?? this.lastFor(why);
      if (chosen === undefined) return undefined;
      if (why === 'hedge') return facts.mayHedge(route.dispatch, nowMs) ? chosen : undefined;
      // Who is in good standing may be asked at any time; when all are in trouble, repeats would only add to it.
      const costs = why === 'retry' && pool.isSuspect(this.selection, chosen);
      return costs && !facts.mayRepeat(route.retry.budget, nowMs) ? undefined : chosen;
    }
    const member = this.slots[of]?.member;
    if (member === undefined || !facts.mayRepeat(route.retry.budget, nowMs)) return undefined;
    return pool.mayAsk(this.selection, member) ? member : undefined;
  }

  /** What has broken off may be gone on with by the same candidate where there is no other. */
  private lastFor(why: AttemptCause): Member | undefined {
    const last = this.tried.at(-1);
    const { pool } = this.exchange.memory;
    return why === 'resume' && last !== undefined && pool.mayAsk(this.selection, last) ? last : undefined;
  }

  private begin(why: AttemptCause, { target }: Member): AttemptRecord {
    const { record, ports, timing, inbound } = this.exchange;
    record.attempts += 1;
    if (record.attempts === 1)
      timing.queueMs = ports.clock.monotonicMs() - inbound.receivedMs - timing.routingMs;
    const attempt = attemptRecord(record.attempts, why, target, ports.clock.epochMs());
    record.current = attempt;
    return attempt;
  }

  private run(slot: Slot, withoutTokens: boolean): void {
    if (slot.cancelled) return;
    const { memory, settings } = this.exchange;
    const listener: AttemptListener = {
      head: (status, headers) => memory.pool.hear(settings, slot.lease, status, headers),
      claimed: () => {
        this.won = true;
        memory.pool.outputs(slot.lease, this.selection, this.exchange.peeked.stream);
        this.feed({ type: 'output', attempt: slot.number });
      },
      ended: (outcome) => this.safely(() => this.attemptEnded(slot, outcome, withoutTokens)),
    };
    const broken = slot.record.cause === 'resume' ? this.broken : undefined;
    const options = { totalDueMs: this.totalDueMs, withoutTokens, broken };
    const { record } = slot;
    const running = startAttempt(this.exchange, record, options, listener);
    if (slot.record === record) slot.running = running;
  }

  private attemptEnded(slot: Slot, outcome: Outcome, withoutTokens: boolean): void {
    const { ports, settings, memory, use } = this.exchange;
    const verdict = judged(outcome, slot.member.target, ports.clock.epochMs(), settings.health);
    const committed = outcome.kind === 'failed' && outcome.committed;
    const { target } = slot.member;
    if (
      verdict.reason === 'bad-token' &&
      !committed &&
      !withoutTokens &&
      slot.record.cause !== 'resume' &&
      mayCarryTokens(this.exchange, target)
    ) {
      this.tries.note(slot.record, 'failed', outcome, verdict);
      slot.record = this.begin('again', slot.member);
      this.run(slot, true);
      return;
    }
    this.tries.note(slot.record, endOf(outcome), outcome, verdict);
    const retriable = outcome.kind === 'failed' && mayRetry(verdict, this.selection.route.retry.on);
    if (outcome.kind === 'failed')
      this.exchange.record.choosing?.failing(retriable ? undefined : verdict.reason);
    memory.pool.end(slot.lease, settings.health, {
      verdict,
      usedTokens: toldTokens(slot.record) ?? (usedNothing(outcome) ? 0 : undefined),
      // Whether an upstream counts well says nothing of how it generates.
      learns: use !== 'count-tokens',
    });
    if (outcome.kind !== 'failed') {
      this.feed({ type: 'ended', attempt: slot.number, how: outcome.kind });
      return;
    }
    this.failures.push({ failure: outcome, verdict, attempt: slot.record });
    if (outcome.broken !== undefined) {
      this.broken = outcome.broken;
      this.breach = outcome.error;
    }
    if (verdict.blame === 'upstream') this.selection.avoided.push(slot.member.upstream);
    if (verdict.reason === 'rate-limited') this.selection.facts.press(ports.clock.monotonicMs());
    this.feed({
      type: 'ended',
      attempt: slot.number,
      how: 'failed',
      committed,
      retriable,
      again: isSameAgain(verdict),
      // Nobody is asked to go on with what a stopping gateway has ended itself.
      resumable: outcome.broken?.said.resumable === true && memory.running.stopping === undefined,
      pressure: verdict.reason === 'rate-limited',
    });
  }

  private abort(number: number, why: 'lost' | 'left'): void {
    const slot = this.slots[number];
    if (slot === undefined) return;
    const { memory, settings, peeked, ports } = this.exchange;
    const nowMs = ports.clock.monotonicMs();
    if (why === 'lost') this.selection.facts.outlasted(nowMs - slot.lease.takenAt.ms, peeked.stream, nowMs);
    slot.cancelled = true;
    slot.running?.cancel();
    const verdict = judge({ kind: 'left' }, 0);
    this.tries.note(slot.record, why, undefined, verdict);
    const usedTokens = toldTokens(slot.record);
    memory.pool.end(slot.lease, settings.health, { verdict, usedTokens, learns: false });
  }

  private nobody(): Input {
    const { nextInMs, probed } = this.exchange.memory.pool.exhaustion(this.selection);
    const freeAtMs = nextInMs === undefined ? undefined : this.exchange.ports.clock.monotonicMs() + nextInMs;
    return { type: 'nobody', freeAtMs, probed };
  }

  // ------------------------------------------------------------------------------------------ the end

  /** The gateway is stopping; attempts that run are told by themselves. */
  interrupt(error: SluiceError): void {
    const open = this.slots.filter(({ lease }) => !lease.ended);
    if (open.some(({ running }) => running !== undefined)) return;
    for (const { number } of open) this.abort(number, 'left');
    this.close(() => this.resolve({ kind: 'refused', error }));
  }

  private outcomeOf(how: Finish): Dispatched {
    if (how === 'answered' || how === 'left') return { kind: how };
    const last = this.failures.at(-1);
    if (how === 'committed-failure' && last !== undefined) {
      // What broke the client's answer off, not what kept others from going on with it.
      const error = this.withoutKeys(this.breach ?? last.failure.error);
      if (this.broken !== undefined) this.endBroken(error);
      return { kind: 'cut', error };
    }
    return unserved(this.exchange.memory.pool, this.selection, this.failures, this.waiter?.inVain ?? false);
  }

  /** Some providers repeat the key that they were given. */
  private withoutKeys(error: SluiceError): SluiceError {
    let { message } = error;
    for (const { attempt } of this.failures) message = maskedText(message, secretsOf(attempt.target));
    return message === error.message ? error : { ...error, message };
  }

  /** Nobody goes on with the client's answer. */
  private endBroken(error: SluiceError): void {
    const { dialect, inbound, framing } = this.exchange;
    inbound.reply.end(dialect.encodeStreamError(error, inbound.id, framing, true));
  }

  private close(settle: () => void): void {
    if (this.closed) return;
    this.closed = true;
    const { ports, memory } = this.exchange;
    if (this.deadline !== undefined) ports.deadlines.remove(this.deadline);
    memory.running.remove(this);
    this.waiter?.leave();
    settle();
  }
}
