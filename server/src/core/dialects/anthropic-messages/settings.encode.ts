// Settings of the model as the Messages API takes them, and a word on each that it does not know.
// https://docs.anthropic.com/en/api/messages

import type { LossSeverity } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import { controlOf, lose, type Wire, type Writing } from './writing.ts';

/** Writes sampling, stop sequences, person, tier and the mark of the whole request. */
export function encodeSettings(writing: Writing): Wire {
  const { sampling, promptCache, endUser } = writing.request;
  const body: Wire = {};
  if (sampling.stop !== undefined && (writing.own || sampling.stop.length > 0)) {
    body['stop_sequences'] = writing.own ? sampling.stop : visible(sampling.stop, writing);
  }
  if (sampling.temperature !== undefined) body['temperature'] = temperature(sampling.temperature, writing);
  if (sampling.topP !== undefined) body['top_p'] = sampling.topP;
  if (sampling.topK !== undefined) body['top_k'] = sampling.topK;
  const person = endUser?.id ?? endUser?.safetyId;
  if (person !== undefined) body['metadata'] = { user_id: person };
  if (promptCache?.automatic !== undefined) body['cache_control'] = controlOf(promptCache.automatic);
  addTier(body, writing);
  reportUnknown(writing);
  return body;
}

/** Stop sequences of white space only are refused. */
function visible(stop: readonly string[], writing: Writing): readonly string[] {
  const kept = stop.filter((sequence) => sequence.trim() !== '');
  if (kept.length < stop.length) {
    const note = 'Stop sequences of white space only are refused.';
    lose(writing.losses, 'dropped', 'quality', 'stop', 'stop-sequences', note);
  }
  return kept;
}

function temperature(wanted: number, writing: Writing): number {
  if (writing.own || wanted <= 1) return wanted;
  lose(
    writing.losses,
    'approximated',
    'quality',
    'temperature',
    'temperature',
    'The temperature is at most 1 here.',
  );
  return 1;
}

const TIERS: ReadonlyMap<string, readonly [member: string, value: string]> = new Map([
  ['auto', ['service_tier', 'auto'] as const],
  ['default', ['service_tier', 'standard_only'] as const],
  ['fast', ['speed', 'fast'] as const],
]);

function addTier(body: Wire, { request, losses }: Writing): void {
  if (request.serviceTier === undefined) return;
  const [member, value] = TIERS.get(request.serviceTier) ?? [undefined, undefined];
  if (member !== undefined) body[member] = value;
  else {
    const note = `There is no service tier "${request.serviceTier}" here.`;
    lose(losses, 'dropped', 'hint', 'service_tier', 'service-tier', note);
  }
}

/** What the format has no member for, with its name in the conversion matrix. The passes leave none of it. */
function unknownTo(request: ChatRequest): readonly (readonly [unknown, string, string, LossSeverity])[] {
  const { sampling, state, promptCache } = request;
  return [
    [(sampling.n ?? 1) > 1 || undefined, 'n', 'many-choices', 'semantic'],
    [sampling.seed, 'seed', 'seed', 'quality'],
    [sampling.presencePenalty, 'presence_penalty', 'penalties', 'quality'],
    [sampling.frequencyPenalty, 'frequency_penalty', 'penalties', 'quality'],
    [sampling.logitBias, 'logit_bias', 'logit-bias', 'quality'],
    [sampling.logprobs, 'logprobs', 'logprobs', 'quality'],
    [request.maxToolCalls, 'max_tool_calls', 'max-tool-calls', 'quality'],
    [request.verbosity, 'verbosity', 'verbosity', 'hint'],
    [request.modalities?.find((kind) => kind !== 'text'), 'modalities', 'modalities', 'semantic'],
    [
      promptCache?.key ?? promptCache?.retention ?? promptCache?.options,
      'prompt_cache',
      'prompt-cache-key',
      'hint',
    ],
    [promptCache?.resource, 'cached_content', 'cached-content', 'semantic'],
    [request.metadata, 'metadata', 'metadata', 'hint'],
    [state?.previousResponseId, 'previous_response_id', 'previous-response', 'semantic'],
    [state?.conversation, 'conversation', 'conversation', 'semantic'],
    [state?.background === true || undefined, 'background', 'background', 'semantic'],
    [state?.truncation, 'truncation', 'truncation', 'hint'],
  ];
}

function reportUnknown({ request, losses }: Writing): void {
  for (const [value, path, feature, severity] of unknownTo(request)) {
    if (value === undefined) continue;
    lose(losses, 'dropped', severity, path, feature, `The Messages API has nothing like ${path}.`);
  }
}
