// The demo model in Anthropic Messages.

import { type DemoAnswer, type DemoFormat, type DemoFrame, now, paced, pieces } from './format.ts';
import { contentText, type Json, lastText, record, records, text } from './json.ts';
import type { DemoPart } from './script.ts';

/** The demo's reasoning carries this signature; it is the demo's own and means nothing to any other vendor. */
const SIGNATURE = 'c2x1aWNlLWRlbW8=';

function usageOf({ script }: DemoAnswer): Json {
  return {
    input_tokens: script.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: script.outputTokens + script.reasoningTokens,
  };
}

function messageOf(answer: DemoAnswer, content: readonly Json[], stop: string | null, usage: Json): Json {
  return {
    id: `msg_${answer.id}`,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage,
  };
}

function blockOf(part: DemoPart): Json {
  if (part.kind === 'text') return { type: 'text', text: part.text };
  if (part.kind === 'reasoning') return { type: 'thinking', thinking: part.text, signature: SIGNATURE };
  return { type: 'tool_use', id: part.id, name: part.name, input: part.input };
}

function deltasOf(part: DemoPart): Json[] {
  if (part.kind === 'text') return pieces(part.text).map((piece) => ({ type: 'text_delta', text: piece }));
  if (part.kind === 'tool')
    return pieces(JSON.stringify(part.input)).map((piece) => ({
      type: 'input_json_delta',
      partial_json: piece,
    }));
  return [
    ...pieces(part.text).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
    { type: 'signature_delta', signature: SIGNATURE },
  ];
}

function emptyBlockOf(part: DemoPart): Json {
  if (part.kind === 'text') return { type: 'text', text: '' };
  if (part.kind === 'reasoning') return { type: 'thinking', thinking: '', signature: '' };
  return { type: 'tool_use', id: part.id, name: part.name, input: {} };
}

function forcedTool(choice: Json): string | undefined {
  if (choice['type'] === 'tool') return text(choice, 'name');
  return choice['type'] === 'any' ? 'any' : undefined;
}

/** Messages: https://docs.anthropic.com/en/api/messages */
export const anthropicMessages: DemoFormat = {
  read: (request, bytes) => {
    const messages = records(request, 'messages').filter((message) => message['role'] !== 'system');
    const last = messages.at(-1);
    const result = records(last, 'content').findLast((block) => block['type'] === 'tool_result');
    const user = messages.findLast(
      (message) => message['role'] === 'user' && contentText(message['content']) !== '',
    );
    const choice = record(request, 'tool_choice');
    const thinking = record(request, 'thinking')['type'];
    const format = record(record(request, 'output_config'), 'format');
    const tools = records(request, 'tools').filter((tool) => tool['input_schema'] !== undefined);
    return {
      prompt: lastText(user?.['content']),
      inputCharacters: bytes,
      tools:
        choice['type'] === 'none'
          ? []
          : tools.map((tool) => ({ name: text(tool, 'name'), schema: record(tool, 'input_schema') })),
      forcedTool: forcedTool(choice),
      toolResult: result === undefined ? undefined : contentText(result['content']),
      wantsReasoning: thinking === 'enabled' || thinking === 'adaptive',
      outputSchema: format['type'] === 'json_schema' ? record(format, 'schema') : undefined,
      stream: request['stream'] === true,
    };
  },

  json: (answer) =>
    messageOf(
      answer,
      answer.script.parts.map(blockOf),
      answer.script.callsTool ? 'tool_use' : 'end_turn',
      usageOf(answer),
    ),

  frames: (answer) => {
    const named = (event: string, members: Json): DemoFrame => now({ type: event, ...members }, event);
    const usage = usageOf(answer);
    const frames = [
      named('message_start', { message: messageOf(answer, [], null, { ...usage, output_tokens: 1 }) }),
    ];
    for (const [index, part] of answer.script.parts.entries()) {
      frames.push(named('content_block_start', { index, content_block: emptyBlockOf(part) }));
      if (index === 0) frames.push(named('ping', {}));
      for (const delta of deltasOf(part))
        frames.push(paced({ type: 'content_block_delta', index, delta }, 'content_block_delta'));
      frames.push(named('content_block_stop', { index }));
    }
    const stop = answer.script.callsTool ? 'tool_use' : 'end_turn';
    frames.push(named('message_delta', { delta: { stop_reason: stop, stop_sequence: null }, usage }));
    return [...frames, named('message_stop', {})];
  },
};
