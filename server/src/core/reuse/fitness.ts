// Whether a question may be answered from memory at all, and whether an answer may be kept: reuse must never be noticed by
// anything but its speed and its price.

import type { ChatRequest } from '../model/request.ts';
import type { ChatResponse, StopReason } from '../model/response.ts';

/**
 * Members of one format alone that are known to be part of the question and nothing else. Others may stand for something
 * that the provider remembers, runs or looks up.
 */
const PLAIN_MEMBERS: ReadonlySet<string> = new Set(['safetySettings', 'prediction', 'tools']);

/** Why a request is never answered from memory, in a word; undefined where it may be. */
export function whyAsked(request: ChatRequest): string | undefined {
  const { state, tools, toolChoice, ext, promptCache, origin, modalities } = request;
  if (state?.previousResponseId !== undefined || state?.conversation !== undefined) return 'continues';
  if (state?.background === true) return 'background';
  // Elsewhere it is what happens anyway.
  if (state?.store === true && origin !== 'openai-responses') return 'stored';
  if (tools.some(({ kind }) => kind === 'hosted') || toolChoice?.mode === 'hosted') return 'hosted-tool';
  if (promptCache?.resource !== undefined) return 'cached-content';
  if (modalities?.some((kind) => kind !== 'text') === true) return 'media';
  const members = Object.keys(ext ?? {});
  return members.some((name) => !PLAIN_MEMBERS.has(name)) ? 'unknown-member' : undefined;
}

/**
 * True where the same question is meant to get the same answer: the most likely token each time (temperature 0, or one
 * token to choose from), or a seed, for which OpenAI and Google promise their best effort to repeat themselves.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-seed
 * Models that take neither, as many that reason, are never so.
 */
export function isDeterministic({ sampling }: ChatRequest): boolean {
  return sampling.temperature === 0 || sampling.topK === 1 || sampling.seed !== undefined;
}

/** How an answer ends that is complete as far as the question lets it: its greatest length is part of the question. */
const COMPLETE: ReadonlySet<StopReason> = new Set(['stop', 'stop-sequence', 'tool-calls', 'length']);

/** True for an answer that is worth giving again: complete, not withheld, not refused, not empty. */
export function isKeepable({ choices }: ChatResponse): boolean {
  return (
    choices.length > 0 &&
    choices.every(
      ({ stop, parts }) =>
        COMPLETE.has(stop.reason) && parts.length > 0 && parts.every(({ type }) => type !== 'refusal'),
    )
  );
}
