// Tools and the choice among them, as the model holds them. Tools without a type are the caller's own; with one, they are
// mostly run by Anthropic. https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview

import { isObject, type JsonObject } from '../../model/json.ts';
import type { HostedTool, ToolChoice, ToolDefinition } from '../../model/request.ts';
import {
  booleanAt,
  extra,
  factsOf,
  hasMembers,
  listAt,
  MARKED,
  markOf,
  NO_TOOLS,
  objectAt,
  type Reading,
  requiredString,
  stringAt,
  wrong,
} from './reading.ts';

/** By how the type begins; the rest of it is a date. */
const HOSTED: readonly (readonly [string, HostedTool['does']])[] = [
  ['web_search_', 'web-search'],
  ['web_fetch_', 'web-fetch'],
  ['code_execution_', 'code-execution'],
  ['computer_', 'computer-use'],
  ['tool_search_tool_', 'tool-search'],
  ['mcp_', 'mcp'],
];

/** Reads the list of tools. */
export function decodeTools(value: unknown, reading: Reading): readonly ToolDefinition[] {
  const listed = listAt(reading, value, 'tools');
  if (listed?.length === 0) return NO_TOOLS;
  const tools: ToolDefinition[] = [];
  listed?.forEach((raw, at) => {
    const path = `tools[${at}]`;
    if (!isObject(raw)) wrong(reading, path, 'must be an object.');
    else tools.push(isOwn(raw['type']) ? decodeTool(raw, path, reading) : decodeHosted(raw, path, reading));
  });
  return tools;
}

/** Claude Code leaves the type of its tools out. */
function isOwn(type: unknown): boolean {
  return type === undefined || type === null || type === 'custom';
}

function decodeTool(raw: JsonObject, path: string, reading: Reading): ToolDefinition {
  const { type, name, description, input_schema, strict, defer_loading, cache_control, ...members } = raw;
  const about = stringAt(reading, description, `${path}.description`);
  const parameters = objectAt(reading, input_schema, `${path}.input_schema`);
  const isStrict = booleanAt(reading, strict, `${path}.strict`);
  const deferred = booleanAt(reading, defer_loading, `${path}.defer_loading`);
  const facts = factsOf(
    cache_control,
    hasMembers(members) && type === 'custom' ? { ...members, type } : members,
  );
  return {
    kind: 'function',
    name: requiredString(reading, name, `${path}.name`),
    ...(about === undefined ? {} : { description: about }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(isStrict === undefined ? {} : { strict: isStrict }),
    ...(deferred === undefined ? {} : { deferred }),
    ...(type === 'custom' && facts.ext === undefined ? { ...facts, ext: MARKED } : facts),
  };
}

function decodeHosted(raw: JsonObject, path: string, reading: Reading): ToolDefinition {
  const type = requiredString(reading, raw['type'], `${path}.type`);
  const named = stringAt(reading, raw['name'], `${path}.name`);
  const server = stringAt(reading, raw['mcp_server_name'], `${path}.mcp_server_name`);
  const cache = markOf(raw['cache_control']);
  return {
    kind: 'hosted',
    name: named ?? server ?? type,
    hosted: {
      dialect: 'anthropic-messages',
      does: HOSTED.find(([start]) => type.startsWith(start))?.[1] ?? 'other',
      type,
      config: raw,
    },
    ...(cache === undefined ? {} : { cache }),
  };
}

/** What a tool_choice says. Kinds of it that nobody knows go to `ext` as they are. */
export interface Chosen {
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly ext?: JsonObject;
}

/** Reads the tool_choice. */
export function decodeToolChoice(value: unknown, tools: readonly ToolDefinition[], reading: Reading): Chosen {
  const raw = objectAt(reading, value, 'tool_choice');
  if (raw === undefined) return {};
  const { type, name, disable_parallel_tool_use, ...rest } = raw;
  const toolChoice = choiceOf(type, name, raw, tools, reading);
  if (toolChoice === undefined) return { ext: { tool_choice: raw } };
  const disabled = booleanAt(reading, disable_parallel_tool_use, 'tool_choice.disable_parallel_tool_use');
  return {
    toolChoice,
    ...(disabled === undefined ? {} : { parallelToolCalls: !disabled }),
    ...(hasMembers(rest) ? extra({ tool_choice: rest }) : {}),
  };
}

function choiceOf(
  type: unknown,
  name: unknown,
  raw: JsonObject,
  tools: readonly ToolDefinition[],
  reading: Reading,
): ToolChoice | undefined {
  switch (type) {
    case 'auto':
    case 'none':
      return { mode: type };
    case 'any':
      return { mode: 'required' };
    case 'tool': {
      const wanted = requiredString(reading, name, 'tool_choice.name');
      const hosted = tools.find((tool) => tool.name === wanted)?.hosted;
      return hosted === undefined
        ? { mode: 'tool', kind: 'function', name: wanted }
        : { mode: 'hosted', type: hosted.type, choice: raw };
    }
    default:
      return undefined;
  }
}
