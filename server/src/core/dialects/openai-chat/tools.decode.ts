// Reads tools and the choice among them, in today's words and in the legacy ones (`functions`, `function_call`).

import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { ToolChoice, ToolDefinition } from '../../model/request.ts';
import { cacheMark } from './content.decode.ts';
import {
  type Faults,
  fault,
  readBoolean,
  readList,
  readObject,
  readString,
  unknownMembers,
} from './wire.read.ts';

/** The type under which `web_search_options` stands among the tools. */
export const WEB_SEARCH = 'web_search_options';

const KNOWN: ReadonlySet<string> = new Set(['type', 'function', 'custom', 'cache_control']);
const KNOWN_OF_FUNCTION: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict']);
const KNOWN_OF_CUSTOM: ReadonlySet<string> = new Set(['name', 'description', 'format']);

/** All tools of a request: `tools`, legacy `functions`, and the web search that stands beside them. */
export function readTools(faults: Faults, wire: JsonObject): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  (readList(faults, wire, 'tools') ?? []).forEach((tool, at) => {
    const read = readTool(faults, tool, `tools[${at}]`);
    if (read !== undefined) tools.push(read);
  });
  (readList(faults, wire, 'functions') ?? []).forEach((tool, at) => {
    const read = isObject(tool)
      ? readFunction(faults, tool, `functions[${at}].`, undefined)
      : fault(faults, `functions[${at}]`, 'an object');
    if (read !== undefined) tools.push(read);
  });
  const search = readObject(faults, wire, WEB_SEARCH);
  if (search !== undefined) {
    const hosted = { dialect: 'openai-chat', does: 'web-search', type: WEB_SEARCH, config: search } as const;
    tools.push({ kind: 'hosted', name: 'web_search', hosted });
  }
  return tools;
}

function readTool(faults: Faults, wire: unknown, path: string): ToolDefinition | undefined {
  if (!isObject(wire)) return fault(faults, path, 'an object');
  const { type } = wire;
  const nested = objectOf(wire['function']);
  if (type === 'function' || (type === undefined && nested !== undefined)) {
    if (nested === undefined) return fault(faults, `${path}.function`, 'an object');
    return readFunction(faults, nested, `${path}.function.`, wire);
  }
  if (type === 'custom') return readCustom(faults, wire, path);
  if (typeof type !== 'string') return fault(faults, `${path}.type`, 'a string');
  const hosted = { dialect: 'openai-chat', does: 'other', type, config: wire } as const;
  return { kind: 'hosted', name: textOf(wire['name']) ?? type, hosted };
}

function readFunction(
  faults: Faults,
  wire: JsonObject,
  base: string,
  around: JsonObject | undefined,
): ToolDefinition | undefined {
  const name = readString(faults, wire, 'name', base);
  if (name === undefined) return fault(faults, `${base}name`, 'a string');
  const description = readString(faults, wire, 'description', base);
  const parameters = readObject(faults, wire, 'parameters', base);
  const strict = readBoolean(faults, wire, 'strict', base);
  return {
    kind: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
    ...markAndExt(around, 'function', unknownMembers(wire, KNOWN_OF_FUNCTION)),
  };
}

function readCustom(faults: Faults, wire: JsonObject, path: string): ToolDefinition | undefined {
  const custom = readObject(faults, wire, 'custom', `${path}.`);
  if (custom === undefined) return fault(faults, `${path}.custom`, 'an object');
  const base = `${path}.custom.`;
  const name = readString(faults, custom, 'name', base);
  if (name === undefined) return fault(faults, `${base}name`, 'a string');
  const description = readString(faults, custom, 'description', base);
  const format = readObject(faults, custom, 'format', base);
  const grammar = format?.['type'] === 'grammar' ? (objectOf(format['grammar']) ?? format) : undefined;
  return {
    kind: 'custom',
    name,
    ...(description === undefined ? {} : { description }),
    ...(grammar === undefined
      ? {}
      : {
          grammar: {
            syntax: textOf(grammar['syntax']) ?? 'lark',
            definition: textOf(grammar['definition']) ?? '',
          },
        }),
    ...markAndExt(wire, 'custom', unknownMembers(custom, KNOWN_OF_CUSTOM)),
  };
}

/** The cache mark, and unknown members of the tool and of what is nested in it, each in its place. */
function markAndExt(
  around: JsonObject | undefined,
  nestedName: string,
  nested: JsonObject | undefined,
): Pick<ToolDefinition, 'cache' | 'ext'> {
  const cache = around === undefined ? undefined : cacheMark(around);
  const outer = around === undefined ? undefined : unknownMembers(around, KNOWN);
  const hasExt = outer !== undefined || nested !== undefined;
  return {
    ...(cache === undefined ? {} : { cache }),
    ...(hasExt ? { ext: { ...outer, ...(nested === undefined ? {} : { [nestedName]: nested }) } } : {}),
  };
}

/** The choice; undefined where there is none or nobody knows the word. Mistral says "any" for "required". */
export function readToolChoice(faults: Faults, wire: JsonObject): ToolChoice | undefined {
  const choice = wire['tool_choice'] ?? wire['function_call'];
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'required' || choice === 'none') return { mode: choice };
  if (choice === 'any') return { mode: 'required' };
  const member = wire['tool_choice'] === undefined ? 'function_call' : 'tool_choice';
  if (!isObject(choice)) return fault(faults, member, 'auto, required, none or an object');
  const { type } = choice;
  if (type === 'allowed_tools') return readSubset(objectOf(choice['allowed_tools']) ?? choice);
  if (type === 'function' || type === 'custom' || type === undefined) {
    const kind = type === 'custom' ? 'custom' : 'function';
    const name = textOf((objectOf(choice[kind]) ?? choice)['name']);
    return name === undefined
      ? fault(faults, `${member}.${kind}.name`, 'a string')
      : { mode: 'tool', kind, name };
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
