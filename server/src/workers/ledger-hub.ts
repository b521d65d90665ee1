// One writer of the ledger for several processes: each speaks to it as if it were alone, with numbers of its own for its
// batches and questions. What ran in a process that has died is marked as interrupted.

import type { Batch, FromWriter, ToWriter } from '../stores/tables/messages.ts';
import { isDone, numberOf } from '../stores/tables/rows.ts';
import type { WriterListener, WriterThread } from '../stores/tables/thread.ts';

/** A writer as one of several sees it. */
export interface SharedWriter extends WriterThread {
  /** The process that used it is gone without a word. */
  abandon(): void;
}

/** Shares a writer. */
export interface LedgerHub {
  /** Joins one more; the first one starts the writer and hears its troubles. */
  join(listener: WriterListener): SharedWriter;
}

/** Shares the writer that `start` starts, and starts again after its end when somebody joins. */
export function createLedgerHub(start: (listener: WriterListener) => WriterThread): LedgerHub {
  const hub = new Hub(start);
  return { join: (listener) => hub.join(listener) };
}

type Ready = Extract<FromWriter, { kind: 'ready' }>;

/** Something of a member that the writer knows under another number. */
interface Numbered {
  readonly number: number;
  readonly member: Member;
  readonly own: number;
}

interface Member {
  readonly listener: WriterListener;
  /** Its exchanges that have a row and have not ended. */
  readonly open: Set<number>;
  held: boolean;
  stopping: boolean;
}

class Hub {
  readonly #start: (listener: WriterListener) => WriterThread;
  #thread: WriterThread | undefined;
  #ready: Ready | undefined;
  /** The database could not be opened. */
  #failed = false;
  #members: Member[] = [];
  #last = 0;
  #batches: Numbered[] = [];
  #saves: Numbered[] = [];
  readonly #questions: Map<number, Numbered> = new Map();
  #loads: Member[] = [];

  constructor(start: (listener: WriterListener) => WriterThread) {
    this.#start = start;
  }

  join(listener: WriterListener): SharedWriter {
    const member: Member = { listener, open: new Set(), held: false, stopping: false };
    this.#members.push(member);
    const ready = this.#ready;
    if (this.#thread === undefined)
      this.#thread = this.#start({
        message: (message) => this.#hear(message),
        died: (reason) => this.#died(reason),
      });
    // What was cut off before was told to the first one.
    else if (ready !== undefined) queueMicrotask(() => listener.message({ ...ready, interrupted: 0 }));
    return {
      post: (message) => this.#post(member, message),
      hold: (alive) => {
        member.held = alive;
        this.#hold();
      },
      abandon: () => this.#abandon(member),
    };
  }

  #hold(): void {
    this.#thread?.hold(this.#members.some(({ held }) => held));
  }

  #post(member: Member, message: ToWriter): void {
    const number = ++this.#last;
    switch (message.kind) {
      case 'batch':
        note(member, message.batch);
        this.#batches.push({ number, member, own: message.batch.number });
        this.#thread?.post({ kind: 'batch', batch: { ...message.batch, number } });
        break;
      case 'save':
        this.#saves.push({ number, member, own: message.states.number });
        this.#thread?.post({ kind: 'save', states: { ...message.states, number } });
        break;
      case 'find':
        this.#questions.set(number, { number, member, own: message.number });
        this.#thread?.post({ ...message, number });
        break;
      case 'ask':
        this.#questions.set(number, { number, member, own: message.asked.number });
        this.#thread?.post({ kind: 'ask', asked: { ...message.asked, number } });
        break;
      case 'load':
        this.#loads.push(member);
        this.#thread?.post(message);
        break;
      case 'keep':
      case 'details':
      case 'interrupt':
        this.#thread?.post(message);
        break;
      case 'stop':
        member.stopping = true;
        this.#letGo(member);
    }
  }

  /** A member that wants to stop may do so when all that it has written is on disk. */
  #letGo(member: Member): void {
    if (this.#failed) {
      // Nothing can be written: the writer ends, and all are told of it then.
      this.#thread?.post({ kind: 'stop' });
      return;
    }
    if (!member.stopping || this.#batches.some((batch) => batch.member === member)) return;
    if (this.#members.length === 1) {
      this.#thread?.post({ kind: 'stop' });
      return;
    }
    this.#forget(member);
    member.listener.message({
      kind: 'stopped',
      counts: { written: 0, lost: 0, waiting: 0, unsummed: 0 },
    });
  }

  #abandon(member: Member): void {
    if (!this.#members.includes(member)) return;
    this.#forget(member);
    if (member.open.size > 0) this.#thread?.post({ kind: 'interrupt', numbers: [...member.open] });
  }

  #forget(member: Member): void {
    this.#members = this.#members.filter((other) => other !== member);
    this.#hold();
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case 'ready':
        this.#ready = message;
        for (const [place, { listener }] of this.#members.entries())
          listener.message(place === 0 ? message : { ...message, interrupted: 0 });
        break;
      case 'stored':
        this.#stored(message);
        break;
      case 'saved':
        for (const { member, own } of due(this.#saves, message.upTo))
          member.listener.message({ kind: 'saved', upTo: own });
        break;
      case 'found':
      case 'unfound':
        this.#answer(message.number, (number) => ({ ...message, number }));
        break;
      case 'replied':
        this.#answer(message.reply.number, (number) => ({
          kind: 'replied',
          reply: { ...message.reply, number },
        }));
        break;
      case 'loaded':
        this.#loads.shift()?.listener.message(message);
        break;
      case 'trouble':
        this.#members[0]?.listener.message(message);
        break;
      case 'failed':
        this.#failed = true;
        for (const { listener } of this.#members) listener.message(message);
        break;
      case 'stopped':
        for (const { listener } of this.#members) listener.message(message);
    }
  }

  #stored({ upTo, counts }: Extract<FromWriter, { kind: 'stored' }>): void {
    const confirmed = new Map<Member, number>();
    for (const { member, own } of due(this.#batches, upTo)) confirmed.set(member, own);
    for (const [member, own] of confirmed) {
      member.listener.message({ kind: 'stored', upTo: own, counts });
      this.#letGo(member);
    }
  }

  #answer(number: number, message: (own: number) => FromWriter): void {
    const asked = this.#questions.get(number);
    this.#questions.delete(number);
    asked?.member.listener.message(message(asked.own));
  }

  /** Everybody joins anew, and brings along what was not confirmed. */
  #died(reason: string): void {
    this.#thread = undefined;
    this.#ready = undefined;
    this.#failed = false;
    this.#batches = [];
    this.#saves = [];
    this.#questions.clear();
    this.#loads = [];
    for (const { listener } of this.#members.splice(0)) listener.died(reason);
  }
}

/** Takes those up to a number, which is the order in which they came. */
function due(numbered: Numbered[], upTo: number): Numbered[] {
  const later = numbered.findIndex(({ number }) => number > upTo);
  return numbered.splice(0, later < 0 ? numbered.length : later);
}

function note({ open }: Member, batch: Batch): void {
  for (let row = 0; row < batch.rows; row++) {
    const number = numberOf(batch, row);
    if (isDone(batch, row)) open.delete(number);
    else open.add(number);
  }
}
