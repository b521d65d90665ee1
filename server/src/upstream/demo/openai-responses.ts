// The demo model in OpenAI Responses.

import { type DemoAnswer, type DemoFormat, type DemoFrame, now, paced, pieces } from './format.ts';
import { contentText, isRecord, type Json, lastText, record, records, text } from './json.ts';
import type { DemoPart, DemoTool } from './script.ts';

function usageOf({ script }: DemoAnswer): Json {
  const output = script.outputTokens + script.reasoningTokens;
  return {
    input_tokens: script.inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: script.reasoningTokens },
    total_tokens: script.inputTokens + output,
  };
}

/** The response object; members of the request that answers echo are echoed. */
function responseOf(answer: DemoAnswer, status: string, output: readonly Json[], usage: Json | null): Json {
  const { request } = answer;
  return {
    id: `resp_${answer.id}`,
    object: 'response',
    created_at: answer.created,
    status,
    error: null,
    incomplete_details: null,
    instructions: request['instructions'] ?? null,
    max_output_tokens: request['max_output_tokens'] ?? null,
    model: answer.model,
    output,
    parallel_tool_calls: request['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    reasoning: request['reasoning'] ?? { effort: null, summary: null },
    store: false,
    temperature: request['temperature'] ?? 1,
    text: request['text'] ?? { format: { type: 'text' } },
    tool_choice: request['tool_choice'] ?? 'auto',
    tools: request['tools'] ?? [],
    top_p: request['top_p'] ?? 1,
    truncation: 'disabled',
    usage,
    user: null,
    metadata: request['metadata'] ?? {},
  };
}

const itemId = (answer: DemoAnswer, index: number, part: DemoPart): string =>
  `${{ text: 'msg', tool: 'fc', reasoning: 'rs' }[part.kind]}_${answer.id}${index}`;

function itemOf(answer: DemoAnswer, index: number, part: DemoPart): Json {
  const id = itemId(answer, index, part);
  if (part.kind === 'reasoning')
    return { id, type: 'reasoning', summary: [{ type: 'summary_text', text: part.text }] };
  if (part.kind === 'tool')
    return {
      id,
      type: 'function_call',
      status: 'completed',
      call_id: part.id,
      name: part.name,
      arguments: JSON.stringify(part.input),
    };
  const content = [{ type: 'output_text', text: part.text, annotations: [], logprobs: [] }];
  return { id, type: 'message', status: 'completed', role: 'assistant', content };
}

/** The item as it is announced, before its content. */
function openItemOf(answer: DemoAnswer, index: number, part: DemoPart): Json {
  const whole = itemOf(answer, index, part);
  if (part.kind === 'reasoning') return { ...whole, summary: [] };
  return part.kind === 'tool'
    ? { ...whole, status: 'in_progress', arguments: '' }
    : { ...whole, status: 'in_progress', content: [] };
}

/** Event name, its members and whether it waits its turn, for the content of one item. */
function contentEvents(answer: DemoAnswer, index: number, part: DemoPart): [string, Json, boolean][] {
  const at = { item_id: itemId(answer, index, part), output_index: index };
  const stream = (name: string, whole: string, where: Json, more: Json = {}): [string, Json, boolean][] =>
    pieces(whole).map((piece) => [name, { ...at, ...where, delta: piece, ...more }, true]);
  if (part.kind === 'tool') {
    const json = JSON.stringify(part.input);
    return [
      ...stream('response.function_call_arguments.delta', json, {}),
      ['response.function_call_arguments.done', { ...at, name: part.name, arguments: json }, false],
    ];
  }
  if (part.kind === 'reasoning') {
    const where = { summary_index: 0 };
    const whole = { type: 'summary_text', text: part.text };
    return [
      ['response.reasoning_summary_part.added', { ...at, ...where, part: { ...whole, text: '' } }, false],
      ...stream('response.reasoning_summary_text.delta', part.text, where),
      ['response.reasoning_summary_text.done', { ...at, ...where, text: part.text }, false],
      ['response.reasoning_summary_part.done', { ...at, ...where, part: whole }, false],
    ];
  }
  const where = { content_index: 0 };
  const whole = { type: 'output_text', text: part.text, annotations: [], logprobs: [] };
  return [
    ['response.content_part.added', { ...at, ...where, part: { ...whole, text: '' } }, false],
    ...stream('response.output_text.delta', part.text, where, { logprobs: [] }),
    ['response.output_text.done', { ...at, ...where, text: part.text, logprobs: [] }, false],
    ['response.content_part.done', { ...at, ...where, part: whole }, false],
  ];
}

function toolsOf(request: Json): DemoTool[] {
  return records(request, 'tools')
    .filter((tool) => tool['type'] === 'function')
    .map((tool) => ({ name: text(tool, 'name'), schema: record(tool, 'parameters') }));
}

function forcedTool(choice: unknown): string | undefined {
  if (choice === 'required') return 'any';
  return isRecord(choice) && choice['type'] === 'function' ? text(choice, 'name') : undefined;
}

/** Responses: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: DemoFormat = {
  read: (request, bytes) => {
    const { input } = request;
    const items = records(request, 'input');
    const last = items.at(-1);
    const user = items.findLast((item) => item['role'] === 'user');
    const output = last?.['output'];
    const answersTool =
      last?.['type'] === 'function_call_output' || last?.['type'] === 'custom_tool_call_output';
    const effort = record(request, 'reasoning')['effort'];
    const format = record(record(request, 'text'), 'format');
    return {
      prompt: typeof input === 'string' ? input : lastText(user?.['content']),
      inputCharacters: bytes,
      tools: request['tool_choice'] === 'none' ? [] : toolsOf(request),
      forcedTool: forcedTool(request['tool_choice']),
      toolResult: answersTool ? contentText(output) : undefined,
      wantsReasoning: typeof effort === 'string' && effort !== 'none',
      outputSchema: format['type'] === 'json_schema' ? record(format, 'schema') : undefined,
      stream: request['stream'] === true,
    };
  },

  json: (answer) =>
    responseOf(
      answer,
      'completed',
      answer.script.parts.map((part, index) => itemOf(answer, index, part)),
      usageOf(answer),
    ),

  frames: (answer) => {
    const frames: DemoFrame[] = [];
    const add = (type: string, members: Json, waits = false): void => {
      const data = { type, sequence_number: frames.length, ...members };
      frames.push(waits ? paced(data, type) : now(data, type));
    };
    add('response.created', { response: responseOf(answer, 'in_progress', [], null) });
    add('response.in_progress', { response: responseOf(answer, 'in_progress', [], null) });
    for (const [index, part] of answer.script.parts.entries()) {
      add('response.output_item.added', { output_index: index, item: openItemOf(answer, index, part) });
      for (const [type, members, waits] of contentEvents(answer, index, part)) add(type, members, waits);
      add('response.output_item.done', { output_index: index, item: itemOf(answer, index, part) });
    }
    const output = answer.script.parts.map((part, index) => itemOf(answer, index, part));
    add('response.completed', { response: responseOf(answer, 'completed', output, usageOf(answer)) });
    return frames;
  },
};
