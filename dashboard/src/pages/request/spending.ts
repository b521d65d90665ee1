// The table of tokens and money: what of each kind was used, what it cost, and at which rate.

import type {
  AttemptView,
  CostView,
  ExchangeView,
  UsageView,
} from '../../../../server/src/admin/contract.ts';

/** A kind of token, or what is billed besides. */
export type Part = keyof CostView['parts'];

/** In the order in which they are shown. */
const PARTS: readonly Part[] = [
  'inputUncached',
  'cacheRead',
  'cacheWrite',
  'inputAudio',
  'outputText',
  'outputReasoning',
  'outputAudio',
  'other',
];

/** One row. */
export interface SpentPart {
  readonly part: Part;
  /** Undefined for what is not counted in tokens. */
  readonly tokens: number | undefined;
  /** Undefined: nobody knows the price. */
  readonly nanoUsd: number | undefined;
  /** Nano-US-dollars for a million tokens, as billed. */
  readonly perMillionNanoUsd: number | undefined;
  /** Of the whole cost. */
  readonly share: number | undefined;
}

/** The rows that say something. */
export function spendingOf(view: Pick<ExchangeView, 'usage' | 'cost' | 'tries'>): readonly SpentPart[] {
  const { usage, cost } = view;
  const priced = cost === undefined || cost.state === 'unpriced' ? undefined : cost;
  const rated = rateSource(view);
  return PARTS.map((part): SpentPart => {
    const nanoUsd = priced?.parts[part];
    return {
      part,
      tokens: usage === undefined ? undefined : tokensOf(usage, part),
      nanoUsd,
      perMillionNanoUsd: rateOf(rated, part),
      share:
        priced === undefined || priced.totalNanoUsd === 0 || nanoUsd === undefined
          ? undefined
          : nanoUsd / priced.totalNanoUsd,
    };
  }).filter(({ tokens, nanoUsd }) => (tokens ?? 0) > 0 || (nanoUsd ?? 0) > 0);
}

/** Tokens of a kind; undefined for "other", which is counted in other things. */
function tokensOf({ input, output }: UsageView, part: Part): number | undefined {
  switch (part) {
    case 'inputUncached':
      return input.uncached;
    case 'cacheRead':
      return input.cacheRead;
    case 'cacheWrite':
      return input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther;
    case 'inputAudio':
      return input.audio;
    case 'outputText':
      return output.text;
    case 'outputReasoning':
      return output.reasoning;
    case 'outputAudio':
      return output.audio;
    case 'other':
      return undefined;
  }
}

interface Rated {
  readonly usage: UsageView;
  readonly cost: CostView;
}

/**
 * Whose tokens and money belong together: the exchange's cost is that of all attempts, its tokens those of the one that
 * counts, so that a rate is to be had from an attempt.
 */
function rateSource({
  usage,
  cost,
  tries,
}: Pick<ExchangeView, 'usage' | 'cost' | 'tries'>): Rated | undefined {
  const billed = billedAttempts(tries);
  const counted = billed.find(({ end }) => end === 'answered') ?? billed.at(-1);
  if (counted?.usage !== undefined && counted.cost !== undefined)
    return { usage: counted.usage, cost: counted.cost };
  return usage === undefined || cost === undefined || billed.length > 1 ? undefined : { usage, cost };
}

function rateOf(rated: Rated | undefined, part: Part): number | undefined {
  if (rated === undefined || rated.cost.state === 'unpriced') return undefined;
  const tokens = tokensOf(rated.usage, part) ?? 0;
  return tokens === 0 ? undefined : (rated.cost.parts[part] / tokens) * 1e6;
}

/** The attempts that cost something. */
export function billedAttempts(tries: readonly AttemptView[]): readonly AttemptView[] {
  return tries.filter(({ cost }) => cost !== undefined && cost.totalNanoUsd > 0);
}
