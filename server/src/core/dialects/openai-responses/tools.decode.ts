// Reads the tools of a request and which of them are to be used.
// https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools

import { isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { HostedTool, ToolChoice, ToolDefinition } from '../../model/request.ts';
import {
  booleanAt,
  extra,
  listAt,
  objectAt,
  type Reading,
  requiredString,
  stringAt,
  wrong,
} from './reading.ts';

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

/** A list of tools; those of a namespace follow each other. */
export function decodeTools(reading: Reading, tools: readonly unknown[], path: string): ToolDefinition[] {
  const definitions: ToolDefinition[] = [];
  tools.forEach((tool, index) => {
    const at = `${path}[${index}]`;
    if (!isObject(tool)) {
      wrong(reading, at, 'must be an object.');
      return;
    }
    const nested = tool['tools'];
    if (tool['type'] !== 'namespace' || !Array.isArray(nested) || nested.length === 0) {
      definitions.push(decodeTool(reading, tool, at, undefined));
      return;
    }
    const description = stringAt(reading, tool, 'description', `${at}.`);
    const namespace: Namespace = {
      name: requiredString(reading, tool, 'name', `${at}.`),
      ...(description === undefined ? {} : { description }),
    };
    nested.forEach((inner, place) => {
      const inside = `${at}.tools[${place}]`;
      if (isObject(inner)) definitions.push(decodeTool(reading, inner, inside, namespace));
      else wrong(reading, inside, 'must be an object.');
    });
  });
  return definitions;
}

function decodeTool(
  reading: Reading,
  tool: JsonObject,
  path: string,
  namespace: Namespace | undefined,
): ToolDefinition {
  const type = requiredString(reading, tool, 'type', `${path}.`);
  const within = namespace === undefined ? {} : { namespace };
  if (type !== 'function' && type !== 'custom') return { ...decodeHosted(tool, type), ...within };
  const description = stringAt(reading, tool, 'description', `${path}.`);
  const deferred = booleanAt(reading, tool, 'defer_loading', `${path}.`);
  const named = {
    name: requiredString(reading, tool, 'name', `${path}.`),
    ...(description === undefined ? {} : { description }),
    ...within,
    ...(deferred === undefined ? {} : { deferred }),
  };
  if (type === 'custom') return { kind: 'custom', ...named, ...grammarOf(tool), ...extra(tool, CUSTOM) };
  const parameters = objectAt(reading, tool, 'parameters', `${path}.`);
  const strict = booleanAt(reading, tool, 'strict', `${path}.`);
  return {
    kind: 'function',
    ...named,
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
    ...extra(tool, FUNCTION),
  };
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
export function decodeToolChoice(reading: Reading, choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'required' || choice === 'none') return { mode: choice };
  if (!isObject(choice)) return wrong(reading, 'tool_choice', 'must be auto, required, none or an object.');
  const type = requiredString(reading, choice, 'type', 'tool_choice.');
  if (type === 'function' || type === 'custom') {
    const namespace = stringAt(reading, choice, 'namespace', 'tool_choice.');
    return {
      mode: 'tool',
      kind: type,
      name: requiredString(reading, choice, 'name', 'tool_choice.'),
      ...(namespace === undefined ? {} : { namespace }),
    };
  }
  if (type !== 'allowed_tools') return { mode: 'hosted', type, choice };
  const names = listAt(reading, choice, 'tools', 'tool_choice.').flatMap((tool) => {
    const entry = objectOf(tool);
    return textOf(entry?.['server_label']) ?? textOf(entry?.['name']) ?? textOf(entry?.['type']) ?? [];
  });
  return { mode: 'subset', names, required: choice['mode'] === 'required' };
}
