// What Anthropic refuses of a Messages request: https://platform.claude.com/docs/en/api/messages and the rules of thinking
// blocks, https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks

import { type Json, objects, same, textOf, toObject } from './json.ts';
import { type Asked, checkNames, type Issued, oneOf, onlyMembers, refuse } from './script.ts';

const REQUEST =
  'model max_tokens messages system tools tool_choice thinking stream temperature top_p top_k stop_sequences metadata service_tier output_config output_format context_management container mcp_servers cache_control inference_geo safeguards speed';

const BLOCKS: Readonly<Record<string, string>> = {
  text: 'text citations',
  image: 'source',
  document: 'source title context citations',
  thinking: 'thinking signature',
  redacted_thinking: 'data',
  tool_use: 'id name input caller',
  tool_result: 'tool_use_id content is_error',
  server_tool_use: 'id name input caller',
  web_search_tool_result: 'tool_use_id content',
  web_fetch_tool_result: 'tool_use_id content',
  tool_reference: 'tool_name',
  search_result: 'source title content citations',
};

const TOOL =
  'type name description input_schema cache_control strict defer_loading eager_input_streaming allowed_callers input_examples';

/** Refuses what the real provider would. `issued`: what this provider has said before. */
export function judgeMessages({ body, headers }: Asked, issued: readonly Issued[]): void {
  onlyMembers(body, REQUEST, 'request');
  if (typeof body['max_tokens'] !== 'number' || body['max_tokens'] < 1) refuse('max_tokens: Field required');
  checkThinking(body);
  checkTools(objects(body['tools']), toObject(body['tool_choice']));
  for (const block of objects(body['system'])) checkBlock(block, 'system');
  const all = objects(body['messages']);
  // A beta: instructions between the turns.
  const beta = textOf(headers['anthropic-beta']).includes('mid-conversation');
  const messages = all.filter((message) => !(beta && message['role'] === 'system'));
  if (messages.length === 0) refuse('messages: at least one message is required');
  messages.forEach((message, index) => {
    const where = `messages.${index}`;
    onlyMembers(message, 'role content', where);
    const role = oneOf(message['role'], 'user assistant', `${where}.role`);
    if (role !== (index % 2 === 0 ? 'user' : 'assistant')) refuse(`${where}: roles must alternate`);
    const blocks = blocksOf(message);
    if (blocks.length === 0) refuse(`${where}: content must not be empty`);
    for (const block of blocks) checkBlock(block, where);
    checkResults(blocks, index === 0 ? [] : blocksOf(messages[index - 1]), where);
    if (role === 'assistant') checkThoughts(blocks, issued, where);
  });
  if (messages.at(-1)?.['role'] !== 'user') refuse('messages: the conversation must end with a user message');
  const marks = JSON.stringify([body['tools'], body['system'], all]).split('"cache_control":{').length - 1;
  if (marks > 4) refuse(`A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`);
}

function blocksOf(message: Json | undefined): Json[] {
  const content = message?.['content'];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objects(content);
}

