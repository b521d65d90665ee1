// The slot in which Google's OpenAI layer carries thought signatures, on tool calls and on messages:
// `extra_content: {google: {thought_signature}}`. https://ai.google.dev/gemini-api/docs/thought-signatures#openai

import { type JsonObject, objectOf, textOf } from '../../model/json.ts';
import { type OpaqueToken, readSlot, writeSlot } from '../../model/token.ts';

const VENDOR = 'gemini';

/** The token of a tool call, message or delta; undefined where there is none. */
export function thoughtToken(from: JsonObject): OpaqueToken | undefined {
  const extra = from['extra_content'];
  if (extra === undefined) return undefined;
  const slot = textOf(objectOf(objectOf(extra)?.['google'])?.['thought_signature']);
  return slot === undefined ? undefined : readSlot(slot, { vendor: VENDOR, kind: 'thought' });
}

/** `extra_content` for a token: wrapped for clients unless it is Google's own, as it is for upstreams. */
export function extraContent(token: OpaqueToken, wrap: boolean): JsonObject {
  return { google: { thought_signature: wrap ? writeSlot(token, VENDOR) : token.value } };
}
