// A Messages request in the words of Kiro: one message of now, and a history of what was said by turns before. Members
// that the protocol has no place for were taken out, and told, before this (core/providers/kiro.ts, traits/accounts.ts).

import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../core/model/json.ts';
import { kiroModel } from './model-name.ts';
import { kiroTools, type WrittenTools } from './tools.ts';

/** What a turn says, of either side. */
interface Said {
  readonly role: 'user' | 'assistant';
  readonly texts: string[];
  readonly images: JsonObject[];
  readonly results: JsonObject[];
  readonly uses: JsonObject[];
}

/** What a request depends on besides the body. */
export interface KiroFacts {
  readonly conversationId: string;
  readonly profileArn: string | undefined;
}

const ORIGIN = 'AI_EDITOR';

/** The body of generateAssistantResponse. */
export function kiroRequest(body: JsonObject, { conversationId, profileArn }: KiroFacts): JsonObject {
  const modelId = kiroModel(textOf(body['model']) ?? '');
  const turns = turnsOf(body);
  const last = turns.at(-1);
  const current = last?.role === 'user' ? last : emptyTurn('user');
  const before = last === current ? turns.slice(0, -1) : turns;
  const tools = kiroTools(
    body,
    turns.flatMap(({ uses }) => uses.flatMap((use) => textOf(use['name']) ?? [])),
  );
  const instructions = [systemText(body['system']), tools.instructions].filter((text) => text !== '');
  const first = before.find(({ role }) => role === 'user') ?? current;
  // There is no place for instructions: they come before the first thing that the user says.
  first.texts.unshift(...instructions);
  const history = before.map((turn) =>
    turn.role === 'user'
      ? { userInputMessage: userMessage(turn, modelId, undefined) }
      : { assistantResponseMessage: assistantMessage(turn) },
  );
  return {
    conversationState: {
      chatTriggerType: 'MANUAL',
      agentTaskType: 'vibe',
      conversationId,
      currentMessage: { userInputMessage: userMessage(current, modelId, tools) },
      ...(history.length === 0 ? {} : { history }),
    },
    ...(profileArn === undefined ? {} : { profileArn }),
  };
}

function emptyTurn(role: Said['role']): Said {
  return { role, texts: [], images: [], results: [], uses: [] };
}

/** Turns that follow each other: what one side says twice is said in one. */
function turnsOf(body: JsonObject): readonly Said[] {
  const turns: Said[] = [];
  for (const message of listOf(body['messages'])) {
    if (!isObject(message)) continue;
    const role = message['role'] === 'assistant' ? 'assistant' : 'user';
    let turn = turns.at(-1);
    // The history begins with the user.
    if (turn === undefined && role === 'assistant') turns.push(emptyTurn('user'));
    if (turn?.role !== role) {
      turn = emptyTurn(role);
      turns.push(turn);
    }
    const { content } = message as { readonly content?: unknown };
    for (const block of typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content))
      if (isObject(block)) say(turn, block);
  }
  return turns;
}

function say(turn: Said, block: JsonObject): void {
  switch (block['type']) {
    case 'text':
      turn.texts.push(textOf(block['text']) ?? '');
      break;
    case 'image': {
      const image = imageOf(objectOf(block['source']));
      if (image !== undefined) turn.images.push(image);
      break;
    }
    case 'tool_use':
      turn.uses.push({
        toolUseId: block['id'],
        name: block['name'],
        input: objectOf(block['input']) ?? {},
      });
      break;
    case 'tool_result':
      turn.results.push({
        toolUseId: block['tool_use_id'],
        status: block['is_error'] === true ? 'error' : 'success',
        content: [{ text: resultText(block['content']) }],
      });
      break;
  }
}

function imageOf(source: JsonObject | undefined): JsonObject | undefined {
  const format = /^image\/(png|jpeg|gif|webp)$/.exec(textOf(source?.['media_type']) ?? '')?.[1];
  const bytes = textOf(source?.['data']);
  return format === undefined || bytes === undefined ? undefined : { format, source: { bytes } };
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content;
  return joined(listOf(content).flatMap((block) => textOf(objectOf(block)?.['text']) ?? []));
}

function systemText(system: unknown): string {
  return resultText(system);
}

const joined = (texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n\n');

function userMessage(turn: Said, modelId: string, tools: WrittenTools | undefined): JsonObject {
  const context: Record<string, unknown> = {};
  if (turn.results.length > 0) context['toolResults'] = turn.results;
  if (tools !== undefined && tools.list.length > 0) context['tools'] = tools.list;
  return {
    content: joined(turn.texts),
    modelId,
    origin: ORIGIN,
    ...(turn.images.length === 0 ? {} : { images: turn.images }),
    ...(Object.keys(context).length === 0 ? {} : { userInputMessageContext: context }),
  };
}

function assistantMessage(turn: Said): JsonObject {
  return { content: joined(turn.texts), ...(turn.uses.length === 0 ? {} : { toolUses: turn.uses }) };
}
