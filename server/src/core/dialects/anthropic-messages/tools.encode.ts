// Tools and the choice among them, as the Messages API takes them.
// https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview

import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ToolChoice, ToolDefinition } from '../../model/request.ts';
import { FREE_TEXT } from '../kit/free-text-tool.ts';
import { MARKED } from './reading.ts';
import { lose, type Wire, type Writing, writeMark } from './writing.ts';

/** Writes the tools that the format can say. */
export function encodeTools(writing: Writing): Wire[] {
  const tools: Wire[] = [];
  writing.request.tools.forEach((tool, at) => {
    const written =
      tool.hosted === undefined ? encodeTool(tool, writing, at) : encodeHosted(tool, writing, at);
    if (written !== undefined) tools.push(written);
  });
  return tools;
}

function encodeTool(tool: ToolDefinition, writing: Writing, at: number): Wire {
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
    hosted: _hosted,
    ext,
    ...rest
  } = tool;
  nothingLeft(rest);
  if (kind === 'custom' || grammar !== undefined) {
    const note = `${name} takes free text; here it takes an object with "input".`;
    lose(writing.losses, 'emulated', 'quality', `tools[${at}]`, 'custom-tool', note);
  }
  if (namespace !== undefined) {
    const note = `${name} loses its namespace ${namespace.name}.`;
    lose(writing.losses, 'dropped', 'quality', `tools[${at}].namespace`, 'tool-namespace', note);
  }
  const schema = kind === 'custom' ? FREE_TEXT : schemaOf(parameters, writing.own);
  const written: Wire = ext === MARKED ? { type: 'custom', name } : { name };
  if (description !== undefined) written['description'] = description;
  if (schema !== undefined) written['input_schema'] = schema;
  if (strict !== undefined && (strict || writing.own)) written['strict'] = strict;
  if (deferred !== undefined && (deferred || writing.own)) written['defer_loading'] = deferred;
  if (writing.own && ext !== undefined) Object.assign(written, ext);
  writeMark(writing, written, cache, ext);
  return written;
}

const NO_PARAMETERS: JsonObject = { type: 'object', properties: {} };

/** A schema is required, and it is one of an object. */
function schemaOf(parameters: JsonObject | undefined, own: boolean): JsonObject {
  if (parameters === undefined) return NO_PARAMETERS;
  if (own || parameters['type'] === 'object') return parameters;
  return { ...parameters, type: 'object' };
}

function encodeHosted(tool: ToolDefinition, writing: Writing, at: number): Wire | undefined {
  const { hosted, cache } = tool;
  if (hosted === undefined) return undefined;
  if (hosted.dialect !== 'anthropic-messages') {
    const note = `The hosted tool ${hosted.type} is known to ${hosted.dialect} only.`;
    lose(writing.losses, 'dropped', 'semantic', `tools[${at}]`, 'hosted-tool', note);
    return undefined;
  }
  const written: Wire = { ...hosted.config };
  writeMark(writing, written, cache, hosted.config);
  return written;
}

/** Writes tool_choice; undefined where nothing needs to be said. */
export function encodeToolChoice(writing: Writing, hasTools: boolean): Wire | undefined {
  const { toolChoice, parallelToolCalls } = writing.request;
  if (!hasTools && !writing.own) return undefined;
  const choice = toolChoice === undefined ? undefined : choiceOf(toolChoice, writing);
  const said =
    parallelToolCalls === false || (parallelToolCalls === true && writing.own && choice !== undefined);
  if (choice === undefined && !said) return undefined;
  const written: Wire = choice ?? { type: 'auto' };
  if (said && written['type'] !== 'none') written['disable_parallel_tool_use'] = !parallelToolCalls;
  return written;
}

function choiceOf(choice: ToolChoice, writing: Writing): Wire | undefined {
  switch (choice.mode) {
    case 'auto':
    case 'none':
      return { type: choice.mode };
    case 'required':
      return { type: 'any' };
    case 'tool':
      return { type: 'tool', name: choice.name };
    case 'subset': {
      const note = 'Here a choice cannot name several tools.';
      lose(writing.losses, 'approximated', 'quality', 'tool_choice', 'allowed-tools', note);
      return { type: choice.required ? 'any' : 'auto' };
    }
    case 'hosted': {
      if (choice.choice['type'] === 'tool') return { type: 'tool', name: choice.choice['name'] };
      const note = `The hosted tool ${choice.type} cannot be chosen here.`;
      lose(writing.losses, 'approximated', 'semantic', 'tool_choice', 'hosted-tool-choice', note);
      return { type: 'auto' };
    }
    default:
      return unreachable(choice);
  }
}
