// Tools of a request on the wire: all functions in one tool object, each hosted tool in one of its own.
// https://ai.google.dev/api/caching#Tool

import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ToolChoice, ToolDefinition } from '../../model/request.ts';
import { FREE_TEXT } from '../kit/free-text-tool.ts';
import { openApiOf, writtenSchema } from './schema-types.ts';
import { withExt } from './wire.read.ts';
import { dropped, extFor, type Writing } from './writing.ts';

/** The member `tools`; empty where there are none. */
export function encodeTools(writing: Writing, tools: readonly ToolDefinition[]): JsonObject[] {
  const functionDeclarations: JsonObject[] = [];
  const encoded: JsonObject[] = [];
  for (const tool of tools) {
    if (tool.kind === 'hosted') encoded.push(...encodeHosted(writing, tool));
    else {
      if (functionDeclarations.length === 0) encoded.push({ functionDeclarations });
      functionDeclarations.push(encodeFunction(writing, tool));
    }
  }
  return encoded;
}

function encodeHosted(writing: Writing, { hosted, name }: ToolDefinition): JsonObject[] {
  if (hosted?.dialect === 'gemini') return [hosted.config];
  dropped(
    writing,
    'tools',
    'hosted-tool',
    'semantic',
    `The hosted tool "${name}" has no form in this format.`,
  );
  return [];
}

function encodeFunction(writing: Writing, tool: ToolDefinition): JsonObject {
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
  if (kind === 'custom' || grammar !== undefined)
    dropped(
      writing,
      'tools',
      'custom-tool',
      'semantic',
      `The tool "${name}" takes free text; here it is a function.`,
    );
  if (namespace !== undefined)
    dropped(
      writing,
      'tools',
      'tool-namespace',
      'semantic',
      `The tool "${name}" is sent without its namespace.`,
    );
  if (deferred === true)
    dropped(
      writing,
      'tools',
      'deferred-tool',
      'quality',
      `The tool "${name}" is sent at once instead of on demand.`,
    );
  if (cache !== undefined) dropped(writing, 'tools', 'cache-mark', 'hint', 'There are no cache marks here.');
  if (hosted !== undefined)
    dropped(writing, 'tools', 'hosted-tool', 'semantic', `"${name}" is not hosted here.`);
  // One switch of the whole request stands for `strict`: see encodeChoice.
  void strict;
  const custom = kind === 'custom' ? FREE_TEXT : undefined;
  const wire = {
    name,
    ...(description === undefined ? {} : { description }),
    ...encodeSchema(writing, parameters ?? custom),
  };
  return withExt(wire, extFor(writing, ext));
}

function encodeSchema(writing: Writing, schema: JsonObject | undefined): JsonObject {
  if (schema === undefined) return {};
  const written = writing.own ? writtenSchema(schema) : undefined;
  if (written !== undefined) return { [written.member]: written.schema };
  return writing.traits.toolSchema === 'gemini-openapi'
    ? { parameters: openApiOf(schema) }
    : { parametersJsonSchema: schema };
}

/** `toolConfig.functionCallingConfig`; undefined where Google's default is meant. */
export function encodeChoice(
  writing: Writing,
  choice: ToolChoice | undefined,
  tools: readonly ToolDefinition[],
): JsonObject | undefined {
  const functions = tools.filter((tool) => tool.kind !== 'hosted');
  const isStrict = !writing.own && functions.length > 0 && functions.every((tool) => tool.strict === true);
  if (choice === undefined) return isStrict ? { mode: 'VALIDATED' } : undefined;
  switch (choice.mode) {
    case 'auto':
      return { mode: isStrict ? 'VALIDATED' : 'AUTO' };
    case 'required':
      return { mode: 'ANY' };
    case 'none':
      return { mode: 'NONE' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
    case 'subset':
      // AUTO takes no names.
      return { mode: choice.required ? 'ANY' : 'VALIDATED', allowedFunctionNames: choice.names };
    case 'hosted':
      dropped(
        writing,
        'tool_choice',
        'tool-choice',
        'quality',
        `The hosted tool "${choice.type}" cannot be forced.`,
      );
      return undefined;
    default:
      return unreachable(choice);
  }
}
