// Reads the items of a request's input: each becomes one turn, in its place.

import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Role, Turn } from '../../model/request.ts';
import { type OpaqueToken, readSlot } from '../../model/token.ts';
import { decodeContent } from './content.decode.ts';
import { extra, type Reading, requiredString, stringAt, wrong } from './reading.ts';

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

/** The turns of an input. Tokens that were sent along as items of their own return to the calls they belong to. */
export function decodeItems(reading: Reading, items: readonly unknown[]): Turn[] {
  const turns: Turn[] = [];
  const carried: OpaqueToken[] = [];
  items.forEach((item, index) => {
    const path = `input[${index}]`;
    if (!isObject(item)) {
      wrong(reading, path, 'must be an object.');
      return;
    }
    const turn = decodeItem(reading, item, path);
    const token = carriedToken(turn);
    if (token === undefined) turns.push(turn);
    else carried.push(token.itemId === undefined ? { ...token, itemId: idOfNextCall(items, index) } : token);
  });
  return carried.length === 0 ? turns : turns.map((turn) => withTokens(turn, carried));
}

function decodeItem(reading: Reading, item: JsonObject, path: string): Turn {
  const type = textOf(item['type']) ?? (item['role'] === undefined ? 'item_reference' : 'message');
  switch (type) {
    case 'message':
      return decodeMessage(reading, item, path);
    case 'function_call':
    case 'custom_tool_call':
      return { role: 'assistant', parts: [decodeCall(reading, item, path)] };
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'user', parts: [decodeResult(reading, item, path)] };
    case 'reasoning':
      return { role: 'assistant', parts: [decodeReasoning(item)] };
    default: {
      const part: Part = { type: 'vendor', dialect: 'openai-responses', kind: type, raw: item };
      return { role: OF_USER.has(type) || type.endsWith('_output') ? 'user' : 'assistant', parts: [part] };
    }
  }
}

function decodeMessage(reading: Reading, item: JsonObject, path: string): Turn {
  const role = ROLES.find((name) => name === item['role']);
  if (role === undefined) wrong(reading, `${path}.role`, `must be one of ${ROLES.join(', ')}.`);
  const itemId = stringAt(reading, item, 'id', `${path}.`);
  const phase = stringAt(reading, item, 'phase', `${path}.`);
  const name = stringAt(reading, item, 'name', `${path}.`);
  return {
    role: role ?? 'user',
    parts: decodeContent(reading, item['content'], `${path}.content`),
    ...(name === undefined ? {} : { name }),
    ...(itemId === undefined ? {} : { itemId }),
    ...(phase === undefined ? {} : { phase }),
    ...extra(item, MESSAGE),
  };
}

function decodeCall(reading: Reading, item: JsonObject, path: string): ToolCallPart {
  const isCustom = item['type'] === 'custom_tool_call';
  const itemId = stringAt(reading, item, 'id', `${path}.`);
  const namespace = stringAt(reading, item, 'namespace', `${path}.`);
  return {
    type: 'tool-call',
    id: requiredString(reading, item, 'call_id', `${path}.`),
    kind: isCustom ? 'custom' : 'function',
    name: requiredString(reading, item, 'name', `${path}.`),
    ...(namespace === undefined ? {} : { namespace }),
    arguments: requiredString(reading, item, isCustom ? 'input' : 'arguments', `${path}.`),
    ...(itemId === undefined ? {} : { itemId }),
    ...extra(item, CALL),
  };
}

/** A list of one text is marked, as one text alone goes back as a string. */
function decodeResult(reading: Reading, item: JsonObject, path: string): ToolResultPart {
  const itemId = stringAt(reading, item, 'id', `${path}.`);
  const name = stringAt(reading, item, 'name', `${path}.`);
  const output = item['output'];
  const content = decodeContent(reading, output, `${path}.output`);
  const isShortList = Array.isArray(output) && (content.length === 0 || isPlainText(content));
  const { ext } = extra(item, RESULT);
  const kept = isShortList ? { ...ext, output: 'list' } : ext;
  return {
    type: 'tool-result',
    callId: stringAt(reading, item, 'call_id', `${path}.`) ?? '',
    kind: item['type'] === 'custom_tool_call_output' ? 'custom' : 'function',
    ...(name === undefined ? {} : { name }),
    content,
    ...(itemId === undefined ? {} : { itemId }),
    ...(kept === undefined ? {} : { ext: kept }),
  };
}

/** True for what a string can say. */
export function isPlainText(content: readonly Part[]): boolean {
  const [first] = content;
  return (
    content.length === 1 && first?.type === 'text' && first.cache === undefined && first.ext === undefined
  );
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
