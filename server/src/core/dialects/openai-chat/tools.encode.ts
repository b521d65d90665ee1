// Writes tools and the choice among them.

import type { CacheMark } from '../../model/content.ts';
import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import { type JsonObject, objectOf } from '../../model/json.ts';
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../model/request.ts';
import { cacheMember, dropped, type Writing } from './content.encode.ts';
import { WEB_SEARCH } from './tools.decode.ts';

const NOTHING: JsonObject = {};

/** The members about tools. Without tools there is no choice to be made: upstreams refuse one (G54). */
export function writeTools(request: ChatRequest, writing: Writing): JsonObject {
  const tools: JsonObject[] = [];
  let search: JsonObject | undefined;
  request.tools.forEach((tool, at) => {
    if (tool.hosted?.dialect === 'openai-chat' && tool.hosted.type === WEB_SEARCH)
      search = tool.hosted.config;
    else tools.push(...writeTool(tool, `tools[${at}]`, writing));
  });
  const searching = search === undefined ? NOTHING : { [WEB_SEARCH]: search };
  if (tools.length === 0) return searching;
  const choice =
    request.toolChoice === undefined ? undefined : writeChoice(request.toolChoice, request.tools, writing);
  if (writing.legacy) {
    const named = objectOf(objectOf(choice)?.['function']);
    const called = choice === undefined ? NOTHING : { function_call: named ?? choice };
    return { functions: tools.map((tool) => tool['function']), ...called, ...searching };
  }
  return {
    tools,
    ...(choice === undefined ? NOTHING : { tool_choice: choice }),
    ...(request.parallelToolCalls === undefined
      ? NOTHING
      : { parallel_tool_calls: request.parallelToolCalls }),
    ...searching,
  };
}

function writeTool(tool: ToolDefinition, path: string, writing: Writing): JsonObject[] {
  const {
    kind,
    name,
    description,
    parameters,
    strict,
    grammar,
    namespace,
    deferred,
    cache,
    hosted,
    ext,
    ...rest
  } = tool;
  nothingLeft(rest);
  if (kind === 'hosted') {
    if (hosted?.dialect === 'openai-chat') return [hosted.config];
    dropped(
      writing,
      path,
      'hosted-tool',
      'semantic',
      `Chat Completions has no tool of the type ${hosted?.type ?? name}.`,
    );
    return [];
  }
  if (namespace !== undefined)
    dropped(writing, path, 'tool-namespace', 'quality', 'Chat Completions has no namespaces of tools.');
  if (deferred === true)
    dropped(writing, path, 'deferred-tool', 'hint', 'Chat Completions loads all tools at once.');
  const own = writing.own && ext !== undefined ? ext : NOTHING;
  const { function: inFunction, custom: inCustom, ...outer } = own;
  const mark = cache === undefined ? NOTHING : toolMark(cache, writing);
  const described = description === undefined ? NOTHING : { description };
  if (kind === 'custom') {
    const format = grammar === undefined ? NOTHING : { format: { type: 'grammar', grammar } };
    const custom = { name, ...described, ...format, ...objectOf(inCustom) };
    return [{ type: 'custom', custom, ...mark, ...outer }];
  }
  const definition = {
    name,
    ...described,
    ...(parameters === undefined ? NOTHING : { parameters }),
    ...(strict === undefined ? NOTHING : { strict }),
    ...objectOf(inFunction),
  };
  return [{ type: 'function', function: definition, ...mark, ...outer }];
}

function writeChoice(
  choice: ToolChoice,
  tools: readonly ToolDefinition[],
  writing: Writing,
): string | JsonObject | undefined {
  switch (choice.mode) {
    case 'auto':
    case 'required':
    case 'none':
      return choice.mode;
    case 'tool':
      return named(choice.kind, choice.name);
    case 'subset': {
      const allowed = choice.names.map((name) =>
        named(tools.find((tool) => tool.name === name)?.kind === 'custom' ? 'custom' : 'function', name),
      );
      return {
        type: 'allowed_tools',
        allowed_tools: { mode: choice.required ? 'required' : 'auto', tools: allowed },
      };
    }
    case 'hosted':
      if (writing.own) return choice.choice;
      dropped(
        writing,
        'tool_choice',
        'tool-choice',
        'semantic',
        `No tool of the type ${choice.type} can be forced.`,
      );
      return undefined;
    default:
      return unreachable(choice);
  }
}

function named(kind: 'function' | 'custom', name: string): JsonObject {
  return { type: kind, [kind]: { name } };
}

/** OpenAI has marks on parts of content alone; others have them on tools too. */
function toolMark({ ttl }: CacheMark, writing: Writing): JsonObject {
  if (writing.traits.cacheMarks !== 'prompt_cache_breakpoint') return cacheMember(ttl, writing);
  writing.losses.add({
    path: 'tools[]',
    feature: 'cache-marks',
    action: 'dropped',
    severity: 'hint',
    note: 'The format has no cache marks on tools.',
  });
  return NOTHING;
}