function checkThinking(body: Json): void {
  const thinking = toObject(body['thinking']);
  if (thinking['type'] === undefined) return;
  onlyMembers(thinking, 'type budget_tokens display', 'thinking');
  const type = oneOf(thinking['type'], 'enabled disabled adaptive', 'thinking.type');
  if (type === 'enabled' && !(Number(thinking['budget_tokens']) >= 1024))
    refuse('thinking.budget_tokens: at least 1024');
  if (type === 'enabled' && Number(thinking['budget_tokens']) >= Number(body['max_tokens']))
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`');
  if (type !== 'disabled' && body['temperature'] !== undefined && body['temperature'] !== 1)
    refuse('`temperature` may only be set to 1 when thinking is enabled');
  const choice = toObject(body['tool_choice'])['type'];
  if (type !== 'disabled' && (choice === 'any' || choice === 'tool'))
    refuse('Thinking may not be enabled when tool_choice forces tool use.');
}

function checkTools(tools: readonly Json[], choice: Json): void {
  for (const tool of tools) {
    const where = `tools.${String(tool['name'])}`;
    if (/_20\d{6}$/.test(textOf(tool['type']))) continue;
    onlyMembers(tool, TOOL, where);
    const schema = toObject(tool['input_schema']);
    if (schema['type'] !== 'object') refuse(`${where}.input_schema.type: Field required`);
    for (const union of ['oneOf', 'anyOf', 'allOf'])
      if (union in schema) refuse(`${where}.input_schema: does not support ${union} at the top level`);
  }
  checkNames(
    tools.map((tool) => textOf(tool['name'])),
    /^[a-zA-Z0-9_-]{1,128}$/,
  );
  if (choice['type'] === undefined) return;
  if (tools.length === 0) refuse('tool_choice: may only be specified while providing tools');
  onlyMembers(choice, 'type name disable_parallel_tool_use', 'tool_choice');
  oneOf(choice['type'], 'auto any tool none', 'tool_choice.type');
}

function checkBlock(block: Json, where: string): void {
  const type = textOf(block['type']);
  const known = BLOCKS[type];
  if (known === undefined) refuse(`${where}: unknown block ${JSON.stringify(block).slice(0, 80)}`);
  onlyMembers(block, `type cache_control ${known}`, `${where}.${type}`);
  if (type === 'text' && textOf(block['text']).trim() === '')
    refuse(`${where}: text content blocks must be non-empty`);
  if (type !== 'tool_use' && type !== 'tool_result') return;
  const id = textOf(block['id'] ?? block['tool_use_id']);
  if (!/^[a-zA-Z0-9_-]+$/.test(id)) refuse(`${where}.${type}: the id ${JSON.stringify(id)} is invalid`);
  if (type === 'tool_use' && (typeof block['input'] !== 'object' || Array.isArray(block['input'])))
    refuse(`${where}.tool_use.input: Input should be a valid dictionary`);
  if (Array.isArray(block['content']))
    for (const inner of objects(block['content'])) checkBlock(inner, where);
}

/** Every call of the turn before is answered at once, first of all, and nothing else is. */
function checkResults(blocks: readonly Json[], before: readonly Json[], where: string): void {
  const called = before.filter((block) => block['type'] === 'tool_use').map((block) => textOf(block['id']));
  const results = blocks.filter((block) => block['type'] === 'tool_result');
  const answered = results.map((block) => textOf(block['tool_use_id']));
  if (!same([...called].sort(), [...answered].sort()))
    refuse(
      `${where}: \`tool_use\` ids [${called.join()}] need \`tool_result\` blocks immediately after, found [${answered.join()}]`,
    );
  if (blocks.slice(0, results.length).some((block) => block['type'] !== 'tool_result'))
    refuse(`${where}: tool_result blocks must come first`);
}

/** Thinking is ours, unchanged, and stands before the call that it led to. */
function checkThoughts(blocks: readonly Json[], issued: readonly Issued[], where: string): void {
  blocks.forEach((block, index) => {
    if (block['type'] === 'redacted_thinking')
      refuse(`${where}: Invalid \`data\` in \`redacted_thinking\` block`);
    if (block['type'] === 'thinking') {
      const own = issued.some(
        ({ thought }) => thought?.token === block['signature'] && thought?.text === block['thinking'],
      );
      if (!own) refuse(`${where}.content.${index}: Invalid \`signature\` in \`thinking\` block`);
    }
    if (block['type'] !== 'tool_use') return;
    const said = issued.find(({ call }) => call !== undefined && call.id === block['id']);
    if (said === undefined) return;
    if (said.call?.name !== block['name'] || !same(said.call?.input, block['input']))
      refuse(
        `${where}: the call ${said.call?.id} is not what the model called: ${JSON.stringify(block).slice(0, 200)}`,
      );
    if (said.thought !== undefined && blocks[0]?.['signature'] !== said.thought.token)
      refuse(
        `${where}: Expected \`thinking\`, but found \`${String(blocks[0]?.['type'])}\`: a final assistant message must start with a thinking block`,
      );
  });
}
