// Writes parts as content of Chat Completions messages: one string where that says it all, a list of parts otherwise.

import type { MediaPart, Part, RefusalPart, TextPart } from '../../model/content.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport, LossSeverity } from '../../model/loss.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { fileObject, soundOfMime, urlOfSource } from './media.ts';

/** What writing messages depends on. */
export interface Writing {
  readonly traits: ModelTraits;
  readonly losses: LossReport;
  /** The request came in this format: its `ext` members and vendor parts may go back. */
  readonly own: boolean;
  /** It came in the legacy words: function_call and role "function". */
  readonly legacy: boolean;
}

/** Notes something that this format has no place for. */
export function dropped(
  writing: Writing,
  path: string,
  feature: string,
  severity: LossSeverity,
  note: string,
): void {
  writing.losses.add({ path, feature, action: 'dropped', severity, note });
}

/** Content: a string for a single plain text, '' for nothing, a list for everything else. */
export function writeContent(parts: readonly Part[], path: string, writing: Writing): string | JsonObject[] {
  const [first] = parts;
  if (first === undefined) return '';
  if (parts.length === 1 && first.type === 'text' && isPlain(first, writing)) return first.text;
  const list: JsonObject[] = [];
  for (const part of parts) {
    const wire = writePart(part, path, writing);
    if (wire !== undefined) list.push(wire);
  }
  return list.length === 0 ? '' : list;
}

/**
 * Content for places where many servers only know a string: texts are joined, unless the client itself sent a list or
 * something must stand on one of them.
 */
export function writeText(
  parts: readonly Part[],
  between: string,
  path: string,
  writing: Writing,
): string | JsonObject[] {
  if (writing.own || !parts.every((part) => part.type === 'text' && isPlain(part, writing)))
    return writeContent(parts, path, writing);
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join(between);
}

function isPlain(part: TextPart, writing: Writing): boolean {
  const isMarked = part.cache !== undefined && writing.traits.cacheMarks !== 'none';
  return !isMarked && (part.ext === undefined || !writing.own);
}

/** One part of a list; undefined for what has no form here, which is reported. */
export function writePart(part: Part, path: string, writing: Writing): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return part.text === '' ? undefined : { type: 'text', text: part.text, ...around(part, writing) };
    case 'refusal':
      return { type: 'refusal', refusal: part.text, ...around(part, writing) };
    case 'media': {
      const media = writeMedia(part, path, writing);
      return media === undefined ? undefined : { ...media, ...around(part, writing) };
    }
    case 'vendor':
      if (part.dialect === 'openai-chat') return part.raw;
      dropped(
        writing,
        path,
        'vendor-part',
        'quality',
        `Chat Completions has no part of the kind ${part.kind}.`,
      );
      return undefined;
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      dropped(writing, path, part.type, 'quality', `Chat Completions has no ${part.type} here.`);
      return undefined;
    default:
      return unreachable(part);
  }
}

/** What may stand on any part: the cache mark in the target's words, and members that only this format has. */
function around(part: TextPart | MediaPart | RefusalPart, writing: Writing): JsonObject {
  const { cache, ext } = part;
  if (cache === undefined && ext === undefined) return NOTHING;
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries((writing.own ? ext : undefined) ?? NOTHING))
    if (!NESTED.has(name)) others[name] = value;
  return { ...(cache === undefined ? NOTHING : cacheMember(cache.ttl, writing)), ...others };
}

const NOTHING: JsonObject = {};
/** Members of `ext` that stand inside of the part, not on it. */
const NESTED: ReadonlySet<string> = new Set(['type', 'image_url', 'file']);

/** The lifetimes that OpenAI knows. */
const BREAKPOINT_LIFETIMES: ReadonlySet<string> = new Set(['30m', '12h']);

/** A cache mark in the words of the target. A lifetime that it does not know is left to its default, and that is said. */
export function cacheMember(ttl: string | undefined, { traits, losses, own }: Writing): JsonObject {
  const lifetime = ttl === undefined ? NOTHING : { ttl };
  switch (traits.cacheMarks) {
    case 'cache_control':
      return { cache_control: { type: 'ephemeral', ...lifetime } };
    case 'prompt_cache_breakpoint':
      if (ttl === undefined || own || BREAKPOINT_LIFETIMES.has(ttl))
        return { prompt_cache_breakpoint: { mode: 'explicit', ...lifetime } };
      losses.add({
        path: 'messages[].content[]',
        feature: 'cache-marks',
        action: 'approximated',
        severity: 'hint',
        note: `The format has no cache lifetime of "${ttl}"; its default applies.`,
      });
      return { prompt_cache_breakpoint: { mode: 'explicit' } };
    case 'none':
      return NOTHING;
    default:
      return unreachable(traits.cacheMarks);
  }
}

function writeMedia(part: MediaPart, path: string, writing: Writing): JsonObject | undefined {
  const { kind, source } = part;
  const nested = writing.own ? part.ext : undefined;
  if (kind === 'audio') {
    const format = soundOfMime(part.mimeType ?? 'audio/wav');
    if (source.type === 'base64' && format !== undefined)
      return { type: 'input_audio', input_audio: { data: source.data, format } };
  } else if (kind === 'document') {
    return writeDocument(part, path, writing);
  } else {
    const url = urlOfSource(source, part.mimeType ?? (kind === 'image' ? 'image/png' : 'video/mp4'));
    const detail = part.detail === undefined ? NOTHING : { detail: part.detail };
    if (url !== undefined && kind === 'image')
      return { type: 'image_url', image_url: { url, ...detail, ...(nested?.['image_url'] as JsonObject) } };
    if (url !== undefined) return { type: 'video_url', video_url: { url } };
  }
  dropped(
    writing,
    path,
    `${kind}-input`,
    'semantic',
    `Chat Completions cannot take this ${kind} (${source.type}).`,
  );
  return undefined;
}

function writeDocument(part: MediaPart, path: string, writing: Writing): JsonObject | undefined {
  const { source } = part;
  const nested = writing.own ? part.ext : undefined;
  if (source.type === 'text') return { type: 'text', text: titled(part, source.text) };
  if (source.type === 'parts') {
    const texts = source.parts.map((inner) => (inner.type === 'text' ? inner.text : ''));
    if (source.parts.some((inner) => inner.type !== 'text'))
      dropped(writing, path, 'document', 'quality', 'Only the texts of a composed document can be sent.');
    return { type: 'text', text: titled(part, texts.join('\n\n')) };
  }
  if (nested?.['type'] === 'document_url' && source.type === 'url') {
    const name = part.filename === undefined ? NOTHING : { document_name: part.filename };
    return { type: 'document_url', document_url: source.url, ...name };
  }
  const file = fileObject(part);
  if (file === undefined) return undefined;
  return { type: 'file', file: { ...file, ...(nested?.['file'] as JsonObject | undefined) } };
}

/** A text document with a line that says what it is, and what the client said about it. */
function titled(part: MediaPart, text: string): string {
  const title = part.title ?? part.filename;
  const head = title === undefined ? 'Document:' : `Document: ${title}`;
  return part.context === undefined ? `${head}\n\n${text}` : `${head}\n${part.context}\n\n${text}`;
}
