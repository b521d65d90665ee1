// Parts of the model as content blocks of a request. https://docs.anthropic.com/en/api/messages

import type {
  Citation,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  VendorPart,
} from '../../model/content.ts';
import { reasoningText } from '../../model/content.ts';
import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import { encodeMedia } from './media.encode.ts';
import { MARKED } from './reading.ts';
import { isRedacted } from './thinking.ts';
import { inputOf, lose, type Wire, type Writing, writeMark } from './writing.ts';

/** Writes a content: a string where it came as one, else a list of blocks. */
export function encodeContent(parts: readonly Part[], writing: Writing): string | Wire[] {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (
    only?.type === 'text' &&
    only.ext === MARKED &&
    only.cache === undefined &&
    only.citations === undefined
  ) {
    return only.text;
  }
  const blocks: Wire[] = [];
  for (const part of parts) {
    const block = encodePart(part, writing);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

function encodePart(part: Part, writing: Writing): Wire | undefined {
  switch (part.type) {
    case 'text':
      return encodeText(part, writing);
    case 'media':
      return encodeMedia(part, writing, encodeContent);
    case 'reasoning':
      return encodeReasoning(part, writing);
    case 'tool-call':
      return encodeCall(part, writing);
    case 'tool-result':
      return encodeResult(part, writing);
    case 'refusal': {
      const { type, ...members } = part;
      return encodeText({ type: 'text', ...members }, writing);
    }
    case 'vendor':
      return encodeVendor(part, writing);
    default:
      return unreachable(part);
  }
}

/** Blank text is refused by the API; in a request of this very format that is for the API to say. */
function encodeText(part: TextPart, writing: Writing): Wire | undefined {
  const { type, text, citations, logprobs: _logprobs, cache, token, ext, ...rest } = part;
  nothingLeft(rest);
  if (token !== undefined) {
    lose(
      writing.losses,
      'dropped',
      'hint',
      writing.turnsAt,
      'text-token',
      'The token of a text has no place here.',
    );
  }
  if (!writing.own && text.trim() === '') {
    if (text !== '') {
      lose(
        writing.losses,
        'dropped',
        'hint',
        writing.turnsAt,
        'blank-text',
        'Text of white space only is refused.',
      );
    }
    return undefined;
  }
  const block: Wire = { type, text };
  if (citations !== undefined) {
    const own = citations.filter((citation) => isOwnCitation(citation, writing)).map(({ raw }) => raw);
    if (own.length === citations.length || own.length > 0) block['citations'] = own;
  }
  if (writing.own && ext !== undefined) Object.assign(block, ext);
  writeMark(writing, block, cache, ext);
  return block;
}

function isOwnCitation(citation: Citation, writing: Writing): boolean {
  if (citation.dialect === 'anthropic-messages') return true;
  lose(
    writing.losses,
    'dropped',
    'hint',
    writing.turnsAt,
    'citations',
    'Citations of another format have no place here.',
  );
  return false;
}

function encodeReasoning(part: ReasoningPart, writing: Writing): Wire | undefined {
  const { type, form: _form, sections, itemId: _itemId, cache, token, ext, ...rest } = part;
  nothingLeft(rest);
  const text = reasoningText({ ...part, sections });
  if (token?.kind === 'thought' && text === '') {
    lose(
      writing.losses,
      'dropped',
      'hint',
      writing.turnsAt,
      'call-token',
      'The token of a call has no place here.',
    );
    return undefined;
  }
  const block: Wire =
    token !== undefined && isRedacted(text !== '', token)
      ? { type: 'redacted_thinking', data: token.value }
      : { type: 'thinking', thinking: text, signature: token?.value ?? '' };
  if (writing.own && ext !== undefined) Object.assign(block, ext);
  writeMark(writing, block, cache, ext);
  return block;
}

function encodeCall(part: ToolCallPart, writing: Writing): Wire {
  const {
    type,
    id,
    kind,
    name,
    namespace,
    arguments: text,
    itemId: _itemId,
    cache,
    token,
    ext,
    ...rest
  } = part;
  nothingLeft(rest);
  const { input, faithful } = inputOf(text);
  if (!faithful && kind === 'function') {
    const note = `The arguments of a call of ${name} are no JSON object; they stand under "input".`;
    lose(writing.losses, 'approximated', 'quality', writing.turnsAt, 'tool-arguments', note);
  }
  if (namespace !== undefined) {
    lose(
      writing.losses,
      'dropped',
      'quality',
      writing.turnsAt,
      'tool-namespace',
      'Tools have no namespace here.',
    );
  }
  if (token !== undefined) {
    lose(
      writing.losses,
      'dropped',
      'hint',
      writing.turnsAt,
      'call-token',
      'The token of a call has no place here.',
    );
  }
  const block: Wire = { type: 'tool_use', id, name, input };
  if (writing.own && ext !== undefined) Object.assign(block, ext);
  writeMark(writing, block, cache, ext);
  return block;
}

function encodeResult(part: ToolResultPart, writing: Writing): Wire {
  const { type, callId, kind: _kind, name: _name, isError, content, object: _object, ...more } = part;
  const { itemId: _itemId, cache, token: _token, ext, ...rest } = more;
  nothingLeft(rest);
  const block: Wire = { type: 'tool_result', tool_use_id: callId };
  const inner = encodeContent(content, writing);
  if (inner.length > 0 || (writing.own && content.length > 0)) block['content'] = inner;
  if (isError !== undefined && (isError || writing.own)) block['is_error'] = isError;
  if (writing.own && ext !== undefined) Object.assign(block, ext);
  writeMark(writing, block, cache, ext);
  return block;
}

function encodeVendor(part: VendorPart, writing: Writing): Wire | undefined {
  const { type, dialect, kind, raw, cache, token: _token, ext: _ext, ...rest } = part;
  nothingLeft(rest);
  if (dialect !== 'anthropic-messages') {
    const note = `A part of type ${kind} is known to ${dialect} only.`;
    lose(writing.losses, 'dropped', 'quality', writing.turnsAt, 'vendor-part', note);
    return undefined;
  }
  // Copied only where it has a mark, which may have to go.
  if (raw['cache_control'] === undefined && cache === undefined) return raw;
  const block: Wire = { ...raw };
  writeMark(writing, block, cache, raw);
  return block;
}
