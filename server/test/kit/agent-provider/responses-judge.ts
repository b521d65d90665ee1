// What OpenAI refuses of a Responses request: https://platform.openai.com/docs/api-reference/responses/create and
// https://developers.openai.com/api/docs/guides/reasoning#keeping-reasoning-items-in-context

import { type Json, objects, parsed, same, textOf, toObject } from './json.ts';
import { type Asked, checkNames, type Issued, oneOf, onlyMembers, refuse } from './script.ts';

const REQUEST =
  'model input instructions stream stream_options store include previous_response_id conversation prompt prompt_cache_key prompt_cache_retention client_metadata metadata reasoning text tools tool_choice parallel_tool_calls max_tool_calls max_output_tokens temperature top_p top_logprobs truncation service_tier user safety_identifier background context_management';

const ITEMS: Readonly<Record<string, string>> = {
  message: 'role content phase',
  reasoning: 'summary content encrypted_content',
  function_call: 'call_id name arguments namespace',
  function_call_output: 'call_id output',
  custom_tool_call: 'call_id name input namespace',
  custom_tool_call_output: 'call_id output name',
  additional_tools: 'role tools',
  compaction_trigger: '',
};

/** How ids of items begin. */
const IDS: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
};

const TOOLS: Readonly<Record<string, string>> = {
  function: 'name description parameters strict defer_loading',
  custom: 'name description format defer_loading',
  namespace: 'name description tools',
  tool_search: 'description execution parameters',
  web_search:
    'filters search_context_size user_location external_web_access search_content_types indexed_web_access',
};

/** Models that know free-form tools, namespaces and the rest of it. */
const AGENTIC = /^(?:gpt-[56]|codex-)/;

/** Refuses what the real provider would. `issued`: what this provider has said before. */
export function judgeResponses({ body, model }: Asked, issued: readonly Issued[]): void {
  onlyMembers(body, REQUEST, 'request');
  onlyMembers(toObject(body['reasoning']), 'effort summary context mode', 'reasoning');
  onlyMembers(toObject(body['text']), 'format verbosity', 'text');
  checkTools(objects(body['tools']), 'tools', AGENTIC.test(model));
  if (typeof body['input'] === 'string') return;
  const items = objects(body['input']).map((item): Json => ({ type: 'message', ...item }));
  if (items.length === 0 && textOf(body['instructions']) === '') refuse('input: empty array');
  for (const [index, item] of items.entries()) checkItem(item, `input[${index}]`, AGENTIC.test(model));
  checkPairs(items);
  checkReasoning(items, issued);
}

function checkTools(tools: readonly Json[], where: string, agentic: boolean): void {
  const names: string[] = [];
  for (const tool of tools) {
    const type = oneOf(tool['type'], Object.keys(TOOLS).join(' '), `${where}.type`);
    onlyMembers(tool, `type ${TOOLS[type] ?? ''}`, `${where}.${type}`);
    if (!agentic && type !== 'function' && type !== 'web_search')
      refuse(`${where}: ${type} is not supported with this model`);
    if (type === 'namespace') checkTools(objects(tool['tools']), `${where}.namespace`, agentic);
    if (type === 'function' && toObject(tool['parameters'])['type'] !== 'object')
      refuse(`Invalid schema for function '${String(tool['name'])}': schema must be of type 'object'`);
    if (typeof tool['name'] === 'string') names.push(tool['name']);
  }
  checkNames(names, /^[a-zA-Z0-9_-]{1,64}$/);
}

