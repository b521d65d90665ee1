// Writes turns as input items. What the model said, thought and called become items of their own, in their order.

import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Turn } from '../../model/request.ts';
import { resultsFirst } from '../../model/turns.ts';
import { IN_CONTENT } from './content.decode.ts';
import { type ContentEncoding, dropped, droppedAt, encodePart, pathOf } from './content.encode.ts';
import { isPlainText } from './items.decode.ts';

/** What writing of items depends on. */
interface ItemEncoding extends ContentEncoding {
  /** Reasoning without a token is understood too. */
  readonly replaysReasoningText: boolean;
}

/** The input items of some turns. */
export function encodeItems(turns: readonly Turn[], encoding: ItemEncoding): JsonObject[] {
  const items: JsonObject[] = [];
  for (let at = 0; at < turns.length; at++) {
    const turn = turns[at];
    if (turn === undefined) continue;
    encoding.place.turn = at;
    encodeTurn(turn, encoding, items);
  }
  return encoding.isOwn ? items : withoutLoneReasoning(items, encoding);
}

function encodeTurn(turn: Turn, encoding: ItemEncoding, items: JsonObject[]): void {
  const parts = turn.role === 'user' && !encoding.isOwn ? resultsFirst(turn.parts) : turn.parts;
  let content: JsonObject[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part === undefined) continue;
    encoding.place.part = at;
    if (!isItem(part)) {
      const encoded = encodePart(part, turn.role === 'assistant', encoding);
      if (encoded !== undefined) content.push(encoded);
      continue;
    }
    if (content.length > 0) {
      items.push(message(turn, content, encoding));
      content = [];
    }
    const item = encodeItem(part, encoding);
    if (item !== undefined) items.push(item);
  }
  // A message may have no content at all; only this format can say so.
  if (content.length > 0 || (parts.length === 0 && encoding.isOwn))
    items.push(message(turn, content, encoding));
}

/** True for parts that are no content of messages. */
function isItem(part: Part): boolean {
  if (part.type === 'vendor') return part.ext?.['place'] !== IN_CONTENT['place'];
  return part.type === 'tool-call' || part.type === 'tool-result' || part.type === 'reasoning';
}

function message(turn: Turn, content: readonly JsonObject[], { isOwn, losses }: ItemEncoding): JsonObject {
  const { role, name, itemId, phase, ext } = turn;
  if (name !== undefined && !isOwn)
    losses.add({
      path: 'messages[].name',
      feature: 'participant-name',
      action: 'dropped',
      severity: 'hint',
      note: 'The format has no names of participants.',
    });
  if (!isOwn) return { type: 'message', role, content };
  return {
    ...ext,
    type: 'message',
    ...(itemId === undefined ? {} : { id: itemId }),
    role,
    ...(name === undefined ? {} : { name }),
    content,
    ...(phase === undefined ? {} : { phase }),
  };
}

function encodeItem(part: Part, encoding: ItemEncoding): JsonObject | undefined {
  switch (part.type) {
    case 'tool-call':
      return callItem(part, encoding);
    case 'tool-result':
      return resultItem(part, encoding);
    case 'reasoning':
      return reasoningItem(part, encoding);
    case 'vendor':
    case 'text':
    case 'refusal':
    case 'media':
      return encodePart(part, false, encoding);
    default:
      return unreachable(part);
  }
}

function callItem(part: ToolCallPart, encoding: ItemEncoding): JsonObject {
  const { isOwn, losses } = encoding;
  const { id, kind, name, namespace, itemId, token } = part;
  if (token !== undefined)
    losses.add({
      path: pathOf(encoding),
      feature: 'reasoning-token',
      action: 'dropped',
      severity: 'hint',
      note: 'Calls have no place for a token in this format.',
    });
  const item: Record<string, unknown> = isOwn && part.ext !== undefined ? { ...part.ext } : {};
  item['type'] = kind === 'custom' ? 'custom_tool_call' : 'function_call';
  if (isOwn && itemId !== undefined) item['id'] = itemId;
  item['call_id'] = id;
  item['name'] = name;
  if (namespace !== undefined) item['namespace'] = namespace;
  if (kind === 'custom') item['input'] = part.arguments;
  else item['arguments'] = part.arguments === '' && !isOwn ? '{}' : part.arguments;
  return item;
}

