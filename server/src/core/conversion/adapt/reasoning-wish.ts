// How hard to think, in the terms of the target: a word, a number of tokens, a level, or as the model sees fit.

import { type ChatRequest, EFFORTS, type Effort, type ReasoningWish } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { pathOfMember } from './paths.ts';

/** Effort as a budget of tokens. Monotone, and the way back (`effortOf`) leads to the same word. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 65_536,
};

/** Largest budget of each word. */
const UP_TO: readonly (readonly [number, Effort])[] = [
  [1024, 'minimal'],
  [4096, 'low'],
  [16_383, 'medium'],
  [28_671, 'high'],
  [49_151, 'xhigh'],
];

/** The word for a budget of tokens. */
export function effortOf(budgetTokens: number): Effort {
  return UP_TO.find(([most]) => budgetTokens <= most)?.[1] ?? 'max';
}

/** The budget of tokens for a word. */
export function budgetOf(effort: Effort): number {
  return BUDGETS[effort];
}

/** The nearest of some words; of two equally near ones the stronger. */
export function nearestEffort(effort: Effort, supported: readonly Effort[]): Effort | undefined {
  const wanted = EFFORTS.indexOf(effort);
  let nearest: Effort | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of supported) {
    const distance = Math.abs(EFFORTS.indexOf(candidate) - wanted);
    if (distance < least || (distance === least && EFFORTS.indexOf(candidate) > wanted)) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

/** The wish to reason in the target's terms. To come after the choice of tools was adapted. */
export const reasoningWish: Pass = (request, adapting) => {
  const wish = request.reasoning;
  if (wish === undefined) return { request };
  const { reasoning: _before, ...rest } = request;
  const fitted = fittedWish(wish, request, adapting);
  if (fitted === undefined) return { request: rest };
  return { request: isSame(fitted, wish) ? request : { ...request, reasoning: fitted } };
};

function isSame(left: ReasoningWish, right: ReasoningWish): boolean {
  return (
    left.mode === right.mode &&
    left.effort === right.effort &&
    left.budgetTokens === right.budgetTokens &&
    left.show === right.show &&
    left.ext === right.ext
  );
}

type Common = Pick<ReasoningWish, 'show' | 'ext'>;

function fittedWish(
  wish: ReasoningWish,
  request: ChatRequest,
  adapting: Adapting,
): ReasoningWish | undefined {
  const { by } = adapting.traits.reasoning;
  if (by === 'none') return told(wish, request.origin, adapting);
  const show = shownTo(request.origin, adapting.traits.dialect, wish);
  const common: Common = {
    ...(show === undefined ? {} : { show }),
    ...(wish.ext === undefined ? {} : { ext: wish.ext }),
  };
  if (wish.mode === 'off') return off(common, request, adapting);
  if (by === 'budget') return inTokens(wish, common, request, adapting);
  const wanted = wish.effort ?? (wish.budgetTokens === undefined ? undefined : effortOf(wish.budgetTokens));
  const effort = wanted === undefined ? undefined : supported(wanted, request.origin, adapting);
  const inWords: ReasoningWish = { ...common, ...(effort === undefined ? {} : { effort }) };
  if (by !== 'adaptive') return Object.keys(inWords).length === 0 ? undefined : inWords;
  // In anthropic-messages an effort alone says nothing of thinking (G73).
  const thinks = wish.mode !== undefined || request.origin !== 'anthropic-messages';
  return thinks && (wanted !== undefined || wish.mode !== undefined) ? { mode: 'auto', ...inWords } : inWords;
}

/** Anthropic's thinking is shown, shortened, unless it is asked not to be; to others that has to be said. */
function shownTo(
  origin: ChatRequest['origin'],
  target: ChatRequest['origin'],
  { mode, show }: ReasoningWish,
): ReasoningWish['show'] {
  if (show !== undefined || origin !== 'anthropic-messages' || target === origin) return show;
  return mode === 'on' || mode === 'auto' ? 'summary' : undefined;
}

/** A target that cannot be told loses the wish. */
function told(
  { mode, effort, budgetTokens }: ReasoningWish,
  origin: ChatRequest['origin'],
  { losses }: Adapting,
): undefined {
  if (mode === 'off') return undefined;
  const asked = effort !== undefined || budgetTokens !== undefined || mode === 'on';
  losses.add({
    path: pathOfMember(origin, 'reasoning'),
    feature: 'reasoning',
    action: 'dropped',
    severity: asked ? 'quality' : 'hint',
    note: 'The target cannot be told how much to reason.',
  });
  return undefined;
}

function supported(
  effort: Effort,
  origin: ChatRequest['origin'],
  { traits, losses }: Adapting,
): Effort | undefined {
  const nearest = nearestEffort(effort, traits.reasoning.efforts);
  if (nearest !== effort)
    losses.add({
      path: pathOfMember(origin, 'effort'),
      feature: 'reasoning-effort',
      action: nearest === undefined ? 'dropped' : 'approximated',
      severity: 'quality',
      note: `The target does not know the effort ${effort}; ${nearest ?? 'its default'} is used.`,
    });
  return nearest;
}

function off(wanted: Common, request: ChatRequest, adapting: Adapting): ReasoningWish | undefined {
  const { traits, losses } = adapting;
  // Nobody who asks for no reasoning expects to read any.
  const common: Common = request.origin === traits.dialect ? wanted : { ...wanted, show: 'none' };
  if (traits.reasoning.canBeOff) return { ...wanted, mode: 'off' };
  losses.add({
    path: pathOfMember(request.origin, 'reasoning'),
    feature: 'reasoning-off',
    action: 'approximated',
    severity: 'quality',
    note: 'The target always reasons; it was asked for the least.',
  });
  if (traits.reasoning.by === 'budget') {
    const least = { ...common, mode: 'on' as const, budgetTokens: traits.reasoning.minBudgetTokens };
    return inTokens(least, common, request, adapting);
  }
  const [lowest] = traits.reasoning.efforts;
  const words = { ...common, ...(lowest === undefined ? {} : { effort: lowest }) };
  return traits.reasoning.by === 'adaptive' ? { mode: 'auto', ...words } : words;
}

/** What "as the model sees fit" becomes where a number is required. */
const SEES_FIT = BUDGETS.medium;

function inTokens(
  wish: ReasoningWish,
  common: Common,
  request: ChatRequest,
  adapting: Adapting,
): ReasoningWish | undefined {
  const { traits, losses } = adapting;
  const { minBudgetTokens, maxBudgetTokens, effortBesideBudget, efforts } = traits.reasoning;
  const { mode, effort, budgetTokens } = wish;
  const isNumber = budgetTokens !== undefined;
  if (!isNumber && effort === undefined) {
    if (mode === undefined) return Object.keys(common).length === 0 ? undefined : common;
    // gemini says it by a budget of -1.
    if (traits.dialect === 'gemini') return { ...common, mode: 'auto' };
  }
  // G72: the answer needs tokens of its own.
  const room = (request.maxOutputTokens ?? traits.maxOutputTokens) - 1;
  const wanted = budgetTokens ?? (effort === undefined ? SEES_FIT : budgetOf(effort));
  const budget = Math.min(Math.max(wanted, minBudgetTokens), maxBudgetTokens, room);
  if (
    budget < minBudgetTokens ||
    (traits.dialect === 'anthropic-messages' && lacksReasoning(request, adapting))
  ) {
    losses.add({
      path: pathOfMember(request.origin, 'reasoning'),
      feature: 'reasoning',
      action: 'dropped',
      severity: 'quality',
      note:
        budget < minBudgetTokens
          ? 'The limit of output tokens leaves no room for reasoning.'
          : 'The turn that is to be continued has no reasoning that the target made; it goes on without.',
    });
    return traits.reasoning.canBeOff ? { ...common, mode: 'off' } : undefined;
  }
  if (budget !== wanted)
    losses.add({
      path: pathOfMember(request.origin, 'reasoning'),
      feature: 'reasoning-budget',
      action: 'approximated',
      severity: isNumber ? 'quality' : 'hint',
      note: `A budget of ${wanted} reasoning tokens does not fit the target; ${budget} is used.`,
    });
  const beside = effortBesideBudget && effort !== undefined ? nearestEffort(effort, efforts) : undefined;
  return { ...common, mode: 'on', budgetTokens: budget, ...(beside === undefined ? {} : { effort: beside }) };
}

/**
 * G69: with a budget, the assistant's turn before results must begin with reasoning of the target's own making.
 * Servers that take reasoning as plain text do not check.
 */
function lacksReasoning({ turns }: ChatRequest, { traits }: Adapting): boolean {
  if (traits.replaysReasoningText) return false;
  let at = turns.length - 1;
  let hasResults = false;
  for (; at >= 0 && turns[at]?.role !== 'assistant'; at--)
    if (turns[at]?.parts.some(({ type }) => type === 'tool-result')) hasResults = true;
  if (!hasResults) return false;
  while (at > 0 && turns[at - 1]?.role === 'assistant') at--;
  for (; turns[at]?.role === 'assistant'; at++) {
    const first = turns[at]?.parts[0];
    if (first !== undefined) return first.type !== 'reasoning';
  }
  return false;
}
