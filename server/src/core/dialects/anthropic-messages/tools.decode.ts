// Tools and the choice among them, as the model holds them. Tools without a type are the caller's own; with one, they are
// mostly run by Anthropic. https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview

import { isObject, type JsonObject } from '../../model/json.ts';
import type { HostedTool, ToolChoice, ToolDefinition } from '../../model/request.ts';
import {
  booleanIn,
  listIn,
  objectIn,
  otherMembers,
  type Reading,
  requiredString,
  stringIn,
  wrong,
} from '../kit/read-wire.ts';
import { MARKED, markOf, NO_TOOLS, withFacts } from './reading.ts';

/** By how the type begins; the rest of it is a date. */
const HOSTED: readonly (readonly [string, HostedTool['does']])[] = [
  ['web_search_', 'web-search'],
  ['web_fetch_', 'web-fetch'],
  ['code_execution_', 'code-execution'],
  ['computer_', 'computer-use'],
  ['tool_search_tool_', 'tool-search'],
  ['mcp_', 'mcp'],
];

const KNOWN: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'defer_loading',
  'cache_control',
]);
const KNOWN_OF_CHOICE: ReadonlySet<string> = new Set(['type', 'name', 'disable_parallel_tool_use']);

/** Reads the list of tools. */
export function decodeTools(wire: JsonObject, reading: Reading): readonly ToolDefinition[] {
  const listed = listIn(reading, wire, 'tools');
  if (listed?.length === 0) return NO_TOOLS;
  const tools: ToolDefinition[] = [];
  listed?.forEach((raw, at) => {
    if (!isObject(raw)) wrong(reading, listed, at, 'an object');
    else tools.push(isOwn(raw['type']) ? decodeTool(raw, reading) : decodeHosted(raw, reading));
  });
  return tools;
}

/** Claude Code leaves the type of its tools out. */
function isOwn(type: unknown): boolean {
  return type === undefined || type === null || type === 'custom';
}

function decodeTool(raw: JsonObject, reading: Reading): ToolDefinition {
  const tool: { -readonly [Member in keyof ToolDefinition]: ToolDefinition[Member] } = {
    kind: 'function',
    name: requiredString(reading, raw, 'name'),
  };
  const description = stringIn(reading, raw, 'description');
  const parameters = objectIn(reading, raw, 'input_schema');
  const strict = booleanIn(reading, raw, 'strict');
  const deferred = booleanIn(reading, raw, 'defer_loading');
  if (description !== undefined) tool.description = description;
  if (parameters !== undefined) tool.parameters = parameters;
  if (strict !== undefined) tool.strict = strict;
  if (deferred !== undefined) tool.deferred = deferred;
  const whole = withFacts<ToolDefinition>(tool, raw, KNOWN);
  if (raw['type'] !== 'custom') return whole;
  return { ...whole, ext: whole.ext === undefined ? MARKED : { ...whole.ext, type: 'custom' } };
}

function decodeHosted(raw: JsonObject, reading: Reading): ToolDefinition {
  const type = requiredString(reading, raw, 'type');
  const named = stringIn(reading, raw, 'name');
  const server = stringIn(reading, raw, 'mcp_server_name');
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
export function decodeToolChoice(
  wire: JsonObject,
  tools: readonly ToolDefinition[],
  reading: Reading,
): Chosen {
  const raw = objectIn(reading, wire, 'tool_choice');
  if (raw === undefined) return {};
  const toolChoice = choiceOf(raw, tools, reading);
  if (toolChoice === undefined) return { ext: { tool_choice: raw } };
  const disabled = booleanIn(reading, raw, 'disable_parallel_tool_use');
  const rest = otherMembers(raw, KNOWN_OF_CHOICE);
  return {
    toolChoice,
    ...(disabled === undefined ? {} : { parallelToolCalls: !disabled }),
    ...(rest === undefined ? {} : { ext: { tool_choice: rest } }),
  };
}

function choiceOf(
  raw: JsonObject,
  tools: readonly ToolDefinition[],
  reading: Reading,
): ToolChoice | undefined {
  const { type } = raw;
  switch (type) {
    case 'auto':
    case 'none':
      return { mode: type };
    case 'any':
      return { mode: 'required' };
    case 'tool': {
      const wanted = requiredString(reading, raw, 'name');
      const hosted = tools.find((tool) => tool.name === wanted)?.hosted;
      return hosted === undefined
        ? { mode: 'tool', kind: 'function', name: wanted }
        : { mode: 'hosted', type: hosted.type, choice: raw };
    }
    default:
      return undefined;
  }
}
