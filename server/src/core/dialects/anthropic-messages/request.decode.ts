// Requests of the Messages API as the model holds them: one turn for each message, and one for `system`.
// https://docs.anthropic.com/en/api/messages

import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { ChatRequest, Turn } from '../../model/request.ts';
import type { Codec } from '../dialect.ts';
import {
  booleanIn,
  createReading,
  errorOf,
  otherMembers,
  type Reading,
  requiredString,
  wrong,
} from '../kit/read-wire.ts';
import { decodeContent } from './content.decode.ts';
import { extra, MARKED } from './reading.ts';
import { decodeSettings } from './settings.decode.ts';
import { withCallTokens } from './thinking.ts';
import { decodeToolChoice, decodeTools } from './tools.decode.ts';

/** See Codec.decodeRequest. The path tells nothing in this dialect. */
export const decodeRequest: Codec['decodeRequest'] = (wire): ChatRequest | SluiceError => {
  if (!isObject(wire)) return sluiceError('invalid_request', 'The request body must be a JSON object.');
  const reading = createReading();
  const turns: Turn[] = [];
  addSystem(wire, turns, reading);
  addMessages(wire, turns, reading);
  const tools = decodeTools(wire, reading);
  const { ext: oddChoice, ...chosen } = decodeToolChoice(wire, tools, reading);
  const { ext: oddSettings, ...settings } = decodeSettings(wire, reading);
  const model = requiredString(reading, wire, 'model');
  const stream = booleanIn(reading, wire, 'stream') ?? false;
  const error = errorOf(reading, wire);
  if (error !== undefined) return error;
  return {
    origin: 'anthropic-messages',
    model,
    stream,
    includeUsage: true,
    turns,
    tools,
    ...chosen,
    ...settings,
    ...extra({ ...otherMembers(wire, KNOWN), ...oddSettings, ...oddChoice }),
  };
};

/** Members of the request that this format has in common with others, and that are read one by one. */
const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
  'speed',
  'cache_control',
]);

const KNOWN_OF_MESSAGE: ReadonlySet<string> = new Set(['role', 'content']);

function addSystem(wire: JsonObject, turns: Turn[], reading: Reading): void {
  const { system } = wire;
  if (system === undefined || system === null) return;
  turns.push({ role: 'system', parts: decodeContent(wire, 'system', reading) });
}

function addMessages(wire: JsonObject, turns: Turn[], reading: Reading): void {
  const { messages } = wire;
  if (!Array.isArray(messages)) {
    wrong(reading, wire, 'messages', 'an array');
    return;
  }
  let leading = true;
  for (let at = 0; at < messages.length; at++) {
    const message: unknown = messages[at];
    if (!isObject(message)) {
      wrong(reading, messages, at, 'an object');
      continue;
    }
    const { role } = message;
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      wrong(reading, message, 'role', '"user", "assistant" or "system"');
      continue;
    }
    const content = decodeContent(message, 'content', reading);
    const parts = role === 'assistant' ? withCallTokens(content) : content;
    if (role !== 'system') leading = false;
    const ext =
      otherMembers(message, KNOWN_OF_MESSAGE) ?? (parts.length === 0 || leading ? MARKED : undefined);
    turns.push(ext === undefined ? { role, parts } : { role, parts, ext });
  }
}
