// Guesses how many tokens a request is, for formats that begin an answer with a count that the upstream has not told yet,
// and for planning. No tokenizer and no serialising: it has to cost nothing beside the request itself.

import type { MediaPart, Part } from './content.ts';
import type { ChatRequest, ToolDefinition } from './request.ts';

/** Characters of one token in prose, and in code and JSON. */
const PROSE = 4;
const CODE = 3.6;

/** Tokens that a message, a call or a definition costs besides its words. */
export const FRAME = 4;

/** Media are priced by size in pixels or pages, which nobody has read here: a middling one of each kind. */
export const MEDIA: Readonly<Record<MediaPart['kind'], number>> = {
  image: 1200,
  document: 3000,
  audio: 800,
  video: 5000,
};

/** Every so many characters of a long text are looked at to tell how much of it is written in wide scripts. */
const SAMPLES = 64;

/** Input tokens of the request, about. At least 1. */
export function estimateInputTokens(request: ChatRequest): number {
  let tokens = 0;
  for (const turn of request.turns) tokens += FRAME + partsTokens(turn.parts);
  for (const tool of request.tools) tokens += FRAME + toolTokens(tool);
  if (request.output?.type === 'schema') tokens += jsonCharacters(request.output.schema) / CODE;
  return Math.max(1, Math.ceil(tokens));
}

function partsTokens(parts: readonly Part[]): number {
  let tokens = 0;
  for (const part of parts) tokens += partTokens(part);
  return tokens;
}

function partTokens(part: Part): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return textTokens(part.text, PROSE);
    case 'reasoning':
      return part.sections.reduce((sum, section) => sum + textTokens(section, PROSE), 0);
    case 'tool-call':
      return FRAME + (part.name.length + part.arguments.length) / CODE;
    case 'tool-result':
      return FRAME + partsTokens(part.content);
    case 'vendor':
      return jsonCharacters(part.raw) / CODE;
    case 'media':
      return mediaTokens(part);
  }
}

function mediaTokens({ kind, source, title, context }: MediaPart): number {
  const around = textTokens(title ?? '', PROSE) + textTokens(context ?? '', PROSE);
  if (source.type === 'text') return around + textTokens(source.text, PROSE);
  if (source.type === 'parts') return around + partsTokens(source.parts);
  return around + MEDIA[kind];
}

function toolTokens(tool: ToolDefinition): number {
  const words = tool.name.length / CODE + textTokens(tool.description ?? '', PROSE);
  const grammar = (tool.grammar?.definition.length ?? 0) / CODE;
  return words + grammar + (jsonCharacters(tool.parameters) + jsonCharacters(tool.hosted?.config)) / CODE;
}

/** Tokens of a text, about; not rounded. Chinese, Japanese and Korean have about one token for each character. */
export function textTokens(text: string, charactersPerToken: number = PROSE): number {
  const step = Math.max(1, Math.floor(text.length / SAMPLES));
  let wide = 0;
  let looked = 0;
  for (let at = 0; at < text.length; at += step) {
    looked++;
    if (text.charCodeAt(at) >= 0x2e80) wide++;
  }
  if (wide === 0) return text.length / charactersPerToken;
  const wideCharacters = (text.length * wide) / looked;
  return wideCharacters + (text.length - wideCharacters) / charactersPerToken;
}

/** About the length of the value as JSON. */
function jsonCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : 4;
  let characters = 2;
  if (Array.isArray(value)) {
    for (const item of value) characters += 1 + jsonCharacters(item);
    return characters;
  }
  for (const [name, member] of Object.entries(value)) characters += name.length + 4 + jsonCharacters(member);
  return characters;
}
