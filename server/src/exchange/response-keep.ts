// Conversations of the Responses API, kept by the id of their last response, so that `previous_response_id` works with
// upstreams that do not know it. https://platform.openai.com/docs/guides/conversation-state

import { isObject, type JsonObject, parseJson, textOf } from '../core/model/json.ts';
import type { Keep } from './ports.ts';

/** A conversation whose JSON is longer is not kept. */
const LIMIT_BYTES: number = 8 * 1024 * 1024;

/** Everything that was said up to a response, with the response: what its successor is put behind. */
export interface ResponseItems {
  /** All input items of the request, those of its predecessors included. */
  readonly input: readonly unknown[];
  readonly output: readonly unknown[];
}

/** A response of one client is never found by another one. `clientId` is undefined where the gateway is open. */
function keyOf(clientId: string | undefined, responseId: string): string {
  return JSON.stringify([clientId ?? '', responseId]);
}

/** The input of a request as items: text alone is a message of the user. */
export function inputItems(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  if (textOf(input) === undefined) return [];
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
}

/** A request with the items of its conversation before its own, and without the id that stood for them. */
export function continued(body: JsonObject, before: readonly unknown[]): JsonObject {
  const { previous_response_id: _, ...rest } = body;
  return { ...rest, input: [...before, ...inputItems(body['input'])] };
}

/** Keeps a conversation. `input` must be that of the request as expandPrevious answered it. */
export function keepResponse(
  keep: Keep,
  clientId: string | undefined,
  responseId: string,
  { input, output }: ResponseItems,
): void {
  if (responseId === '') return;
  let text: string;
  try {
    text = JSON.stringify([...input, ...output]);
  } catch {
    // Parsed JSON can be nested too deeply to be written again.
    return;
  }
  if (text.length <= LIMIT_BYTES && Buffer.byteLength(text) <= LIMIT_BYTES)
    keep.put('response', keyOf(clientId, responseId), text);
}

/**
 * Replaces `previous_response_id` by the items that it stands for; a request without it is answered as it is. `unknown`:
 * the response is not kept here, and somebody else may know it. Instructions are not inherited, as the API has it.
 */
export async function expandPrevious(
  keep: Keep,
  clientId: string | undefined,
  body: JsonObject,
): Promise<JsonObject | 'unknown'> {
  const id = textOf(body['previous_response_id']);
  if (id === undefined) return body;
  const key = keyOf(clientId, id);
  const text = (await keep.get('response', [key])).get(key);
  const items = text === undefined ? undefined : parseJson(text);
  if (!Array.isArray(items) || !items.every(isObject)) return 'unknown';
  return continued(body, items);
}

/** Forgets a response. False: nothing was kept of it for this client. */
export async function forgetResponse(
  keep: Keep,
  clientId: string | undefined,
  responseId: string,
): Promise<boolean> {
  const key = keyOf(clientId, responseId);
  const text = (await keep.get('response', [key])).get(key);
  if (text === undefined || text === '') return false;
  // What is kept grows old and goes by itself; an empty text says that there is nothing until then.
  keep.put('response', key, '');
  return true;
}
