// The promise that arguments follow their schema to the letter: kept only where the target can give it.

import type { ToolDefinition } from '../../../model/request.ts';
import type { Pass } from '../../adapt.ts';
import { changedList } from './history.ts';
import { isStrictForm } from './strict-form.ts';

/** `strict` where the target knows it, and with OpenAI only on schemas of the strict form: others it refuses. */
export const strictTools: Pass = (request, { traits, losses }) => {
  const asksForm = traits.dialect === 'openai-chat' || traits.dialect === 'openai-responses';
  const tools = changedList(request.tools, (tool) => {
    if (tool.strict === undefined || tool.kind === 'hosted') return tool;
    if (!traits.strictTools) return withoutStrict(tool);
    const refused = asksForm && tool.strict && !isStrictForm(tool.parameters);
    return refused ? { ...tool, strict: false } : tool;
  });
  if (tools === request.tools) return { request };
  for (const [index, tool] of request.tools.entries()) {
    if (tool.strict !== true || tools[index] === tool) continue;
    losses.add({
      path: `tools[${index}].strict`,
      feature: 'strict-tool',
      action: 'dropped',
      severity: traits.strictTools ? 'quality' : 'hint',
      note: traits.strictTools
        ? `The schema of "${tool.name}" is not of the form that strict tools need; it is sent without the promise.`
        : 'The target cannot promise that arguments follow their schema.',
    });
  }
  return { request: { ...request, tools } };
};

function withoutStrict(tool: ToolDefinition): ToolDefinition {
  const { strict: _, ...rest } = tool;
  return rest;
}
