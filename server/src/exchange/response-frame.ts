// What a client of the Responses API says over a WebSocket, and what it would have said over HTTP instead.

import { isObject, type JsonObject, objectOf, parseJson, textOf } from '../core/model/json.ts';
import type { RawHeaders } from './ports.ts';
import { inputItems } from './response-keep.ts';

/** The only kind of message there is. */
const CREATE = 'response.create';
/** A header of the request that this message stands for, as Codex writes its name: with underscores. */
const HEADER_MEMBER = 'ws_request_header_';
/** Only headers of this kind are believed: none of them is a credential, and none steers a connection. */
const HEADER_NAME = /^x-(?:codex|openai)-[a-z0-9-]{1,100}$/;
const HEADER_VALUE = /^[\x20-\x7e]{1,16384}$/;

/** One message, read. */
export type Frame =
  /** Not a JSON object: for the exchange to refuse in its own words. */
  | { readonly kind: 'unreadable' }
  /** JSON of another type. */
  | { readonly kind: 'other'; readonly type: string }
  | {
      readonly kind: 'create';
      /** The body of the request. */
      readonly body: JsonObject;
      /** False: the client only wants the input to be remembered. */
      readonly generate: boolean;
      /** Headers that the message brings along, name and value in turn, lower-case names. */
      readonly headers: RawHeaders;
    };

/** Reads one message. */
export function readFrame(message: string): Frame {
  const json = parseJson(message);
  if (!isObject(json)) return { kind: 'unreadable' };
  const { type, generate, ...body } = json;
  if (type !== CREATE) return { kind: 'other', type: textOf(type) ?? '' };
  const { headers, metadata } = takeHeaders(objectOf(body['client_metadata']));
  const plain = metadata === undefined ? body : { ...body, client_metadata: metadata };
  return { kind: 'create', body: { ...plain, stream: true }, generate: generate !== false, headers };
}

/** Takes the headers out of `client_metadata`. */
function takeHeaders(metadata: JsonObject | undefined): {
  readonly headers: RawHeaders;
  readonly metadata: JsonObject | undefined;
} {
  if (metadata === undefined) return { headers: [], metadata };
  const headers: string[] = [];
  const kept: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(metadata)) {
    if (!member.startsWith(HEADER_MEMBER)) {
      kept[member] = value;
      continue;
    }
    const name = member.slice(HEADER_MEMBER.length).replaceAll('_', '-').toLowerCase();
    if (isHeader(name, value)) headers.push(name, value);
  }
  return { headers, metadata: kept };
}

function isHeader(name: string, value: unknown): value is string {
  return HEADER_NAME.test(name) && typeof value === 'string' && HEADER_VALUE.test(value);
}

/**
 * The headers of the request that a message stands for: those of the handshake and `own`. A handshake has headers only
 * once, so Codex says in each message's `client_metadata` what has become of them.
 */
export function requestHeaders(handshake: RawHeaders, own: RawHeaders, metadata: unknown): RawHeaders {
  const said = objectOf(metadata);
  const headers: string[] = ['accept', 'text/event-stream', 'content-type', 'application/json'];
  for (let at = 0; at + 1 < handshake.length; at += 2) {
    const name = handshake[at] ?? '';
    const lower = name.toLowerCase();
    if (lower === 'accept' || lower === 'content-type' || own.includes(lower)) continue;
    const value = handshake[at + 1] ?? '';
    const now = said !== undefined && Object.hasOwn(said, lower) ? said[lower] : undefined;
    if (isHeader(lower, now)) headers.push(name, now);
    else if (lower !== 'openai-beta') headers.push(name, value);
    else if (withoutSocketBeta(value) !== '') headers.push(name, withoutSocketBeta(value));
  }
  headers.push(...own);
  return headers;
}

/** "responses_websockets=2026-02-06" asks for what HTTP does not have. */
function withoutSocketBeta(value: string): string {
  const kept = value.split(',').map((part) => part.trim());
  return kept.filter((part) => part !== '' && !part.startsWith('responses_websockets=')).join(', ');
}

/** A response that was not generated, in the events of one that was: all the client wants of it is the id. */
export function emptyResponse(id: string, body: JsonObject, createdAt: number): readonly string[] {
  const response = {
    id,
    object: 'response',
    created_at: createdAt,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    metadata: body['metadata'] ?? {},
    model: body['model'] ?? '',
    output: [],
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    store: body['store'] ?? true,
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: [],
    usage: null,
  };
  const usage = {
    input_tokens: 0,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 0,
  };
  const completed = { ...response, status: 'completed', usage };
  return [
    JSON.stringify({ type: 'response.created', sequence_number: 0, response }),
    JSON.stringify({ type: 'response.completed', sequence_number: 1, response: completed }),
  ];
}

/** What to remember of a request and its response, in one list; `stored`: the provider has the response, too. */
export function conversationItems(
  body: JsonObject,
  output: readonly unknown[],
  stored: boolean,
): readonly unknown[] {
  // Without its content nobody but the provider could know what an id of reasoning stands for, and it has kept nothing.
  const lost = (item: unknown): boolean =>
    isObject(item) && item['type'] === 'reasoning' && textOf(item['encrypted_content']) === undefined;
  return [...inputItems(body['input']), ...(stored ? output : output.filter((item) => !lost(item)))];
}
