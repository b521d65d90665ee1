// What crosses between the main thread and whoever answers questions: plain data, copied between threads.

import type { LedgerQuestions } from '../../../exchange/ledger-queries.ts';
import type { StoredDetail } from '../../../exchange/ports.ts';
import type { StoreDriver } from '../driver.ts';

/** Every question to the stores: those of the ledger, and one of their own. */
export interface StoreQuestions extends LedgerQuestions {
  detail: { ask: { readonly id: string }; answer: StoredDetail | undefined };
}

type Kind = keyof StoreQuestions;

/** One question with its number. */
export type Asked = {
  [Name in Kind]: {
    readonly number: number;
    readonly kind: Name;
    readonly question: StoreQuestions[Name]['ask'];
  };
}[Kind];

/** The answer to the question of the same number, which tells its type; or why there is none. */
export type Reply =
  | { readonly number: number; readonly ok: true; readonly answer: unknown }
  | { readonly number: number; readonly ok: false; readonly message: string };

/** What is read to answer. */
export interface Source {
  /** The file of the database, where it is one. */
  readonly path: string | undefined;
  readonly driver: StoreDriver;
  readonly nowMs: number;
}

/** Work in steps, each of some milliseconds: whoever runs it may do other things in between. */
export type Steps<Result> = Generator<undefined, Result, undefined>;
