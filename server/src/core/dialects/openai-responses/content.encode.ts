// Writes the content of messages and of results of tools.

import type { CacheMark, MediaPart, Part, TextPart } from '../../model/content.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import { dataUrl } from '../kit/data-url.ts';
import { encodeAnnotations, encodeLogprobs } from './annotations.ts';

/** What writing of content depends on. */
export interface ContentEncoding {
  /** The request came in this format: what only it knows returns. */
  readonly isOwn: boolean;
  readonly losses: LossReport;
  /** Where the writer is. */
  readonly place: Place;
}

/** Numbers of a turn, of its part, and of a part within a result. */
export interface Place {
  turn: number;
  part: number;
  inner: number | undefined;
}

/** "turns[3].parts[0]". */
export function pathOf({ place: { turn, part, inner } }: ContentEncoding): string {
  return `turns[${turn}].parts[${part}]${inner === undefined ? '' : `.content[${inner}]`}`;
}

/** Reports something that has no place here. */
export function dropped(encoding: ContentEncoding, feature: string, note: string): void {
  droppedAt(encoding.losses, pathOf(encoding), feature, note);
}

/** The same for something that stands elsewhere. */
export function droppedAt(losses: LossReport, path: string, feature: string, note: string): void {
  losses.add({ path, feature, action: 'dropped', severity: 'quality', note });
}

/** One piece of content; undefined where it has no form in this place. `isOutput`: the model's own words. */
export function encodePart(part: Part, isOutput: boolean, encoding: ContentEncoding): JsonObject | undefined {
  const { isOwn } = encoding;
  switch (part.type) {
    case 'text':
      return isOutput ? outputText(part, encoding) : inputText(part, encoding);
    case 'refusal':
      return isOutput
        ? { ...(isOwn ? part.ext : undefined), type: 'refusal', refusal: part.text }
        : { type: 'input_text', text: part.text };
    case 'media':
      if (isOutput) {
        dropped(encoding, 'assistant-media', 'The format has no media in messages of the assistant.');
        return undefined;
      }
      return encodeMedia(part, encoding);
    case 'vendor':
      if (part.dialect === 'openai-responses') return part.raw;
      dropped(encoding, 'vendor-part', `"${part.kind}" is known to its own format only.`);
      return undefined;
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      dropped(encoding, 'nested-part', `A ${part.type} cannot stand inside of a result.`);
      return undefined;
    default:
      return unreachable(part);
  }
}

/** Lifetimes in the words of others are left to the default, and that is said. */
function marked(
  cache: CacheMark | undefined,
  { isOwn, losses }: ContentEncoding,
): { prompt_cache_breakpoint?: JsonObject } {
  if (cache === undefined) return {};
  const { ttl } = cache;
  if (ttl === undefined) return { prompt_cache_breakpoint: { mode: 'explicit' } };
  if (isOwn || ttl === '30m' || ttl === '12h') return { prompt_cache_breakpoint: { mode: 'explicit', ttl } };
  losses.add({
    path: 'input[].content[]',
    feature: 'cache-marks',
    action: 'approximated',
    severity: 'hint',
    note: `The format has no cache lifetime of "${ttl}"; its default applies.`,
  });
  return { prompt_cache_breakpoint: { mode: 'explicit' } };
}

function inputText(part: TextPart, encoding: ContentEncoding): JsonObject {
  const { isOwn } = encoding;
  if (part.cache === undefined && (!isOwn || isBare(part))) return { type: 'input_text', text: part.text };
  const lists = isOwn ? ownLists(part) : {};
  return {
    ...(isOwn ? part.ext : undefined),
    type: 'input_text',
    text: part.text,
    ...lists,
    ...marked(part.cache, encoding),
  };
}

/** Nothing but words. */
function isBare({ ext, citations, logprobs }: TextPart): boolean {
  return ext === undefined && citations === undefined && logprobs === undefined;
}

/** Lists that a client sent come back, empty ones too. */
function ownLists({ citations, logprobs }: TextPart): JsonObject {
  return {
    ...(citations === undefined ? {} : { annotations: citations.map(({ raw }) => raw) }),
    ...(logprobs === undefined ? {} : { logprobs: encodeLogprobs(logprobs) }),
  };
}

