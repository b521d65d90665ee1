// Answers of the Messages API: a whole message, or the events in which its blocks grow one after the other.
// https://docs.anthropic.com/en/api/messages

import { type JsonObject, listOf, numberOf, objectOf, textOf } from '../wire/json.ts';
import type { Draft } from './draft.ts';

/** A whole message. */
export function readMessage(draft: Draft, message: JsonObject): void {
  noteMessage(draft, message);
  for (const [at, block] of listOf(message['content']).entries())
    readBlock(draft, objectOf(block) ?? {}, at, true);
}

/** One event. */
export function readMessagesEvent(draft: Draft, event: JsonObject): void {
  const at = numberOf(event['index']) ?? 0;
  const delta = objectOf(event['delta']) ?? {};
  const type = event['type'];
  if (type === 'message_start') noteMessage(draft, objectOf(event['message']) ?? {});
  else if (type === 'content_block_start')
    readBlock(draft, objectOf(event['content_block']) ?? {}, at, false);
  else if (type === 'content_block_delta') readDelta(draft, delta, at);
  else if (type === 'message_delta') noteMessage(draft, { ...delta, usage: event['usage'] });
}

function noteMessage(draft: Draft, message: JsonObject): void {
  draft.note({ model: textOf(message['model']), stop: textOf(message['stop_reason']) });
  const usage = objectOf(message['usage']);
  if (usage === undefined) return;
  // What is not new has no value in the later events.
  const told = draft.told(Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null)));
  const cacheRead = numberOf(told['cache_read_input_tokens']) ?? 0;
  const written = numberOf(told['cache_creation_input_tokens']) ?? 0;
  draft.note({
    usage: {
      input: (numberOf(told['input_tokens']) ?? 0) + cacheRead + written,
      cacheRead,
      output: numberOf(told['output_tokens']) ?? 0,
      reasoning: numberOf(objectOf(told['output_tokens_details'])?.['thinking_tokens']) ?? 0,
    },
  });
}

const keyOf = (at: number): string => `block ${at}`;

/** In a stream the input of a tool begins as an empty object, and its text follows. */
function readBlock(draft: Draft, block: JsonObject, at: number, isWhole: boolean): void {
  const type = textOf(block['type']) ?? '';
  if (type === 'text') draft.put(keyOf(at), 'text', textOf(block['text']) ?? '');
  else if (type === 'thinking') draft.put(keyOf(at), 'reasoning', textOf(block['thinking']) ?? '');
  else if (type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use')
    draft.put(keyOf(at), 'tool', isWhole ? JSON.stringify(block['input'] ?? {}) : '', {
      name: textOf(block['name']),
      id: textOf(block['id']),
    });
  // Reasoning that only its vendor can read is no text; everything else is shown as it stands.
  else if (type !== 'redacted_thinking')
    draft.put(keyOf(at), 'other', JSON.stringify(block, undefined, 2), { name: type });
}

function readDelta(draft: Draft, delta: JsonObject, at: number): void {
  const { text, thinking, partial_json: input } = delta;
  if (typeof text === 'string') draft.append(keyOf(at), 'text', text);
  if (typeof thinking === 'string') draft.append(keyOf(at), 'reasoning', thinking);
  if (typeof input === 'string') draft.append(keyOf(at), 'tool', input);
}
