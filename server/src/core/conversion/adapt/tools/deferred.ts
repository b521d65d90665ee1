// Tools whose definitions are to be loaded only when a search finds them. Other models get all of them at once, and
// read in plain words what a search has found.

import type { Part } from '../../../model/content.ts';
import { textOf } from '../../../model/json.ts';
import type { ChatRequest, ToolDefinition } from '../../../model/request.ts';
import type { Pass } from '../../adapt.ts';
import { changedList, changedParts } from './history.ts';

/** Deferred tools in full, unless the target speaks the format in which they were deferred and knows how to load them. */
export const deferredTools: Pass = (request, { traits, losses, traces }) => {
  const isNative = traits.dialect === request.origin;
  if (isNative && traits.deferredTools) return { request };
  const tools = changedList(request.tools, (tool) => (tool.deferred === undefined ? tool : loaded(tool)));
  const first = request.tools.findIndex((tool) => tool.deferred === true);
  if (first >= 0)
    losses.add({
      path: `tools[${first}]`,
      feature: 'deferred-tool',
      action: 'emulated',
      severity: 'hint',
      note: 'Tools that were to be loaded on demand are sent in full from the beginning.',
    });
  const turns = traces?.vendor === false ? request.turns : changedParts(request.turns, namedInside);
  if (tools === request.tools && turns === request.turns) return { request };
  const changed: ChatRequest = { ...request, tools, turns };
  return { request: changed };
};

function loaded(tool: ToolDefinition): ToolDefinition {
  const { deferred: _, ...rest } = tool;
  return rest;
}

function namedInside(part: Part): Part {
  if (part.type !== 'tool-result') return part;
  const content = changedList(part.content, named);
  return content === part.content ? part : { ...part, content };
}

/** anthropic-messages: what a search of the client's own found. */
function named(part: Part): Part {
  if (part.type !== 'vendor' || part.kind !== 'tool_reference') return part;
  const name = textOf(part.raw['tool_name']) ?? 'unknown';
  return {
    type: 'text',
    text: `The tool ${name} is available now.`,
    ...(part.cache === undefined ? {} : { cache: part.cache }),
  };
}
