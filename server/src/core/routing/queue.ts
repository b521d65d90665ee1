// Requests that wait until somebody can serve them. Fair by client: each that has somebody waiting gets one served in
// turn, however many wait for it. Bounded, and pure: time is an argument.

import type { QueuePolicy } from './policy.ts';

/** One that waits. Times are monotonic. */
export interface Waiting {
  readonly client: string;
  /** Its patience ends. */
  dueMs: number;
  /** It need not be asked before; after joining, the line alone writes it. */
  notBeforeMs: number;
}

/** Those of one client, the one that is due first comes first. */
interface ClientLine<W> {
  readonly waiters: W[];
  /** While serving: those before `asked` were asked already, those from `last` on have joined meanwhile. Else 0. */
  asked: number;
  last: number;
}

const NEVER: number = Number.POSITIVE_INFINITY;
const ALWAYS: number = Number.NEGATIVE_INFINITY;

/** Who waits, and whose turn it is. */
export class WaitingLine<W extends Waiting> {
  private readonly policy: QueuePolicy;
  /** Grows only; made anew when most of its lines are empty. */
  private clients = new Map<string, ClientLine<W>>();
  /** Clients that have somebody waiting; the first has waited longest for its turn. */
  private readonly turns: ClientLine<W>[] = [];
  private waiting = 0;
  /** Nobody has to be asked, or is out of patience, before. */
  private askMs = NEVER;
  private dueMs = NEVER;

  constructor(policy: QueuePolicy) {
    this.policy = policy;
  }

  /** How many wait. */
  get size(): number {
    return this.waiting;
  }

  /** When there is something to do: somebody to ask, or to send away. Infinity: not before something changes. */
  get nextMs(): number {
    return Math.min(this.askMs, this.dueMs);
  }

  /**
   * Puts it among those of its client, unless too many wait: behind those that are due before or with it. So one that was
   * served, failed and is back goes on where it was.
   */
  join(waiter: W): 'joined' | 'full' {
    const line = this.clients.get(waiter.client);
    const own = line?.waiters.length ?? 0;
    if (this.waiting >= this.policy.maxSize || own >= this.policy.maxPerClient) return 'full';
    const joined = line ?? this.addClient(waiter.client);
    let place = joined.waiters.length;
    while (place > joined.last && (joined.waiters[place - 1]?.dueMs ?? ALWAYS) > waiter.dueMs) place -= 1;
    joined.waiters.splice(place, 0, waiter);
    if (own === 0) this.turns.push(joined);
    this.waiting += 1;
    this.askMs = Math.min(this.askMs, waiter.notBeforeMs);
    this.dueMs = Math.min(this.dueMs, waiter.dueMs);
    return 'joined';
  }

  /** Takes it out; nothing happens where it does not wait. */
  leave(waiter: W): void {
    const line = this.clients.get(waiter.client);
    const place = line?.waiters.indexOf(waiter) ?? -1;
    if (line !== undefined && place >= 0) this.remove(line, place);
  }

  /**
   * Asks in fair order everybody whose time has come, each at most once. `serve` answers true when it could be served (it
   * waits no longer), or the time before which it need not be asked again (Infinity: not before `wake`).
   */
  serve(nowMs: number, serve: (waiter: W) => true | number): void {
    if (nowMs < this.askMs) return;
    // What joins or wakes meanwhile lowers it again.
    this.askMs = NEVER;
    for (const line of this.turns) {
      line.asked = 0;
      line.last = line.waiters.length;
    }
    try {
      let round: readonly ClientLine<W>[];
      do {
        round = [...this.turns].filter((line) => this.serveOne(line, nowMs, serve));
        for (const line of round) this.toTheEnd(line);
      } while (round.length > 0);
    } finally {
      this.findNextAsk();
    }
  }

  /** Those whose patience has ended; they wait no longer. */
  expired(nowMs: number): W[] {
    const gone: W[] = [];
    if (nowMs < this.dueMs) return gone;
    let dueMs = NEVER;
    for (const line of [...this.turns]) {
      for (let place = 0; place < line.waiters.length; ) {
        const waiter = line.waiters[place];
        if (waiter === undefined) break;
        if (waiter.dueMs <= nowMs) {
          gone.push(waiter);
          this.remove(line, place);
        } else {
          dueMs = Math.min(dueMs, waiter.dueMs);
          place += 1;
        }
      }
    }
    this.dueMs = dueMs;
    return gone;
  }

  /** Capacity came back: everybody may be asked again. */
  wake(): void {
    for (const line of this.turns) for (const waiter of line.waiters) waiter.notBeforeMs = ALWAYS;
    if (this.waiting > 0) this.askMs = ALWAYS;
  }

  /** One turn of a client: the first of its waiters that can be served is. */
  private serveOne(line: ClientLine<W>, nowMs: number, serve: (waiter: W) => true | number): boolean {
    while (line.asked < line.last) {
      const waiter = line.waiters[line.asked];
      if (waiter === undefined) return false;
      line.asked += 1;
      if (waiter.notBeforeMs > nowMs) continue;
      const answer = serve(waiter);
      if (answer === true) {
        this.leave(waiter);
        return true;
      }
      waiter.notBeforeMs = answer;
    }
    return false;
  }

  /** It had its turn. */
  private toTheEnd(line: ClientLine<W>): void {
    const place = this.turns.indexOf(line);
    if (place < 0) return;
    this.turns.splice(place, 1);
    this.turns.push(line);
  }

  private remove(line: ClientLine<W>, place: number): void {
    line.waiters.splice(place, 1);
    if (place < line.asked) line.asked -= 1;
    if (place < line.last) line.last -= 1;
    this.waiting -= 1;
    if (line.waiters.length > 0) return;
    const turn = this.turns.indexOf(line);
    if (turn >= 0) this.turns.splice(turn, 1);
    if (this.waiting === 0) {
      this.askMs = NEVER;
      this.dueMs = NEVER;
    }
  }

  private findNextAsk(): void {
    let askMs = NEVER;
    for (const line of this.turns) {
      line.asked = 0;
      line.last = 0;
      for (const waiter of line.waiters) askMs = Math.min(askMs, waiter.notBeforeMs);
    }
    this.askMs = askMs;
  }

  private addClient(client: string): ClientLine<W> {
    if (this.clients.size > 2 * this.policy.maxSize + 64) {
      const waiting = new Map<string, ClientLine<W>>();
      for (const [id, line] of this.clients) if (line.waiters.length > 0) waiting.set(id, line);
      this.clients = waiting;
    }
    const line: ClientLine<W> = { waiters: [], asked: 0, last: 0 };
    this.clients.set(client, line);
    return line;
  }
}
