// The slot for opaque tokens: `thoughtSignature`, which any part can have. Its type is bytes, so tokens of other vendors
// go in as base64 of their wrapping: Google's own libraries decode and encode the slot on its way.
// https://ai.google.dev/gemini-api/docs/thought-signatures

import { type OpaqueToken, readSlot, TOKEN_PREFIX, writeSlot } from '../../model/token.ts';
import { base64Of, textOfBase64 } from './base64.ts';

/** Whose tokens stand in the slot as they are. */
const HOME = 'gemini';

/** How base64 of a wrapped token begins: the prefix has nine bytes, so its base64 is whole. */
const WRAPPED = base64Of(TOKEN_PREFIX) ?? '';

/**
 * What Google documents for calls that another model made: the validator lets the call pass. In the slot's type, bytes,
 * it is the base64 of these words.
 */
const SENTINEL_WORDS = 'skip_thought_signature_validator';
export const SENTINEL: string = base64Of(SENTINEL_WORDS) ?? '';

/** The token in a slot; undefined where it holds none, or a damaged one of ours. */
export function readSignature(slot: unknown): OpaqueToken | undefined {
  // Gemini CLI puts the sentinel on every call that came without a token: it stands for none, and hides what was kept.
  if (typeof slot !== 'string' || slot === SENTINEL_WORDS || slot === SENTINEL) return undefined;
  const unpacked = slot.startsWith(WRAPPED) ? textOfBase64(slot) : slot;
  return unpacked === undefined ? undefined : readSlot(unpacked, { vendor: HOME, kind: 'thought' });
}

/** What to write into the slot of an answer. */
export function writeSignature(token: OpaqueToken): string {
  const slot = writeSlot(token, HOME);
  return token.vendor === HOME ? slot : (base64Of(slot) ?? slot);
}

/** How the slot of a call begins that has no token: behind it stands the id of the call. */
const CALL_ID = `${TOKEN_PREFIX}c.`;

/** What to write into the slot of a call without a token: its id, which many clients of this format do not send back. */
export function writeCallId(id: string): string | undefined {
  return base64Of(`${CALL_ID}${id}`);
}

/** The id of a call that its slot holds. */
export function readCallId(slot: unknown): string | undefined {
  if (typeof slot !== 'string' || !slot.startsWith(WRAPPED)) return undefined;
  const text = textOfBase64(slot);
  return text?.startsWith(CALL_ID) === true ? text.slice(CALL_ID.length) : undefined;
}
