// Writes tools, and which of them are to be used.

import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import type { ToolChoice, ToolDefinition } from '../../model/request.ts';

/** What writing of tools depends on. */
interface ToolEncoding {
  /** The tools came in this format: what only it knows returns. */
  readonly isOwn: boolean;
  readonly losses: LossReport;
}

/** A list of tools. Neighbours of one namespace stand in one definition of it. */
export function encodeTools(tools: readonly ToolDefinition[], encoding: ToolEncoding): JsonObject[] {
  const encoded: JsonObject[] = [];
  let space: { name: string; tools: JsonObject[] } | undefined;
  tools.forEach((tool, index) => {
    const wire = encodeTool(tool, `tools[${index}]`, encoding);
    if (wire === undefined) return;
    const { namespace } = tool;
    if (namespace === undefined) {
      space = undefined;
      encoded.push(wire);
    } else if (space?.name === namespace.name) space.tools.push(wire);
    else {
      space = { name: namespace.name, tools: [wire] };
      encoded.push({ type: 'namespace', description: namespace.description ?? '', ...space });
    }
  });
  return encoded;
}

function encodeTool(tool: ToolDefinition, path: string, encoding: ToolEncoding): JsonObject | undefined {
  const {
    kind,
    name,
    description,
    parameters,
    strict,
    grammar,
    namespace: _written,
    deferred,
    cache,
    hosted,
    ext,
    ...rest
  } = tool;
  nothingLeft(rest);
  const { isOwn, losses } = encoding;
  if (cache !== undefined)
    losses.add({
      path: `${path}.cache`,
      feature: 'cache-marks',
      action: 'dropped',
      severity: 'hint',
      note: 'Tools have no cache marks in this format.',
    });
  const wire: Record<string, unknown> = isOwn && ext !== undefined ? { ...ext } : {};
  if (description !== undefined) wire['description'] = description;
  if (deferred !== undefined) wire['defer_loading'] = deferred;
  wire['type'] = kind;
  wire['name'] = name;
  switch (kind) {
    case 'function':
      wire['parameters'] = parameters ?? (isOwn ? null : { type: 'object', properties: {} });
      // Absent would mean true.
      if (strict !== undefined || !isOwn) wire['strict'] = strict ?? false;
      return wire;
    case 'custom':
      if (grammar !== undefined) wire['format'] = { type: 'grammar', ...grammar };
      return wire;
    case 'hosted':
      if (hosted?.dialect === 'openai-responses') return hosted.config;
      losses.add({
        path,
        feature: 'hosted-tool',
        action: 'dropped',
        severity: 'semantic',
        note: `"${hosted?.type ?? name}" is run by another provider.`,
      });
      return undefined;
    default:
      return unreachable(kind);
  }
}

/** `tool_choice`. */
export function encodeToolChoice(choice: ToolChoice, tools: readonly ToolDefinition[]): string | JsonObject {
  switch (choice.mode) {
    case 'auto':
    case 'required':
    case 'none':
      return choice.mode;
    case 'tool':
      return {
        type: choice.kind,
        name: choice.name,
        ...(choice.namespace === undefined ? {} : { namespace: choice.namespace }),
      };
    case 'subset':
      return {
        type: 'allowed_tools',
        mode: choice.required ? 'required' : 'auto',
        tools: choice.names.map((name) => allowed(name, tools)),
      };
    case 'hosted':
      return choice.choice;
    default:
      return unreachable(choice);
  }
}

function allowed(name: string, tools: readonly ToolDefinition[]): JsonObject {
  const tool = tools.find((one) => one.name === name);
  if (tool?.kind === 'custom') return { type: 'custom', name };
  if (tool?.hosted === undefined) return { type: 'function', name };
  const { type } = tool.hosted;
  return type === 'mcp' ? { type, server_label: name } : { type };
}
