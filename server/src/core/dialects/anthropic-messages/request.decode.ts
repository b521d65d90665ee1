// Requests of the Messages API as the model holds them: one turn for each message, and one for `system`.
// https://docs.anthropic.com/en/api/messages

import type { Part } from '../../model/content.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { ChatRequest, Turn } from '../../model/request.ts';
import type { Codec } from '../dialect.ts';
import { decodeContent } from './content.decode.ts';
import { booleanAt, extra, hasMembers, MARKED, type Reading, requiredString, wrong } from './reading.ts';
import { decodeSettings } from './settings.decode.ts';
import { withCallTokens } from './thinking.ts';
import { decodeToolChoice, decodeTools } from './tools.decode.ts';

/** See Codec.decodeRequest. The path tells nothing in this dialect. */
export const decodeRequest: Codec['decodeRequest'] = (wire): ChatRequest | SluiceError => {
  if (!isObject(wire)) return sluiceError('invalid_request', 'The request body must be a JSON object.');
  const reading: Reading = { flaw: undefined };
  const turns: Turn[] = [
    ...decodeSystem(wire['system'], reading),
    ...decodeMessages(wire['messages'], reading),
  ];
  const tools = decodeTools(wire['tools'], reading);
  const { ext: oddChoice, ...chosen } = decodeToolChoice(wire['tool_choice'], tools, reading);
  const { ext: oddSettings, ...settings } = decodeSettings(wire, reading);
  const model = requiredString(reading, wire['model'], 'model');
  const stream = booleanAt(reading, wire['stream'], 'stream') ?? false;
  if (reading.flaw !== undefined) return reading.flaw;
  return {
    origin: 'anthropic-messages',
    model,
    stream,
    includeUsage: true,
    turns,
    tools,
    ...chosen,
    ...settings,
    ...extra({ ...unknownMembers(wire), ...oddSettings, ...oddChoice }),
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

function unknownMembers(wire: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(wire).filter(([member]) => !KNOWN.has(member)));
}

function decodeSystem(value: unknown, reading: Reading): readonly Turn[] {
  if (value === undefined || value === null) return [];
  return [{ role: 'system', parts: decodeContent(value, 'system', reading) }];
}

function decodeMessages(value: unknown, reading: Reading): readonly Turn[] {
  if (!Array.isArray(value)) {
    wrong(reading, 'messages', 'must be a list.');
    return [];
  }
  const turns: Turn[] = [];
  let leading = true;
  for (let at = 0; at < value.length; at++) {
    const turn = decodeMessage(value[at], `messages[${at}]`, reading);
    if (turn === undefined) continue;
    if (turn.role !== 'system') leading = false;
    const needsMark = turn.ext === undefined && (turn.parts.length === 0 || leading);
    turns.push(needsMark ? { ...turn, ext: MARKED } : turn);
  }
  return turns;
}

function decodeMessage(message: unknown, path: string, reading: Reading): Turn | undefined {
  if (!isObject(message)) return wrong(reading, path, 'must be an object.');
  const { role, content, ...rest } = message;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    return wrong(reading, `${path}.role`, 'must be "user", "assistant" or "system".');
  }
  const parts = decodeContent(content, `${path}.content`, reading);
  return { role, parts: inTurn(role, parts), ...(hasMembers(rest) ? { ext: rest } : {}) };
}

function inTurn(role: Turn['role'], parts: readonly Part[]): readonly Part[] {
  return role === 'assistant' ? withCallTokens(parts) : parts;
}
