// Requests and targets for tests of the passes that fit one to the other.

import type { Adapted, Adapting, Pass } from '../../src/core/conversion/adapt.ts';
import type { Part } from '../../src/core/model/content.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { type Loss, lossReport } from '../../src/core/model/loss.ts';
import type { ChatRequest, Role, Turn } from '../../src/core/model/request.ts';
import type { ModelTraits } from '../../src/core/model/traits.ts';
import { traitsFor } from '../../src/core/providers/traits/index.ts';

/** Traits of models that tests speak to. */
export const targets = {
  chat: traitsFor('openai-compatible', 'openai-chat', 'unknown'),
  gpt4: traitsFor('openai', 'openai-chat', 'gpt-4.1'),
  gpt5: traitsFor('openai', 'openai-responses', 'gpt-5.1'),
  adaptive: traitsFor('anthropic', 'anthropic-messages', 'claude-opus-4-6'),
  budget: traitsFor('anthropic', 'anthropic-messages', 'claude-sonnet-4-5'),
  gemini2: traitsFor('gemini', 'gemini', 'gemini-2.5-flash'),
  gemini3: traitsFor('gemini', 'gemini', 'gemini-3-pro-preview'),
  deepseek: traitsFor('deepseek', 'openai-chat', 'deepseek-v4-pro'),
} as const;

/** A turn of one text, or of the given parts. */
export function turn(role: Role, content: string | readonly Part[]): Turn {
  return { role, parts: typeof content === 'string' ? [{ type: 'text', text: content }] : content };
}

/** A small request of a chat client. */
export function ask(more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    origin: 'openai-chat',
    model: 'm',
    stream: true,
    includeUsage: true,
    turns: [turn('user', 'Hi')],
    tools: [],
    sampling: {},
    ...more,
  };
}

/** What a pass has made of a request. */
export interface Passed {
  readonly request: ChatRequest;
  readonly losses: readonly Loss[];
  /** "feature action severity" of each loss. */
  readonly told: readonly string[];
  /** Sends the target's events through the pass. */
  readonly answer: (events: readonly StreamEvent[]) => readonly StreamEvent[];
}

/** Makes every change of a value an error. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

/** Runs one pass on a request that it cannot change. */
export function pass(
  what: Pass,
  request: ChatRequest,
  traits: ModelTraits,
  more: Partial<Pick<Adapting, 'recalled' | 'withoutTokens'>> = {},
): Passed {
  const report = lossReport();
  const adapted: Adapted = what(frozen(request), {
    traits,
    losses: report,
    recalled: undefined,
    withoutTokens: false,
    ...more,
  });
  return {
    request: adapted.request,
    losses: report.losses,
    told: report.losses.map(({ feature, action, severity }) => `${feature} ${action} ${severity}`),
    answer(events) {
      const seen: StreamEvent[] = [];
      const emit = adapted.raise?.((event) => seen.push(event)) ?? ((event: StreamEvent) => seen.push(event));
      for (const event of events) emit(event);
      return seen;
    },
  };
}