function resultItem(part: ToolResultPart, encoding: ItemEncoding): JsonObject {
  const { callId, kind, itemId, ext, name } = part;
  const { isOwn } = encoding;
  const item: Record<string, unknown> = isOwn && ext !== undefined ? { ...ext } : {};
  const isList = item['output'] === 'list';
  item['type'] = kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output';
  if (isOwn && itemId !== undefined) item['id'] = itemId;
  if (!isOwn || callId !== '') item['call_id'] = callId;
  if (isOwn && name !== undefined) item['name'] = name;
  item['output'] = resultOutput(part, isList, encoding);
  return item;
}

/** Text as a string, everything else as a list. The format has no flag for errors: the text says it. */
function resultOutput(
  { content, isError }: ToolResultPart,
  isList: boolean,
  encoding: ItemEncoding,
): string | JsonObject[] {
  const prefix = isError === true ? 'Error: ' : '';
  if (!isList) {
    const [first] = content;
    if (first === undefined) return isError === true ? 'Error' : '';
    if (isPlainText(content) && first.type === 'text') return prefix + first.text;
  }
  const output: JsonObject[] = [];
  content.forEach((part, at) => {
    encoding.place.inner = at;
    const encoded = encodePart(part, false, encoding);
    if (encoded !== undefined) output.push(encoded);
  });
  encoding.place.inner = undefined;
  if (prefix !== '') {
    const [first] = output;
    if (first?.['type'] === 'input_text') output[0] = { ...first, text: `${prefix}${String(first['text'])}` };
    else output.unshift({ type: 'input_text', text: 'Error:' });
  }
  return output;
}

/** From another format, reasoning goes only with its proof, and without an id: nothing is stored under it. */
function reasoningItem(part: ReasoningPart, encoding: ItemEncoding): JsonObject | undefined {
  const { form, sections, token, itemId, ext } = part;
  const { isOwn, replaysReasoningText } = encoding;
  if (!isOwn && token === undefined && !(replaysReasoningText && sections.length > 0)) {
    dropped(encoding, 'reasoning-history', 'Reasoning without a token of the target was left out.');
    return undefined;
  }
  const isText = form === 'text' && (isOwn || token === undefined);
  const summary = isText ? [] : sections.map((text) => ({ type: 'summary_text', text }));
  return {
    type: 'reasoning',
    ...(isOwn && itemId !== undefined ? { id: itemId } : {}),
    summary,
    ...(isText ? { content: sections.map((text) => ({ type: 'reasoning_text', text })) } : {}),
    ...(token === undefined ? {} : { encrypted_content: token.value }),
    ...(isOwn ? ext : undefined),
  };
}

/** A reasoning item must be followed by what it led to, or the whole request is refused. */
function withoutLoneReasoning(items: JsonObject[], { losses }: ItemEncoding): JsonObject[] {
  if (!items.some(isReasoning)) return items;
  const kept: JsonObject[] = [];
  let isFollowed = false;
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at];
    if (item === undefined) continue;
    if (isReasoning(item)) {
      if (isFollowed) kept.push(item);
      else
        droppedAt(losses, `input[${at}]`, 'reasoning-history', 'Reasoning that led to nothing was left out.');
      continue;
    }
    isFollowed = item['role'] === 'assistant' || isMadeByModel(String(item['type']));
    kept.push(item);
  }
  return kept.reverse();
}

function isReasoning(item: JsonObject): boolean {
  return item['type'] === 'reasoning';
}

function isMadeByModel(type: string): boolean {
  return type.endsWith('_call');
}
