// Content blocks as parts of the model. Requests and answers have the same blocks; only requests care for flaws.
// https://docs.anthropic.com/en/api/messages

import { writeExactly } from '../../json/exact-numbers.ts';
import type { Citation, Part, TextPart, ToolCallPart, ToolResultPart } from '../../model/content.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import { booleanIn, listIn, objectIn, type Reading, requiredString, wrong } from '../kit/read-wire.ts';
import { decodeDocument, decodeImage, decodeSearchResult, vendorBlock } from './media.decode.ts';
import { MARKED, withFacts } from './reading.ts';
import { decodeRedacted, decodeThinking } from './thinking.ts';

/** The text that a content given as a string is. */
function bareText(text: string): TextPart {
  return { type: 'text', text, ext: MARKED };
}

/** Reads a content, the member `member` of a block or message: a string, or a list of blocks. */
export function decodeContent(holder: JsonObject, member: string, reading: Reading): readonly Part[] {
  const value = holder[member];
  if (typeof value === 'string') return [bareText(value)];
  if (!Array.isArray(value)) {
    wrong(reading, holder, member, 'a string or an array of content blocks');
    return [];
  }
  const parts: Part[] = [];
  for (let at = 0; at < value.length; at++) {
    const block: unknown = value[at];
    const part = isObject(block) ? decodeBlock(block, reading) : wrong(reading, value, at, 'an object');
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** Reads one block; undefined where it is none. A type that nobody knows stays as it is. */
export function decodeBlock(block: JsonObject, reading: Reading): Part | undefined {
  switch (block['type']) {
    case 'text':
      return decodeText(block, reading);
    case 'image':
      return decodeImage(block, reading, decodeContent);
    case 'document':
      return decodeDocument(block, reading, decodeContent);
    case 'search_result':
      return decodeSearchResult(block, reading, decodeContent);
    case 'tool_use':
      return decodeToolUse(block, reading);
    case 'tool_result':
      return decodeToolResult(block, reading);
    case 'thinking':
      return decodeThinking(block, reading);
    case 'redacted_thinking':
      return decodeRedacted(block, reading);
    default:
      return textOf(block['type']) === undefined
        ? wrong(reading, block, 'type', 'a string')
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

const KNOWN_OF_TEXT: ReadonlySet<string> = new Set(['type', 'text', 'citations', 'cache_control']);
const KNOWN_OF_CALL: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input', 'cache_control']);
const KNOWN_OF_RESULT: ReadonlySet<string> = new Set([
  'type',
  'tool_use_id',
  'content',
  'is_error',
  'cache_control',
]);

function decodeText(block: JsonObject, reading: Reading): TextPart {
  const text = requiredString(reading, block, 'text');
  const cited = listIn(reading, block, 'citations');
  const part: TextPart =
    cited === undefined
      ? { type: 'text', text }
      : { type: 'text', text, citations: cited.filter(isObject).map(decodeCitation) };
  return withFacts(part, block, KNOWN_OF_TEXT);
}

function decodeToolUse(block: JsonObject, reading: Reading): ToolCallPart {
  const input = objectIn(reading, block, 'input');
  const part: ToolCallPart = {
    type: 'tool-call',
    id: requiredString(reading, block, 'id'),
    kind: 'function',
    name: requiredString(reading, block, 'name'),
    arguments: input === undefined ? '{}' : writeExactly(input),
  };
  return withFacts(part, block, KNOWN_OF_CALL);
}

function decodeToolResult(block: JsonObject, reading: Reading): ToolResultPart {
  const callId = requiredString(reading, block, 'tool_use_id');
  const isError = booleanIn(reading, block, 'is_error');
  const inner = block['content'];
  const content = inner === undefined || inner === null ? [] : decodeContent(block, 'content', reading);
  const part: ToolResultPart =
    isError === undefined
      ? { type: 'tool-result', callId, kind: 'function', content }
      : { type: 'tool-result', callId, kind: 'function', isError, content };
  return withFacts(part, block, KNOWN_OF_RESULT);
}
