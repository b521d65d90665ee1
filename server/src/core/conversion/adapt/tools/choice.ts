// Which tools the model may or must use, in what the target can be told: choices that it does not know become shorter
// lists of tools, and a call that cannot be forced is at least the only one that is possible.

import type { LossReport, LossSeverity } from '../../../model/loss.ts';
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../../model/request.ts';
import type { ModelTraits } from '../../../model/traits.ts';
import type { Pass } from '../../adapt.ts';

/** Choice of tools, parallel calls and the limit of calls as the target can be told. To come before reasoning is adapted. */
export const toolChoice: Pass = (request, { traits, losses }) => {
  const listed = withoutUnlisted(request, traits, losses);
  const forced = withPossibleForce(listed, traits, losses);
  return { request: withPossibleLimits(forced, traits, losses) };
};

/** Choices without tools are refused (G54), and subsets are not known everywhere. */
function withoutUnlisted(request: ChatRequest, traits: ModelTraits, losses: LossReport): ChatRequest {
  const { toolChoice: choice, tools } = request;
  if (choice?.mode === 'subset' && !traits.allowedTools) {
    const names = new Set(choice.names);
    const kept = tools.filter((tool) => names.has(tool.name) || names.has(tool.hosted?.type ?? tool.name));
    losses.add({
      path: 'tool_choice',
      feature: 'tool-choice',
      action: 'approximated',
      severity: 'hint',
      note: 'The target cannot be told to use some of the tools only; it is given no others.',
    });
    const narrowed = {
      ...request,
      tools: kept,
      toolChoice: { mode: choice.required ? 'required' : 'auto' } as const,
    };
    return withoutUnlisted(narrowed, traits, losses);
  }
  if (tools.some((tool) => isListed(tool, traits))) return request;
  const { toolChoice: dropped, parallelToolCalls: parallel, ...rest } = request;
  if (dropped === undefined && parallel === undefined) return request;
  if (dropped !== undefined && isForced(dropped))
    losses.add(
      dropping('tool_choice', 'tool-choice', 'quality', 'There is no tool left that could be chosen.'),
    );
  return rest;
}

/** Whether a tool stands in the target's list of tools, so that a choice may speak of it. */
function isListed({ kind, hosted }: ToolDefinition, { dialect }: ModelTraits): boolean {
  if (kind !== 'hosted') return true;
  // Gemini's choices are about declared functions; web search of openai-chat is a member of the request.
  return dialect !== 'gemini' && hosted?.type !== 'web_search_options';
}

function isForced(choice: ToolChoice): boolean {
  if (choice.mode === 'subset') return choice.required;
  return choice.mode === 'required' || choice.mode === 'tool' || choice.mode === 'hosted';
}

/** A forced call where the target allows it, also beside reasoning (G58). */
function withPossibleForce(request: ChatRequest, traits: ModelTraits, losses: LossReport): ChatRequest {
  const { toolChoice: choice, origin } = request;
  if (choice === undefined || !isForced(choice)) return request;
  if (!traits.forcedToolChoice)
    return relaxed(request, choice, losses, 'The target cannot be made to call a tool.');
  // Within one format it is the client's own business what goes together.
  if (traits.forcedToolChoiceWhileReasoning || origin === traits.dialect) return request;
  const { by, canBeOff } = traits.reasoning;
  if (by === 'none' || request.reasoning?.mode === 'off') return request;
  if (wantsReasoning(request) || !canBeOff)
    return relaxed(request, choice, losses, 'The target cannot be made to call a tool while it reasons.');
  losses.add({
    path: 'tool_choice',
    feature: 'reasoning',
    action: 'approximated',
    severity: 'hint',
    note: 'Reasoning is switched off, because the target cannot be made to call a tool while it reasons.',
  });
  return { ...request, reasoning: { mode: 'off' } };
}

/** Whether the client has asked for reasoning. In anthropic-messages an effort alone does not. */
function wantsReasoning({ reasoning, origin }: ChatRequest): boolean {
  if (reasoning === undefined) return false;
  const { mode, effort, budgetTokens = 0 } = reasoning;
  return mode !== undefined || budgetTokens > 0 || (effort !== undefined && origin !== 'anthropic-messages');
}

/** Nothing is forced any more; what was chosen is all that is offered. */
function relaxed(request: ChatRequest, choice: ToolChoice, losses: LossReport, why: string): ChatRequest {
  losses.add({
    path: 'tool_choice',
    feature: 'tool-choice',
    action: 'approximated',
    severity: 'quality',
    note: why,
  });
  if (choice.mode === 'subset') return { ...request, toolChoice: { ...choice, required: false } };
  const chosen = request.tools.filter((tool) => isChosen(tool, choice));
  return {
    ...request,
    tools: chosen.length === 0 ? request.tools : chosen,
    toolChoice: { mode: 'auto' },
  };
}

function isChosen(tool: ToolDefinition, choice: ToolChoice): boolean {
  if (choice.mode === 'tool') return tool.name === choice.name && tool.namespace?.name === choice.namespace;
  if (choice.mode === 'hosted')
    return (
      tool.hosted !== undefined && (tool.hosted.type === choice.type || tool.name === choice.choice['name'])
    );
  return true;
}

/** How many calls there may be, at once and altogether. */
function withPossibleLimits(request: ChatRequest, traits: ModelTraits, losses: LossReport): ChatRequest {
  let limited = request;
  if (limited.parallelToolCalls !== undefined && !traits.parallelToolControl) {
    const { parallelToolCalls: parallel, ...rest } = limited;
    limited = rest;
    // Several calls at once are what every format does unless told otherwise.
    if (parallel === false)
      losses.add(
        dropping(
          'parallel_tool_calls',
          'parallel-tool-calls',
          'quality',
          'The target cannot be told to call one tool at a time; its answer may hold several calls.',
        ),
      );
  }
  if (limited.maxToolCalls !== undefined && traits.dialect !== 'openai-responses') {
    const { maxToolCalls: _, ...rest } = limited;
    limited = rest;
    losses.add(
      dropping(
        'max_tool_calls',
        'max-tool-calls',
        'hint',
        'The target takes no limit on calls of hosted tools.',
      ),
    );
  }
  return limited;
}

function dropping(path: string, feature: string, severity: LossSeverity, note: string) {
  return { path, feature, action: 'dropped', severity, note } as const;
}
