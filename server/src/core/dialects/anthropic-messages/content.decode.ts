// Content blocks as parts of the model. Requests and answers have the same blocks; only requests care for flaws.
// https://docs.anthropic.com/en/api/messages

import type { Citation, Part, TextPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import { decodeDocument, decodeImage, decodeSearchResult, vendorBlock } from './media.decode.ts';
import {
  booleanAt,
  factsOf,
  listAt,
  MARKED,
  objectAt,
  type Reading,
  requiredString,
  wrong,
} from './reading.ts';
import { decodeRedacted, decodeThinking } from './thinking.ts';

/** The text that a content given as a string is. */
function bareText(text: string): TextPart {
  return { type: 'text', text, ext: MARKED };
}

/** Reads a content: a string, or a list of blocks. */
export function decodeContent(value: unknown, path: string, reading: Reading): readonly Part[] {
  if (typeof value === 'string') return [bareText(value)];
  if (!Array.isArray(value)) {
    wrong(reading, path, 'must be a string or a list of content blocks.');
    return [];
  }
  const parts: Part[] = [];
  for (let at = 0; at < value.length; at++) {
    const part = decodeBlock(value[at], `${path}[${at}]`, reading);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** Reads one block; undefined where it is none. A type that nobody knows stays as it is. */
export function decodeBlock(block: unknown, path: string, reading: Reading): Part | undefined {
  if (!isObject(block)) return wrong(reading, path, 'must be an object.');
  switch (block['type']) {
    case 'text':
      return decodeText(block, path, reading);
    case 'image':
      return decodeImage(block, path, reading, decodeContent);
    case 'document':
      return decodeDocument(block, path, reading, decodeContent);
    case 'search_result':
      return decodeSearchResult(block, path, reading, decodeContent);
    case 'tool_use':
      return decodeToolUse(block, path, reading);
    case 'tool_result':
      return decodeToolResult(block, path, reading);
    case 'thinking':
      return decodeThinking(block, path, reading);
    case 'redacted_thinking':
      return decodeRedacted(block, path, reading);
    default:
      return textOf(block['type']) === undefined
        ? wrong(reading, `${path}.type`, 'must be a string.')
        : vendorBlock(block);
  }
}

/** A citation as it stands on the wire; its positions are in the cited document and not in the text. */
export function decodeCitation(raw: JsonObject): Citation {
  const url = textOf(raw['url']);
  const title = textOf(raw['title']) ?? textOf(raw['document_title']);
  const quote = textOf(raw['cited_text']);
  return {
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(quote === undefined ? {} : { quote }),
    dialect: 'anthropic-messages',
    raw,
  };
}

function decodeText(block: JsonObject, path: string, reading: Reading): TextPart {
  const { type: _type, text, citations, cache_control, ...rest } = block;
  const cited = listAt(reading, citations, `${path}.citations`);
  return {
    type: 'text',
    text: requiredString(reading, text, `${path}.text`),
    ...(cited === undefined ? {} : { citations: cited.filter(isObject).map(decodeCitation) }),
    ...factsOf(cache_control, rest),
  };
}

function decodeToolUse(block: JsonObject, path: string, reading: Reading): ToolCallPart {
  const { type: _type, id, name, input, cache_control, ...rest } = block;
  return {
    type: 'tool-call',
    id: requiredString(reading, id, `${path}.id`),
    kind: 'function',
    name: requiredString(reading, name, `${path}.name`),
    arguments: JSON.stringify(objectAt(reading, input, `${path}.input`) ?? {}),
    ...factsOf(cache_control, rest),
  };
}

function decodeToolResult(block: JsonObject, path: string, reading: Reading): ToolResultPart {
  const { type: _type, tool_use_id, content, is_error, cache_control, ...rest } = block;
  const isError = booleanAt(reading, is_error, `${path}.is_error`);
  const parts =
    content === undefined || content === null ? [] : decodeContent(content, `${path}.content`, reading);
  return {
    type: 'tool-result',
    callId: requiredString(reading, tool_use_id, `${path}.tool_use_id`),
    kind: 'function',
    ...(isError === undefined ? {} : { isError }),
    content: parts,
    ...factsOf(cache_control, rest),
  };
}
