// Exchanges of every kind for tests of bills: what is asked, how the client behaves, and what the provider does at each of
// its turns. The provider reads its part from the question, so that a run depends on its seed and not on who comes first.

import fc from 'fast-check';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { Price } from '../../src/core/pricing/price.ts';
import { refuseWith } from './asking.ts';
import type { Sending } from './client.ts';
import type { Behaviour, Turn } from './fault-upstream.ts';
import type { GatewaySetup } from './gateway.ts';
import { ALICE } from './money.ts';
import { wires } from './wire.ts';

/** Odd amounts, so that everything is rounded. */
export const ODD_PRICE: Price = {
  id: 'config:odd',
  rates: { input: 1_234_567, output: 7_654_321, cacheRead: 123_457, reasoning: 8_000_001, request: 1_499 },
  tiers: [{ aboveInputTokens: 900, rates: { input: 2_345_671, output: 9_000_007 }, whole: true }],
  serviceTiers: {},
};

/** Key of a client with very little money. */
export const BOB = 'key-of-bob-123456789';
/** Key of a client without budgets. */
export const CAROL = 'key-of-carol-1234567';

const CLIENTS: Readonly<Record<string, string>> = { alice: ALICE, bob: BOB, carol: CAROL };

const DEEDS = [
  ...['told', 'told', 'told', 'slow', 'slow', 'untold', 'large', 'fail', 'busy', 'unfit'],
  ...['reset', 'cut', 'cut', 'broken', 'early', 'stall', 'late'],
] as const;
type Deed = (typeof DEEDS)[number];

/** What is asked: a conversation in one of the formats, or something else that has a price. */
type Kind = DialectId | 'unified' | 'embed' | 'complete' | 'moderate' | 'count';

/** One exchange. */
export interface Plan {
  readonly kind: Kind;
  readonly route: 'serial' | 'race' | 'hedge' | 'resume' | 'cached';
  readonly stream: boolean;
  readonly bounded: boolean;
  readonly client: string;
  /** Of the question: those of a cached route meet again. */
  readonly question: number;
  readonly deeds: readonly Deed[];
  readonly tokens: readonly [number, number];
  /** When the client leaves; ms after it has asked, or with the head. */
  readonly leaves: number | 'head' | undefined;
}

const KINDS: readonly Kind[] = [
  ...[...DIALECT_IDS, ...DIALECT_IDS, ...DIALECT_IDS],
  ...(['unified', 'embed', 'complete', 'moderate', 'count'] as const),
];

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom(...KINDS),
  route: fc.constantFrom('serial', 'race', 'hedge', 'resume', 'cached'),
  stream: fc.boolean(),
  bounded: fc.boolean(),
  client: fc.constantFrom('alice', 'alice', 'bob', 'carol'),
  question: fc.nat(5),
  deeds: fc.array(fc.constantFrom(...DEEDS), { minLength: 6, maxLength: 6 }),
  tokens: fc.tuple(fc.nat(1_500), fc.nat(300)),
  leaves: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.oneof(fc.nat(60), fc.constant('head' as const)) },
  ),
});

/** So many exchanges by a seed. */
export function plansOf(seed: number, count: number): Plan[] {
  return fc.sample(plan, { seed, numRuns: count });
}

/** What is done of questions that come again. */
const REPEATED = 'slow/told/cut/told/fail/slow/untold';

/** The request of a plan; `number` tells it from all others but the same question of a cached route. */
export function requestOf(asked: Plan, number: number): Sending {
  const { kind, route, stream, bounded, question } = asked;
  const model = `${route}-model`;
  const repeats = route === 'cached';
  const deeds = repeats ? REPEATED : asked.deeds.join('/');
  const tokens = repeats ? `${question * 100}/77` : asked.tokens.join('/');
  const text = `Tell me of it, please: plan:${deeds}:${tokens}#${repeats ? `q${question}` : number}#`;
  const key = CLIENTS[asked.client] ?? '';
  const json = (path: string, body: object): Sending => {
    return { path, body: JSON.stringify(body), headers: ['x-api-key', key] };
  };
  const messages = [{ role: 'user', content: text }];
  switch (kind) {
    case 'unified':
      return json(`/v1/chat${stream ? '?stream=true' : ''}`, { model, messages });
    case 'embed':
      return json('/v1/embeddings', { model, input: text });
    case 'complete':
      return json('/v1/completions', { model, prompt: text, max_tokens: 300 });
    case 'moderate':
      return json('/v1/moderations', { model, input: text });
    case 'count':
      return json('/v1/messages/count_tokens', { model, messages });
    default: {
      const { path, body } = wires[kind].request(model, stream, text);
      return json(path, { ...JSON.parse(body), ...steadily(kind, bounded) });
    }
  }
}

function steadily(dialect: DialectId, bounded: boolean): object {
  const most = bounded ? { most: 300 } : { most: undefined };
  if (dialect === 'gemini') return { generationConfig: { temperature: 0, maxOutputTokens: most.most } };
  const name = { 'openai-chat': 'max_tokens', 'openai-responses': 'max_output_tokens' };
  if (dialect === 'anthropic-messages') return { temperature: 0, max_tokens: 300 };
  return { temperature: 0, [name[dialect]]: most.most };
}

// ---------------------------------------------------------------------------------------------- the provider

const SSE = { 'Content-Type': 'text/event-stream' };
const LONG = 'many words '.repeat(30_000);

