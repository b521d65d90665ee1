// Answers in Anthropic Messages: https://docs.anthropic.com/en/api/messages-streaming

import { type Json, toObject } from './json.ts';
import {
  type Asked,
  inputObject,
  opaque,
  pieces,
  THOUGHT_TOKENS,
  TURN_USAGE,
  type Turn,
  type Written,
} from './script.ts';

const named = (event: Json): string => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`;

/** Writes a turn. A thought is thought only where the request asks for it. */
export function messagesAnswer(turn: Turn, asked: Asked, number: number): Written {
  const thinking = toObject(asked.body['thinking']);
  const thinks = ['enabled', 'adaptive'].includes(String(thinking['type'])) ? turn.thinks : undefined;
  const thought = thinks && {
    text: thinking['display'] === 'omitted' ? '' : thinks,
    token: opaque('anthropic-messages', number),
  };
  const call =
    turn.kind === 'text'
      ? undefined
      : { id: `toolu_0${number}`, name: turn.name, input: inputObject(turn, asked) };
  const content: Json[] = [];
  const events: Json[] = [];
  const block = (start: Json, deltas: readonly Json[], whole: Json): void => {
    const index = content.push(whole) - 1;
    events.push({ type: 'content_block_start', index, content_block: start });
    for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
    events.push({ type: 'content_block_stop', index });
  };
  if (thought)
    block(
      { type: 'thinking', thinking: '', signature: '' },
      [
        ...pieces(thought.text).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: thought.token },
      ],
      { type: 'thinking', thinking: thought.text, signature: thought.token },
    );
  if (turn.kind === 'text')
    block(
      { type: 'text', text: '' },
      pieces(turn.text).map((text) => ({ type: 'text_delta', text })),
      { type: 'text', text: turn.text },
    );
  else if (call !== undefined) {
    const start = { type: 'tool_use', id: call.id, name: call.name, input: {} };
    const fragments = ['', ...pieces(JSON.stringify(call.input))];
    block(
      start,
      fragments.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      { ...start, input: call.input },
    );
  }
  const message = { id: `msg_0${number}`, type: 'message', role: 'assistant', model: asked.model };
  const usage = {
    input_tokens: TURN_USAGE.input,
    cache_read_input_tokens: TURN_USAGE.cacheRead,
    cache_creation_input_tokens: 0,
    output_tokens: 1,
  };
  const output_tokens = TURN_USAGE.output + (thought ? THOUGHT_TOKENS : 0);
  const end = { stop_reason: turn.kind === 'text' ? 'end_turn' : 'tool_use', stop_sequence: null };
  return {
    events: [
      {
        type: 'message_start',
        message: { ...message, content: [], stop_reason: null, stop_sequence: null, usage },
      },
      { type: 'ping' },
      ...events,
      { type: 'message_delta', delta: end, usage: { output_tokens } },
      { type: 'message_stop' },
    ].map(named),
    body: { ...message, content, ...end, usage: { ...usage, output_tokens } },
    issued: { dialect: 'anthropic-messages', number, call, thought: thought || undefined },
  };
}
