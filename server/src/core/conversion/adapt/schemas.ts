// Schemas of tools and of the answer in the words of the target; where it takes none for the answer, it is told in words.

import type { JsonObject } from '../../model/json.ts';
import type { Loss } from '../../model/loss.ts';
import type { ChatRequest, OutputForm, ToolDefinition } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { compileSchema } from '../schema/compile.ts';
import { SCHEMA_RULES, type SchemaTarget } from '../schema/targets.ts';
import { isUnchanged } from '../schema/unchanged.ts';
import { withInstruction } from './parts.ts';
import { pathOfMember } from './paths.ts';

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

function fittedTools(request: ChatRequest, adapting: Adapting): readonly ToolDefinition[] {
  const { traits, losses } = adapting;
  const rules = SCHEMA_RULES[traits.toolSchema];
  const asksSubset = traits.dialect === 'anthropic-messages' && request.origin !== 'anthropic-messages';
  let changed = false;
  const tools = request.tools.map((given, at) => {
    const isPromised = asksSubset && given.kind === 'function' && given.strict === true;
    const tool = isPromised ? promised(given, at, request.origin, adapting) : given;
    if (tool !== given) changed = true;
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

/** What a strict tool of Anthropic's may say in words instead. Any other change of its schema would change its arguments. */
const SAID_IN_WORDS: ReadonlySet<string> = new Set(['schema-limits']);

const NO_ARGUMENTS: JsonObject = { type: 'object', properties: {} };

/**
 * A tool whose arguments are promised to follow their schema. Anthropic refuses the whole request unless that schema keeps
 * to the subset of its output schemas; one that cannot goes without the promise.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/strict-tool-use
 */
function promised(
  tool: ToolDefinition,
  at: number,
  origin: ChatRequest['origin'],
  { losses }: Adapting,
): ToolDefinition {
  const path = `tools[${at}].${PARAMETERS[origin]}`;
  const { schema, lost } = compiled(tool.parameters ?? NO_ARGUMENTS, 'anthropic-output', path);
  const isKept =
    schema['type'] === 'object' &&
    lost.every(({ feature, severity }) => severity === 'hint' || SAID_IN_WORDS.has(feature));
  if (isKept) {
    for (const loss of lost) losses.add(loss);
    return { ...tool, parameters: schema };
  }
  losses.add({
    path: `tools[${at}].${STRICT_MEMBERS[origin]}`,
    feature: 'strict-tool',
    action: 'dropped',
    severity: 'quality',
    note: `The schema of "${tool.name}" says more than strict tools may; it is sent without the promise.`,
  });
  const { strict: _strict, ...rest } = tool;
  return rest;
}

const STRICT_MEMBERS: Readonly<Record<ChatRequest['origin'], string>> = {
  'openai-chat': 'function.strict',
  'openai-responses': 'strict',
  'anthropic-messages': 'strict',
  gemini: 'strict',
};

/** Older models of gemini refuse an object without properties. */
function isEmpty(schema: JsonObject): boolean {
  const properties = schema['properties'];
  return properties === undefined || Object.keys(properties as JsonObject).length === 0;
}

const SCHEMA_PATHS: Readonly<Record<ChatRequest['origin'], string>> = {
  'openai-chat': 'response_format.json_schema.schema',
  'openai-responses': 'text.format.schema',
  'anthropic-messages': 'output_config.format.schema',
  gemini: 'generationConfig.responseJsonSchema',
};

const STRICT_PATHS: Readonly<Record<ChatRequest['origin'], string>> = {
  'openai-chat': 'response_format.json_schema.strict',
  'openai-responses': 'text.format.strict',
  'anthropic-messages': 'output_config.format',
  gemini: 'generationConfig',
};

const ONE_OBJECT = 'Reply with one JSON object and nothing else.';

function fittedOutput(request: ChatRequest, adapting: Adapting): ChatRequest {
  const { output } = request;
  if (output === undefined || output.type === 'text') return request;
  const { traits, losses } = adapting;
  if (output.type === 'json') return asJson(request, adapting);
  if (traits.outputSchema === 'none') {
    losses.add({
      path: pathOfMember(request.origin, 'output'),
      feature: 'output-schema',
      action: 'emulated',
      severity: 'quality',
      note: 'The target takes no schema for its answer; it was told the schema in words.',
    });
    return instructed(request, `${ONE_OBJECT}${described(output)}`, traits.jsonOutput);
  }
  const fitted =
    traits.outputSchema === 'openai'
      ? forOpenai(output, request.origin, adapting)
      : forOther(output, request.origin, adapting);
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
      path: pathOfMember(request.origin, 'output'),
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

function forOther(
  output: SchemaOutput,
  origin: ChatRequest['origin'],
  { traits, losses }: Adapting,
): SchemaOutput {
  const target = traits.outputSchema === 'anthropic' ? 'anthropic-output' : 'gemini-output';
  tellUnsaid(output, origin, losses);
  const { schema, lost } = compiled(output.schema, target, SCHEMA_PATHS[origin]);
  for (const loss of lost) losses.add(loss);
  return schema === output.schema ? output : { ...output, schema };
}

/** The schema alone has a place there. */
function tellUnsaid(output: SchemaOutput, origin: ChatRequest['origin'], losses: Adapting['losses']): void {
  const around = SCHEMA_PATHS[origin].replace(/\.\w+$/, '');
  for (const member of ['name', 'description', 'strict'] as const)
    if (output[member] !== undefined)
      losses.add({
        path: `${around}.${member}`,
        feature: `output-${member}`,
        action: 'dropped',
        severity: 'hint',
        note:
          member === 'strict'
            ? 'The target follows every schema to the letter and is not told to.'
            : `The target's format has no ${member} of the schema.`,
      });
}

/** These formats have no word for it: a schema is always kept to the letter. */
const ALWAYS_STRICT: ReadonlySet<ChatRequest['origin']> = new Set(['anthropic-messages', 'gemini']);

/** A schema that is to be kept to the letter must have OpenAI's strict form; one that cannot is sent as advice. */
function forOpenai(output: SchemaOutput, origin: ChatRequest['origin'], { losses }: Adapting): SchemaOutput {
  const path = SCHEMA_PATHS[origin];
  const isImplied = output.strict === undefined && ALWAYS_STRICT.has(origin);
  const isStrict = output.strict === true || isImplied;
  if (isStrict) {
    const { schema, lost } = compiled(output.schema, 'openai-strict', path);
    // A client that never heard of the strict form does not expect null where a member may be absent.
    const refused = ({ severity, feature }: Loss): boolean =>
      severity === 'semantic' || (isImplied && feature === 'schema-optional');
    if (!lost.some(refused)) {
      for (const loss of lost) losses.add(loss);
      return schema === output.schema && !isImplied ? output : { ...output, schema, strict: true };
    }
    losses.add({
      path: isImplied ? path : STRICT_PATHS[origin],
      feature: 'output-strict',
      action: 'dropped',
      severity: 'quality',
      note: lost.some(({ severity }) => severity === 'semantic')
        ? 'The schema has objects with any members, which the strict form does not know.'
        : 'The schema has members that may be absent, which the strict form does not know; it is sent as advice.',
    });
  }
  const { schema, lost } = compiled(output.schema, 'json-schema', path);
  for (const loss of lost) losses.add(loss);
  if (isStrict) return { ...output, schema, strict: false };
  return schema === output.schema ? output : { ...output, schema };
}
