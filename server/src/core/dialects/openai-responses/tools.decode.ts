// Reads the tools of a request and which of them are to be used.
// https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools

import { isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { HostedTool, ToolChoice, ToolDefinition } from '../../model/request.ts';
import {
  booleanIn,
  extra,
  listIn,
  objectIn,
  type Reading,
  requiredString,
  stringIn,
  unknownMembers,
  wrong,
} from '../kit/read-wire.ts';

const FUNCTION: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'parameters',
  'strict',
  'defer_loading',
]);
const CUSTOM: ReadonlySet<string> = new Set(['type', 'name', 'description', 'format', 'defer_loading']);

type Namespace = NonNullable<ToolDefinition['namespace']>;

/** What hosted tools do, by the beginning of their type. */
const DOES: readonly (readonly [string, HostedTool['does']])[] = [
  ['web_search', 'web-search'],
  ['code_interpreter', 'code-execution'],
  ['file_search', 'file-search'],
  ['mcp', 'mcp'],
  ['computer', 'computer-use'],
  ['image_generation', 'image-generation'],
  ['tool_search', 'tool-search'],
];

type MutableTool = { -readonly [Member in keyof ToolDefinition]: ToolDefinition[Member] };

/** A list of tools; those of a namespace follow each other. */
export function decodeTools(reading: Reading, tools: readonly unknown[]): ToolDefinition[] {
  const definitions: ToolDefinition[] = [];
  for (let at = 0; at < tools.length; at++) {
    const tool = tools[at];
    if (!isObject(tool)) {
      wrong(reading, tools, at, 'an object');
      continue;
    }
    const nested = tool['tools'];
    if (tool['type'] !== 'namespace' || !Array.isArray(nested) || nested.length === 0) {
      definitions.push(decodeTool(reading, tool, undefined));
      continue;
    }
    const description = stringIn(reading, tool, 'description');
    const namespace: Namespace = {
      name: requiredString(reading, tool, 'name'),
      ...(description === undefined ? {} : { description }),
    };
    nested.forEach((inner, place) => {
      if (isObject(inner)) definitions.push(decodeTool(reading, inner, namespace));
      else wrong(reading, nested, place, 'an object');
    });
  }
  return definitions;
}

function decodeTool(reading: Reading, wire: JsonObject, namespace: Namespace | undefined): ToolDefinition {
  const type = requiredString(reading, wire, 'type');
  if (type !== 'function' && type !== 'custom')
    return { ...decodeHosted(wire, type), ...(namespace === undefined ? {} : { namespace }) };
  const tool: MutableTool = { kind: type, name: requiredString(reading, wire, 'name') };
  const description = stringIn(reading, wire, 'description');
  const deferred = booleanIn(reading, wire, 'defer_loading');
  if (description !== undefined) tool.description = description;
  if (namespace !== undefined) tool.namespace = namespace;
  if (deferred !== undefined) tool.deferred = deferred;
  if (type === 'custom') return { ...tool, ...grammarOf(wire), ...extra(wire, CUSTOM) };
  const parameters = objectIn(reading, wire, 'parameters');
  const strict = booleanIn(reading, wire, 'strict');
  if (parameters !== undefined) tool.parameters = parameters;
  if (strict !== undefined) tool.strict = strict;
  const ext = unknownMembers(wire, FUNCTION);
  if (ext !== undefined) tool.ext = ext;
  return tool;
}

/** The format `{type: "text"}` is the default and says nothing. */
function grammarOf(tool: JsonObject): Pick<ToolDefinition, 'grammar'> {
  const format = objectOf(tool['format']);
  const syntax = textOf(format?.['syntax']);
  const definition = format?.['definition'];
  if (syntax === undefined || typeof definition !== 'string') return {};
  return { grammar: { syntax, definition } };
}

function decodeHosted(tool: JsonObject, type: string): ToolDefinition {
  const does = DOES.find(([beginning]) => type.startsWith(beginning))?.[1] ?? 'other';
  return {
    kind: 'hosted',
    name: textOf(tool['server_label']) ?? textOf(tool['name']) ?? type,
    hosted: { dialect: 'openai-responses', does, type, config: tool },
  };
}

/** All forms of `tool_choice`; undefined where there is none. */
export function decodeToolChoice(reading: Reading, wire: JsonObject): ToolChoice | undefined {
  const choice = wire['tool_choice'];
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'required' || choice === 'none') return { mode: choice };
  if (!isObject(choice)) return wrong(reading, wire, 'tool_choice', 'auto, required, none or an object');
  const type = requiredString(reading, choice, 'type');
  if (type === 'function' || type === 'custom') {
    const namespace = stringIn(reading, choice, 'namespace');
    return {
      mode: 'tool',
      kind: type,
      name: requiredString(reading, choice, 'name'),
      ...(namespace === undefined ? {} : { namespace }),
    };
  }
  if (type !== 'allowed_tools') return { mode: 'hosted', type, choice };
  const names = (listIn(reading, choice, 'tools') ?? []).flatMap((tool) => {
    const entry = objectOf(tool);
    return textOf(entry?.['server_label']) ?? textOf(entry?.['name']) ?? textOf(entry?.['type']) ?? [];
  });
  return { mode: 'subset', names, required: choice['mode'] === 'required' };
}
