// Tools that a provider runs itself: kept with their own provider, put into the target's words where it has the same
// tool, offered as functions where the client runs them anyway, and otherwise missed.

import { textOf } from '../../../model/json.ts';
import type { LossReport } from '../../../model/loss.ts';
import type { ChatRequest, HostedTool, ToolChoice, ToolDefinition } from '../../../model/request.ts';
import type { ModelTraits } from '../../../model/traits.ts';
import type { Pass } from '../../adapt.ts';
import { asClientTool } from './client-tools.ts';
import { codeExecution, webFetch } from './code-and-fetch.ts';
import { mcpServers } from './mcp.ts';
import type { Rewritten, Unsaid } from './rewritten.ts';
import { webSearch } from './web-search.ts';

/** Hosted tools in the target's words or gone (G55). To come before members of a foreign origin are taken away. */
export const hostedTools: Pass = (request, { traits, losses }) => {
  const isForeignChoice = request.toolChoice?.mode === 'hosted' && request.origin !== traits.dialect;
  if (!isForeignChoice && !request.tools.some((tool) => tool.kind === 'hosted')) return { request };
  const fates = request.tools.map((tool, index) => fateOf(tool, `tools[${index}]`, request, traits, losses));
  const isSame = fates.every((fate, index) => fate.length === 1 && fate[0] === request.tools[index]);
  if (isSame && !isForeignChoice) return { request };
  const { toolChoice: before, ext: _, ...rest } = request;
  const toolChoice = changedChoice(before, request.tools, fates, traits, losses);
  const ext = withoutServers(request, traits);
  return {
    request: {
      ...rest,
      tools: fates.flat(),
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(ext === undefined ? {} : { ext }),
    },
  };
};

/** What stands in the place of one tool. */
type Fate = readonly ToolDefinition[];

function fateOf(
  tool: ToolDefinition,
  path: string,
  request: ChatRequest,
  traits: ModelTraits,
  losses: LossReport,
): Fate {
  const { hosted } = tool;
  if (tool.kind !== 'hosted' || hosted === undefined) return [tool];
  const isOwn = hosted.dialect === traits.dialect;
  if (hosted.does === 'tool-search')
    return isOwn && traits.deferredTools ? [tool] : noSearch(hosted, path, losses);
  if (isOwn) return [tool];
  const rewritten = standsAlone(request, traits) ? undefined : inWordsOf(hosted, request, traits);
  if (rewritten !== undefined) {
    for (const { unsaid } of rewritten) report(unsaid, path, hosted.type, losses);
    return rewritten.map((one) => ({
      kind: 'hosted',
      name: one.name,
      hosted: one.hosted,
      ...(tool.cache === undefined ? {} : { cache: tool.cache }),
    }));
  }
  const client = asClientTool(tool);
  if (client !== undefined) {
    losses.add({
      path,
      feature: 'hosted-tool',
      action: 'emulated',
      severity: 'quality',
      note: `The built-in tool "${hosted.type}" is offered as a function; the model was not trained on it.`,
    });
    report(client.unsaid, path, hosted.type, losses);
    return [client.tool];
  }
  losses.add({
    path,
    feature: 'hosted-tool',
    action: 'dropped',
    severity: isOneOfMany(request) ? 'quality' : 'semantic',
    note: `The hosted tool "${hosted.type}" has no equivalent at the target, and the model has to do without it.`,
  });
  return [];
}

/**
 * Agents offer a web search beside the tools of their own and get along without it. A request whose only tools are hosted
 * ones, or that demands a call, is about them.
 */
function isOneOfMany({ tools, toolChoice }: ChatRequest): boolean {
  return (toolChoice?.mode ?? 'auto') === 'auto' && tools.some(({ kind }) => kind !== 'hosted');
}

/** Before gemini 3, which takes media in results, a request has hosted tools or functions, never both. */
function standsAlone({ tools }: ChatRequest, { dialect, imagesInResults }: ModelTraits): boolean {
  return dialect === 'gemini' && imagesInResults !== 'native' && tools.some(({ kind }) => kind !== 'hosted');
}

/** The same tool of the target, where it has one that this model may use. */
function inWordsOf(
  hosted: HostedTool,
  request: ChatRequest,
  { dialect, hostedTools: known }: ModelTraits,
): readonly Rewritten[] | undefined {
  const { does } = hosted;
  switch (does) {
    case 'web-search':
      return known.includes(does) ? [webSearch(hosted, dialect)] : undefined;
    case 'web-fetch':
      return known.includes(does) ? listOfOne(webFetch(hosted, dialect)) : undefined;
    case 'code-execution':
      return known.includes(does) ? listOfOne(codeExecution(hosted, dialect)) : undefined;
    case 'mcp':
      return known.includes(does) ? mcpServers(hosted, dialect, request) : undefined;
    default:
      return undefined;
  }
}

