// What the ledger is told of the attempts of one exchange: its own row speaks of the one that counts, and where there was
// more than one, each has a row.

import { addUsage } from '../core/conversion/resume/add-usage.ts';
import type { Usage } from '../core/model/usage.ts';
import type { Verdict } from '../core/routing/verdict.ts';
import { type AttemptRecord, adopt, attemptFailure, attemptRow } from './attempt-record.ts';
import type { Outcome } from './context.ts';
import { type Billed, bill } from './money/bill.ts';
import type { AttemptEnd, LedgerAttempt } from './ports.ts';

/** Takes note of attempts as they end. */
export class Tries {
  readonly #exchange: Billed;
  /** Most exchanges have one attempt, and their own row says all of it: its row is made when a second one ends. */
  #first: (() => LedgerAttempt) | undefined;
  /** Tokens of the attempts whose output the client has, but not the last one's. */
  #carried: Usage | undefined;
  /** Some of them are estimates. */
  #guessed = false;

  constructor(exchange: Billed) {
    this.#exchange = exchange;
  }

  /** One attempt has ended. */
  note(attempt: AttemptRecord, end: AttemptEnd, outcome: Outcome | undefined, verdict: Verdict): void {
    const { record, ports } = this.#exchange;
    const endedAtMs = ports.clock.epochMs();
    bill(this.#exchange, attempt, end, outcome);
    const row = (): LedgerAttempt => attemptRow(attempt, end, endedAtMs, outcome, verdict);
    if (outcome?.kind === 'failed') {
      const failure = attemptFailure(attempt, end, endedAtMs, outcome, verdict);
      record.failures = [...record.failures, failure];
    }
    if (end !== 'lost') this.#count(attempt, end);
    if (record.attempts === 1) {
      this.#first = row;
      return;
    }
    if (this.#first !== undefined) record.tries.push(this.#first());
    this.#first = undefined;
    record.tries.push(row());
  }

  #count(attempt: AttemptRecord, end: AttemptEnd): void {
    const { record } = this.#exchange;
    adopt(record, attempt);
    const carried = this.#carried;
    if (carried !== undefined)
      record.usage = attempt.usage === undefined ? carried : addUsage(carried, attempt.usage);
    record.usageEstimated ||= this.#guessed;
    if (end !== 'cut') return;
    this.#carried = record.usage;
    this.#guessed = record.usageEstimated;
  }
}
