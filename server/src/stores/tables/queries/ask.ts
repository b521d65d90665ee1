// The ledger's questions as the main thread sees them: a short line of waiting ones, and an answer or a reason for each.

import type { LedgerAnswer, LedgerQueries, LedgerQuestions } from '../../../exchange/ledger-queries.ts';
import type { Details, StoredDetail } from '../../../exchange/ports.ts';
import type { Engine } from '../driver.ts';
import type { ToWriter } from '../messages.ts';
import type { ReaderListener, ReaderThread } from '../thread.ts';
import type { Asked, Reply, StoreQuestions } from './questions.ts';

const WAITING_LIMIT = 64;
const ANSWER_WITHIN_MS = 15_000;

type StartReader = (listener: ReaderListener) => ReaderThread;

interface Waiting {
  readonly number: number;
  readonly late: NodeJS.Timeout;
  answer(reply: Reply): void;
}

/** Asks the thread that reads, or the one that writes where the file has one user only. */
export class StoredQueries implements LedgerQueries, Details {
  readonly #startReader: StartReader;
  readonly #send: (message: ToWriter) => boolean;
  #engine: Engine = 'node';
  #reader: ReaderThread | undefined;
  #waiting: Waiting[] = [];
  #last = 0;
  #ended = false;

  /** `send` hands a message to the writer's thread; false when there is none at the moment. */
  constructor(startReader: StartReader, send: (message: ToWriter) => boolean) {
    this.#startReader = startReader;
    this.#send = send;
  }

  /** The build that the writer uses. */
  opened(engine: Engine): void {
    this.#engine = engine;
  }

  async ask<Kind extends keyof LedgerQuestions>(
    kind: Kind,
    question: LedgerQuestions[Kind]['ask'],
  ): Promise<LedgerAnswer<Kind>> {
    const reply = await this.#ask(kind, question);
    // Whoever answers does so by the kind of the question.
    return reply.ok
      ? { ok: true, answer: reply.answer as LedgerQuestions[Kind]['answer'] }
      : { ok: false, message: reply.message };
  }

  put(detail: StoredDetail): void {
    if (!this.#ended) this.#send({ kind: 'details', details: [detail] });
  }

  async get(id: string): Promise<StoredDetail | undefined> {
    const reply = await this.#ask('detail', { id });
    return reply.ok ? (reply.answer as StoredDetail | undefined) : undefined;
  }

  /** Takes an answer. */
  hear(reply: Reply): void {
    const at = this.#waiting.findIndex(({ number }) => number === reply.number);
    const [waiting] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (waiting === undefined) return;
    clearTimeout(waiting.late);
    waiting.answer(reply);
  }

  /** Nothing is answered after this; whoever still waits is told. */
  end(): void {
    this.#ended = true;
    this.#reader?.stop();
    this.#reader = undefined;
    this.#fail('The ledger was closed.');
  }

  #ask<Kind extends keyof StoreQuestions>(kind: Kind, question: StoreQuestions[Kind]['ask']): Promise<Reply> {
    const number = ++this.#last;
    const failed = (message: string): Promise<Reply> => Promise.resolve({ number, ok: false, message });
    if (this.#ended) return failed('The ledger was closed.');
    if (this.#waiting.length >= WAITING_LIMIT)
      return failed('The ledger has too many questions to answer already. Ask again in a moment.');
    const asked = { number, kind, question } as Asked;
    return new Promise((answer) => {
      const late = setTimeout(() => {
        const message = `The ledger did not answer within ${ANSWER_WITHIN_MS / 1_000} seconds. Ask for a shorter period.`;
        this.hear({ number, ok: false, message });
      }, ANSWER_WITHIN_MS);
      this.#waiting.push({ number, late, answer });
      if (this.#engine === 'wasm') {
        if (!this.#send({ kind: 'ask', asked }))
          this.hear({
            number,
            ok: false,
            message: 'The ledger is being started again. Ask again in a moment.',
          });
        return;
      }
      this.#reader ??= this.#startReader({
        reply: (reply) => this.hear(reply),
        died: () => this.#died(),
      });
      this.#reader.post(asked);
    });
  }

  #died(): void {
    this.#reader = undefined;
    if (!this.#ended) this.#fail("The ledger's reader ended unexpectedly. Ask again.");
  }

  #fail(message: string): void {
    for (const { number } of [...this.#waiting]) this.hear({ number, ok: false, message });
  }
}
