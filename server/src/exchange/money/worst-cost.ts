// The most that a request may cost, by the dearest of those that may serve it: what it may put in and, where it names no
// maximum of output, the most that the model writes.

import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { parseJson } from '../../core/model/json.ts';
import { worstNanoUsd } from '../../core/pricing/cost-of.ts';
import { traitsFor } from '../../core/providers/traits/index.ts';
import type { DispatchMode, RoutePolicy } from '../../core/routing/policy.ts';
import type { Exchange } from '../context.ts';
import type { Member } from '../pool/member.ts';
import type { Selection } from '../pool/pool.ts';
import { inputTokens } from './bill.ts';

/** The most it may cost, and the members whose price is known, or all of them where that does not matter. */
export interface Worst {
  readonly worstNanoUsd: number;
  /** The request itself names a maximum of output, or has none. */
  readonly bounded: boolean;
  readonly members: readonly Member[];
}

/** Estimates of input may be too low. */
const INPUT_MARGIN = 1.2;
/** What is reckoned with where neither the request nor anybody else knows how much a model writes. */
const UNKNOWN_OUTPUT = 32_000;
/** Traits say so of models that nobody knows. */
const UNLIMITED = 1_000_000;
/** What the legacy completions write by themselves. */
const COMPLETION_TOKENS = 16;

/** What is reckoned with where the provider may search the web and nobody says how often; most answers need fewer. */
const UNKNOWN_SEARCHES = 10;

/** Reckons, or says that the price of everything that could serve it is unknown. */
export function worstCost(
  exchange: Exchange,
  { members, route }: Selection,
  unpricedToo: boolean,
): Worst | SluiceError {
  const input = Math.ceil(inputTokens(exchange) * INPUT_MARGIN);
  const asked = outputAsked(exchange);
  const searches = searchesAsked(exchange);
  const again = mostResumed(exchange, route);
  const priced: Member[] = [];
  const reckoned = new Map<string, number | undefined>();
  let worst = 0;
  for (const member of members) {
    const { upstream, model, dialect } = member.target;
    const name = `${upstream.id} ${model}`;
    if (!reckoned.has(name)) {
      const price = exchange.ports.prices.of(upstream, model, exchange.inbound.receivedAtMs);
      const known = traitsFor(upstream.provider.id, dialect, model, upstream.traits).maxOutputTokens;
      const most = known >= UNLIMITED ? UNKNOWN_OUTPUT : known;
      const output = (asked.tokens ?? most) * asked.answers;
      reckoned.set(
        name,
        price === undefined
          ? undefined
          : worstNanoUsd(price, input, output, searches) + again * worstNanoUsd(price, input + output, 0),
      );
    }
    const cost = reckoned.get(name);
    if (cost === undefined && !unpricedToo) continue;
    priced.push(member);
    worst = Math.max(worst, cost ?? 0);
  }
  if (priced.length === 0) return unpriced(exchange, members);
  return {
    worstNanoUsd: worst * Math.min(parallel(route.dispatch), priced.length),
    bounded: asked.tokens !== undefined,
    members: priced.length === members.length ? members : priced,
  };
}

/** How many may be asked at the same time; each of them is paid for. */
function parallel(dispatch: DispatchMode): number {
  return dispatch.type === 'serial' ? 1 : dispatch.maxParallel;
}

/** How often another candidate may go on with the answer; each time the question and the answer so far are read anew. */
function mostResumed({ peeked }: Exchange, { streamFailure, retry }: RoutePolicy): number {
  return peeked.stream && streamFailure === 'resume' ? Math.max(0, retry.maxAttempts - 1) : 0;
}

/** How often the provider may search the web; Anthropic's tool names a maximum. */
function searchesAsked({ use, decoded }: Exchange): number {
  const request = use === 'generate' ? decoded() : undefined;
  if (request === undefined || 'code' in request) return 0;
  let searches = 0;
  for (const { hosted } of request.tools)
    if (hosted?.does === 'web-search') searches += numberIn(hosted.config, 'max_uses') ?? UNKNOWN_SEARCHES;
  return searches;
}

/** The output that the request names, for each of its answers. */
function outputAsked({ use, body, decoded }: Exchange): { tokens: number | undefined; answers: number } {
  if (use === 'embed' || use === 'moderate') return { tokens: 0, answers: 1 };
  if (use === 'complete') {
    const json = parseJson(body.toString('utf8'));
    return {
      tokens: numberIn(json, 'max_tokens') ?? COMPLETION_TOKENS,
      answers: promptsIn(json) * Math.max(1, numberIn(json, 'n') ?? 1, numberIn(json, 'best_of') ?? 1),
    };
  }
  const request = decoded();
  if ('code' in request) return { tokens: undefined, answers: 1 };
  return { tokens: request.maxOutputTokens, answers: Math.max(1, request.sampling.n ?? 1) };
}

/** A legacy completion answers each text, or list of tokens, of its list of prompts. */
function promptsIn(json: unknown): number {
  if (typeof json !== 'object' || json === null) return 1;
  const prompt: unknown = Reflect.get(json, 'prompt');
  return Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(1, prompt.length) : 1;
}

function numberIn(json: unknown, name: string): number | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const value: unknown = Reflect.get(json, name);
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined;
}

function unpriced({ inbound }: Exchange, members: readonly Member[]): SluiceError {
  const models = [...new Set(members.map(({ target }) => `${target.upstream.id}/${target.model}`))];
  return sluiceError(
    'price_unknown',
    `The price of ${models.slice(0, 3).join(', ')} is not known, and the client "${inbound.client?.id ?? ''}" has a budget.`,
    {
      param: 'model',
      suggestion:
        'Write the price into "prices" of the configuration, or set unpricedModels to "allow" for the client.',
    },
  );
}
