// Puts into words why candidates were asked or passed over. Made only of exchanges that are kept to be looked at.

import type { Settings } from '../../config/settings.ts';
import { BARRED, FREE, PROBE, SUSPECT } from '../../core/routing/grade.ts';
import type { Choice, Question } from '../choose.ts';
import { keysSwitchedOff, routeNotes, upstreamsPassedOver } from '../operator/passed-over.ts';
import type { Member } from '../pool/member.ts';
import type { Pool, Selection } from '../pool/pool.ts';
import { type MemberState, stateAt } from '../pool/state-at.ts';
import type { AttemptCause } from '../records.ts';
import type { CapturedChoices, ChosenKey } from './capture-record.ts';

/** One attempt that was made. */
export interface Asked {
  readonly ordinal: number;
  readonly cause: AttemptCause;
  readonly upstreamId: string;
  readonly keyId: string;
  readonly model: string;
}

/** What is put into words. */
export interface ChoosingFacts {
  readonly settings: Settings;
  readonly question: Question;
  readonly choice: Choice;
  readonly pool: Pool;
  /** Among whom it was chosen; undefined where it never came to that. */
  readonly selection: Selection | undefined;
  /** Everybody, before the client's budget took its part. */
  readonly members: readonly Member[];
  /** How those stood who were not free when the first one was chosen. */
  readonly first: ReadonlyMap<Member, MemberState>;
  /** How those stood that were asked, by the ordinals of their attempts. */
  readonly asked: ReadonlyMap<number, MemberState>;
  /** Reason of a failure that is not to be tried elsewhere. */
  readonly final: string | undefined;
  readonly waited: boolean;
}

/** So many candidates are named, and so many that were passed over. */
const NAMED = 50;

/** Why who was asked. `asked`: all attempts, in their order. */
export function choicesInWords(facts: ChoosingFacts, asked: readonly Asked[]): CapturedChoices {
  const { settings, question, choice, members, final, waited } = facts;
  const sorted = sortedOut(facts, asked);
  const passedOver = [
    ...sorted.passedOver,
    ...keysSwitchedOff(settings, members),
    ...upstreamsPassedOver(settings, choice, question),
  ];
  const more = (all: readonly unknown[], what: string): string[] =>
    all.length > NAMED ? [`${all.length - NAMED} more ${what} are not named here.`] : [];
  const notes = [
    ...routeNotes(choice),
    ...(waited ? ['Nobody could be asked at first: it waited.'] : []),
    ...(members.length > 0 && asked.length === 0 ? ['Nobody was asked.'] : []),
    ...(final === undefined ? [] : [`A failure of this kind (${final}) is not tried elsewhere.`]),
    ...more(sorted.candidates, 'candidates'),
    ...more(passedOver, 'that were passed over'),
  ];
  return {
    route: choice.route.id,
    order: choice.route.order,
    candidates: sorted.candidates.slice(0, NAMED),
    passedOver: passedOver.slice(0, NAMED),
    notes,
  };
}

/** Candidates that were asked and then those that could have been, and those that could not. */
function sortedOut(
  facts: ChoosingFacts,
  asked: readonly Asked[],
): { readonly candidates: readonly ChosenKey[]; readonly passedOver: readonly ChosenKey[] } {
  const { members, selection } = facts;
  const able = new Set(selection?.members);
  const attempts = new Map<Member, Asked[]>();
  for (const one of asked) {
    const member = members.find(({ target: { upstream, key, model } }) => {
      return upstream.id === one.upstreamId && key.id === one.keyId && model === one.model;
    });
    if (member !== undefined) attempts.set(member, [...(attempts.get(member) ?? []), one]);
  }
  const candidates = [...attempts].map(([member, own]) => askedKey(facts, member, own));
  const [first] = attempts.keys();
  const passedOver: ChosenKey[] = [];
  const rest = members.filter((member) => !attempts.has(member));
  for (const member of rest.toSorted((one, other) => other.priority - one.priority)) {
    if (!able.has(member)) {
      passedOver.push(keyOf(member, 'Its price is not known, and the budget of the client needs one.'));
      continue;
    }
    const { barred, why } = unasked(facts, member, first);
    (barred ? passedOver : candidates).push(keyOf(member, why));
  }
  return { candidates, passedOver };
}

