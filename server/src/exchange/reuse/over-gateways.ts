// Equal questions at several gateways at the same time: one gateway asks, the others wait until its answer is among the kept
// ones. When it fails or dies, one of those that wait asks next; where nobody can say who asks, everybody does.

import type { Exchange } from '../context.ts';
import type { Following, Leading, SharedNotes } from '../ports.ts';
import { Flight, type Landing } from './flights.ts';

/** What becomes of a question. kept: another gateway has found the answer, and it is to be looked up. */
export type Turn =
  | { readonly kind: 'ask'; readonly lead: Leading | undefined }
  | { readonly kind: 'kept' }
  | Extract<Landing, { readonly kind: 'left' | 'refused' }>;

/** So many that asked may fail before others no longer wait. */
const MAX_FAILURES = 3;

/** The longest that one gateway waits for another: no answer of a model takes longer. */
const WAIT_MS: number = 10 * 60_000;

/** One question of one gateway, from its first wish to ask to its turn. */
export class SharedTurn {
  readonly #exchange: Exchange;
  readonly #notes: SharedNotes;
  readonly #key: string;
  #failures = 0;

  constructor(exchange: Exchange, notes: SharedNotes, key: string) {
    this.#exchange = exchange;
    this.#notes = notes;
    this.#key = key;
  }

  /** Waits while another gateway asks. To be called again where the answer that was to be kept is not there. */
  async next(): Promise<Turn> {
    while (this.#failures < MAX_FAILURES) {
      const lead = await this.#notes.lead(this.#key);
      if (lead === undefined || lead.kind === 'lead') return { kind: 'ask', lead };
      const landing = await this.#landed(lead);
      if (landing.kind === 'left' || landing.kind === 'refused') return landing;
      if (landing.kind === 'alone') return { kind: 'ask', lead: undefined };
      this.#failures++;
      if (landing.how !== 'failed') return { kind: 'kept' };
    }
    return { kind: 'ask', lead: undefined };
  }

  /** Waits for another gateway as one waits for another request of this one: the client may leave, the gateway may stop. */
  async #landed(following: Following): Promise<Landed> {
    const flight = new Flight(() => undefined);
    const { inbound, memory, ports } = this.#exchange;
    const waiting = flight.wait(inbound.reply, memory.running);
    let how: 'answered' | 'failed' | 'lost' = 'failed';
    following.onEnd((end) => {
      if (end === 'unshared' || end === 'unknown') {
        flight.unshared();
        return;
      }
      how = end;
      flight.failed();
    });
    const deadline = {
      dueMs: ports.clock.monotonicMs() + WAIT_MS,
      place: -1,
      expired: () => flight.unshared(),
    };
    ports.deadlines.add(deadline);
    const landing = await waiting;
    ports.deadlines.remove(deadline);
    following.leave();
    if (landing.kind === 'left' || landing.kind === 'refused') return landing;
    return landing.kind === 'lead' ? { kind: 'ended', how } : { kind: 'alone' };
  }
}

type Landed =
  | Extract<Landing, { readonly kind: 'left' | 'refused' | 'alone' }>
  | { readonly kind: 'ended'; readonly how: 'answered' | 'failed' | 'lost' };
