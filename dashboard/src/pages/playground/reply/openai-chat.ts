// Answers of Chat Completions: a whole has "message" where a chunk has "delta", and that is the only difference.
// https://platform.openai.com/docs/api-reference/chat

import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../wire/json.ts';
import type { Draft } from './draft.ts';
import { keepPicture } from './pictures.ts';
import type { ReplyUsage } from './reply.ts';

/** A whole answer, or one chunk. */
export function readChat(draft: Draft, json: JsonObject): void {
  draft.note({ model: textOf(json['model']), usage: usageOf(objectOf(json['usage'])) });
  for (const choice of objectsOf(json['choices'])) {
    const index = numberOf(choice['index']) ?? 0;
    if (index > 0) {
      draft.other(index);
      continue;
    }
    const said = objectOf(choice['delta']) ?? objectOf(choice['message']);
    if (said !== undefined) readSaid(draft, said);
    draft.note({ stop: textOf(choice['finish_reason']) });
  }
}

function readSaid(draft: Draft, said: JsonObject): void {
  // Two names are in use for the same thing; whoever sends both sends it twice.
  const reasoning = textOf(said['reasoning_content']) ?? textOf(said['reasoning']);
  if (reasoning !== undefined) draft.append('reasoning', 'reasoning', reasoning);
  const { content, refusal } = said;
  if (typeof content === 'string') draft.append('text', 'text', content);
  for (const part of objectsOf(content)) draft.append('text', 'text', textOf(part['text']) ?? '');
  if (typeof refusal === 'string') draft.append('refusal', 'refusal', refusal);
  for (const [at, call] of objectsOf(said['tool_calls']).entries()) readCall(draft, call, at);
  const legacy = objectOf(said['function_call']);
  if (legacy !== undefined)
    draft.append('call', 'tool', textOf(legacy['arguments']) ?? '', { name: textOf(legacy['name']) });
  for (const [at, image] of objectsOf(said['images']).entries()) {
    const url = textOf(objectOf(image['image_url'])?.['url']);
    if (url !== undefined) keepPicture(draft, `image ${numberOf(image['index']) ?? at}`, url);
  }
  const transcript = textOf(objectOf(said['audio'])?.['transcript']);
  if (transcript !== undefined) draft.append('audio', 'text', transcript);
}

function readCall(draft: Draft, call: JsonObject, at: number): void {
  const tool = objectOf(call['function']) ?? objectOf(call['custom']) ?? {};
  const key = `call ${numberOf(call['index']) ?? at}`;
  const text = textOf(tool['arguments']) ?? textOf(tool['input']) ?? '';
  draft.append(key, 'tool', text, { name: textOf(tool['name']), id: textOf(call['id']) });
}

function usageOf(usage: JsonObject | undefined): ReplyUsage | undefined {
  if (usage === undefined) return undefined;
  return {
    input: numberOf(usage['prompt_tokens']) ?? 0,
    cacheRead: numberOf(objectOf(usage['prompt_tokens_details'])?.['cached_tokens']) ?? 0,
    output: numberOf(usage['completion_tokens']) ?? 0,
    reasoning: numberOf(objectOf(usage['completion_tokens_details'])?.['reasoning_tokens']) ?? 0,
  };
}
