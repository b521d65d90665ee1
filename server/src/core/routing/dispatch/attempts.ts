// The book of one exchange's attempts: which of them run, how many counted, and whose candidate may be asked once more.

import type { LaunchOutput } from './signals.ts';

/** One candidate that was asked, with all attempts on it. */
interface Asked {
  lastAttempt: number;
  /** How often it was asked again. */
  repeats: number;
  /** Its last attempt has failed in a way that asking again could help. */
  worthwhile: boolean;
}

interface Attempt {
  readonly asked: Asked;
  readonly resumes: boolean;
  running: boolean;
}

/** Attempts are numbered from 0 in the order in which they were launched. */
export class Attempts {
  /** Attempts that run now. */
  running = 0;
  /** Attempts launched, without those that resume. */
  counted = 0;
  /** Attempts launched to go on with a stream. */
  resumes = 0;
  /** Attempts launched on a candidate that had failed before. */
  repeats = 0;
  private readonly list: Attempt[] = [];

  /** The number of the next one. */
  get next(): number {
    return this.list.length;
  }

  launched(order: LaunchOutput): void {
    const before = order.of === undefined ? undefined : this.list[order.of]?.asked;
    const asked = before ?? { lastAttempt: order.attempt, repeats: 0, worthwhile: false };
    const resumes = order.why === 'resume';
    if (before !== undefined) {
      before.lastAttempt = order.attempt;
      before.repeats += 1;
      before.worthwhile = false;
      this.repeats += 1;
    }
    this.list.push({ asked, resumes, running: true });
    this.running += 1;
    if (resumes) this.resumes += 1;
    else this.counted += 1;
  }

  isRunning(attempt: number): boolean {
    return this.list[attempt]?.running === true;
  }

  isResuming(attempt: number): boolean {
    return this.list[attempt]?.resumes === true;
  }

  /** The attempt runs no longer. worthAgain: asking its candidate again could help. */
  ended(attempt: number, worthAgain: boolean): void {
    const entry = this.list[attempt];
    if (entry?.running !== true) return;
    entry.running = false;
    entry.asked.worthwhile = worthAgain;
    this.running -= 1;
  }

  /** The last attempt of the candidate to ask again: of those asked again least often, at most `most` times, the last. */
  repeatable(most: number): number | undefined {
    let best: Asked | undefined;
    for (const { asked } of this.list) {
      if (!asked.worthwhile || asked.repeats >= most) continue;
      if (
        best === undefined ||
        asked.repeats < best.repeats ||
        (asked.repeats === best.repeats && asked.lastAttempt > best.lastAttempt)
      )
        best = asked;
    }
    return best?.lastAttempt;
  }

  /** The candidate of this attempt is not to be asked again after all. */
  writeOff(attempt: number): void {
    const entry = this.list[attempt];
    if (entry !== undefined) entry.asked.worthwhile = false;
  }
}
