// Answers without sending anything: who could serve a request, in which order they would be asked now, and why others
// would not.

import type { Settings } from '../../config/settings.ts';
import type { DialectId } from '../../core/model/dialect-id.ts';
import { FREE, type Grade, SUSPECT } from '../../core/routing/grade.ts';
import type { DispatchMode, Order } from '../../core/routing/policy.ts';
import { choose } from '../choose.ts';
import { reasonOf } from '../exhausted.ts';
import type { Member } from '../pool/member.ts';
import type { Pool, Selection } from '../pool/pool.ts';
import { conversationKey } from '../selection.ts';
import { keysSwitchedOff, routeNotes, upstreamsPassedOver } from './passed-over.ts';
import type { Question } from './question.ts';

/** One candidate, in the order in which they would be asked. */
export interface ExplainedCandidate {
  readonly upstreamId: string;
  readonly keyId: string;
  readonly keyName?: string;
  readonly model: string;
  readonly dialect: DialectId;
  readonly native: boolean;
  readonly priority: number;
  /** free; half-open: one request finds out; suspect: only when nobody else is there; barred: not now. */
  readonly state: 'free' | 'half-open' | 'suspect' | 'barred';
  /** A sentence. */
  readonly why: string;
}

/** The answer. */
export interface Explained {
  readonly model: string;
  readonly dialect: DialectId;
  readonly route: string;
  readonly order: Order;
  readonly dispatch: DispatchMode;
  readonly candidates: readonly ExplainedCandidate[];
  /** Upstreams and keys that are no candidates. */
  readonly passedOver: readonly {
    readonly upstreamId: string;
    readonly keyId?: string;
    readonly why: string;
  }[];
  /** Sentences about the whole. */
  readonly notes: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly suggestion?: string };
}

const STATES: Readonly<Record<Grade, ExplainedCandidate['state']>> = {
  0: 'free',
  1: 'half-open',
  2: 'suspect',
  3: 'barred',
};

/** Explains what would happen to a request now. Nothing is changed by it. */
export function explainChoice(settings: Settings, pool: Pool, question: Question): Explained {
  const { model, dialect, client = '', conversation, tokens = 0 } = question;
  const access = settings.clients.find(({ id }) => id === client);
  const chosen = choose(settings, { model, dialect, client, use: 'generate', access });
  const { route } = chosen;
  const notes = routeNotes(chosen);
  const facts = { model, dialect, route: route.id, order: route.order, dispatch: route.dispatch, notes };
  const passedOver = upstreamsPassedOver(settings, chosen, { dialect, use: 'generate', client, access });
  if (!chosen.ok) {
    const { code, message, suggestion } = chosen.error;
    const error = { code, message, ...(suggestion === undefined ? {} : { suggestion }) };
    return { ...facts, candidates: [], passedOver, error };
  }
  const members = pool.members(settings, chosen.candidates);
  const ofRoute = pool.facts(route, chosen.model);
  const selection: Selection = {
    members,
    route,
    facts: ofRoute,
    avoided: [],
    cursor: undefined,
    preferNative: settings.conversion.preferNative,
    tokens,
    conversation: conversation === undefined ? undefined : conversationKey(client, conversation),
  };
  const candidates = inOrder(pool, selection).map((member) => explained(pool, member, tokens));
  return { ...facts, candidates, passedOver: [...passedOver, ...keysSwitchedOff(settings, members)] };
}

/** Those that would be asked, one after the other, and then those that would not. */
function inOrder(pool: Pool, selection: Selection): Member[] {
  const asked: Member[] = [];
  for (;;) {
    const next = pool.choose(selection, asked, true);
    if (next === undefined) break;
    asked.push(next);
  }
  return [...asked, ...selection.members.filter((member) => !asked.includes(member))];
}

function explained(pool: Pool, member: Member, tokens: number): ExplainedCandidate {
  const { target } = member;
  const { priority } = target.upstream;
  const { upstream, key, model, dialect, native } = target;
  const grade = member.grade(pool.now(), tokens);
  const how = native ? 'in the format of the client' : `converted to ${dialect}`;
  const rest = grade === FREE ? 'It is free.' : reasonOf(member, pool, tokens);
  const only = grade === SUSPECT ? ' It is asked only when nobody else is there.' : '';
  const why = `Asked for "${model}" ${how}, priority ${priority}. ${rest}${only}`;
  return {
    upstreamId: upstream.id,
    keyId: key.id,
    ...(key.name === undefined ? {} : { keyName: key.name }),
    model,
    dialect,
    native,
    priority,
    state: STATES[grade],
    why,
  };
}
