// Tools of a request and which of them may be called. https://ai.google.dev/api/caching#Tool

import { isObject, type JsonObject } from '../../model/json.ts';
import type { HostedTool, ToolChoice, ToolDefinition } from '../../model/request.ts';
import {
  hasMembers,
  objectIn,
  otherMembers,
  type Reading,
  requiredString,
  stringIn,
  stringsIn,
  wrong,
} from '../kit/read-wire.ts';
import { readSchema } from './schema-types.ts';
import { extOf, objectsIn, spelledIn, wordIn } from './wire.read.ts';

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

const KNOWN_OF_DECLARATION: ReadonlySet<string> = new Set([
  'name',
  'description',
  'parameters',
  'parametersJsonSchema',
]);
const KNOWN_OF_CONFIG: ReadonlySet<string> = new Set(['functionCallingConfig']);
const KNOWN_OF_CALLING: ReadonlySet<string> = new Set(['mode', 'allowedFunctionNames']);

/** Every declaration and every hosted tool as a definition of its own. */
export function decodeTools(reading: Reading, body: JsonObject): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  for (const tool of objectsIn(reading, body, 'tools')) {
    for (const declaration of objectsIn(reading, tool, 'functionDeclarations'))
      tools.push(decodeDeclaration(reading, declaration));
    for (const type of Object.keys(tool)) {
      const config = tool[type];
      if (type !== 'functionDeclarations' && config !== undefined && config !== null)
        tools.push(hostedTool(type, config));
    }
  }
  return tools;
}

function hostedTool(type: string, config: unknown): ToolDefinition {
  const does = Object.hasOwn(DOES, type) ? DOES[type] : undefined;
  return {
    kind: 'hosted',
    name: type,
    hosted: { dialect: 'gemini', does: does ?? 'other', type, config: { [type]: config } },
  };
}

function decodeDeclaration(reading: Reading, declaration: JsonObject): ToolDefinition {
  const name = requiredString(reading, declaration, 'name');
  const description = stringIn(reading, declaration, 'description');
  const openApi = objectIn(reading, declaration, 'parameters');
  // The newer member takes any JSON value; only objects are schemas that others understand.
  const json = declaration['parametersJsonSchema'];
  const schema = isObject(json)
    ? readSchema(json, 'parametersJsonSchema')
    : openApi && readSchema(openApi, 'parameters');
  const tool: { -readonly [Member in keyof ToolDefinition]: ToolDefinition[Member] } = {
    kind: 'function',
    name,
  };
  if (description !== undefined) tool.description = description;
  if (schema !== undefined) tool.parameters = schema;
  const ext = otherMembers(declaration, KNOWN_OF_DECLARATION);
  if (ext !== undefined) tool.ext = ext;
  return tool;
}

/** The choice, and what of `toolConfig` has no other word. */
export interface ReadToolConfig {
  readonly toolChoice?: ToolChoice;
  readonly ext?: JsonObject;
}

/** Reads `toolConfig`. */
export function decodeToolConfig(reading: Reading, body: JsonObject): ReadToolConfig {
  const config = spelledIn(reading, body, 'toolConfig');
  if (config === undefined) return {};
  const others = otherMembers(config, KNOWN_OF_CONFIG) ?? {};
  const calling = spelledIn(reading, config, 'functionCallingConfig');
  if (calling === undefined) return extOf(others);
  const mode = wordIn(reading, calling, 'mode');
  const names = stringsIn(reading, calling, 'allowedFunctionNames') ?? [];
  const toolChoice = choiceOf(mode, names);
  if (toolChoice === undefined && mode !== undefined && mode !== 'MODE_UNSPECIFIED')
    wrong(reading, calling, 'mode', 'AUTO, ANY, NONE or VALIDATED');
  const validated = mode === 'VALIDATED' && names.length === 0 ? { mode } : {};
  const kept = { ...otherMembers(calling, KNOWN_OF_CALLING), ...validated };
  const ext = hasMembers(kept) ? { ...others, functionCallingConfig: kept } : others;
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
