// Writes turns as input items. What the model said, thought and called become items of their own, in their order.

import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Turn } from '../../model/request.ts';
import { IN_CONTENT } from './content.decode.ts';
import { type ContentEncoding, dropped, encodePart } from './content.encode.ts';
import { isPlainText } from './items.decode.ts';

/** What writing of items depends on. */
interface ItemEncoding extends ContentEncoding {
  /** Reasoning without a token is understood too. */
  readonly replaysReasoningText: boolean;
}

/** The input items of some turns. */
export function encodeItems(turns: readonly Turn[], encoding: ItemEncoding): JsonObject[] {
  const items: JsonObject[] = [];
  turns.forEach((turn, index) => {
    encodeTurn(turn, `turns[${index}]`, encoding, items);
  });
  return encoding.isOwn ? items : withoutLoneReasoning(items, encoding);
}

function encodeTurn(turn: Turn, path: string, encoding: ItemEncoding, items: JsonObject[]): void {
  const parts = turn.role === 'user' && !encoding.isOwn ? resultsFirst(turn.parts) : turn.parts;
  let content: JsonObject[] = [];
  const flush = (): void => {
    if (content.length > 0) items.push(message(turn, content, encoding));
    content = [];
  };
  parts.forEach((part, index) => {
    const at = `${path}.parts[${index}]`;
    if (!isItem(part)) {
      const encoded = encodePart(part, turn.role === 'assistant', at, encoding);
      if (encoded !== undefined) content.push(encoded);
      return;
    }
    flush();
    const item = encodeItem(part, at, encoding);
    if (item !== undefined) items.push(item);
  });
  // A message may have no content at all; only this format can say so.
  if (parts.length === 0 && encoding.isOwn) items.push(message(turn, [], encoding));
  flush();
}

/** Results come right after their calls, before anything else that the user says. */
function resultsFirst(parts: readonly Part[]): readonly Part[] {
  const results = parts.filter((part) => part.type === 'tool-result');
  if (results.length === 0 || results.length === parts.length) return parts;
  return [...results, ...parts.filter((part) => part.type !== 'tool-result')];
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

function encodeItem(part: Part, path: string, encoding: ItemEncoding): JsonObject | undefined {
  switch (part.type) {
    case 'tool-call':
      return callItem(part, path, encoding);
    case 'tool-result':
      return resultItem(part, path, encoding);
    case 'reasoning':
      return reasoningItem(part, path, encoding);
    case 'vendor':
    case 'text':
    case 'refusal':
    case 'media':
      return encodePart(part, false, path, encoding);
    default:
      return unreachable(part);
  }
}

function callItem(part: ToolCallPart, path: string, { isOwn, losses }: ItemEncoding): JsonObject {
  const { id, kind, name, namespace, itemId, ext, token } = part;
  if (token !== undefined)
    losses.add({
      path,
      feature: 'reasoning-token',
      action: 'dropped',
      severity: 'hint',
      note: 'Calls have no place for a token in this format.',
    });
  return {
    ...(isOwn ? ext : undefined),
    type: kind === 'custom' ? 'custom_tool_call' : 'function_call',
    ...(isOwn && itemId !== undefined ? { id: itemId } : {}),
    call_id: id,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(kind === 'custom'
      ? { input: part.arguments }
      : { arguments: part.arguments === '' && !isOwn ? '{}' : part.arguments }),
  };
}

function resultItem(part: ToolResultPart, path: string, encoding: ItemEncoding): JsonObject {
  const { callId, kind, itemId, ext, name } = part;
  const around: Record<string, unknown> = encoding.isOwn ? { ...ext } : {};
  const isList = around['output'] === 'list';
  delete around['output'];
  return {
    ...around,
    type: kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output',
    ...(encoding.isOwn && itemId !== undefined ? { id: itemId } : {}),
    ...(encoding.isOwn && callId === '' ? {} : { call_id: callId }),
    ...(encoding.isOwn && name !== undefined ? { name } : {}),
    output: resultOutput(part, path, isList, encoding),
  };
}

/** Text as a string, everything else as a list. The format has no flag for errors: the text says it. */
function resultOutput(
  { content, isError }: ToolResultPart,
  path: string,
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
  content.forEach((part, index) => {
    const encoded = encodePart(part, false, `${path}.content[${index}]`, encoding);
    if (encoded !== undefined) output.push(encoded);
  });
  if (prefix !== '') {
    const [first] = output;
    if (first?.['type'] === 'input_text') output[0] = { ...first, text: `${prefix}${String(first['text'])}` };
    else output.unshift({ type: 'input_text', text: 'Error:' });
  }
  return output;
}

/** From another format, reasoning goes only with its proof, and without an id: nothing is stored under it. */
function reasoningItem(part: ReasoningPart, path: string, encoding: ItemEncoding): JsonObject | undefined {
  const { form, sections, token, itemId, ext } = part;
  const { isOwn, replaysReasoningText } = encoding;
  if (!isOwn && token === undefined && !(replaysReasoningText && sections.length > 0)) {
    dropped(
      encoding.losses,
      path,
      'reasoning-history',
      'Reasoning without a token of the target was left out.',
    );
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
function withoutLoneReasoning(items: readonly JsonObject[], { losses }: ItemEncoding): JsonObject[] {
  const kept: JsonObject[] = [];
  let isFollowed = false;
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at];
    if (item === undefined) continue;
    if (item['type'] === 'reasoning') {
      if (isFollowed) kept.push(item);
      else
        dropped(losses, `input[${at}]`, 'reasoning-history', 'Reasoning that led to nothing was left out.');
      continue;
    }
    isFollowed = item['role'] === 'assistant' || isMadeByModel(String(item['type']));
    kept.push(item);
  }
  return kept.reverse();
}

function isMadeByModel(type: string): boolean {
  return type.endsWith('_call');
}