function listOfOne(rewritten: Rewritten | undefined): readonly Rewritten[] | undefined {
  return rewritten === undefined ? undefined : [rewritten];
}

/** Nothing is deferred any more, so that nothing has to be searched for, unless the client alone knows what there is. */
function noSearch({ type, config }: HostedTool, path: string, losses: LossReport): Fate {
  const isClients = config['execution'] === 'client';
  losses.add({
    path,
    feature: 'tool-search',
    action: isClients ? 'dropped' : 'emulated',
    severity: isClients ? 'quality' : 'hint',
    note: isClients
      ? `Tools that "${type}" would have found stay unknown to the model.`
      : `"${type}" is not needed, because all tools are sent in full.`,
  });
  return [];
}

function report(unsaid: readonly Unsaid[], path: string, type: string, losses: LossReport): void {
  for (const { member, severity } of unsaid)
    losses.add({
      path: `${path}.${member}`,
      feature: 'hosted-tool',
      action: 'dropped',
      severity,
      note: `The target's tool in place of "${type}" has no "${member}".`,
    });
}

/** anthropic-messages keeps MCP servers beside the tools; they went where their toolsets went. */
function withoutServers({ ext, origin, tools }: ChatRequest, { dialect }: ModelTraits): ChatRequest['ext'] {
  const isMoved =
    origin === 'anthropic-messages' &&
    dialect !== origin &&
    tools.some(({ hosted }) => hosted?.does === 'mcp');
  if (!isMoved || ext === undefined) return ext;
  const { mcp_servers: _, ...rest } = ext;
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/** The choice where it speaks of a hosted tool that has changed. */
function changedChoice(
  choice: ToolChoice | undefined,
  tools: readonly ToolDefinition[],
  fates: readonly Fate[],
  traits: ModelTraits,
  losses: LossReport,
): ToolChoice | undefined {
  if (choice?.mode === 'subset') return changedSubset(choice, tools, fates, traits);
  if (choice?.mode !== 'hosted' && choice?.mode !== 'tool') return choice;
  const at = tools.findIndex((tool) => isMeant(tool, choice));
  const tool = tools[at];
  const next = fates[at]?.[0];
  if (choice.mode === 'tool' && (tool === undefined || next === tool)) return choice;
  if (next !== undefined && next === tool) return choice;
  if (next?.kind === 'function') return { mode: 'tool', kind: 'function', name: next.name };
  if (next?.hosted?.dialect === 'anthropic-messages' && next.hosted.does !== 'mcp')
    return { mode: 'hosted', type: next.hosted.type, choice: { type: 'tool', name: next.name } };
  if (next?.hosted?.dialect === 'openai-responses')
    return { mode: 'subset', names: [next.name], required: true };
  losses.add({
    path: 'tool_choice',
    feature: 'tool-choice',
    action: 'approximated',
    severity: 'quality',
    note: 'The target cannot be made to use the hosted tool that was chosen.',
  });
  return { mode: 'auto' };
}

function isMeant(tool: ToolDefinition, choice: ToolChoice & { readonly mode: 'hosted' | 'tool' }): boolean {
  const { hosted, name } = tool;
  if (choice.mode === 'tool') return choice.namespace === undefined && name === choice.name;
  if (hosted === undefined) return false;
  const label = textOf(choice.choice['server_label']) ?? textOf(choice.choice['name']);
  if (hosted.does === 'mcp') return name === label;
  // "web_search_preview" also chooses "web_search" and its dated versions.
  return (
    hosted.type === choice.type ||
    name === label ||
    (hosted.does === 'web-search' && /^web_search/.test(choice.type))
  );
}

/** The names of a subset; hosted tools that no choice of the target can name are left out of it. */
function changedSubset(
  choice: ToolChoice & { readonly mode: 'subset' },
  tools: readonly ToolDefinition[],
  fates: readonly Fate[],
  { dialect }: ModelTraits,
): ToolChoice {
  const names = choice.names.flatMap((name) => {
    const at = tools.findIndex((tool) => tool.name === name);
    const fate = at < 0 ? undefined : fates[at];
    if (fate === undefined) return [name];
    return fate
      .filter(({ hosted }) => hosted === undefined || (dialect !== 'gemini' && dialect !== 'openai-chat'))
      .map((tool) => tool.name);
  });
  // An empty list would mean that everything may be called, or be refused.
  return names.length === 0 && choice.names.length > 0 ? { mode: 'auto' } : { ...choice, names };
}
