// Answers in Chat Completions, with the reasoning member of DeepSeek: https://api-docs.deepseek.com/guides/thinking_mode

import { type Json, toObject } from './json.ts';
import {
  type Asked,
  inputObject,
  pieces,
  THOUGHT_TOKENS,
  TURN_USAGE,
  type Turn,
  type Written,
} from './script.ts';

/** Writes a turn. A thought goes into `reasoning_content`; models of OpenAI keep theirs to themselves. */
export function chatAnswer(turn: Turn, asked: Asked, number: number): Written {
  const thinks = /^gpt-/.test(asked.model) ? undefined : turn.thinks;
  const input = turn.kind === 'text' ? {} : inputObject(turn, asked);
  const id = `call_0${number}`;
  const free =
    turn.kind === 'custom' && asked.offered.some((tool) => tool.name === turn.name && !tool.schema);
  const deltas: Json[] = [{ role: 'assistant', content: '' }];
  for (const reasoning_content of pieces(thinks ?? '')) deltas.push({ content: null, reasoning_content });
  const message: Record<string, unknown> = {
    role: 'assistant',
    content: turn.kind === 'text' ? turn.text : null,
  };
  if (thinks !== undefined) message['reasoning_content'] = thinks;
  const tool = (more: Json): void => void deltas.push({ tool_calls: [{ index: 0, ...more }] });
  if (turn.kind === 'text') for (const content of pieces(turn.text)) deltas.push({ content });
  else if (free) {
    message['tool_calls'] = [{ id, type: 'custom', custom: { name: turn.name, input: turn.input } }];
    tool({ id, type: 'custom', custom: { name: turn.name, input: '' } });
    for (const piece of pieces(String(turn.input))) tool({ custom: { input: piece } });
  } else {
    const text = JSON.stringify(input);
    message['tool_calls'] = [{ id, type: 'function', function: { name: turn.name, arguments: text } }];
    tool({ id, type: 'function', function: { name: turn.name, arguments: '' } });
    for (const piece of pieces(text)) tool({ function: { arguments: piece } });
  }
  const finish = turn.kind === 'text' ? 'stop' : 'tool_calls';
  const thought = thinks === undefined ? 0 : THOUGHT_TOKENS;
  const prompt_tokens = TURN_USAGE.input + TURN_USAGE.cacheRead;
  const usage = {
    prompt_tokens,
    completion_tokens: TURN_USAGE.output + thought,
    total_tokens: prompt_tokens + TURN_USAGE.output + thought,
    prompt_tokens_details: { cached_tokens: TURN_USAGE.cacheRead },
    completion_tokens_details: { reasoning_tokens: thought },
  };
  const head = { id: `chatcmpl-0${number}`, created: 1_750_000_000, model: asked.model };
  const chunk = (more: Json): string =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...more })}\n\n`;
  const choice = (delta: Json, finish_reason: string | null): string =>
    chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
  const wantsUsage = toObject(asked.body['stream_options'])['include_usage'] === true;
  return {
    events: [
      ...deltas.map((delta) => choice(delta, null)),
      choice({}, finish),
      ...(wantsUsage ? [chunk({ choices: [], usage })] : []),
      'data: [DONE]\n\n',
    ],
    body: {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
      usage,
    },
    issued: {
      dialect: 'openai-chat',
      number,
      call: turn.kind === 'text' ? undefined : { id, name: turn.name, input: free ? turn.input : input },
      thought: thinks === undefined ? undefined : { text: thinks, token: undefined },
    },
  };
}