function keyOf({ target }: Member, why: string): ChosenKey {
  const { upstream, key, model } = target;
  return {
    upstreamId: upstream.id,
    keyId: key.id,
    ...(key.name === undefined ? {} : { keyName: key.name }),
    model,
    why,
  };
}

function askedKey(facts: ChoosingFacts, member: Member, attempts: readonly Asked[]): ChosenKey {
  const { target, priority, native } = member;
  const how = native ? 'in the format of the client' : `converted to ${target.dialect}`;
  const why = [
    `Asked for "${target.model}" ${how}, priority ${priority}.`,
    ...attempts.map((attempt) => `Attempt ${attempt.ordinal}: ${reasonFor(facts, member, attempt)}`),
  ].join(' ');
  return { ...keyOf(member, why), attempts: attempts.map(({ ordinal }) => ordinal) };
}

const CAUSES: Readonly<Record<Exclude<AttemptCause, 'first'>, string>> = {
  retry: 'tried after another attempt had failed.',
  again: 'asked once more after it had failed.',
  hedge: 'asked as well, because the first output was slow to come.',
  race: 'asked at the same time as others.',
  resume: 'asked to go on with the answer that had broken off.',
};

function reasonFor({ selection, members, asked }: ChoosingFacts, member: Member, attempt: Asked): string {
  const { cause, ordinal } = attempt;
  const state = stateInWords(asked.get(ordinal));
  if (cause !== 'first') return `${CAUSES[cause]}${state}`;
  if (members.length === 1) return `the only candidate.${state}`;
  if (selection?.stayed === member) return `chosen because its conversation went there before.${state}`;
  return `chosen by the order "${selection?.route.order ?? ''}".${state}`;
}

/** How it stood when it was chosen; '' where that was not written down. */
function stateInWords(state: MemberState | undefined): string {
  if (state === undefined) return '';
  switch (state.grade) {
    case FREE:
      return ' It was free.';
    case PROBE:
      return ` This request was to find out whether it works again. ${state.why}`;
    case SUSPECT:
    case BARRED:
      return ` Nobody better was there. ${state.why}`;
  }
}

/** Why a candidate was not asked. */
function unasked(
  facts: ChoosingFacts,
  member: Member,
  chosen: Member | undefined,
): { readonly barred: boolean; readonly why: string } {
  const before = facts.first.get(member);
  if (before?.grade === BARRED) return { barred: true, why: before.why };
  if (before?.grade === SUSPECT)
    return { barred: false, why: `It is asked only when nobody better is there. ${before.why}` };
  const { pool, selection } = facts;
  const now = pool.now();
  const later = stateAt(member, now, now, selection?.tokens ?? 0);
  if (later.grade === BARRED && chosen !== undefined)
    return { barred: true, why: `It was free at first, and then no more. ${later.why}` };
  return {
    barred: false,
    why: `${compared(facts, member, chosen)}${before === undefined ? '' : ` ${before.why}`}`,
  };
}

/** What spoke for the one that was chosen first. */
function compared({ selection }: ChoosingFacts, member: Member, chosen: Member | undefined): string {
  if (chosen === undefined || selection === undefined) return 'It was free.';
  if (selection.avoided.includes(member.upstream))
    return 'It was free, but its upstream had failed this request with another key, so that others came first.';
  if (member.priority < chosen.priority)
    return `It was free; priority ${member.priority} comes after ${chosen.priority}.`;
  if (selection.preferNative && chosen.native && !member.native)
    return `It was free; it would have been converted to ${member.target.dialect}, which comes after the format of the client.`;
  if (selection.stayed === chosen) return 'It was free; the conversation stayed where it was.';
  return `It was free; the order "${selection.route.order}" chose another one.`;
}
