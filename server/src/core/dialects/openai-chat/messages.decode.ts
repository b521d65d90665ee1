// Reads `messages`: one turn per message. Results of tools become turns of the user, and the legacy function calls become
// tool calls with ids made from their position.

import type { Part, ReasoningPart, ToolCallPart } from '../../model/content.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import type { Turn } from '../../model/request.ts';
import { cacheMark, readContent } from './content.decode.ts';
import { thoughtToken } from './google-extra.ts';
import { partsOfDetails, reasoningPart } from './reasoning-details.ts';
import { type Faults, fault, readList, readObject, readString, unknownMembers } from './wire.read.ts';

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
export function readMessages(faults: Faults, messages: readonly unknown[]): Turn[] {
  const history: History = { customIds: new Set(), waiting: new Map() };
  const turns: Turn[] = [];
  for (let at = 0; at < messages.length && faults.first === undefined; at++) {
    const turn = readMessage(faults, messages[at], at, history);
    if (turn !== undefined) turns.push(turn);
  }
  return turns;
}

function readMessage(faults: Faults, wire: unknown, at: number, history: History): Turn | undefined {
  const path = `messages[${at}]`;
  if (!isObject(wire)) return fault(faults, path, 'an object');
  const base = `${path}.`;
  const name = readString(faults, wire, 'name', base);
  const ext = unknownMembers(wire, KNOWN);
  switch (wire['role']) {
    case 'system':
    case 'developer':
    case 'user': {
      const parts = marked(readContent(faults, wire['content'], `${base}content`), wire);
      return turn(wire['role'], parts, name, ext);
    }
    case 'assistant':
      return turn('assistant', readAssistant(faults, wire, at, base, history), name, ext);
    case 'tool':
      return turn('user', [readToolResult(faults, wire, base, name, history)], undefined, ext);
    case 'function':
      return turn('user', [readFunctionResult(faults, wire, base, name ?? '', history)], undefined, ext);
    default:
      return fault(faults, `${base}role`, 'system, developer, user, assistant or tool');
  }
}

function turn(
  role: Turn['role'],
  parts: readonly Part[],
  name: string | undefined,
  ext: JsonObject | undefined,
): Turn {
  return {
    role,
    parts,
    ...(name === undefined ? {} : { name }),
    ...(ext === undefined ? {} : { ext }),
  };
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
  faults: Faults,
  wire: JsonObject,
  base: string,
  name: string | undefined,
  history: History,
): Part {
  const callId = readString(faults, wire, 'tool_call_id', base);
  if (callId === undefined) fault(faults, `${base}tool_call_id`, 'a string');
  return {
    type: 'tool-result',
    callId: callId ?? '',
    kind: history.customIds.has(callId ?? '') ? 'custom' : 'function',
    ...(name === undefined ? {} : { name }),
    content: marked(readContent(faults, wire['content'], `${base}content`), wire),
  };
}

function readFunctionResult(
  faults: Faults,
  wire: JsonObject,
  base: string,
  name: string,
  history: History,
): Part {
  const content = readContent(faults, wire['content'], `${base}content`);
  return { type: 'tool-result', callId: history.waiting.get(name) ?? name, kind: 'function', name, content };
}

function readAssistant(faults: Faults, wire: JsonObject, at: number, base: string, history: History): Part[] {
  const parts: Part[] = readReasoning(faults, wire, base);
  parts.push(...marked(readContent(faults, wire['content'], `${base}content`), wire));
  const refusal = readString(faults, wire, 'refusal', base);
  if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal', text: refusal });
  const audio = readObject(faults, wire, 'audio', base);
  if (audio !== undefined)
    parts.push({ type: 'vendor', dialect: 'openai-chat', kind: 'audio', raw: { audio } });
  const calls = readList(faults, wire, 'tool_calls', base) ?? [];
  for (let call = 0; call < calls.length; call++) {
    const part = readCall(faults, calls[call], `${base}tool_calls[${call}]`);
    if (part?.kind === 'custom') history.customIds.add(part.id);
    if (part !== undefined) parts.push(part);
  }
  const legacy = readObject(faults, wire, 'function_call', base);
  if (legacy !== undefined) {
    const name = readString(faults, legacy, 'name', `${base}function_call.`) ?? '';
    history.waiting.set(name, `call_${at}`);
    parts.push({
      type: 'tool-call',
      id: `call_${at}`,
      kind: 'function',
      name,
      arguments: argumentsOf(legacy),
    });
  }
  return signed(parts, wire);
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

function readReasoning(faults: Faults, wire: JsonObject, base: string): ReasoningPart[] {
  const parts = partsOfDetails(readList(faults, wire, 'reasoning_details', base) ?? []);
  const text = textOf(wire['reasoning_content']) ?? textOf(wire['reasoning']);
  if (text === undefined || parts.some(({ sections }) => sections.length > 0)) return parts;
  const [first, ...others] = parts;
  if (first === undefined) return [reasoningPart('text', text, undefined, undefined)];
  return [{ ...first, sections: [text] }, ...others];
}

/** Mistral's servers take arguments as an object as well. */
function argumentsOf(from: JsonObject): string {
  const value = from['arguments'];
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : '';
}

function readCall(faults: Faults, wire: unknown, path: string): ToolCallPart | undefined {
  if (!isObject(wire)) return fault(faults, path, 'an object');
  const isCustom = wire['type'] === 'custom';
  const inner = readObject(faults, wire, isCustom ? 'custom' : 'function', `${path}.`);
  if (inner === undefined) return fault(faults, `${path}.${isCustom ? 'custom' : 'function'}`, 'an object');
  const name = readString(faults, inner, 'name', `${path}.${isCustom ? 'custom' : 'function'}.`) ?? '';
  const token = thoughtToken(wire);
  const ext = unknownMembers(wire, KNOWN_OF_CALL);
  return {
    type: 'tool-call',
    id: readString(faults, wire, 'id', `${path}.`) ?? '',
    kind: isCustom ? 'custom' : 'function',
    name,
    arguments: isCustom ? (textOf(inner['input']) ?? '') : argumentsOf(inner),
    ...(token === undefined ? {} : { token }),
    ...(ext === undefined ? {} : { ext }),
  };
}
