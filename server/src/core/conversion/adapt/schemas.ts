// Schemas of tools and of the answer in the words of the target; where it takes none for the answer, it is told in words.

import type { JsonObject } from '../../model/json.ts';
import type { Loss } from '../../model/loss.ts';
import type { ChatRequest, OutputForm, ToolDefinition } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { compileSchema } from '../schema/compile.ts';
import { SCHEMA_RULES, type SchemaTarget } from '../schema/targets.ts';
import { isUnchanged } from '../schema/unchanged.ts';
import { withInstruction } from './parts.ts';

/** All schemas. To come after the tools have their kinds and before the places of instructions are settled. */
export const schemas: Pass = (request, adapting) => {
  const tools = fittedTools(request, adapting);
  const withTools = tools === request.tools ? request : { ...request, tools };
  return { request: fittedOutput(withTools, adapting) };
};

/** Compiles and collects what is lost, with paths that begin as given. */
function compiled(
  schema: JsonObject,
  target: SchemaTarget,
  path: string,
): { schema: JsonObject; lost: readonly Loss[] } {
  const lost: Loss[] = [];
  const result = compileSchema(schema, target, (inner, feature, action, severity, note) => {
    const where = inner === '' ? path : `${path}.${inner}`;
    lost.push({ path: where.slice(0, 200), feature, action, severity, note });
  });
  return { schema: result, lost };
}

const PARAMETERS: Readonly<Record<ChatRequest['origin'], string>> = {
  'openai-chat': 'function.parameters',
  'openai-responses': 'parameters',
  'anthropic-messages': 'input_schema',
  gemini: 'parameters',
};

function fittedTools(request: ChatRequest, { traits, losses }: Adapting): readonly ToolDefinition[] {
  const rules = SCHEMA_RULES[traits.toolSchema];
  let changed = false;
  const tools = request.tools.map((tool, at) => {
    if (tool.kind !== 'function' || tool.parameters === undefined) return tool;
    if (isUnchanged(tool.parameters, rules)) return tool;
    const { schema, lost } = compiled(
      tool.parameters,
      traits.toolSchema,
      `tools[${at}].${PARAMETERS[request.origin]}`,
    );
    for (const loss of lost) losses.add(loss);
    if (traits.toolSchema === 'gemini-openapi' && isEmpty(schema)) {
      changed = true;
      const { parameters: _none, ...rest } = tool;
      return rest;
    }
    if (schema === tool.parameters) return tool;
    changed = true;
    return { ...tool, parameters: schema };
  });
  return changed ? tools : request.tools;
}

/** Older models of gemini refuse an object without properties. */
function isEmpty(schema: JsonObject): boolean {
  const properties = schema['properties'];
  return properties === undefined || Object.keys(properties as JsonObject).length === 0;
}

const ONE_OBJECT = 'Reply with one JSON object and nothing else.';

function fittedOutput(request: ChatRequest, adapting: Adapting): ChatRequest {
  const { output } = request;
  if (output === undefined || output.type === 'text') return request;
  const { traits, losses } = adapting;
  if (output.type === 'json') return asJson(request, adapting);
  if (traits.outputSchema === 'none') {
    losses.add({
      path: 'response_format',
      feature: 'output-schema',
      action: 'emulated',
      severity: 'quality',
      note: 'The target takes no schema for its answer; it was told the schema in words.',
    });
    return instructed(request, `${ONE_OBJECT}${described(output)}`, traits.jsonOutput);
  }
  const fitted = traits.outputSchema === 'openai' ? forOpenai(output, adapting) : forOther(output, adapting);
  return fitted === output ? request : { ...request, output: fitted };
}

type SchemaOutput = Extract<OutputForm, { type: 'schema' }>;

function described({ schema, description }: SchemaOutput): string {
  const { $schema: _version, ...plain } = schema;
  const purpose = description === undefined ? '' : ` It is: ${description}`;
  return `${purpose} It must follow this JSON Schema:\n${JSON.stringify(plain)}`;
}

/** The request with its wish for JSON in words; `mode`: also as a setting. */
function instructed(request: ChatRequest, text: string, mode: boolean): ChatRequest {
  const { output: _output, ...rest } = request;
  const turns = withInstruction(request.turns, text);
  return mode ? { ...rest, turns, output: { type: 'json' } } : { ...rest, turns };
}

function asJson(request: ChatRequest, { traits, losses }: Adapting): ChatRequest {
  if (!traits.jsonOutput) {
    losses.add({
      path: 'response_format',
      feature: 'json-output',
      action: 'emulated',
      severity: 'quality',
      note: 'The target has no setting for JSON; it was told so in words.',
    });
    return instructed(request, ONE_OBJECT, false);
  }
  // OpenAI's formats refuse the setting unless the conversation says "JSON" somewhere; gemini's clients need not say it.
  if (request.origin !== 'gemini' || traits.dialect === 'gemini') return request;
  return instructed(request, ONE_OBJECT, true);
}

function forOther(output: SchemaOutput, { traits, losses }: Adapting): SchemaOutput {
  const target = traits.outputSchema === 'anthropic' ? 'anthropic-output' : 'gemini-output';
  const { schema, lost } = compiled(output.schema, target, 'response_format.schema');
  for (const loss of lost) losses.add(loss);
  return schema === output.schema ? output : { ...output, schema };
}

/** A schema that is to be kept to the letter must have OpenAI's strict form; one that cannot is sent as advice. */
function forOpenai(output: SchemaOutput, { losses }: Adapting): SchemaOutput {
  const path = 'response_format.schema';
  if (output.strict === true) {
    const { schema, lost } = compiled(output.schema, 'openai-strict', path);
    if (lost.every(({ severity }) => severity !== 'semantic')) {
      for (const loss of lost) losses.add(loss);
      return schema === output.schema ? output : { ...output, schema };
    }
    losses.add({
      path: 'response_format.strict',
      feature: 'output-strict',
      action: 'dropped',
      severity: 'quality',
      note: 'The schema has objects with any members, which the strict form does not know.',
    });
  }
  const { schema, lost } = compiled(output.schema, 'json-schema', path);
  for (const loss of lost) losses.add(loss);
  if (output.strict === true) return { ...output, schema, strict: false };
  return schema === output.schema ? output : { ...output, schema };
}
