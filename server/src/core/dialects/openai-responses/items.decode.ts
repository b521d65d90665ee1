// Reads the items of a request's input: each becomes one turn, in its place.

import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Role, Turn } from '../../model/request.ts';
import { type OpaqueToken, readSlot } from '../../model/token.ts';
import {
  extra,
  hasMembers,
  type Reading,
  requiredString,
  stringIn,
  unknownMembers,
  wrong,
} from '../kit/read-wire.ts';
import { decodeContent } from './content.decode.ts';

const MESSAGE: ReadonlySet<string> = new Set(['type', 'id', 'role', 'content', 'phase', 'name']);
const CALL: ReadonlySet<string> = new Set([
  'type',
  'id',
  'call_id',
  'name',
  'namespace',
  'arguments',
  'input',
]);
const RESULT: ReadonlySet<string> = new Set(['type', 'id', 'call_id', 'output', 'name']);
const REASONING: ReadonlySet<string> = new Set(['type', 'id', 'summary', 'content', 'encrypted_content']);
const REASONING_WITH_SUMMARY: ReadonlySet<string> = new Set(['type', 'id', 'content', 'encrypted_content']);

/** Items that the client makes although their type does not end in _output. */
const OF_USER: ReadonlySet<string> = new Set([
  'item_reference',
  'mcp_approval_response',
  'compaction_trigger',
  'configuration_update',
]);

const ROLES: readonly Role[] = ['system', 'developer', 'user', 'assistant'];

/**
 * The turns of an input. Tokens that were sent along as items of their own return to the calls they belong to. What `isTaken`
 * says it has dealt with becomes no turn.
 */
export function decodeItems(
  reading: Reading,
  items: readonly unknown[],
  isTaken: (item: JsonObject, at: number) => boolean,
): Turn[] {
  const turns: Turn[] = [];
  const carried: OpaqueToken[] = [];
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (!isObject(item)) {
      wrong(reading, items, at, 'an object');
      continue;
    }
    if (isTaken(item, at)) continue;
    const turn = decodeItem(reading, item);
    const token = carriedToken(turn);
    if (token === undefined) turns.push(turn);
    else carried.push(token.itemId === undefined ? { ...token, itemId: idOfNextCall(items, at) } : token);
  }
  return carried.length === 0 ? turns : turns.map((turn) => withTokens(turn, carried));
}

function decodeItem(reading: Reading, item: JsonObject): Turn {
  const type = textOf(item['type']) ?? (item['role'] === undefined ? 'item_reference' : 'message');
  switch (type) {
    case 'message':
      return decodeMessage(reading, item);
    case 'function_call':
    case 'custom_tool_call':
      return { role: 'assistant', parts: [decodeCall(reading, item, type === 'custom_tool_call')] };
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'user', parts: [decodeResult(reading, item, type === 'custom_tool_call_output')] };
    case 'reasoning':
      return { role: 'assistant', parts: [decodeReasoning(item)] };
    default: {
      const part: Part = { type: 'vendor', dialect: 'openai-responses', kind: type, raw: item };
      return { role: OF_USER.has(type) || type.endsWith('_output') ? 'user' : 'assistant', parts: [part] };
    }
  }
}

function decodeMessage(reading: Reading, item: JsonObject): Turn {
  const role = ROLES.find((name) => name === item['role']);
  if (role === undefined) wrong(reading, item, 'role', `one of ${ROLES.join(', ')}`);
  const turn: { -readonly [Member in keyof Turn]: Turn[Member] } = {
    role: role ?? 'user',
    parts: decodeContent(reading, item, 'content'),
  };
  const name = stringIn(reading, item, 'name');
  const itemId = stringIn(reading, item, 'id');
  const phase = stringIn(reading, item, 'phase');
  const ext = unknownMembers(item, MESSAGE);
  if (name !== undefined) turn.name = name;
  if (itemId !== undefined) turn.itemId = itemId;
  if (phase !== undefined) turn.phase = phase;
  if (ext !== undefined) turn.ext = ext;
  return turn;
}

