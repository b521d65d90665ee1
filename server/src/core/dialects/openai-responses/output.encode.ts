// Writes the items of an answer: whole ones, and the skeletons that announce them in a stream.
//
// A call has no slot for a token of its vendor (gemini's thought signatures). Such a token travels as a reasoning item
// without words after the call (a stream tells tokens at the end of a call), wrapped together with the call's id;
// decodeRequest puts it back wherever the item stands (items.decode.ts).

import type { Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart } from '../../model/content.ts';
import type { DialectId } from '../../model/dialect-id.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import { type OpaqueToken, wrapToken, writeSlot } from '../../model/token.ts';
import { encodeAnnotations, encodeLogprobs } from './annotations.ts';

const HOME = 'openai';

/** Text or refusal: what messages are made of. */
export type Words = TextPart | RefusalPart;

/** An item id from the exchange's seed and the item's place. */
export function itemId(prefix: 'msg' | 'fc' | 'ctc' | 'rs' | 'ig', seed: string, index: number): string {
  return `${prefix}_${seed}${index.toString(16).padStart(4, '0')}`;
}

/** The phase of a message, which only this format has. */
export function phaseOfWords(part: Words): string | undefined {
  const phase = part.ext?.['phase'];
  return phase === 'commentary' || phase === 'final_answer' ? phase : undefined;
}

/** The id that an item had, of answers of this format: those of others are remade. */
export function keptId(id: unknown, origin: DialectId | undefined): string | undefined {
  return origin === 'openai-responses' && typeof id === 'string' && id !== '' ? id : undefined;
}

/** True for words of two messages, where their own format told them apart. */
export function isOtherMessage(before: Words, next: Words, origin: DialectId | undefined): boolean {
  return (
    phaseOfWords(before) !== phaseOfWords(next) ||
    keptId(before.ext?.['id'], origin) !== keptId(next.ext?.['id'], origin)
  );
}

/** A message. */
export function messageItem(
  id: string,
  status: 'in_progress' | 'completed' | 'incomplete',
  content: readonly JsonObject[],
  phase: string | undefined,
): JsonObject {
  return {
    id,
    type: 'message',
    status,
    content,
    ...(phase === undefined ? {} : { phase }),
    role: 'assistant',
  };
}

/** A content part, whole. */
export function contentPart(part: Words, losses: LossReport): JsonObject {
  if (part.type === 'refusal') return { type: 'refusal', refusal: part.text };
  const { text, citations, logprobs } = part;
  return {
    type: 'output_text',
    annotations: encodeAnnotations(citations, text, losses),
    logprobs: encodeLogprobs(logprobs),
    text,
  };
}

/** A content part as it begins. */
export function emptyContentPart(type: Words['type']): JsonObject {
  return type === 'refusal'
    ? { type, refusal: '' }
    : { type: 'output_text', annotations: [], logprobs: [], text: '' };
}

/** The thoughts themselves are written as such where this format said them; from others they stand as a summary, which clients show. */
export function isThoughtText(part: ReasoningPart): boolean {
  return part.form === 'text' && part.itemId !== undefined;
}

/** A reasoning item, whole. Its id is the vendor's where there is one, as its token belongs to it. */
export function reasoningItem(id: string, part: ReasoningPart): JsonObject {
  const { token } = part;
  const sections = part.sections.filter((text) => text !== '');
  const isText = isThoughtText(part);
  return {
    id,
    type: 'reasoning',
    ...(isText ? { content: sections.map((text) => ({ type: 'reasoning_text', text })) } : {}),
    summary: isText ? [] : sections.map((text) => ({ type: 'summary_text', text })),
    encrypted_content: token === undefined ? null : writeSlot(token, HOME),
  };
}

/** The reasoning item that carries the token of a call. */
export function carrierItem(id: string, token: OpaqueToken, callId: string): JsonObject {
  return { id, type: 'reasoning', summary: [], encrypted_content: wrapToken({ ...token, itemId: callId }) };
}

/** A call, as it begins (without arguments) or whole. */
export function callItem(
  id: string,
  status: 'in_progress' | 'completed' | 'incomplete',
  part: ToolCallPart,
  callId: string,
  written: string,
): JsonObject {
  const isCustom = part.kind === 'custom';
  return {
    id,
    type: isCustom ? 'custom_tool_call' : 'function_call',
    status,
    ...(isCustom ? { input: written } : { arguments: written }),
    call_id: callId,
    name: part.name,
    ...(part.namespace === undefined ? {} : { namespace: part.namespace }),
  };
}

/** The arguments of a call; a function without any has an empty object. */
export function argumentsOf({ kind, arguments: written }: ToolCallPart): string {
  return written === '' && kind === 'function' ? '{}' : written;
}

/** Items that come whole; undefined, and reported, for what the format has no place for. */
export function wholeItem(id: string, part: Part, losses: LossReport): JsonObject | undefined {
  if (part.type === 'vendor' && part.dialect === 'openai-responses') return part.raw;
  if (part.type === 'media' && part.kind === 'image' && part.source.type === 'base64')
    return {
      id,
      type: 'image_generation_call',
      status: 'completed',
      output_format: (part.mimeType ?? 'image/png').slice('image/'.length),
      result: part.source.data,
    };
  const what = part.type === 'vendor' ? part.kind : part.type;
  losses.add({
    path: 'output[]',
    feature: part.type === 'vendor' ? 'vendor-part' : 'answer-media',
    action: 'dropped',
    severity: part.type === 'vendor' ? 'hint' : 'quality',
    note: `An answer of this format has no place for "${what}".`,
  });
  return undefined;
}

/** Reports a token that only calls and reasoning could carry. */
export function reportTextToken(part: Words, losses: LossReport): void {
  if (part.token === undefined) return;
  losses.add({
    path: 'output[].content[]',
    feature: 'reasoning-token',
    action: 'dropped',
    severity: 'hint',
    note: 'Texts have no place for a token in this format.',
  });
}
