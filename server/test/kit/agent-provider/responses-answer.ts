// Answers in Responses: https://platform.openai.com/docs/api-reference/responses-streaming

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

type Say = (type: string, more: Json) => void;

/** Writes a turn. A thought's encrypted content is given only to requests that include it, its summary likewise. */
export function responsesAnswer(turn: Turn, asked: Asked, number: number): Written {
  const events: Json[] = [];
  const say: Say = (type, more) => void events.push({ type, sequence_number: events.length, ...more });
  const { include, reasoning } = asked.body;
  const encrypted = Array.isArray(include) && include.includes('reasoning.encrypted_content');
  const token = turn.thinks !== undefined && encrypted ? opaque('openai-responses', number) : undefined;
  const summary = toObject(reasoning)['summary'] ? (turn.thinks ?? '') : '';
  const head = { id: `resp_0${number}`, object: 'response', created_at: 1_750_000_000, model: asked.model };
  const open = { ...head, status: 'in_progress', output: [], usage: null };
  say('response.created', { response: open });
  say('response.in_progress', { response: open });
  const output: Json[] = [];
  if (turn.thinks !== undefined) output.push(sayThought(say, summary, token, number));
  output.push(sayItem(say, turn, asked, number, output.length));
  const input_tokens = TURN_USAGE.input + TURN_USAGE.cacheRead;
  const reasoning_tokens = turn.thinks === undefined ? 0 : THOUGHT_TOKENS;
  const usage = {
    input_tokens,
    input_tokens_details: { cached_tokens: TURN_USAGE.cacheRead },
    output_tokens: TURN_USAGE.output + reasoning_tokens,
    output_tokens_details: { reasoning_tokens },
    total_tokens: input_tokens + TURN_USAGE.output + reasoning_tokens,
  };
  const body = { ...head, status: 'completed', output, usage };
  say('response.completed', { response: body });
  const item = output.at(-1);
  const called = turn.kind === 'text' ? undefined : callOf(toObject(item));
  return {
    events: events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`),
    body,
    issued: {
      dialect: 'openai-responses',
      number,
      call: called,
      thought: turn.thinks === undefined ? undefined : { text: summary, token },
    },
  };
}

function callOf(item: Json): { id: string; name: string; input: Json | string } {
  const free = item['type'] === 'custom_tool_call';
  const input = free ? String(item['input']) : toObject(JSON.parse(String(item['arguments'])));
  return { id: String(item['call_id']), name: String(item['name']), input };
}

/** The reasoning item. What it holds when it is added is not yet all of the encrypted content (as recorded). */
function sayThought(say: Say, text: string, token: string | undefined, number: number): Json {
  const id = `rs_0${number}`;
  const item = { id, type: 'reasoning' };
  const holding = (content: string | undefined): Json =>
    content === undefined ? {} : { encrypted_content: content };
  const at = { item_id: id, output_index: 0, summary_index: 0 };
  say('response.output_item.added', {
    output_index: 0,
    item: { ...item, summary: [], ...holding(token?.slice(0, 120)) },
  });
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  if (text !== '') {
    say('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } });
    for (const delta of pieces(text)) say('response.reasoning_summary_text.delta', { ...at, delta });
    say('response.reasoning_summary_text.done', { ...at, text });
    say('response.reasoning_summary_part.done', { ...at, part: summary[0] });
  }
  const whole = { ...item, summary, ...holding(token) };
  say('response.output_item.done', { output_index: 0, item: whole });
  return whole;
}

function sayItem(say: Say, turn: Turn, asked: Asked, number: number, output_index: number): Json {
  const added = (item: Json): void =>
    say('response.output_item.added', { output_index, item: { ...item, status: 'in_progress' } });
  const done = (item: Json): Json => {
    const whole = { ...item, status: 'completed' };
    say('response.output_item.done', { output_index, item: whole });
    return whole;
  };
  if (turn.kind === 'text') {
    const item = { id: `msg_0${number}`, type: 'message', role: 'assistant' };
    const at = { item_id: item.id, output_index, content_index: 0 };
    const part = (text: string): Json => ({ type: 'output_text', text, annotations: [], logprobs: [] });
    added({ ...item, content: [] });
    say('response.content_part.added', { ...at, part: part('') });
    for (const delta of pieces(turn.text)) say('response.output_text.delta', { ...at, delta, logprobs: [] });
    say('response.output_text.done', { ...at, text: turn.text, logprobs: [] });
    say('response.content_part.done', { ...at, part: part(turn.text) });
    return done({ ...item, content: [part(turn.text)] });
  }
  const offered = asked.offered.find((tool) => tool.name === turn.name);
  const namespace = offered?.namespace === undefined ? {} : { namespace: offered.namespace };
  const free = turn.kind === 'custom' && offered?.schema === undefined;
  const [type, member, event] = free
    ? ['custom_tool_call', 'input', 'response.custom_tool_call_input']
    : ['function_call', 'arguments', 'response.function_call_arguments'];
  const text = free ? String(turn.input) : JSON.stringify(inputObject(turn, asked));
  const item = {
    id: `${free ? 'ctc' : 'fc'}_0${number}`,
    type,
    call_id: `call_0${number}`,
    name: turn.name,
    ...namespace,
  };
  const at = { item_id: item.id, output_index };
  added({ ...item, [member]: '' });
  for (const delta of pieces(text)) say(`${event}.delta`, { ...at, delta });
  say(`${event}.done`, { ...at, [member]: text });
  return done({ ...item, [member]: text });
}
