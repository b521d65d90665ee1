// The ledger's writer and its answers at the other end of a line.

import type { LedgerQueries, LedgerQuestions } from '../exchange/ledger-queries.ts';
import type { Details } from '../exchange/ports.ts';
import type { FromWriter, ToWriter } from '../stores/tables/messages.ts';
import type { Asked, Reply } from '../stores/tables/queries/questions.ts';
import type { ReaderListener, ReaderThread, WriterListener, WriterThread } from '../stores/tables/thread.ts';
import type { LedgerHub } from './ledger-hub.ts';
import type { Line } from './line.ts';

const ANSWER_WITHIN_MS = 15_000;

/** The writer as a worker sees it. */
export function writerOver(line: Line, listener: WriterListener): WriterThread {
  line.hear('ledger.says', (message) => listener.message(message as FromWriter));
  line.hear('ledger.died', (reason) => listener.died(String(reason)));
  line.onEnd(() => listener.died('the process that keeps the ledger has ended'));
  line.tell('ledger.join', undefined);
  return {
    post: (message) => line.tell('ledger.post', message),
    // The line itself keeps the process alive.
    hold: () => undefined,
  };
}

/** The reader as a worker sees it. */
export function readerOver(line: Line, listener: ReaderListener): ReaderThread {
  const ask = async (asked: Asked): Promise<void> => {
    const reply = await line.ask('ledger.ask', asked, ANSWER_WITHIN_MS);
    const none: Reply = { number: asked.number, ok: false, message: 'The ledger cannot be asked now.' };
    listener.reply((reply as Reply | undefined) ?? none);
  };
  return { post: (asked) => void ask(asked), stop: () => undefined };
}

/** What the keeper answers from. */
export interface LedgerSources {
  readonly hub: LedgerHub;
  readonly queries: LedgerQueries;
  readonly details: Details;
}

/** Lets a worker write and ask. */
export function serveLedger(line: Line, { hub, queries, details }: LedgerSources): void {
  line.hear('ledger.join', () => {
    const writer = hub.join({
      // A worker asks the keeper, which knows how to ask this build.
      message: (message) =>
        line.tell('ledger.says', message.kind === 'ready' ? { ...message, engine: 'node' } : message),
      died: (reason) => line.tell('ledger.died', reason),
    });
    line.hear('ledger.post', (message) => writer.post(message as ToWriter));
    line.onEnd(() => writer.abandon());
  });
  line.answer('ledger.ask', async (body): Promise<Reply> => {
    const { number, kind, question } = body as Asked;
    if (kind === 'detail') return { number, ok: true, answer: await details.get(question.id) };
    const answer = await queries.ask(kind, question as LedgerQuestions[typeof kind]['ask']);
    return answer.ok
      ? { number, ok: true, answer: answer.answer }
      : { number, ok: false, message: answer.message };
  });
}
