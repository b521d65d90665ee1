// How hard to think and in what form to answer: `thinking`, `output_config`, and the `max_tokens` that must leave room.
// https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking, …/adaptive-thinking, …/effort

import type { ReasoningWish } from '../../model/request.ts';
import { lose, type Wire, type Writing } from './writing.ts';

/** Members of the body. */
export interface Effortful {
  /** undefined only where a request of this format had none: counting tokens needs none. */
  readonly maxTokens: number | undefined;
  readonly thinking: Wire | undefined;
  readonly outputConfig: Wire | undefined;
}

/** Writes thinking, effort, form and limit of the output. `thinks` is false where the conversation forbids thinking. */
export function encodeReasoning(writing: Writing, thinks: boolean): Effortful {
  const { request, own } = writing;
  const limit = request.maxOutputTokens ?? (own ? undefined : defaultLimit(writing));
  const wish = request.reasoning;
  let thinking = wish === undefined ? undefined : own ? ownThinking(wish) : foreignThinking(wish, writing);
  if (!thinks && !own && thinking?.['type'] === 'enabled') {
    thinking = undefined;
    const note =
      'The turn that called the tools does not begin with the thinking that the API wants to see again.';
    lose(writing.losses, 'dropped', 'quality', 'reasoning', 'reasoning', note);
  }
  const fitted = own ? { maxTokens: limit, thinking } : fit(limit, thinking, writing);
  return { ...fitted, outputConfig: encodeOutputConfig(writing) };
}

function defaultLimit({ traits, losses }: Writing): number {
  const note = `The format requires a limit; the model's own of ${traits.maxOutputTokens} tokens is sent.`;
  lose(losses, 'defaulted', 'hint', 'max_tokens', 'max-tokens', note);
  return traits.maxOutputTokens;
}

const DISPLAYS = { none: 'omitted', summary: 'summarized', full: 'summarized' } as const;

function ownThinking(wish: ReasoningWish): Wire | undefined {
  const { mode, effort: _effort, budgetTokens, show, ext } = wish;
  const thinking: Wire = {};
  if (mode !== undefined)
    thinking['type'] = mode === 'off' ? 'disabled' : mode === 'auto' ? 'adaptive' : 'enabled';
  if (budgetTokens !== undefined) thinking['budget_tokens'] = budgetTokens;
  if (show !== undefined) thinking['display'] = DISPLAYS[show];
  Object.assign(thinking, ext);
  return Object.keys(thinking).length === 0 ? undefined : thinking;
}

function foreignThinking(wish: ReasoningWish, { traits, losses }: Writing): Wire | undefined {
  const { by } = traits.reasoning;
  const display = wish.show === undefined ? {} : { display: DISPLAYS[wish.show] };
  if (by === 'none') {
    if (wish.mode !== 'off')
      lose(losses, 'dropped', 'quality', 'reasoning', 'reasoning', 'The model cannot reason.');
    return undefined;
  }
  if (wish.mode === 'off') return { type: 'disabled' };
  // What is to be seen says nothing of whether to think.
  if (wish.mode === undefined && wish.effort === undefined && wish.budgetTokens === undefined)
    return undefined;
  if (by === 'adaptive') return { type: 'adaptive', ...display };
  if (by !== 'budget') return undefined;
  if (wish.budgetTokens !== undefined)
    return { type: 'enabled', budget_tokens: wish.budgetTokens, ...display };
  if (!traits.reasoning.effortBesideBudget) {
    lose(
      losses,
      'dropped',
      'quality',
      'reasoning',
      'reasoning',
      'The model needs to be told a budget of tokens.',
    );
  }
  return undefined;
}

/** The budget must be smaller than the limit; what the client said of the limit counts, unless it leaves no room at all. */
function fit(
  limit: number | undefined,
  thinking: Wire | undefined,
  { traits, losses }: Writing,
): { readonly maxTokens: number | undefined; readonly thinking: Wire | undefined } {
  const budget = thinking?.['budget_tokens'];
  if (limit === undefined || thinking === undefined || typeof budget !== 'number' || budget < limit) {
    return { maxTokens: limit, thinking };
  }
  const least = Math.max(1, traits.reasoning.minBudgetTokens);
  const half = Math.floor(limit / 2);
  if (half >= least) {
    const note = `A budget of ${budget} tokens leaves no room below the limit of ${limit}; it is lowered to ${half}.`;
    lose(losses, 'approximated', 'quality', 'reasoning', 'reasoning-budget', note);
    return { maxTokens: limit, thinking: { ...thinking, budget_tokens: half } };
  }
  const note = `The limit of ${limit} tokens leaves no room for thinking; it is raised to ${limit + least}.`;
  lose(losses, 'approximated', 'quality', 'max_tokens', 'max-tokens', note);
  return { maxTokens: limit + least, thinking: { ...thinking, budget_tokens: least } };
}

function encodeOutputConfig(writing: Writing): Wire | undefined {
  const { output, reasoning } = writing.request;
  const config: Wire = {};
  if (reasoning?.effort !== undefined && takesEffort(writing)) config['effort'] = reasoning.effort;
  if (output?.type === 'schema') config['format'] = { type: 'json_schema', schema: output.schema };
  if (output?.type === 'json') {
    const note = 'JSON without a schema cannot be asked for here.';
    lose(writing.losses, 'dropped', 'quality', 'response_format', 'json-output', note);
  }
  return Object.keys(config).length > 0 ? config : undefined;
}

function takesEffort({ own, traits, request }: Writing): boolean {
  const { by, effortBesideBudget } = traits.reasoning;
  if (own) return true;
  return by === 'budget' ? effortBesideBudget : by !== 'none' && request.reasoning?.mode !== 'off';
}
