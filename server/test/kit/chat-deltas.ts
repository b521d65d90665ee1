// Chat Completions streams as lists of deltas, and what the decoder makes of them.

import { decodeStream } from '../../src/core/dialects/openai-chat/stream.decode.ts';
import type { Part } from '../../src/core/model/content.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import type { JsonObject } from '../../src/core/model/json.ts';

export const FACTS: JsonObject = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
};

/** The events of a stream of deltas of choice 0; strings are sent as they are. */
export function events(...sent: readonly (object | string)[]): StreamEvent[] {
  const got: StreamEvent[] = [];
  const decoder = decodeStream(checkGrammar((event) => got.push(event)));
  for (const one of sent) {
    const isChunk = typeof one === 'object' && ('choices' in one || 'error' in one);
    const chunk = isChunk ? one : { ...FACTS, choices: [{ index: 0, delta: one, finish_reason: null }] };
    decoder.event('', typeof one === 'string' ? one : JSON.stringify(chunk));
  }
  decoder.end();
  return got;
}

/** A chunk that says why the choice ended. */
export function finish(word: string | null, more: object = {}): object {
  return { ...FACTS, choices: [{ index: 0, delta: {}, finish_reason: word }], ...more };
}

/** The closed parts, in order. */
export function parts(got: readonly StreamEvent[]): Part[] {
  return got.flatMap((event) => (event.type === 'close' ? [event.part] : []));
}

/** The last event. */
export function last(got: readonly StreamEvent[]): StreamEvent | undefined {
  return got.at(-1);
}

/** A delta with one fragment of a call. */
export function call(
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
  text?: unknown,
): object {
  return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] };
}

/** Calls as words, other parts as their type. */
export const calls: (got: readonly StreamEvent[]) => string[] = (got) =>
  parts(got).map((part) =>
    part.type === 'tool-call' ? `${part.id} ${part.name} ${part.arguments}` : part.type,
  );
