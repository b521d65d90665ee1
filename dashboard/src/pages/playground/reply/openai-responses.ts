// Answers of the Responses API: a whole response, or the events in which it grows item by item.
// https://platform.openai.com/docs/api-reference/responses

import { type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from '../wire/json.ts';
import type { Draft } from './draft.ts';
import { failureOf } from './failure.ts';
import { keepPicture, pictureUrl } from './pictures.ts';
import type { BlockKind, ReplyUsage } from './reply.ts';

/** A whole response. */
export function readResponse(draft: Draft, response: JsonObject): void {
  noteResponse(draft, response);
  for (const [at, item] of listOf(response['output']).entries()) readItem(draft, objectOf(item) ?? {}, at);
}

/** One event. */
export function readResponsesEvent(draft: Draft, event: JsonObject): void {
  const type = textOf(event['type']) ?? '';
  const response = objectOf(event['response']);
  if (response !== undefined) {
    noteResponse(draft, response);
    // Some servers send no pieces, only the whole at the end.
    if (/\.(?:completed|incomplete)$/.test(type) && draft.isEmpty()) readResponse(draft, response);
    return;
  }
  const at = numberOf(event['output_index']) ?? 0;
  const item = objectOf(event['item']);
  if (item !== undefined) {
    if (type.endsWith('.added')) beginItem(draft, item, at);
    else if (type.endsWith('.done')) endItem(draft, item, at);
    return;
  }
  const text = textOf(event['delta']);
  const grown = GROWING[type];
  if (grown !== undefined && text !== undefined) draft.append(grown.key(at, event), grown.kind, text);
}

interface Growing {
  readonly kind: BlockKind;
  readonly key: (at: number, event: JsonObject) => string;
}

const part = (at: number, event: JsonObject): string => `${at} part ${numberOf(event['content_index']) ?? 0}`;
const call = (at: number): string => `${at} call`;

const GROWING: Readonly<Record<string, Growing>> = {
  'response.output_text.delta': { kind: 'text', key: part },
  'response.refusal.delta': { kind: 'refusal', key: (at, event) => `${part(at, event)} refused` },
  'response.reasoning_text.delta': { kind: 'reasoning', key: part },
  'response.reasoning_summary_text.delta': {
    kind: 'reasoning',
    key: (at, event) => `${at} summary ${numberOf(event['summary_index']) ?? 0}`,
  },
  'response.function_call_arguments.delta': { kind: 'tool', key: call },
  'response.custom_tool_call_input.delta': { kind: 'tool', key: call },
};

function noteResponse(draft: Draft, response: JsonObject): void {
  const error = objectOf(response['error']);
  const reason = textOf(objectOf(response['incomplete_details'])?.['reason']);
  const status = textOf(response['status']);
  const isOver = status !== undefined && status !== 'in_progress' && status !== 'queued';
  draft.note({
    model: textOf(response['model']),
    usage: usageOf(objectOf(response['usage'])),
    stop: isOver ? (reason === undefined ? status : `${status}: ${reason}`) : undefined,
    failure: error === undefined ? undefined : failureOf(error),
  });
}

const isCall = (item: JsonObject): boolean =>
  item['type'] === 'function_call' || item['type'] === 'custom_tool_call';

function beginItem(draft: Draft, item: JsonObject, at: number): void {
  if (isCall(item))
    draft.append(call(at), 'tool', '', { name: textOf(item['name']), id: textOf(item['call_id']) });
}

/** What came in pieces is there already; what comes at once is taken now. */
function endItem(draft: Draft, item: JsonObject, at: number): void {
  if (isCall(item) || !['message', 'reasoning'].includes(textOf(item['type']) ?? ''))
    readItem(draft, item, at);
}

function readItem(draft: Draft, item: JsonObject, at: number): void {
  if (isCall(item)) {
    const text = textOf(item['arguments']) ?? textOf(item['input']) ?? '';
    draft.put(call(at), 'tool', text, { name: textOf(item['name']), id: textOf(item['call_id']) });
    return;
  }
  const type = textOf(item['type']) ?? '';
  if (type === 'message' || type === 'reasoning') readParts(draft, item, at, type);
  else if (type === 'image_generation_call' && typeof item['result'] === 'string')
    keepPicture(draft, `${at} image`, pictureUrl('image/png', item['result']));
  else draft.put(`${at} other`, 'other', JSON.stringify(item, undefined, 2), { name: type });
}

function readParts(draft: Draft, item: JsonObject, at: number, type: string): void {
  for (const [number, summary] of objectsOf(item['summary']).entries())
    draft.put(`${at} summary ${number}`, 'reasoning', textOf(summary['text']) ?? '');
  for (const [number, content] of objectsOf(item['content']).entries()) {
    const refusal = textOf(content['refusal']);
    const key = `${at} part ${number}`;
    if (refusal !== undefined) draft.put(`${key} refused`, 'refusal', refusal);
    else draft.put(key, type === 'reasoning' ? 'reasoning' : 'text', textOf(content['text']) ?? '');
  }
}

function usageOf(usage: JsonObject | undefined): ReplyUsage | undefined {
  if (usage === undefined) return undefined;
  return {
    input: numberOf(usage['input_tokens']) ?? 0,
    cacheRead: numberOf(objectOf(usage['input_tokens_details'])?.['cached_tokens']) ?? 0,
    output: numberOf(usage['output_tokens']) ?? 0,
    reasoning: numberOf(objectOf(usage['output_tokens_details'])?.['reasoning_tokens']) ?? 0,
  };
}
