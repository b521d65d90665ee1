// Reads `messages`: one turn per message. Results of tools become turns of the user, and the legacy function calls become
// tool calls with ids made from their position.

import type { Part, ReasoningPart, ToolCallPart } from '../../model/content.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import type { Turn } from '../../model/request.ts';
import { listIn, objectIn, type Reading, stringIn, unknownMembers, wrong } from '../kit/read-wire.ts';
import { cacheMark, readContent } from './content.decode.ts';
import { thoughtToken } from './google-extra.ts';
import { lacksBeginning, partsOfDetails, reasoningPart } from './reasoning-details.ts';

const KNOWN: ReadonlySet<string> = new Set([
  'role',
  'content',
  'name',
  'refusal',
  'audio',
  'tool_calls',
  'function_call',
  'tool_call_id',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'extra_content',
  'cache_control',
]);
const KNOWN_OF_CALL: ReadonlySet<string> = new Set([
  'id',
  'type',
  'index',
  'function',
  'custom',
  'extra_content',
]);

/** What earlier messages told of the calls that results answer. */
interface History {
  readonly customIds: Set<string>;
  /** Ids of legacy function calls that wait for their result, by name. */
  readonly waiting: Map<string, string>;
}

/** The turns of a conversation. */
export function readMessages(reading: Reading, messages: readonly unknown[]): Turn[] {
  const history: History = { customIds: new Set(), waiting: new Map() };
  const turns: Turn[] = [];
  for (let at = 0; at < messages.length && reading.fault === undefined; at++) {
    const wire = messages[at];
    if (!isObject(wire)) wrong(reading, messages, at, 'an object');
    else {
      const turn = readMessage(reading, wire, at, history);
      if (turn !== undefined) turns.push(turn);
    }
  }
  return turns;
}

function readMessage(reading: Reading, wire: JsonObject, at: number, history: History): Turn | undefined {
  const name = stringIn(reading, wire, 'name');
  const ext = unknownMembers(wire, KNOWN);
  switch (wire['role']) {
    case 'system':
    case 'developer':
    case 'user':
      return turn(wire['role'], marked(readContent(reading, wire), wire), name, ext);
    case 'assistant':
      return turn('assistant', readAssistant(reading, wire, at, history), name, ext);
    case 'tool':
      return turn('user', [readToolResult(reading, wire, name, history)], undefined, ext);
    case 'function':
      return turn('user', [readFunctionResult(reading, wire, name ?? '', history)], undefined, ext);
    default:
      return wrong(reading, wire, 'role', 'system, developer, user, assistant or tool');
  }
}

function turn(
  role: Turn['role'],
  parts: readonly Part[],
  name: string | undefined,
  ext: JsonObject | undefined,
): Turn {
  if (name === undefined) return ext === undefined ? { role, parts } : { role, parts, ext };
  return ext === undefined ? { role, parts, name } : { role, parts, name, ext };
}

/** A mark on the whole message (OpenRouter) is one on its last part. */
function marked(parts: Part[], wire: JsonObject): Part[] {
  const cache = wire['cache_control'] === undefined ? undefined : cacheMark(wire);
  const last = parts.at(-1);
  if (cache !== undefined && last !== undefined && last.cache === undefined)
    parts[parts.length - 1] = { ...last, cache };
  return parts;
}

function readToolResult(
  reading: Reading,
  wire: JsonObject,
  name: string | undefined,
  { customIds }: History,
): Part {
  const callId = stringIn(reading, wire, 'tool_call_id') ?? '';
  if (callId === '' && wire['tool_call_id'] !== '') wrong(reading, wire, 'tool_call_id', 'a string');
  const kind = customIds.size > 0 && customIds.has(callId) ? 'custom' : 'function';
  const content = marked(readContent(reading, wire), wire);
  return name === undefined
    ? { type: 'tool-result', callId, kind, content }
    : { type: 'tool-result', callId, kind, name, content };
}