/** A provider that does what questions say, turn by turn. */
export function deedsOf(): Behaviour {
  const turns = new Map<string, number>();
  return (turn) => {
    const found = /plan:([a-z/]+):(\d+)\/(\d+)#(q?\d+)#/.exec(turn.request.body.toString());
    if (found === null) {
      turn.healthy();
      return;
    }
    const [, deeds = '', input = '', output = '', number = ''] = found;
    const at = turns.get(number) ?? 0;
    turns.set(number, at + 1);
    const list = deeds.split('/');
    act(turn, (list[at % list.length] ?? 'told') as Deed, Number(input), Number(output));
  };
}

/** The counts of the plan in place of those of the test provider. */
function counted(text: string, input: number, output: number): string {
  return text
    .replace(/(oken(?:s|Count)":)18\b/g, `$1${input + output}`)
    .replace(/(oken(?:s|Count)":)11\b/g, `$1${input}`)
    .replace(/(oken(?:s|Count)":)7\b/g, `$1${output}`);
}

function uncounted(text: string): string {
  return text.replace(/,?"usage(?:Metadata)?":\{[^}]*\}/g, '');
}

function act(turn: Turn, deed: Deed, input: number, output: number): void {
  const wire = wires[turn.dialect];
  const said = deed === 'large' ? LONG : turn.text;
  const told = (text: string): string => (deed === 'untold' ? uncounted(text) : counted(text, input, output));
  const other = otherAnswer(turn, input, output);
  const json = other ?? told(wire.json(turn.model, said));
  const streams = turn.stream && other === undefined;
  const events = streams ? wire.events(turn.model, said).map(told) : [];
  const answer = (): void => {
    if (!streams) {
      turn.whole(200, json);
      return;
    }
    turn.head(200, SSE);
    for (const event of events) turn.piece(event);
    turn.end();
  };
  const begin = (): void => {
    if (streams) {
      turn.head(200, SSE);
      for (const event of events.slice(0, wire.prelude + 1)) turn.piece(event);
      return;
    }
    turn.head(200, { 'Content-Type': 'application/json', 'Content-Length': String(json.length + 9) });
    turn.piece(json.slice(0, json.length / 2));
  };
  switch (deed) {
    case 'told':
    case 'untold':
    case 'large':
      answer();
      break;
    case 'slow':
      setTimeout(answer, 50);
      break;
    case 'late':
      begin();
      setTimeout(() => (streams ? finish(turn, events, wire.prelude) : turn.socket.destroy()), 40);
      break;
    case 'fail':
      refuseWith(turn, 500, 'Broken.');
      break;
    case 'busy':
      refuseWith(turn, 429, 'Busy.');
      break;
    case 'unfit':
      refuseWith(turn, 400, 'No.');
      break;
    case 'reset':
      turn.socket.resetAndDestroy();
      break;
    case 'cut':
      begin();
      setTimeout(() => turn.socket.destroy(), 20);
      break;
    case 'broken':
    case 'early':
      if (!streams) {
        turn.whole(200, '{"nothing":1}');
        break;
      }
      turn.head(200, SSE);
      if (deed === 'broken') for (const event of events.slice(0, wire.prelude + 1)) turn.piece(event);
      turn.piece(wire.errorEvent('Overloaded'));
      turn.end();
      break;
    case 'stall':
      begin();
  }
}

function finish(turn: Turn, events: readonly string[], prelude: number): void {
  for (const event of events.slice(prelude + 1)) turn.piece(event);
  turn.end();
}

/** Answers of what is no conversation. */
function otherAnswer(turn: Turn, input: number, output: number): string | undefined {
  const { target } = turn.request;
  const usage = { prompt_tokens: input, total_tokens: input };
  if (target.includes('/embeddings'))
    return JSON.stringify({
      object: 'list',
      model: turn.model,
      data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }],
      usage,
    });
  if (target.includes('/moderations'))
    return JSON.stringify({ id: 'm', model: turn.model, results: [{ flagged: false }] });
  if (target.includes('count_tokens')) return '{"input_tokens":3}';
  if (!/\/completions/.test(target) || target.includes('/chat/')) return undefined;
  return JSON.stringify({
    id: 'cmpl-1',
    object: 'text_completion',
    model: turn.model,
    choices: [{ text: 'words', index: 0, finish_reason: 'stop' }],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  });
}

// ---------------------------------------------------------------------------------------------- the gateway

/** Routes by the name of the model; what fails is not put aside. */
export const MIXED: Pick<GatewaySetup, 'routes' | 'health' | 'conversion' | 'maxAttempts'> = {
  maxAttempts: 4,
  conversion: { preferNative: false },
  health: {
    cooldown: { honorHeaders: false, defaultMs: 0, maxMs: 0 },
    breaker: { failures: 0, openMs: 1 },
    quarantine: { onAuth: false, retestMs: 1 },
  },
  routes: [
    { id: 'race', models: ['race-*'], dispatch: { type: 'race', maxParallel: 2 } },
    {
      id: 'hedge',
      models: ['hedge-*'],
      dispatch: { type: 'hedged', delayMs: 20, maxParallel: 3, budget: 1 },
    },
    { id: 'resume', models: ['resume-*'], streamFailure: 'resume' },
    {
      id: 'cached',
      models: ['cached-*'],
      cache: { ttlMs: 60_000, staleMs: 60_000, scope: 'shared', deterministicOnly: false },
    },
  ],
};
