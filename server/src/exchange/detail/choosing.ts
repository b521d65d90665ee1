// What is remembered of how the candidates of one exchange were chosen. Almost nothing while all is well; once an attempt
// has failed or another one begins, how the candidates stood is written down, and at the end it is put into words.

import type { Settings } from '../../config/settings.ts';
import type { Moment } from '../../core/routing/limits.ts';
import type { Choice, Question } from '../choose.ts';
import type { Member } from '../pool/member.ts';
import type { Pool, Selection } from '../pool/pool.ts';
import { type MemberState, stateAt } from '../pool/state-at.ts';
import type { CapturedChoices } from './capture-record.ts';
import { type Asked, type ChoosingFacts, choicesInWords } from './choices-in-words.ts';

/** Takes note for one exchange. */
export class Choosing {
  readonly #settings: Settings;
  readonly #question: Question;
  readonly #choice: Choice;
  readonly #pool: Pool;
  #members: readonly Member[] | undefined;
  #selection: Selection | undefined;
  #firstAt: Moment | undefined;
  #firstMember: Member | undefined;
  #first: ReadonlyMap<Member, MemberState> | undefined;
  #asked: Map<number, MemberState> | undefined;
  #final: string | undefined;
  #waited = false;

  constructor(settings: Settings, question: Question, choice: Choice, pool: Pool) {
    this.#settings = settings;
    this.#question = question;
    this.#choice = choice;
    this.#pool = pool;
  }

  /** Among whom one is chosen; told again where a budget leaves fewer. */
  among(selection: Selection): void {
    this.#members ??= selection.members;
    this.#selection = selection;
  }

  /** A candidate was chosen for an attempt, and nothing was taken of it yet. To be called where that may matter. */
  chose(member: Member, ordinal: number): void {
    this.#look();
    this.#asked ??= new Map();
    const now = this.#pool.now();
    this.#asked.set(ordinal, stateAt(member, now, now, this.#selection?.tokens ?? 0, true));
  }

  /** The first attempt was begun on a candidate. */
  began(member: Member, at: Moment): void {
    if (this.#firstAt !== undefined) return;
    this.#firstAt = at;
    this.#firstMember = member;
  }

  /** An attempt has failed, and nobody has learned of it yet. `final`: the reason, where it is not to be tried elsewhere. */
  failing(final: string | undefined): void {
    this.#look();
    this.#final = final;
  }

  /** Nobody could be asked: it waits. */
  waits(): void {
    this.#waited = true;
  }

  /** Why who was asked. `asked`: all attempts, in their order. */
  told(asked: readonly Asked[]): CapturedChoices {
    this.#look();
    const facts: ChoosingFacts = {
      settings: this.#settings,
      question: this.#question,
      choice: this.#choice,
      pool: this.#pool,
      selection: this.#selection,
      members: this.#members ?? [],
      first: this.#first ?? new Map(),
      asked: this.#asked ?? new Map(),
      final: this.#final,
      waited: this.#waited,
    };
    return choicesInWords(facts, asked);
  }

  /** Writes down how everybody stood when the first one was chosen, or stands now where nobody was yet. */
  #look(): void {
    if (this.#first !== undefined || this.#selection === undefined) return;
    const { members, tokens, route } = this.#selection;
    const now = this.#pool.now();
    const at = this.#firstAt ?? now;
    const first = new Map<Member, MemberState>();
    for (const member of members) {
      const own = member === this.#firstMember;
      const state = stateAt(member, at, now, tokens, own);
      const starting = !own && route.onExhausted === 'wait' && member.roomInMs(now.ms) > 0;
      if (starting) first.set(member, STARTING);
      else if (state.why !== '') first.set(member, state);
      if (own && this.#asked === undefined) this.#asked = new Map([[1, state]]);
    }
    this.#first = first;
  }
}

const STARTING: MemberState = {
  grade: 3,
  why: 'It took up its work again after a refusal for its rate, little by little.',
};