function decodeCall(reading: Reading, item: JsonObject, isCustom: boolean): ToolCallPart {
  const part: { -readonly [Member in keyof ToolCallPart]: ToolCallPart[Member] } = {
    type: 'tool-call',
    id: requiredString(reading, item, 'call_id'),
    kind: isCustom ? 'custom' : 'function',
    name: requiredString(reading, item, 'name'),
    arguments: requiredString(reading, item, isCustom ? 'input' : 'arguments'),
  };
  const namespace = stringIn(reading, item, 'namespace');
  const itemId = stringIn(reading, item, 'id');
  const ext = unknownMembers(item, CALL);
  if (namespace !== undefined) part.namespace = namespace;
  if (itemId !== undefined) part.itemId = itemId;
  if (ext !== undefined) part.ext = ext;
  return part;
}

/** A list of one text is marked, as one text alone goes back as a string. */
function decodeResult(reading: Reading, item: JsonObject, isCustom: boolean): ToolResultPart {
  const content = decodeContent(reading, item, 'output');
  const part: { -readonly [Member in keyof ToolResultPart]: ToolResultPart[Member] } = {
    type: 'tool-result',
    callId: stringIn(reading, item, 'call_id') ?? '',
    kind: isCustom ? 'custom' : 'function',
    content,
  };
  const itemId = stringIn(reading, item, 'id');
  const name = stringIn(reading, item, 'name');
  const isShortList = Array.isArray(item['output']) && (content.length === 0 || isPlainText(content));
  const ext = unknownMembers(item, RESULT);
  if (name !== undefined) part.name = name;
  if (itemId !== undefined) part.itemId = itemId;
  if (isShortList) part.ext = { ...ext, output: 'list' };
  else if (ext !== undefined) part.ext = ext;
  return part;
}

/** True for what a string can say. */
export function isPlainText(content: readonly Part[]): boolean {
  const [first] = content;
  if (content.length !== 1 || first?.type !== 'text' || first.cache !== undefined) return false;
  return first.ext === undefined || !hasMembers(first.ext);
}

function textsOf(list: unknown): string[] {
  return listOf(list).flatMap((part) => textOf(objectOf(part)?.['text']) ?? []);
}

/** A reasoning item of a request or an answer. The thoughts themselves come before their summary. */
export function decodeReasoning(item: JsonObject, firstId?: string): ReasoningPart {
  const thoughts = textsOf(item['content']);
  const summary = textsOf(item['summary']);
  const itemId = firstId ?? textOf(item['id']);
  const token = readSlot(textOf(item['encrypted_content']) ?? '', {
    vendor: 'openai',
    kind: 'encrypted',
    ...(itemId === undefined ? {} : { itemId }),
  });
  const hasBoth = thoughts.length > 0 && summary.length > 0;
  return {
    type: 'reasoning',
    form: thoughts.length > 0 ? 'text' : 'summary',
    sections: thoughts.length > 0 ? thoughts : summary,
    ...(token === undefined ? {} : { token }),
    ...(itemId === undefined ? {} : { itemId }),
    ...extra(item, hasBoth ? REASONING_WITH_SUMMARY : REASONING),
  };
}

/** The token of a call that travelled as a reasoning item without words, see output.encode.ts. */
function carriedToken({ parts }: Turn): OpaqueToken | undefined {
  const [part] = parts;
  if (part?.type !== 'reasoning' || part.sections.length > 0) return undefined;
  return part.token?.kind === 'thought' ? part.token : undefined;
}

function idOfNextCall(items: readonly unknown[], index: number): string {
  for (let at = index + 1; at < items.length; at++) {
    const callId = textOf(objectOf(items[at])?.['call_id']);
    if (callId !== undefined) return callId;
  }
  return '';
}

function withTokens(turn: Turn, carried: readonly OpaqueToken[]): Turn {
  const [part] = turn.parts;
  if (part?.type !== 'tool-call') return turn;
  const token = carried.find(({ itemId }) => itemId === part.id);
  if (token === undefined) return turn;
  const { vendor, kind, value } = token;
  return { ...turn, parts: [{ ...part, token: { vendor, kind, value } }] };
}