function checkItem(item: Json, where: string, agentic: boolean): void {
  const type = oneOf(item['type'], Object.keys(ITEMS).join(' '), `${where}.type`);
  onlyMembers(
    item,
    `type id status internal_chat_message_metadata_passthrough ${ITEMS[type] ?? ''}`,
    `${where}.${type}`,
  );
  const id = item['id'];
  const start = IDS[type];
  if (typeof id === 'string' && start !== undefined && !(id.startsWith(start) && id.length <= 64))
    refuse(`Invalid '${where}.id': '${id}'. Expected an ID that begins with '${start}'.`);
  if (type === 'additional_tools') checkTools(objects(item['tools']), `${where}.tools`, agentic);
  if (type === 'message') checkMessage(item, where);
  if (type === 'function_call' && typeof parsed(textOf(item['arguments'])) !== 'object')
    refuse(`${where}.arguments: not JSON`);
  if (type.startsWith('custom') && !agentic) refuse(`${where}: ${type} is not supported with this model`);
  if (type.endsWith('_output')) {
    const { output } = item;
    if (typeof output !== 'string' && !Array.isArray(output))
      refuse(`${where}.output: expected a string or an array`);
    for (const part of objects(output)) checkPart(part, 'input_text input_image input_file', where);
  }
}

function checkMessage({ role, content }: Json, where: string): void {
  oneOf(role, 'user assistant system developer', `${where}.role`);
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) refuse(`${where}.content: expected a string or an array`);
  const known = role === 'assistant' ? 'output_text refusal' : 'input_text input_image input_file';
  for (const part of objects(content)) checkPart(part, known, where);
}

function checkPart(part: Json, types: string, where: string): void {
  const type = oneOf(part['type'], types, `${where}.content.type`);
  const members =
    'text annotations logprobs refusal image_url file_id detail file_data file_url filename prompt_cache_breakpoint';
  onlyMembers(part, `type ${members}`, `${where}.content.${type}`);
}

/** Every call has its output behind it, and every output its call before it, of the same kind. */
function checkPairs(items: readonly Json[]): void {
  const open = new Map<string, string>();
  for (const item of items) {
    const type = textOf(item['type']);
    const id = textOf(item['call_id']);
    if (type === 'function_call' || type === 'custom_tool_call') {
      if (id === '' || id.length > 64) refuse(`call_id ${JSON.stringify(id)} is no id`);
      open.set(id, type);
    } else if (type.endsWith('_call_output')) {
      if (open.get(id) !== type.slice(0, -'_output'.length))
        refuse(`No tool call found for ${type} with call_id ${id}.`);
      open.delete(id);
    }
  }
  for (const [id, type] of open) refuse(`No tool output found for ${type} ${id}.`);
}

/** Reasoning is ours, unchanged, and each item is followed by the one that it led to. */
function checkReasoning(items: readonly Json[], issued: readonly Issued[]): void {
  items.forEach((item, index) => {
    const next = items[index + 1];
    const before = items[index - 1];
    if (item['type'] === 'reasoning') {
      const said = issued.find(({ thought }) => thought?.token === item['encrypted_content']);
      if (typeof item['encrypted_content'] !== 'string' || said === undefined)
        refuse(`The encrypted content for item ${String(item['id'])} could not be verified.`);
      const follows =
        said.call === undefined ? next?.['role'] === 'assistant' : next?.['call_id'] === said.call.id;
      if (!follows)
        refuse(
          `Item '${String(item['id'])}' of type 'reasoning' was provided without its required following item.`,
        );
      const summary = objects(item['summary'])
        .map((part) => textOf(part['text']))
        .join('');
      if (summary !== said.thought?.text)
        refuse(`input[${index}].summary: changed to ${JSON.stringify(summary)}`);
    }
    const said = issued.find(({ call }) => call !== undefined && call.id === item['call_id']);
    if (said === undefined || !/_call$/.test(textOf(item['type']))) return;
    const input = item['type'] === 'function_call' ? parsed(textOf(item['arguments'])) : item['input'];
    if (item['name'] !== said.call?.name || !same(input, said.call?.input))
      refuse(`input[${index}]: not what the model called: ${JSON.stringify(item).slice(0, 200)}`);
    if (said.thought?.token !== undefined && before?.['encrypted_content'] !== said.thought.token)
      refuse(
        `Item '${String(item['id'])}' of type '${String(item['type'])}' was provided without its required 'reasoning' item.`,
      );
  });
}
