// Who asked what in the past: runs of a coding agent with its subagents, the jobs of build servers, summaries at night, and
// a person who tries things. Each session is a few requests that belong together.

import type { DialectId } from '../../../server/src/core/model/dialect-id.ts';
import type { PastRequest } from './past-attempts.ts';
import type { Chance } from './random.ts';

/** What a session is made with. */
export interface Occasion {
  readonly atMs: number;
  readonly chance: Chance;
  /** Without clients nobody has a name. */
  readonly clients: boolean;
  /** Of 1: how many first attempts at an upstream fail at that time. */
  readonly trouble: number;
}

/** A kind of session. */
export interface SessionKind {
  /** Part of all requests. */
  readonly share: number;
  /** How busy an hour of the day is, 0 to 1. */
  busy(hour: number, weekend: boolean): number;
  make(occasion: Occasion): readonly PastRequest[];
}

const office = (hour: number, weekend: boolean): number =>
  (hour >= 8 && hour < 12 ? 1 : hour >= 13 && hour < 19 ? 0.9 : hour >= 19 && hour < 23 ? 0.25 : 0.03) *
  (weekend ? 0.25 : 1);

function sessionId(chance: Chance): string {
  return [8, 4, 4, 4, 12].map((digits) => chance.hex(digits)).join('-');
}

/** The turns of one agent, each with a longer prompt of which the cache knows all but the end. */
function turnsOf(
  { chance, clients, trouble }: Occasion,
  run: { atMs: number; turns: number; model: string; conversation: string; agent?: string },
): readonly PastRequest[] {
  const requests: PastRequest[] = [];
  let { atMs } = run;
  let known = 0;
  let context = chance.whole(6_000, 15_000);
  for (let turn = 0; turn < run.turns; turn++) {
    const gone = turn > 3 && chance.happens(0.012);
    const output = Math.ceil(chance.around(260));
    requests.push({
      atMs,
      client: clients ? 'alice' : undefined,
      route: 'messages',
      dialect: 'anthropic-messages',
      asked: run.model,
      model: run.model,
      role: 'steady',
      policy: 'agents',
      streamed: true,
      uncached: chance.whole(3, 60),
      cacheRead: gone ? 0 : known,
      cacheWrite: gone ? context : context - known,
      output,
      conversation: run.conversation,
      agent: run.agent,
      promptCache: gone ? 'expired' : undefined,
      trouble: trouble / 5,
    });
    known = context;
    context += Math.ceil(chance.around(1_100)) + output;
    atMs += 1_500 + output * 12 + chance.around(9_000) + (gone ? 400_000 : 0);
  }
  return requests;
}

const agentRuns: SessionKind = {
  share: 0.52,
  busy: office,
  make: (occasion) => {
    const { atMs, chance } = occasion;
    const conversation = sessionId(chance);
    const model = chance.happens(0.3) ? 'claude-opus-4-5' : 'claude-sonnet-4-5';
    const all = [...turnsOf(occasion, { atMs, turns: chance.whole(5, 34), model, conversation })];
    const helpers = chance.happens(0.45) ? chance.whole(1, 3) : 0;
    for (let helper = 0; helper < helpers; helper++)
      all.push(
        ...turnsOf(occasion, {
          atMs: atMs + 30_000 + chance.next() * 90_000,
          turns: chance.whole(2, 9),
          model: 'claude-haiku-4-5',
          conversation,
          agent: `${chance.one(['explore', 'review', 'tests'])}-${chance.hex(4)}`,
        }),
      );
    return all;
  },
};

/** One request without a conversation. */
function single(
  { atMs, chance, clients, trouble }: Occasion,
  more: Pick<PastRequest, 'client' | 'asked' | 'model' | 'role' | 'policy'> & Partial<PastRequest>,
  [input, output]: readonly [number, number],
): PastRequest {
  return {
    atMs,
    route: 'chat.completions',
    dialect: 'openai-chat',
    streamed: false,
    trouble,
    ...more,
    client: clients ? more.client : undefined,
    uncached: Math.ceil(chance.around(input)),
    output: Math.ceil(chance.around(output)),
  };
}

const builds: SessionKind = {
  share: 0.22,
  busy: (hour, weekend) => Math.max(office(hour, weekend), 0.12),
  make: (occasion) => {
    const { chance } = occasion;
    const requests: PastRequest[] = [];
    const large = chance.happens(0.25);
    const jobs = chance.whole(2, 9);
    for (let job = 0; job < jobs; job++) {
      const atMs = occasion.atMs + job * chance.around(2_500);
      const own = { ...occasion, atMs };
      const reasoning = Math.ceil(chance.around(large ? 700 : 240));
      const base = { client: 'ci', role: 'flaky', reasoning } as const;
      requests.push(
        large
          ? single(own, { ...base, asked: 'gpt-5.2', model: 'gpt-5.2', policy: 'default' }, [5_200, 420])
          : single(
              own,
              {
                ...base,
                asked: 'fast',
                model: 'gpt-5-mini',
                policy: 'extraction',
                cache: chance.happens(0.28) ? 'hit' : 'miss',
              },
              [1_900, 160],
            ),
      );
    }
    return requests;
  },
};

const nights: SessionKind = {
  share: 0.17,
  busy: (hour) => (hour >= 1 && hour < 5 ? 1 : 0),
  make: (occasion) => {
    const { chance } = occasion;
    const requests: PastRequest[] = [];
    const documents = chance.whole(8, 30);
    for (let document = 0; document < documents; document++) {
      const own = {
        ...occasion,
        atMs: occasion.atMs + document * chance.around(6_000),
        trouble: occasion.trouble / 4,
      };
      const pro = chance.happens(0.15);
      requests.push(
        single(
          own,
          {
            client: 'night-batch',
            route: 'gemini.generateContent',
            dialect: 'gemini',
            asked: pro ? 'gemini-2.5-pro' : 'cheap',
            model: pro ? 'gemini-2.5-pro' : 'gemini-2.5-flash',
            role: 'gemini',
            policy: 'batch',
            ...(pro ? { reasoning: 400 } : {}),
          },
          [14_000, 380],
        ),
      );
    }
    return requests;
  },
};

const CHATS: readonly [Tried, Tried, Tried] = [
  { model: 'gpt-5.2', role: 'flaky', route: 'responses', dialect: 'openai-responses' },
  { model: 'qwen3-coder', role: 'workshop', route: 'chat.completions', dialect: 'openai-chat' },
  { model: 'claude-sonnet-4-5', role: 'steady', route: 'chat.completions', dialect: 'openai-chat' },
];

interface Tried {
  readonly model: string;
  readonly role: PastRequest['role'];
  readonly route: string;
  readonly dialect: DialectId;
}

const chats: SessionKind = {
  share: 0.09,
  busy: office,
  make: (occasion) => {
    const { chance } = occasion;
    const { model, ...where } = chance.one(CHATS);
    const conversation = sessionId(chance);
    const requests: PastRequest[] = [];
    let { atMs } = occasion;
    const turns = chance.whole(1, 6);
    for (let turn = 0; turn < turns; turn++) {
      const own = { ...occasion, atMs };
      const base = { client: 'alice', asked: model, model, policy: 'default', ...where } as const;
      requests.push(single(own, { ...base, streamed: true, conversation }, [700 + 900 * turn, 420]));
      atMs += 20_000 + chance.around(40_000);
    }
    return requests;
  },
};

/** Every kind. */
export const SESSION_KINDS: readonly SessionKind[] = [agentRuns, builds, nights, chats];
