// Reads tools and the choice among them, in today's words and in the legacy ones (`functions`, `function_call`).

import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { ToolChoice, ToolDefinition } from '../../model/request.ts';
import {
  booleanIn,
  listIn,
  objectIn,
  type Reading,
  stringIn,
  unknownMembers,
  wrong,
} from '../kit/read-wire.ts';
import { cacheMark } from './content.decode.ts';

/** The type under which `web_search_options` stands among the tools. */
export const WEB_SEARCH = 'web_search_options';

const KNOWN: ReadonlySet<string> = new Set(['type', 'function', 'custom', 'cache_control']);
const KNOWN_OF_FUNCTION: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict']);
const KNOWN_OF_CUSTOM: ReadonlySet<string> = new Set(['name', 'description', 'format']);

/** All tools of a request: `tools`, legacy `functions`, and the web search that stands beside them. */
export function readTools(reading: Reading, wire: JsonObject): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  const listed = listIn(reading, wire, 'tools') ?? [];
  for (let at = 0; at < listed.length; at++) {
    const tool = readTool(reading, listed, at);
    if (tool !== undefined) tools.push(tool);
  }
  const functions = listIn(reading, wire, 'functions') ?? [];
  for (let at = 0; at < functions.length; at++) {
    const entry = functions[at];
    const tool = isObject(entry)
      ? readFunction(reading, entry, undefined)
      : wrong(reading, functions, at, 'an object');
    if (tool !== undefined) tools.push(tool);
  }
  const search = objectIn(reading, wire, WEB_SEARCH);
  if (search !== undefined) {
    const hosted = { dialect: 'openai-chat', does: 'web-search', type: WEB_SEARCH, config: search } as const;
    tools.push({ kind: 'hosted', name: 'web_search', hosted });
  }
  return tools;
}

function readTool(reading: Reading, listed: readonly unknown[], at: number): ToolDefinition | undefined {
  const wire = listed[at];
  if (!isObject(wire)) return wrong(reading, listed, at, 'an object');
  const { type } = wire;
  const nested = objectOf(wire['function']);
  if (type === 'function' || (type === undefined && nested !== undefined)) {
    if (nested === undefined) return wrong(reading, wire, 'function', 'an object');
    return readFunction(reading, nested, wire);
  }
  if (type === 'custom') return readCustom(reading, wire);
  if (typeof type !== 'string') return wrong(reading, wire, 'type', 'a string');
  const hosted = { dialect: 'openai-chat', does: 'other', type, config: wire } as const;
  return { kind: 'hosted', name: textOf(wire['name']) ?? type, hosted };
}

type MutableTool = { -readonly [Name in keyof ToolDefinition]: ToolDefinition[Name] };

function readFunction(
  reading: Reading,
  wire: JsonObject,
  around: JsonObject | undefined,
): ToolDefinition | undefined {
  const name = stringIn(reading, wire, 'name');
  if (name === undefined) return wrong(reading, wire, 'name', 'a string');
  const tool: MutableTool = { kind: 'function', name };
  const description = stringIn(reading, wire, 'description');
  const parameters = objectIn(reading, wire, 'parameters');
  const strict = booleanIn(reading, wire, 'strict');
  if (description !== undefined) tool.description = description;
  if (parameters !== undefined) tool.parameters = parameters;
  if (strict !== undefined) tool.strict = strict;
  markAndExt(tool, around, 'function', unknownMembers(wire, KNOWN_OF_FUNCTION));
  return tool;
}

function readCustom(reading: Reading, wire: JsonObject): ToolDefinition | undefined {
  const custom = objectIn(reading, wire, 'custom');
  if (custom === undefined) return wrong(reading, wire, 'custom', 'an object');
  const name = stringIn(reading, custom, 'name');
  if (name === undefined) return wrong(reading, custom, 'name', 'a string');
  const tool: MutableTool = { kind: 'custom', name };
  const description = stringIn(reading, custom, 'description');
  const format = objectIn(reading, custom, 'format');
  const grammar = format?.['type'] === 'grammar' ? (objectOf(format['grammar']) ?? format) : undefined;
  if (description !== undefined) tool.description = description;
  if (grammar !== undefined)
    tool.grammar = {
      syntax: textOf(grammar['syntax']) ?? 'lark',
      definition: textOf(grammar['definition']) ?? '',
    };
  markAndExt(tool, wire, 'custom', unknownMembers(custom, KNOWN_OF_CUSTOM));
  return tool;
}

/** Adds the cache mark, and unknown members of the tool and of what is nested in it, each in its place. */
function markAndExt(
  tool: MutableTool,
  around: JsonObject | undefined,
  nestedName: string,
  nested: JsonObject | undefined,
): void {
  const cache = around === undefined ? undefined : cacheMark(around);
  const outer = around === undefined ? undefined : unknownMembers(around, KNOWN);
  if (cache !== undefined) tool.cache = cache;
  if (nested !== undefined) tool.ext = { ...outer, [nestedName]: nested };
  else if (outer !== undefined) tool.ext = outer;
}

/** The choice; undefined where there is none or nobody knows the word. Mistral says "any" for "required". */
export function readToolChoice(reading: Reading, wire: JsonObject): ToolChoice | undefined {
  const choice = wire['tool_choice'] ?? wire['function_call'];
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'required' || choice === 'none') return { mode: choice };
  if (choice === 'any') return { mode: 'required' };
  const member = wire['tool_choice'] === undefined ? 'function_call' : 'tool_choice';
  if (!isObject(choice)) return wrong(reading, wire, member, 'auto, required, none or an object');
  const { type } = choice;
  if (type === 'allowed_tools') return readSubset(objectOf(choice['allowed_tools']) ?? choice);
  if (type === 'function' || type === 'custom' || type === undefined) {
    const kind = type === 'custom' ? 'custom' : 'function';
    const named = objectOf(choice[kind]) ?? choice;
    const name = textOf(named['name']);
    return name === undefined ? wrong(reading, named, 'name', 'a string') : { mode: 'tool', kind, name };
  }
  return { mode: 'hosted', type: typeof type === 'string' ? type : '', choice };
}

function readSubset(allowed: JsonObject): ToolChoice {
  const names: string[] = [];
  for (const tool of listOf(allowed['tools'])) {
    if (!isObject(tool)) continue;
    const name = (objectOf(tool['function']) ?? objectOf(tool['custom']) ?? tool)['name'];
    if (typeof name === 'string') names.push(name);
  }
  return { mode: 'subset', names, required: allowed['mode'] === 'required' };
}
