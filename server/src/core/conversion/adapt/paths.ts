// Where things stood in the request, in the words of the format that it came in: what a refusal names must be findable.

import type { DialectId } from '../../model/dialect-id.ts';
import type { Turn } from '../../model/request.ts';

/** Settings that have another name or place in some format. */
export type Member =
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'n'
  | 'seed'
  | 'stop'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'logitBias'
  | 'logprobs'
  | 'maxOutputTokens'
  | 'reasoning'
  | 'effort'
  | 'output'
  | 'verbosity'
  | 'modalities'
  | 'endUser'
  | 'safetyId'
  | 'serviceTier';

const CHAT: Readonly<Record<Member, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  n: 'n',
  seed: 'seed',
  stop: 'stop',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
  logprobs: 'logprobs',
  maxOutputTokens: 'max_tokens',
  reasoning: 'reasoning_effort',
  effort: 'reasoning_effort',
  output: 'response_format',
  verbosity: 'verbosity',
  modalities: 'modalities',
  endUser: 'user',
  safetyId: 'safety_identifier',
  serviceTier: 'service_tier',
};

const IN_GENERATION = 'generationConfig';

const PATHS: Readonly<Record<DialectId, Readonly<Record<Member, string>>>> = {
  'openai-chat': CHAT,
  'openai-responses': {
    ...CHAT,
    logprobs: 'top_logprobs',
    maxOutputTokens: 'max_output_tokens',
    reasoning: 'reasoning',
    effort: 'reasoning.effort',
    output: 'text.format',
    verbosity: 'text.verbosity',
  },
  'anthropic-messages': {
    ...CHAT,
    stop: 'stop_sequences',
    reasoning: 'thinking',
    effort: 'output_config.effort',
    output: 'output_config.format',
    endUser: 'metadata.user_id',
    safetyId: 'metadata.user_id',
  },
  gemini: {
    temperature: `${IN_GENERATION}.temperature`,
    topP: `${IN_GENERATION}.topP`,
    topK: `${IN_GENERATION}.topK`,
    n: `${IN_GENERATION}.candidateCount`,
    seed: `${IN_GENERATION}.seed`,
    stop: `${IN_GENERATION}.stopSequences`,
    presencePenalty: `${IN_GENERATION}.presencePenalty`,
    frequencyPenalty: `${IN_GENERATION}.frequencyPenalty`,
    logitBias: `${IN_GENERATION}.logitBias`,
    logprobs: `${IN_GENERATION}.responseLogprobs`,
    maxOutputTokens: `${IN_GENERATION}.maxOutputTokens`,
    reasoning: `${IN_GENERATION}.thinkingConfig`,
    effort: `${IN_GENERATION}.thinkingConfig.thinkingLevel`,
    output: `${IN_GENERATION}.responseMimeType`,
    verbosity: 'verbosity',
    modalities: `${IN_GENERATION}.responseModalities`,
    endUser: 'user',
    safetyId: 'user',
    serviceTier: 'serviceTier',
  },
};

/** Where a setting stands in the client's format. */
export function pathOfMember(origin: DialectId, member: Member): string {
  return PATHS[origin][member];
}

const CONVERSATIONS: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'messages',
  'openai-responses': 'input',
  'anthropic-messages': 'messages',
  gemini: 'contents',
};

/** The conversation as a whole. */
export function conversationPath(origin: DialectId): string {
  return CONVERSATIONS[origin];
}

/** Where instructions stand that have a member of their own outside of the conversation. */
const APART: Readonly<Record<DialectId, string | undefined>> = {
  'openai-chat': undefined,
  'openai-responses': 'instructions',
  'anthropic-messages': 'system',
  gemini: 'systemInstruction.parts',
};

/**
 * Where a turn stands, or what is within it: positions of the part and of those within it, outermost first. True as long
 * as no pass has added or taken away turns before it.
 */
export function pathOf(
  origin: DialectId,
  turns: readonly Turn[],
  turn: number,
  steps: readonly number[] = [],
): string {
  const apart = hasInstructionsApart(origin, turns) ? APART[origin] : undefined;
  if (apart !== undefined && turn === 0) return `${apart}${indexed(steps)}`;
  const path = `${CONVERSATIONS[origin]}[${apart === undefined ? turn : turn - 1}]`;
  const [step, ...inner] = steps;
  if (step === undefined) return path;
  const type = turns[turn]?.parts[step]?.type;
  switch (origin) {
    case 'gemini': {
      const isWithinResult = inner.length > 0 && type === 'tool-result';
      return `${path}.parts[${step}]${isWithinResult ? '.functionResponse' : ''}`;
    }
    case 'anthropic-messages':
      return `${path}.content[${step}]${inner.map((each) => `.content[${each}]`).join('')}`;
    default: {
      // Results, calls and reasoning are no parts of a message there, but messages, items or members of their own.
      if (type === 'text' || type === 'media' || type === 'refusal' || type === 'vendor')
        return `${path}.content[${step}]`;
      if (inner.length === 0) return path;
      return `${path}.${origin === 'openai-chat' ? 'content' : 'output'}${indexed(inner)}`;
    }
  }
}

function indexed(steps: readonly number[]): string {
  return steps.map((step) => `[${step}]`).join('');
}

/** Whether the first turn came from `instructions`, `system` or `systemInstruction` (where it is marked, as a message). */
function hasInstructionsApart(origin: DialectId, [first]: readonly Turn[]): boolean {
  if (first?.role !== 'system') return false;
  return origin === 'gemini' || (first.ext === undefined && first.itemId === undefined);
}
