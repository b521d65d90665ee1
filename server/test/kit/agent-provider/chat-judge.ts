// What servers of Chat Completions refuse: OpenAI for its own models, and DeepSeek, whose reasoning has to come back
// with the calls that it led to (https://api-docs.deepseek.com/guides/thinking_mode).

import { type Json, objects, parsed, same, textOf, toObject } from './json.ts';
import {
  type Asked,
  checkNames,
  type Issued,
  type IssuedCall,
  oneOf,
  onlyMembers,
  refuse,
} from './script.ts';

const ANYWHERE =
  'model messages stream stream_options temperature top_p max_tokens stop frequency_penalty presence_penalty tools tool_choice response_format';
const OPENAI = `${ANYWHERE} max_completion_tokens reasoning_effort verbosity parallel_tool_calls prompt_cache_key prompt_cache_retention service_tier store metadata user safety_identifier seed n logprobs top_logprobs logit_bias modalities audio prediction web_search_options`;
const OTHERS = `${ANYWHERE} reasoning_effort thinking seed logprobs top_logprobs user`;

const MESSAGES: Readonly<Record<string, string>> = {
  system: 'content name',
  developer: 'content name',
  user: 'content name',
  assistant: 'content name tool_calls refusal reasoning_content',
  tool: 'content tool_call_id',
};

const PARTS: Readonly<Record<string, string>> = {
  text: 'text',
  image_url: 'image_url',
  input_audio: 'input_audio',
  file: 'file',
  refusal: 'refusal',
};

/** Refuses what the real provider would. `issued`: what this provider has said before. */
export function judgeChat({ body, model }: Asked, issued: readonly Issued[]): void {
  const openai = /^(?:gpt-|o\d)/.test(model);
  onlyMembers(body, openai ? OPENAI : OTHERS, 'request');
  if (openai && body['max_tokens'] !== undefined) refuse("Unsupported parameter: 'max_tokens'");
  checkTools(objects(body['tools']), openai);
  if (body['tool_choice'] !== undefined && objects(body['tools']).length === 0)
    refuse('tool_choice is only allowed when tools are specified');
  const messages = objects(body['messages']);
  if (messages.length === 0) refuse('messages: empty array');
  let open: string[] = [];
  messages.forEach((message, index) => {
    const where = `messages[${index}]`;
    const role = oneOf(message['role'], Object.keys(MESSAGES).join(' '), `${where}.role`);
    onlyMembers(message, `role ${MESSAGES[role] ?? ''}`, where);
    if (!openai && role === 'developer') refuse(`${where}: unknown role developer`);
    if (!openai && role === 'system' && index > 0 && messages[index - 1]?.['role'] !== 'system')
      refuse(`${where}: System message must be at the beginning.`);
    checkContent(message['content'], where);
    if (role === 'tool') {
      const id = textOf(message['tool_call_id']);
      if (!open.includes(id))
        refuse(`${where}: tool_call_id '${id}' not found in 'tool_calls' of previous message`);
      open = open.filter((one) => one !== id);
      return;
    }
    if (open.length > 0) refuse(`${where}: tool_call_ids did not have response messages: ${open.join()}`);
    if (role !== 'assistant') return;
    open = checkCalls(message, issued, where, openai);
  });
  if (open.length > 0) refuse(`tool_call_ids did not have response messages: ${open.join()}`);
  const turns = messages.map((message) => message['role']);
  turns.forEach((role, index) => {
    if (role === 'assistant' && turns[index + 1] === 'assistant')
      refuse(`messages[${index + 1}]: roles must alternate`);
  });
}

function checkTools(tools: readonly Json[], openai: boolean): void {
  const names = tools.map((tool, index) => {
    const type = oneOf(tool['type'], openai ? 'function custom' : 'function', `tools[${index}].type`);
    onlyMembers(tool, `type ${type}`, `tools[${index}]`);
    const inner = toObject(tool[type]);
    onlyMembers(
      inner,
      type === 'custom' ? 'name description format' : 'name description parameters strict',
      `tools[${index}].${type}`,
    );
    if (
      type === 'function' &&
      inner['parameters'] !== undefined &&
      toObject(inner['parameters'])['type'] !== 'object'
    )
      refuse(`Invalid schema for function '${String(inner['name'])}': schema must be of type 'object'`);
    return textOf(inner['name']);
  });
  checkNames(names, /^[a-zA-Z0-9_-]{1,64}$/);
}

function checkContent(content: unknown, where: string): void {
  if (content === null || content === undefined || typeof content === 'string') return;
  if (!Array.isArray(content)) refuse(`${where}.content: expected a string or an array`);
  for (const part of objects(content)) {
    const type = oneOf(part['type'], Object.keys(PARTS).join(' '), `${where}.content.type`);
    onlyMembers(part, `type ${PARTS[type] ?? ''}`, `${where}.content.${type}`);
  }
}

/** Ids of the calls of an assistant turn, each of which must be answered next. */
function checkCalls(message: Json, issued: readonly Issued[], where: string, openai: boolean): string[] {
  const calls = objects(message['tool_calls']);
  if (calls.length === 0 && !message['content']) refuse(`${where}: content or tool_calls must be set`);
  if (openai && 'reasoning_content' in message) refuse(`${where}.reasoning_content: unknown member`);
  const thought = message['reasoning_content'];
  return calls.map((call) => {
    const read = readCall(call, where);
    const said = issued.find((one) => one.call?.id === read.id);
    if (said === undefined) return read.id;
    if (said.call?.name !== read.name || !same(said.call.input, read.input))
      refuse(
        `${where}: the call ${read.id} is not what the model called: ${JSON.stringify(call).slice(0, 200)}`,
      );
    if (said.thought !== undefined && said.thought.text !== thought)
      refuse(`${where}: The \`reasoning_content\` in the thinking mode must be passed back to the API.`);
    return read.id;
  });
}

function readCall(call: Json, where: string): IssuedCall & { readonly id: string } {
  const type = oneOf(call['type'], 'function custom', `${where}.tool_calls.type`);
  onlyMembers(call, `id type ${type}`, `${where}.tool_calls`);
  const inner = toObject(call[type]);
  onlyMembers(inner, type === 'custom' ? 'name input' : 'name arguments', `${where}.tool_calls.${type}`);
  const id = textOf(call['id']);
  if (id === '' || id.length > 64) refuse(`${where}.tool_calls.id: ${JSON.stringify(id)} is no id`);
  const name = textOf(inner['name']);
  if (type === 'custom') return { id, name, input: textOf(inner['input']) };
  const input = parsed(textOf(inner['arguments']));
  if (typeof input !== 'object')
    refuse(`${where}.tool_calls: arguments must be JSON: ${String(inner['arguments'])}`);
  return { id, name, input: toObject(input) };
}