function readFunctionResult(reading: Reading, wire: JsonObject, name: string, { waiting }: History): Part {
  const content = readContent(reading, wire);
  return { type: 'tool-result', callId: waiting.get(name) ?? name, kind: 'function', name, content };
}

function readAssistant(reading: Reading, wire: JsonObject, at: number, history: History): Part[] {
  const parts: Part[] = marked(readContent(reading, wire), wire);
  const reasoning = readReasoning(reading, wire);
  if (reasoning.length > 0) parts.unshift(...reasoning);
  const refusal = stringIn(reading, wire, 'refusal');
  if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal', text: refusal });
  const audio = objectIn(reading, wire, 'audio');
  if (audio !== undefined)
    parts.push({ type: 'vendor', dialect: 'openai-chat', kind: 'audio', raw: { audio } });
  const calls = listIn(reading, wire, 'tool_calls');
  if (calls !== undefined)
    for (let call = 0; call < calls.length; call++) {
      const part = readCall(reading, calls, call);
      if (part?.kind === 'custom') history.customIds.add(part.id);
      if (part !== undefined) parts.push(part);
    }
  const legacy = objectIn(reading, wire, 'function_call');
  if (legacy !== undefined) parts.push(readLegacyCall(reading, legacy, `call_${at}`, history));
  return signed(parts, wire);
}

function readLegacyCall(
  reading: Reading,
  legacy: JsonObject,
  id: string,
  { waiting }: History,
): ToolCallPart {
  const name = stringIn(reading, legacy, 'name') ?? '';
  waiting.set(name, id);
  return { type: 'tool-call', id, kind: 'function', name, arguments: argumentsOf(legacy) };
}

/** The message's own signature belongs to its text, or else to its first call. */
function signed(parts: Part[], wire: JsonObject): Part[] {
  const token = thoughtToken(wire);
  if (token === undefined) return parts;
  let at = parts.findLastIndex((part) => part.type === 'text');
  if (at === -1) at = parts.findIndex((part) => part.type === 'tool-call');
  const part = parts[at];
  if (part === undefined) parts.push({ type: 'text', text: '', token });
  else if (part.token === undefined) parts[at] = { ...part, token };
  return parts;
}

function readReasoning(reading: Reading, wire: JsonObject): readonly ReasoningPart[] {
  const details = listIn(reading, wire, 'reasoning_details');
  const parts = details === undefined || lacksBeginning(details) ? NO_REASONING : partsOfDetails(details);
  const text = textOf(wire['reasoning_content']) ?? textOf(wire['reasoning']);
  if (text === undefined || parts.some(({ sections }) => sections.length > 0)) return parts;
  const [first, ...others] = parts;
  if (first === undefined) return [reasoningPart('text', text, undefined, undefined)];
  return [{ ...first, sections: [text] }, ...others];
}

const NO_REASONING: readonly ReasoningPart[] = [];

/** Mistral's servers take arguments as an object as well. */
function argumentsOf(from: JsonObject): string {
  const value = from['arguments'];
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : '';
}

function readCall(reading: Reading, calls: readonly unknown[], at: number): ToolCallPart | undefined {
  const wire = calls[at];
  if (!isObject(wire)) return wrong(reading, calls, at, 'an object');
  const kind = wire['type'] === 'custom' ? 'custom' : 'function';
  const inner = objectIn(reading, wire, kind);
  if (inner === undefined) return wrong(reading, wire, kind, 'an object');
  const part: ToolCallPart = {
    type: 'tool-call',
    id: stringIn(reading, wire, 'id') ?? '',
    kind,
    name: stringIn(reading, inner, 'name') ?? '',
    arguments: kind === 'custom' ? (textOf(inner['input']) ?? '') : argumentsOf(inner),
  };
  const token = thoughtToken(wire);
  const ext = unknownMembers(wire, KNOWN_OF_CALL);
  if (token === undefined && ext === undefined) return part;
  return { ...part, ...(token === undefined ? {} : { token }), ...(ext === undefined ? {} : { ext }) };
}
