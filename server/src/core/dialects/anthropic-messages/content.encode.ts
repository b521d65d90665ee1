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
import { nothingForgotten, nothingLeft, unreachable } from '../../model/exhaustive.ts';
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
  const { text, citations, token } = part;
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
  if (!writing.own && isBlank(text)) {
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
  const block: Wire = { type: 'text', text };
  if (citations !== undefined) {
    const own = citations.filter((citation) => isOwnCitation(citation, writing)).map(({ raw }) => raw);
    if (own.length === citations.length || own.length > 0) block['citations'] = own;
  }
  return finished(block, part, writing);
}

nothingForgotten<TextPart, 'type' | 'text' | 'citations' | 'logprobs' | 'cache' | 'token' | 'ext'>();

/** White space only. Most texts say something in their first characters, and are not copied to find that out. */
function isBlank(text: string): boolean {
  return text.charCodeAt(0) > 32 && text.charCodeAt(0) < 127 ? false : text.trim() === '';
}

/** With what any block can have: members that only this format has, and the cache mark. */
function finished(block: Wire, { cache, ext }: Pick<Part, 'cache' | 'ext'>, writing: Writing): Wire {
  if (cache === undefined && ext === undefined) return block;
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
  const { token } = part;
  const text = reasoningText(part);
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
  return finished(block, part, writing);
}

nothingForgotten<ReasoningPart, 'type' | 'form' | 'sections' | 'itemId' | 'cache' | 'token' | 'ext'>();

function encodeCall(part: ToolCallPart, writing: Writing): Wire {
  const { id, kind, name, namespace, token } = part;
  const { input, faithful } = inputOf(part.arguments);
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
  return finished({ type: 'tool_use', id, name, input }, part, writing);
}

nothingForgotten<
  ToolCallPart,
  'type' | 'id' | 'kind' | 'name' | 'namespace' | 'arguments' | 'itemId' | 'cache' | 'token' | 'ext'
>();

function encodeResult(part: ToolResultPart, writing: Writing): Wire {
  const { callId, isError, content } = part;
  const block: Wire = { type: 'tool_result', tool_use_id: callId };
  const inner = encodeContent(content, writing);
  if (inner.length > 0 || (writing.own && content.length > 0)) block['content'] = inner;
  if (isError !== undefined && (isError || writing.own)) block['is_error'] = isError;
  return finished(block, part, writing);
}

nothingForgotten<
  ToolResultPart,
  | 'type'
  | 'callId'
  | 'kind'
  | 'name'
  | 'isError'
  | 'content'
  | 'object'
  | 'itemId'
  | 'cache'
  | 'token'
  | 'ext'
>();

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
