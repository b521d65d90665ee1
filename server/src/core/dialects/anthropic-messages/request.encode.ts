// Requests of the model as the Messages API takes them. https://docs.anthropic.com/en/api/messages

import { nothingLeft } from '../../model/exhaustive.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { Codec, EncodedRequest } from '../dialect.ts';
import { NO_TOOLS } from './reading.ts';
import { encodeReasoning } from './reasoning.encode.ts';
import { encodeSettings } from './settings.encode.ts';
import { encodeToolChoice, encodeTools } from './tools.encode.ts';
import { encodeTurns, lacksThinking, limitMarks } from './turns.encode.ts';
import { beginWriting, type Wire } from './writing.ts';

/** See Codec.encodeRequest. */
export const encodeRequest: Codec['encodeRequest'] = (request, encoding): EncodedRequest => {
  const { model, stream, traits, losses, ...rest } = encoding;
  nothingLeft(rest);
  const writing = beginWriting(request, traits, losses);
  // In the order in which the provider reads them, for the cache marks.
  const tools = encodeTools(writing);
  const { system, messages } = encodeTurns(writing);
  limitMarks(writing, request.promptCache?.automatic !== undefined);
  const toolChoice = encodeToolChoice(writing, tools.length > 0);
  const { maxTokens, thinking, outputConfig } = encodeReasoning(writing, !lacksThinking(messages));
  const body: Wire = { model };
  if (maxTokens !== undefined) body['max_tokens'] = maxTokens;
  if (stream) body['stream'] = true;
  if (system !== undefined) body['system'] = system;
  body['messages'] = messages;
  if (tools.length > 0 || request.tools === NO_TOOLS) body['tools'] = tools;
  if (toolChoice !== undefined) body['tool_choice'] = toolChoice;
  if (thinking !== undefined) body['thinking'] = thinking;
  if (outputConfig !== undefined) body['output_config'] = outputConfig;
  Object.assign(body, encodeSettings(writing));
  if (writing.own && request.ext !== undefined) addOwn(body, request.ext);
  return { path: '/v1/messages', body };
};

/** Members that were written already, of which `ext` holds no more than a part. */
const WRITTEN: ReadonlySet<string> = new Set(['output_config', 'tool_choice', 'metadata']);

function addOwn(body: Wire, ext: JsonObject): void {
  for (const member of Object.keys(ext)) {
    const isPart = WRITTEN.has(member) && isObject(body[member]);
    body[member] = isPart ? { ...Object(body[member]), ...Object(ext[member]) } : ext[member];
  }
}
