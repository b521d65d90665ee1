// What only the format of origin has words for. Other formats refuse unknown members, so it goes, and is told by how much
// it matters.

import type { Part, TextPart, VendorPart } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossSeverity } from '../../model/loss.ts';
import type { ChatRequest, ToolDefinition, Turn } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { mapParts } from './parts.ts';
import { pathOf, pathOfMember } from './paths.ts';

/** By name; a name means the same wherever it occurs. Whatever is not listed counts as quality. */
const SEVERITIES: Readonly<Record<string, LossSeverity>> = {
  // openai-chat and openai-responses
  prediction: 'hint',
  moderation: 'hint',
  stream_options: 'hint',
  obfuscation: 'hint',
  top_logprobs: 'hint',
  status: 'hint',
  annotations: 'hint',
  refusal: 'hint',
  prompt: 'semantic',
  audio: 'semantic',
  functions: 'semantic',
  function_call: 'semantic',
  // anthropic-messages
  betas: 'hint',
  inference_geo: 'hint',
  speed: 'hint',
  caller: 'hint',
  eager_input_streaming: 'hint',
  allowed_callers: 'quality',
  input_examples: 'quality',
  context_management: 'quality',
  mcp_servers: 'semantic',
  container: 'semantic',
  fallbacks: 'hint',
  // gemini
  safetySettings: 'hint',
  labels: 'hint',
  toolConfig: 'quality',
  speechConfig: 'semantic',
  imageConfig: 'quality',
  videoMetadata: 'quality',
  mediaResolution: 'hint',
  response: 'hint',
  responseJsonSchema: 'semantic',
};

/** Drops everything in foreign words. Does nothing where origin and target are one format. */
export const foreignExt: Pass = (request, adapting) => {
  const turns = ownParts(request, adapting);
  if (request.origin === adapting.traits.dialect)
    return { request: turns === request.turns ? request : { ...request, turns } };
  const mayHaveExt = adapting.traces?.ext !== false;
  const withoutTurnExt =
    mayHaveExt && turns.some(({ ext }) => ext !== undefined)
      ? turns.map((turn, at) => bareTurn(turn, pathOf(request.origin, request.turns, at), adapting))
      : turns;
  const tools = request.tools.some(({ ext }) => ext !== undefined)
    ? request.tools.map((tool, at) => bareTool(tool, at, adapting))
    : request.tools;
  const { ext, reasoning, ...rest } = request;
  tell(ext, '', adapting);
  tell(reasoning?.ext, pathOfMember(request.origin, 'reasoning'), adapting);
  const same = withoutTurnExt === request.turns && tools === request.tools;
  if (same && ext === undefined && reasoning?.ext === undefined) return { request };
  const { ext: _ext, ...wish } = reasoning ?? {};
  return {
    request: {
      ...rest,
      turns: withoutTurnExt,
      tools,
      ...(reasoning === undefined ? {} : { reasoning: wish }),
    },
  };
};

function tell(ext: JsonObject | undefined, path: string, { losses }: Adapting): void {
  if (ext === undefined) return;
  for (const member of Object.keys(ext)) {
    const severity = Object.hasOwn(SEVERITIES, member) ? SEVERITIES[member] : undefined;
    losses.add({
      path: (path === '' ? member : `${path}.${member}`).slice(0, 200),
      feature: 'foreign-member',
      action: 'dropped',
      severity: severity ?? 'quality',
      note: 'The target’s format has no such member.',
    });
  }
}

function ownParts({ origin, turns }: ChatRequest, adapting: Adapting): readonly Turn[] {
  const { dialect } = adapting.traits;
  const { traces } = adapting;
  if (traces?.vendor === false && (origin === dialect || !traces.ext)) return turns;
  return mapParts(turns, (part, path) => {
    if (part.type === 'vendor' && part.dialect !== dialect)
      return withoutVendor(part, path(origin), adapting);
    if (origin === dialect || part.ext === undefined) return part;
    tell(part.ext, path(origin), adapting);
    return withoutExt(part);
  });
}

/** Most parts that have any are texts: their copy is made by hand, which is many times faster. */
function withoutExt(part: Part): Part {
  if (part.type === 'text' && isBare(part)) return { type: 'text', text: part.text };
  const { ext: _ext, ...rest } = part;
  return rest;
}

function isBare({ cache, token, citations, logprobs }: TextPart): boolean {
  return cache === undefined && token === undefined && citations === undefined && logprobs === undefined;
}

/** Parts without which the conversation is another one: what they stand for exists at their vendor alone. */
const ESSENTIAL = /compaction|item_reference|container_upload/;

/** What a hosted tool looked up or ran: the answer that was made of it is there as text. */
const LOOKED_UP = /search|fetch|grounding|code|executable|server_tool|mcp|url_?context/i;

function withoutVendor(
  { kind, raw, dialect }: VendorPart,
  path: string,
  { losses }: Adapting,
): Part | undefined {
  const summary = kind === 'compaction' ? raw['content'] : undefined;
  if (typeof summary === 'string' && summary !== '') {
    losses.add({
      path,
      feature: 'compaction',
      action: 'approximated',
      severity: 'quality',
      note: 'A summary of the conversation was sent as text.',
    });
    return { type: 'text', text: summary };
  }
  const severity = ESSENTIAL.test(kind) ? 'semantic' : LOOKED_UP.test(kind) ? 'hint' : 'quality';
  losses.add({
    path,
    feature: 'vendor-part',
    action: 'dropped',
    severity,
    note: `"${kind.slice(0, 60)}" means something in ${dialect} only.`,
  });
  return undefined;
}

function bareTurn(turn: Turn, path: string, adapting: Adapting): Turn {
  if (turn.ext === undefined) return turn;
  const { ext, ...rest } = turn;
  tell(ext, path, adapting);
  return rest;
}

function bareTool(tool: ToolDefinition, at: number, adapting: Adapting): ToolDefinition {
  if (tool.ext === undefined) return tool;
  const { ext, ...rest } = tool;
  // anthropic-messages: a type that was written out although it is the one that every tool has without it.
  const { type, ...others } = ext;
  tell(type === 'custom' ? others : ext, `tools[${at}]`, adapting);
  return rest;
}
