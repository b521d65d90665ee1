// Tools of a request and which of them may be called. https://ai.google.dev/api/caching#Tool

import { isObject, type JsonObject } from '../../model/json.ts';
import type { HostedTool, ToolChoice, ToolDefinition } from '../../model/request.ts';
import { readSchema } from './schema-types.ts';
import { extOf, mapAt, objectAt, objectsAt, type Reading, textAt, textsAt } from './wire.read.ts';

const DOES: Readonly<Record<string, HostedTool['does']>> = {
  googleSearch: 'web-search',
  googleSearchRetrieval: 'web-search',
  enterpriseWebSearch: 'web-search',
  urlContext: 'web-fetch',
  codeExecution: 'code-execution',
  fileSearch: 'file-search',
  computerUse: 'computer-use',
  mcpServers: 'mcp',
};

/** Every declaration and every hosted tool as a definition of its own. */
export function decodeTools(reading: Reading, value: unknown): ToolDefinition[] {
  return objectsAt(reading, value, 'tools').flatMap((tool, at) => {
    const { functionDeclarations, ...hosted } = tool;
    const declared = objectsAt(reading, functionDeclarations, `tools[${at}].functionDeclarations`);
    return [
      ...declared.map((entry, number) =>
        decodeDeclaration(reading, entry, `tools[${at}].functionDeclarations[${number}]`),
      ),
      ...Object.entries(hosted)
        .filter(([, config]) => config !== undefined && config !== null)
        .map(([type, config]) => hostedTool(type, config)),
    ];
  });
}

function hostedTool(type: string, config: unknown): ToolDefinition {
  const does = Object.hasOwn(DOES, type) ? DOES[type] : undefined;
  return {
    kind: 'hosted',
    name: type,
    hosted: { dialect: 'gemini', does: does ?? 'other', type, config: { [type]: config } },
  };
}

function decodeDeclaration(reading: Reading, declaration: JsonObject, path: string): ToolDefinition {
  const { name, description, parameters, parametersJsonSchema, ...rest } = declaration;
  const known = textAt(reading, name, `${path}.name`);
  if (known === undefined) reading.fault(`${path}.name`, 'a string');
  const words = textAt(reading, description, `${path}.description`);
  const openApi = mapAt(reading, parameters, `${path}.parameters`);
  // The newer member takes any JSON value; only objects are schemas that others understand.
  const json = isObject(parametersJsonSchema) ? parametersJsonSchema : undefined;
  const schema =
    json !== undefined
      ? readSchema(json, 'parametersJsonSchema')
      : openApi && readSchema(openApi, 'parameters');
  return {
    kind: 'function',
    name: known ?? '',
    ...(words === undefined ? {} : { description: words }),
    ...(schema === undefined ? {} : { parameters: schema }),
    ...extOf(rest),
  };
}

/** The choice, and what of `toolConfig` has no other word. */
export interface ReadToolConfig {
  readonly toolChoice?: ToolChoice;
  readonly ext?: JsonObject;
}

/** Reads `toolConfig`. */
export function decodeToolConfig(reading: Reading, value: unknown): ReadToolConfig {
  const config = objectAt(reading, value, 'toolConfig');
  if (config === undefined) return {};
  const { functionCallingConfig, ...others } = config;
  const path = 'toolConfig.functionCallingConfig';
  const calling = objectAt(reading, functionCallingConfig, path);
  if (calling === undefined) return extOf(others);
  const { mode: given, allowedFunctionNames, ...rest } = calling;
  const mode = textAt(reading, given, `${path}.mode`)?.toUpperCase();
  const names = textsAt(reading, allowedFunctionNames, `${path}.allowedFunctionNames`) ?? [];
  const toolChoice = choiceOf(mode, names);
  if (toolChoice === undefined && mode !== undefined && mode !== 'MODE_UNSPECIFIED')
    reading.fault(`${path}.mode`, 'AUTO, ANY, NONE or VALIDATED');
  const validated = mode === 'VALIDATED' && names.length === 0 ? { mode } : {};
  const kept = { ...rest, ...validated };
  const ext = Object.keys(kept).length === 0 ? others : { ...others, functionCallingConfig: kept };
  return { ...(toolChoice === undefined ? {} : { toolChoice }), ...extOf(ext) };
}

function choiceOf(mode: string | undefined, names: readonly string[]): ToolChoice | undefined {
  const [only] = names;
  if (mode === 'NONE') return { mode: 'none' };
  if (mode === 'ANY') {
    if (only === undefined) return { mode: 'required' };
    if (names.length === 1) return { mode: 'tool', kind: 'function', name: only };
    return { mode: 'subset', names, required: true };
  }
  if (mode !== 'AUTO' && mode !== 'VALIDATED') return undefined;
  return only === undefined ? { mode: 'auto' } : { mode: 'subset', names, required: false };
}
