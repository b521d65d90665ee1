// The last touch on a body before it goes to a vendor whose words deviate from the format it imitates. Only bodies that
// were written by a conversion are touched; between two programs of one format nothing is.

import type { DialectId } from '../model/dialect-id.ts';
import { isObject, type JsonObject, listOf } from '../model/json.ts';

type Patch = (body: JsonObject) => JsonObject;

/** https://docs.mistral.ai/api: `random_seed`, and a last message of the assistant that is marked as a prefix. */
function mistral(body: JsonObject): JsonObject {
  const { seed, ...rest } = body;
  const seeded: JsonObject = seed === undefined ? body : { ...rest, random_seed: seed };
  const messages = listOf(body['messages']);
  const last = messages.at(-1);
  if (!isObject(last) || last['role'] !== 'assistant' || last['prefix'] !== undefined) return seeded;
  return { ...seeded, messages: [...messages.slice(0, -1), { ...last, prefix: true }] };
}

/** DeepSeek: an effort of "none" is said by a switch. https://api-docs.deepseek.com/guides/thinking_mode */
function deepseek(body: JsonObject): JsonObject {
  if (body['reasoning_effort'] !== 'none') return body;
  const { reasoning_effort: _none, ...rest } = body;
  return { ...rest, thinking: { type: 'disabled' } };
}

/** Z.ai: thinking is on or off. https://docs.z.ai/api-reference/llm/chat-completion */
function zai(body: JsonObject): JsonObject {
  const { reasoning_effort: effort, ...rest } = body;
  if (effort === undefined) return body;
  return { ...rest, thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } };
}

const PATCHES: Readonly<Record<string, Readonly<Partial<Record<DialectId, Patch>>>>> = {
  mistral: { 'openai-chat': mistral },
  deepseek: { 'openai-chat': deepseek },
  zai: { 'openai-chat': zai },
};

/** The body in the vendor's own words; the same object where it has none. */
export function patchBody(provider: string, dialect: DialectId, body: JsonObject): JsonObject {
  const patch = Object.hasOwn(PATCHES, provider) ? PATCHES[provider]?.[dialect] : undefined;
  return patch === undefined ? body : patch(body);
}
