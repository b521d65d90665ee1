// The demo model in OpenAI Chat Completions.

import { type DemoAnswer, type DemoFormat, type DemoFrame, now, paced, pieces } from './format.ts';
import { contentText, isRecord, type Json, lastText, record, records, text } from './json.ts';
import type { DemoTool } from './script.ts';

function toolsOf(request: Json): DemoTool[] {
  return records(request, 'tools')
    .map((tool) => record(tool, 'function'))
    .map((tool) => ({ name: text(tool, 'name'), schema: record(tool, 'parameters') }));
}

function forcedTool(choice: unknown): string | undefined {
  if (choice === 'required') return 'any';
  return isRecord(choice) ? text(record(choice, 'function'), 'name') || 'any' : undefined;
}

function usageOf({ script }: DemoAnswer): Json {
  const completion = script.outputTokens + script.reasoningTokens;
  return {
    prompt_tokens: script.inputTokens,
    completion_tokens: completion,
    total_tokens: script.inputTokens + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: script.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** Chat Completions: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: DemoFormat = {
  read: (request, bytes) => {
    const messages = records(request, 'messages');
    const last = messages.at(-1);
    const user = messages.findLast((message) => message['role'] === 'user');
    const format = record(request, 'response_format');
    return {
      prompt: lastText(user?.['content']),
      inputCharacters: bytes,
      tools: request['tool_choice'] === 'none' ? [] : toolsOf(request),
      forcedTool: forcedTool(request['tool_choice']),
      toolResult: last?.['role'] === 'tool' ? contentText(last['content']) : undefined,
      wantsReasoning:
        typeof request['reasoning_effort'] === 'string' && request['reasoning_effort'] !== 'none',
      outputSchema:
        format['type'] === 'json_schema' ? record(record(format, 'json_schema'), 'schema') : undefined,
      stream: request['stream'] === true,
    };
  },

  json: (answer) => {
    const message: Record<string, unknown> = { role: 'assistant', content: null, refusal: null };
    for (const part of answer.script.parts) {
      if (part.kind === 'text') message['content'] = part.text;
      else if (part.kind === 'reasoning') message['reasoning_content'] = part.text;
      else
        message['tool_calls'] = [
          {
            id: part.id,
            type: 'function',
            function: { name: part.name, arguments: JSON.stringify(part.input) },
          },
        ];
    }
    return {
      id: `chatcmpl-${answer.id}`,
      object: 'chat.completion',
      created: answer.created,
      model: answer.model,
      choices: [
        { index: 0, message, logprobs: null, finish_reason: answer.script.callsTool ? 'tool_calls' : 'stop' },
      ],
      usage: usageOf(answer),
    };
  },

  frames: (answer) => {
    const wantsUsage = record(answer.request, 'stream_options')['include_usage'] === true;
    const base = {
      id: `chatcmpl-${answer.id}`,
      object: 'chat.completion.chunk',
      created: answer.created,
      model: answer.model,
    };
    const chunk = (delta: Json, finish: string | null = null): Json => ({
      ...base,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(wantsUsage ? { usage: null } : {}),
    });
    const frames: DemoFrame[] = [now(chunk({ role: 'assistant', content: '' }))];
    for (const part of answer.script.parts) {
      if (part.kind === 'reasoning')
        for (const piece of pieces(part.text)) frames.push(paced(chunk({ reasoning_content: piece })));
      else if (part.kind === 'text')
        for (const piece of pieces(part.text)) frames.push(paced(chunk({ content: piece })));
      else {
        frames.push(
          paced(
            chunk({
              tool_calls: [
                { index: 0, id: part.id, type: 'function', function: { name: part.name, arguments: '' } },
              ],
            }),
          ),
        );
        for (const piece of pieces(JSON.stringify(part.input)))
          frames.push(paced(chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })));
      }
    }
    frames.push(now(chunk({}, answer.script.callsTool ? 'tool_calls' : 'stop')));
    if (wantsUsage) frames.push(now({ ...base, choices: [], usage: usageOf(answer) }));
    return [...frames, now('[DONE]')];
  },
};
