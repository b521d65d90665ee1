// What streamed and complete answers have in common on the wire: parts, the facts about a candidate, the model and id.
// https://ai.google.dev/api/generate-content#GenerateContentResponse

import { readExactly } from '../../json/exact-numbers.ts';
import type { Citation, MediaPart, Part, ToolCallPart } from '../../model/content.ts';
import type { DialectId } from '../../model/dialect-id.ts';
import { unreachable } from '../../model/exhaustive.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import type { Stop } from '../../model/response.ts';
import type { OpaqueToken } from '../../model/token.ts';
import { reportStop, writeReason } from './finish-reason.ts';
import { bytesOf, writeSources } from './grounding.ts';
import { DEFAULT_TYPES } from './media.ts';
import { writeCallId, writeSignature } from './thought-signature.ts';
import { withExt } from './wire.read.ts';

/** The slot for a token, to be spread into a part. */
export function signature(token: OpaqueToken | undefined): JsonObject {
  return token === undefined ? {} : { thoughtSignature: writeSignature(token) };
}

/**
 * A call whole; undefined when its arguments are not JSON, which this format cannot say. `origin`: whose answer it is; the
 * ids of a vendor of this format are its own business.
 */
export function callPart(part: ToolCallPart, origin: DialectId | undefined): JsonObject | undefined {
  const { id, name, kind, arguments: text, token } = part;
  const args = kind === 'custom' ? { input: text } : argumentsOf(text);
  if (args === undefined) return undefined;
  const carriesId = token === undefined && id !== '' && origin !== 'gemini';
  const slot = carriesId ? writeCallId(id) : undefined;
  const signed = slot === undefined ? signature(token) : { thoughtSignature: slot };
  return { functionCall: { ...(id === '' ? {} : { id }), name, args }, ...signed };
}

/** True where the answer ended within its last call: such a call is none, and not the model's fault. */
export function isCutBy({ reason }: Stop): boolean {
  return reason === 'length' || reason === 'context-full';
}

/** Reports a call that was left out because its arguments are not all there. */
export function loseCutCall(name: string, losses: LossReport): void {
  losses.add({
    path: 'candidates',
    feature: 'tool-arguments',
    action: 'dropped',
    severity: 'quality',
    note: `The answer ended within the arguments of the call of "${name}"; the call was left out.`,
  });
}

function argumentsOf(text: string): JsonObject | undefined {
  if (text === '') return {};
  const value = readExactly(text);
  if (value === undefined) return undefined;
  return isObject(value) ? value : { input: value };
}

/** What has no increments: media, and parts of this format. Undefined where there is no place for it. */
export function wholePart(part: Part, losses: LossReport): JsonObject | undefined {
  switch (part.type) {
    case 'media':
      return withExt({ ...mediaPart(part), ...signature(part.token) }, part.ext);
    case 'vendor':
      if (part.dialect === 'gemini') return { ...part.raw, ...signature(part.token) };
      return lost(losses, 'vendor-part', `A part "${part.kind}" has no form here.`);
    case 'tool-result':
      return lost(losses, 'tool-result', 'A result of a tool in an answer has no form here.');
    case 'text':
    case 'refusal':
    case 'reasoning':
    case 'tool-call':
      return undefined;
    default:
      return unreachable(part);
  }
}

function lost(losses: LossReport, feature: string, note: string): undefined {
  losses.add({ path: 'candidates', feature, action: 'dropped', severity: 'quality', note });
  return undefined;
}

function mediaPart({ kind, source, mimeType }: MediaPart): JsonObject {
  const type = mimeType ?? DEFAULT_TYPES[kind];
  switch (source.type) {
    case 'base64':
      return { inlineData: { mimeType: type, data: source.data } };
    case 'url':
      return { fileData: { mimeType: type, fileUri: source.url } };
    case 'file':
      return { fileData: { mimeType: type, fileUri: source.id } };
    case 'text':
      return { text: source.text };
    case 'parts':
      return { text: source.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') };
    default:
      return unreachable(source);
  }
}

/** Gathers the sources of one candidate over its texts. */
export interface Sources {
  /** Counts a text and takes its citations. */
  add(text: string, citations: readonly Citation[] | undefined): void;
  /** The member of the candidate, to be spread. */
  written(): JsonObject;
}

/** No sources yet. Grounding of Google's own is kept whole elsewhere: see `factsOf`. */
export function createSources(): Sources {
  const citationSources: JsonObject[] = [];
  const texts: string[] = [];
  return {
    add(text, citations) {
      const foreign = citations?.filter(({ dialect }) => dialect !== 'gemini') ?? [];
      if (foreign.length > 0) citationSources.push(...writeSources(foreign, text, bytesOf(texts)));
      texts.push(text);
    },
    written: () => (citationSources.length === 0 ? {} : { citationMetadata: { citationSources } }),
  };
}

/** Members of a candidate that come back as they were; those of other formats have other names. */
const FACTS = [
  'groundingMetadata',
  'citationMetadata',
  'urlContextMetadata',
  'safetyRatings',
  'avgLogprobs',
  'tokenCount',
  'continuationToken',
];

/** Why a candidate ended, and what its provider said about all of it. `hasRefused` as in writeReason. */
export function factsOf(stop: Stop, hasRefused: boolean, sources: Sources, losses: LossReport): JsonObject {
  const { ext, explanation } = stop;
  reportStop(stop, losses);
  const kept = FACTS.flatMap((name): [string, unknown][] =>
    ext !== undefined && name in ext ? [[name, ext[name]]] : [],
  );
  return {
    finishReason: writeReason(stop, hasRefused),
    ...(explanation === undefined ? {} : { finishMessage: explanation }),
    ...sources.written(),
    ...Object.fromEntries(kept),
  };
}

/** What Google said of a refused prompt, where it was Google; there are no candidates then. */
export function feedbackOf(stop: Stop): JsonObject | undefined {
  const feedback = stop.ext?.['promptFeedback'];
  return isObject(feedback) ? feedback : undefined;
}
