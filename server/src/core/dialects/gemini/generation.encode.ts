// `generationConfig` on the wire. https://ai.google.dev/api/generate-content#generationconfig

import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ChatRequest, OutputForm, ReasoningWish, Sampling } from '../../model/request.ts';
import { writtenSchema } from './schema-types.ts';
import { dropped, type Writing } from './writing.ts';

/** Google takes so many stop sequences. */
const MOST_STOPS = 5;

type Generation = Pick<ChatRequest, 'sampling' | 'maxOutputTokens' | 'reasoning' | 'output' | 'modalities'>;

/** The member without what is of this format alone. */
export function encodeGeneration(writing: Writing, generation: Generation): JsonObject {
  const { sampling, maxOutputTokens, reasoning, output, modalities } = generation;
  const thinkingConfig = reasoning === undefined ? undefined : encodeThinking(writing, reasoning);
  return {
    ...encodeSampling(writing, sampling),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(output === undefined ? {} : encodeForm(writing, output)),
    ...(modalities === undefined ? {} : { responseModalities: modalities.map((word) => word.toUpperCase()) }),
    ...(thinkingConfig === undefined ? {} : { thinkingConfig }),
  };
}

function encodeSampling(writing: Writing, sampling: Sampling): JsonObject {
  const {
    temperature,
    topP,
    topK,
    n,
    seed,
    stop,
    presencePenalty,
    frequencyPenalty,
    logitBias,
    logprobs,
    ...rest
  } = sampling;
  nothingLeft(rest);
  if (logitBias !== undefined)
    dropped(writing, 'logit_bias', 'logit-bias', 'quality', 'Single tokens cannot be biased here.');
  if (stop !== undefined && stop.length > MOST_STOPS)
    dropped(
      writing,
      'stop',
      'stop-sequences',
      'semantic',
      `Only the first ${MOST_STOPS} stop sequences are sent.`,
    );
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(n === undefined ? {} : { candidateCount: n }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stopSequences: stop.slice(0, MOST_STOPS) }),
    ...(presencePenalty === undefined ? {} : { presencePenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequencyPenalty }),
    ...(logprobs === undefined ? {} : { responseLogprobs: true }),
    ...(logprobs?.top === undefined ? {} : { logprobs: logprobs.top }),
  };
}

function encodeForm(writing: Writing, output: OutputForm): JsonObject {
  switch (output.type) {
    case 'text':
      return writing.own ? { responseMimeType: 'text/plain' } : {};
    case 'json':
      return { responseMimeType: 'application/json' };
    case 'schema': {
      const { schema } = output;
      const written = writing.own ? writtenSchema(schema) : undefined;
      const member =
        written === undefined ? { responseJsonSchema: schema } : { [written.member]: written.schema };
      return { responseMimeType: 'application/json', ...member };
    }
    default:
      return unreachable(output);
  }
}

function encodeThinking(writing: Writing, wish: ReasoningWish): JsonObject | undefined {
  const { mode, effort, budgetTokens, show, ext, ...rest } = wish;
  nothingLeft(rest);
  void ext;
  const { by, efforts } = writing.traits.reasoning;
  const amount: Record<string, unknown> = {};
  if (budgetTokens !== undefined) amount['thinkingBudget'] = budgetTokens;
  else if (effort !== undefined && (writing.own || by !== 'budget'))
    amount['thinkingLevel'] = effort === 'xhigh' || effort === 'max' ? 'HIGH' : effort.toUpperCase();
  else if (mode === 'off' && (writing.own || by === 'budget')) amount['thinkingBudget'] = 0;
  else if (mode === 'off' && by === 'level')
    amount['thinkingLevel'] = (efforts[0] ?? 'minimal').toUpperCase();
  else if (mode === 'auto' && (writing.own || by === 'budget')) amount['thinkingBudget'] = -1;
  else if (effort !== undefined)
    dropped(
      writing,
      'reasoning',
      'reasoning-effort',
      'quality',
      'The model takes a number of tokens, and none is known.',
    );
  if (writing.own && budgetTokens !== undefined && effort !== undefined)
    amount['thinkingLevel'] = effort.toUpperCase();
  if (writing.own && show !== undefined) amount['includeThoughts'] = show !== 'none';
  // Thoughts come only when asked for.
  if (!writing.own && show !== 'none' && mode !== 'off' && by !== 'none') amount['includeThoughts'] = true;
  return Object.keys(amount).length === 0 ? undefined : amount;
}
