// Numbers that steer how tokens are drawn, and the limit of output: only those the target takes, within its bounds (G75).

import type { ChatRequest, Sampling } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { pathOfMember } from './paths.ts';

/** Sampling within what the target takes. To come after the wish to reason was adapted. */
export const sampling: Pass = (request, adapting) => {
  const limited = withLimit(request, adapting);
  const kept: Mutable = { ...limited.sampling };
  const draft: Draft = { origin: request.origin, kept };
  gates(draft, adapting);
  bounds(draft, limited, adapting);
  const before = limited.sampling;
  const keys = Object.keys(before) as (keyof Sampling)[];
  return {
    request: keys.every((key) => kept[key] === before[key]) ? limited : { ...limited, sampling: kept },
  };
};

type Mutable = { -readonly [K in keyof Sampling]: Sampling[K] };

/** Members in the words of the conversion matrix. */
const FEATURES: Readonly<Partial<Record<keyof Sampling, string>>> = {
  temperature: 'temperature',
  topP: 'top-p',
  topK: 'top-k',
  seed: 'seed',
  presencePenalty: 'presence-penalty',
  frequencyPenalty: 'frequency-penalty',
  logitBias: 'logit-bias',
  logprobs: 'logprobs',
};

/** What a member means by this value is what happens without it. */
function isDefault(member: keyof Sampling, value: unknown): boolean {
  if (member === 'temperature' || member === 'topP') return value === 1;
  return value === 0 && (member === 'presencePenalty' || member === 'frequencyPenalty');
}

/** What is left of a request while it is being adapted. */
interface Draft {
  readonly origin: ChatRequest['origin'];
  readonly kept: Mutable;
}

function drop({ origin, kept }: Draft, member: keyof Sampling, { losses }: Adapting, why: string): void {
  const value = kept[member];
  if (value === undefined) return;
  delete kept[member];
  losses.add({
    path: pathOfMember(origin, member),
    feature: FEATURES[member] ?? member,
    action: 'dropped',
    severity: isDefault(member, value) ? 'hint' : 'quality',
    note: why,
  });
}

function gates(draft: Draft, adapting: Adapting): void {
  const { kept } = draft;
  const { traits } = adapting;
  const why = 'The target does not take it.';
  if (!traits.sampling)
    for (const member of ['temperature', 'topP', 'topK'] as const) drop(draft, member, adapting, why);
  if (!traits.topK) drop(draft, 'topK', adapting, why);
  if (!traits.seed) drop(draft, 'seed', adapting, why);
  if (!traits.penalties)
    for (const member of ['presencePenalty', 'frequencyPenalty'] as const) drop(draft, member, adapting, why);
  if (!traits.logitBias) drop(draft, 'logitBias', adapting, why);
  if (!traits.logprobs) drop(draft, 'logprobs', adapting, why);
  const { n } = kept;
  if (n === undefined || traits.manyChoices) return;
  delete kept.n;
  if (n > 1)
    adapting.losses.add({
      path: pathOfMember(draft.origin, 'n'),
      feature: 'n',
      action: 'dropped',
      severity: 'semantic',
      note: `The target gives one answer, not ${n}.`,
    });
}

function bounds(draft: Draft, request: ChatRequest, adapting: Adapting): void {
  const { kept } = draft;
  const { traits, losses } = adapting;
  const { temperature } = kept;
  if (temperature !== undefined && temperature > traits.maxTemperature) {
    kept.temperature = traits.maxTemperature;
    losses.add({
      path: pathOfMember(draft.origin, 'temperature'),
      feature: 'temperature',
      action: 'approximated',
      severity: 'quality',
      note: `A temperature of ${temperature} is more than the target takes; ${traits.maxTemperature} is used.`,
    });
  }
  if (traits.dialect !== 'anthropic-messages') return;
  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking#feature-compatibility
  const { mode } = request.reasoning ?? {};
  if (mode === 'on' || mode === 'auto') {
    const why = 'The target does not take it while it reasons.';
    if (kept.temperature !== 1) drop(draft, 'temperature', adapting, why);
    if (kept.topP !== undefined && kept.topP < 0.95) drop(draft, 'topP', adapting, why);
    drop(draft, 'topK', adapting, why);
  }
  // Newer models refuse both at once.
  if (kept.temperature !== undefined)
    drop(draft, 'topP', adapting, 'The target takes either a temperature or top_p.');
}

/** The least that openai-responses takes. */
const LEAST_OUTPUT = 16;

function withLimit(request: ChatRequest, { traits, losses }: Adapting): ChatRequest {
  const wanted = request.maxOutputTokens;
  if (wanted === undefined) return request;
  const least = traits.dialect === 'openai-responses' ? LEAST_OUTPUT : 0;
  const maxOutputTokens = Math.max(least, Math.min(wanted, traits.maxOutputTokens));
  if (maxOutputTokens === wanted) return request;
  losses.add({
    path: pathOfMember(request.origin, 'maxOutputTokens'),
    feature: 'max-output-tokens',
    action: 'approximated',
    severity: 'quality',
    note: `A limit of ${wanted} output tokens is ${wanted > maxOutputTokens ? 'more' : 'less'} than the target takes; ${maxOutputTokens} is used.`,
  });
  return { ...request, maxOutputTokens };
}
