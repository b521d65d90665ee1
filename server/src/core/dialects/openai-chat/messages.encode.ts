// Writes turns as messages: results of tools as messages of their own right after the calls, what cannot stand in them in
// the message of the user that follows, and text, reasoning and calls of the assistant as one message.

import type { MediaPart, Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { reasoningText } from '../../model/content.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Turn } from '../../model/request.ts';
import type { OpaqueToken } from '../../model/token.ts';
import { gathered } from '../../model/turns.ts';
import { dropped, type Writing, writeContent, writePart, writeText } from './content.encode.ts';
import { extraContent } from './google-extra.ts';
import { detailsOf } from './reasoning-details.ts';

const NOTHING: JsonObject = {};

/** All messages. Turns that came as messages of this format are not joined. */
export function writeMessages(turns: readonly Turn[], writing: Writing, thinking: boolean): JsonObject[] {
  const messages: JsonObject[] = [];
  const whole = writing.own ? turns : gathered(turns);
  for (let at = 0; at < whole.length; at++) {
    const turn = whole[at];
    if (turn === undefined) continue;
    const path = `messages[${at}]`;
    switch (turn.role) {
      case 'system':
      case 'developer':
        messages.push(writeInstruction(turn, path, writing));
        break;
      case 'user':
        writeUser(turn, path, writing, messages);
        break;
      case 'assistant':
        writeAssistant(turn, path, writing, thinking, messages);
        break;
      default:
        unreachable(turn.role);
    }
  }
  return messages;
}

/** What may stand on every message. Item ids and phases have no place here, and nobody needs them. */
function around(turn: Turn, writing: Writing): JsonObject {
  if (turn.name === undefined && turn.ext === undefined) return NOTHING;
  return {
    ...(turn.name === undefined ? NOTHING : { name: turn.name }),
    ...(writing.own ? turn.ext : NOTHING),
  };
}

function writeInstruction(turn: Turn, path: string, writing: Writing): JsonObject {
  const role = turn.role === 'developer' && writing.traits.developerRole ? 'developer' : 'system';
  return { role, content: writeText(turn.parts, '\n\n', path, writing), ...around(turn, writing) };
}

function writeUser(turn: Turn, path: string, writing: Writing, messages: JsonObject[]): void {
  const rest: Part[] = [];
  for (const part of turn.parts)
    if (part.type === 'tool-result') writeResult(part, path, writing, messages, rest);
  const hasResults = turn.parts.some(({ type }) => type === 'tool-result');
  for (const part of turn.parts) if (part.type !== 'tool-result') rest.push(part);
  if (rest.length === 0 && hasResults) return;
  messages.push({ role: 'user', content: writeContent(rest, path, writing), ...around(turn, writing) });
}

/** One result as a message; its media go to `beside`, with a line that says whose they are. */
function writeResult(
  part: ToolResultPart,
  path: string,
  writing: Writing,
  messages: JsonObject[],
  beside: Part[],
): void {
  const { callId, isError, name, content } = part;
  const keepsMedia = writing.own || writing.traits.imagesInResults === 'native';
  const media = keepsMedia ? [] : content.filter(isBinary);
  const said = media.length === 0 ? content : content.filter((inner) => !isBinary(inner));
  const texts = writeText(said.map(documentAsText), '\n', path, writing);
  const shown = texts === '' && media.length > 0 ? 'See the attachment in the next message.' : texts;
  const whole = isError === true ? flagged(shown) : shown;
  if (media.length > 0)
    beside.push({ type: 'text', text: `Attached to the result of ${name ?? callId}:` }, ...media);
  const named = writing.own && name !== undefined ? { name } : NOTHING;
  messages.push(
    writing.legacy
      ? { role: 'function', name: name ?? callId, content: whole }
      : { role: 'tool', tool_call_id: callId, content: whole, ...named },
  );
}

/** Everything that is not text and not to be written as text. */
function isBinary(part: Part): part is MediaPart {
  return part.type === 'media' && part.source.type !== 'text' && part.source.type !== 'parts';
}

/** Documents of text are joined with the other texts of a result. */
function documentAsText(part: Part): Part {
  if (part.type !== 'media' || part.source.type !== 'text') return part;
  const title = part.title ?? part.filename;
  return { type: 'text', text: title === undefined ? part.source.text : `${title}\n\n${part.source.text}` };
}

/** The format has no flag for failed calls. */
function flagged(content: string | JsonObject[]): string | JsonObject[] {
  if (typeof content === 'string') return content.startsWith('Error: ') ? content : `Error: ${content}`;
  return [{ type: 'text', text: 'Error: ' }, ...content];
}

/** What the parts of an assistant's turn come to. */
interface Gathered {
  readonly content: Part[];
  readonly calls: JsonObject[];
  readonly reasoning: ReasoningPart[];
  readonly members: Record<string, unknown>;
  refusal: string;
  token: OpaqueToken | undefined;
}

function writeAssistant(
  turn: Turn,
  path: string,
  writing: Writing,
  thinking: boolean,
  messages: JsonObject[],
): void {
  const sorted: Gathered = {
    content: [],
    calls: [],
    reasoning: [],
    members: {},
    refusal: '',
    token: undefined,
  };
  for (const part of turn.parts) sort(part, sorted, path, writing);
  const { content, calls, reasoning, members, refusal, token } = sorted;
  const legacyCall = writing.legacy && calls.length === 1 ? calls[0]?.['function'] : undefined;
  const empty = content.length === 0;
  const shown = writeReasoning(reasoning, calls.length > 0 && thinking, path, writing);
  // G22: a turn of which nothing is left must vanish.
  if (!writing.own && empty && calls.length === 0 && refusal === '' && shown === NOTHING) return;
  const silent = empty && (calls.length > 0 || refusal !== '' || 'audio' in members);
  messages.push({
    role: 'assistant',
    content: silent ? null : writeText(content, '', path, writing),
    ...(refusal === '' ? NOTHING : { refusal }),
    ...shown,
    ...(legacyCall === undefined ? NOTHING : { function_call: legacyCall }),
    ...(calls.length === 0 || legacyCall !== undefined ? NOTHING : { tool_calls: calls }),
    ...(token === undefined ? NOTHING : { extra_content: extraContent(token, false) }),
    ...members,
    ...around(turn, writing),
  });
}

function sort(part: Part, into: Gathered, path: string, writing: Writing): void {
  switch (part.type) {
    case 'text':
      if (part.token?.kind === 'thought') into.token = part.token;
      if (part.text !== '') into.content.push(part);
      return;
    case 'refusal':
      into.refusal += part.text;
      return;
    case 'reasoning':
      if (writing.own && part.ext?.['type'] === 'thinking') into.content.push(chunk(part));
      else into.reasoning.push(part);
      return;
    case 'tool-call':
      into.calls.push(writeCall(part, writing));
      return;
    case 'vendor':
      if (part.dialect === 'openai-chat' && part.raw['type'] !== part.kind)
        Object.assign(into.members, part.raw);
      else if (part.dialect === 'openai-chat') into.content.push(part);
      else
        dropped(
          writing,
          path,
          'vendor-part',
          'quality',
          `Chat Completions has no ${part.kind} in its history.`,
        );
      return;
    case 'media':
      if (writing.own) into.content.push(part);
      else dropped(writing, path, 'assistant-media', 'quality', `An answer cannot hold this ${part.kind}.`);
      return;
    case 'tool-result':
      if (writePart(part, path, writing) !== undefined) into.content.push(part);
      return;
    default:
      unreachable(part);
  }
}

/** Mistral wants its thoughts back as chunks of the content. */
function chunk(part: ReasoningPart): Part {
  const raw = { type: 'thinking', thinking: [{ type: 'text', text: reasoningText(part) }] };
  return { type: 'vendor', dialect: 'openai-chat', kind: 'thinking', raw };
}

function writeCall(part: ToolCallPart, writing: Writing): JsonObject {
  const { id, kind, name, token, ext } = part;
  const extra = token?.kind === 'thought' ? { extra_content: extraContent(token, false) } : NOTHING;
  const others = writing.own && ext !== undefined ? ext : NOTHING;
  if (kind === 'custom')
    return { id, type: 'custom', custom: { name, input: part.arguments }, ...extra, ...others };
  // A tool without arguments is called with an empty object, never with nothing.
  const text = part.arguments === '' ? '{}' : part.arguments;
  return { id, type: 'function', function: { name, arguments: text }, ...extra, ...others };
}

/**
 * Reasoning in the vendor's member. A vendor that wants it back before calls (DeepSeek) refuses the message without the
 * member, so an empty one stands in for reasoning that nobody kept.
 */
function writeReasoning(
  parts: readonly ReasoningPart[],
  isWanted: boolean,
  path: string,
  writing: Writing,
): JsonObject {
  const { reasoningMember, replaysReasoningText } = writing.traits;
  const text = parts
    .map(reasoningText)
    .filter((shown) => shown !== '')
    .join('\n\n');
  switch (reasoningMember) {
    case 'reasoning_content':
    case 'reasoning':
      if (text !== '') return { [reasoningMember]: text };
      return isWanted && replaysReasoningText ? { [reasoningMember]: '' } : NOTHING;
    case 'reasoning_details': {
      const details = parts.flatMap((part, index) => detailsOf(part, index, false));
      return details.length === 0 ? NOTHING : { reasoning_details: details };
    }
    case 'none':
      if (parts.length > 0)
        dropped(writing, path, 'reasoning-history', 'hint', 'The target takes no reasoning of former turns.');
      return NOTHING;
    default:
      return unreachable(reasoningMember);
  }
}