function outputText(part: TextPart, encoding: ContentEncoding): JsonObject {
  const { isOwn, losses } = encoding;
  if (isOwn && part.cache === undefined && isBare(part)) return { type: 'output_text', text: part.text };
  if (isOwn)
    return {
      ...part.ext,
      type: 'output_text',
      text: part.text,
      ...ownLists(part),
      ...marked(part.cache, encoding),
    };
  const annotations =
    part.citations === undefined ? [] : encodeAnnotations(part.citations, part.text, losses);
  if (part.cache === undefined) return { type: 'output_text', text: part.text, annotations };
  return { type: 'output_text', text: part.text, annotations, ...marked(part.cache, encoding) };
}

/** Formats of sound by their MIME type, as `input_audio` names them. */
function audioFormat(mimeType: string | undefined): string {
  const subtype = (mimeType ?? '').slice('audio/'.length);
  if (subtype === 'mpeg' || subtype === 'mp3') return 'mp3';
  return subtype === '' || subtype.includes('wav') ? 'wav' : subtype;
}

function encodeMedia(part: MediaPart, encoding: ContentEncoding): JsonObject | undefined {
  const { source, kind, cache, ext } = part;
  const around = { ...(encoding.isOwn ? ext : undefined) };
  if (source.type === 'text')
    return { ...inputText({ type: 'text', text: source.text }, encoding), ...marked(cache, encoding) };
  if (source.type === 'parts') {
    dropped(encoding, 'document', 'A document made of parts has no form here.');
    return undefined;
  }
  switch (kind) {
    case 'image':
      return {
        ...around,
        type: 'input_image',
        ...imagePlace(part),
        ...detailOf(part, encoding),
        ...marked(cache, encoding),
      };
    case 'document':
      return { ...around, type: 'input_file', ...filePlace(part, encoding), ...marked(cache, encoding) };
    case 'audio':
      if (source.type === 'base64') {
        const audio = { data: source.data, format: audioFormat(part.mimeType) };
        return { ...around, type: 'input_audio', input_audio: audio, ...marked(cache, encoding) };
      }
      break;
    case 'video':
      break;
    default:
      return unreachable(kind);
  }
  dropped(encoding, kind, `The format has no ${kind} of this kind.`);
  return undefined;
}

function imagePlace({ source, mimeType }: MediaPart): JsonObject {
  switch (source.type) {
    case 'base64':
      return { image_url: dataUrl(mimeType ?? 'image/png', source.data) };
    case 'url':
      return { image_url: source.url };
    case 'file':
      return { file_id: source.id };
    default:
      return {};
  }
}

/** The official types require `detail` of images. */
function detailOf({ detail }: MediaPart, { isOwn }: ContentEncoding): JsonObject {
  if (detail !== undefined) return { detail };
  return isOwn ? {} : { detail: 'auto' };
}

function filePlace(part: MediaPart, { isOwn }: ContentEncoding): JsonObject {
  const { source, mimeType, filename, title, detail } = part;
  const named = filename === undefined ? {} : { filename };
  const detailed = isOwn && detail !== undefined ? { detail } : {};
  switch (source.type) {
    case 'base64': {
      if (isOwn && mimeType === undefined) return { file_data: source.data, ...named, ...detailed };
      const type = mimeType ?? 'application/pdf';
      const name = filename ?? (isOwn ? undefined : (title ?? `document.${extensionOf(type)}`));
      return {
        file_data: dataUrl(type, source.data),
        ...(name === undefined ? {} : { filename: name }),
        ...detailed,
      };
    }
    case 'url':
      return { file_url: source.url, ...named, ...detailed };
    case 'file':
      return { file_id: source.id, ...named, ...detailed };
    default:
      return {};
  }
}

/** OpenAI tells the kind of a file by its name. */
function extensionOf(mimeType: string): string {
  const subtype = mimeType.slice(mimeType.indexOf('/') + 1);
  if (subtype === 'plain') return 'txt';
  if (subtype === 'markdown') return 'md';
  return /^[a-z0-9]{1,8}$/.test(subtype) ? subtype : 'bin';
}
