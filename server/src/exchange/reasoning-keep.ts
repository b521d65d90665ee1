// Remembers the reasoning before tool calls, and gives it back when a client returns the calls without it: clients of
// formats that have no place for a vendor's tokens drop them, and the vendor refuses or forgets without.

import type { KeptReasoning, Recalled } from '../core/conversion/recall.ts';
import type { Part, ReasoningPart, ToolCallPart } from '../core/model/content.ts';
import type { Emit } from '../core/model/event.ts';
import { isObject, listOf, objectOf, parseJson, textOf } from '../core/model/json.ts';
import type { ChatRequest } from '../core/model/request.ts';
import type { ChatResponse } from '../core/model/response.ts';
import type { OpaqueToken } from '../core/model/token.ts';
import type { Keep } from './ports.ts';

/** The calls of one request that are looked up; the newest ones, which matter most. */
const CALLS_LIMIT = 1_000;
const NOTHING: Promise<undefined> = Promise.resolve(undefined);

/** A call of one client is never found by another one. `clientId` is undefined where the gateway is open. */
function keyOf(clientId: string | undefined, callId: string): string {
  return JSON.stringify([clientId ?? '', callId]);
}

/** One choice as it is read: the reasoning that no call has followed yet. */
class Choice {
  readonly #keep: Keep;
  readonly #clientId: string | undefined;
  #before: ReasoningPart[] = [];

  constructor(keep: Keep, clientId: string | undefined) {
    this.#keep = keep;
    this.#clientId = clientId;
  }

  read(part: Part): void {
    if (part.type === 'reasoning') {
      if (part.token !== undefined || part.sections.length > 0) this.#before.push(part);
    } else if (part.type === 'tool-call') {
      this.#keepAt(part);
      this.#before = [];
    }
  }

  #keepAt({ id, token }: ToolCallPart): void {
    if (id === '' || (this.#before.length === 0 && token === undefined)) return;
    const kept: KeptReasoning = { before: this.#before, ...(token === undefined ? {} : { token }) };
    this.#keep.put('reasoning', keyOf(this.#clientId, id), JSON.stringify(kept));
  }
}

/** Watches the raised events of one streamed answer, and keeps what stands around its tool calls. */
export function keepReasoning(keep: Keep, clientId: string | undefined): Emit {
  const choices = new Map<number, Choice>();
  const choiceOf = new Map<number, number>();
  return (event) => {
    if (event.type === 'open') {
      if (event.choice > 0) choiceOf.set(event.block, event.choice);
    } else if (event.type === 'close') {
      const { type } = event.part;
      if (type !== 'reasoning' && type !== 'tool-call') return;
      const index = choiceOf.get(event.block) ?? 0;
      let choice = choices.get(index);
      if (choice === undefined) {
        choice = new Choice(keep, clientId);
        choices.set(index, choice);
      }
      choice.read(event.part);
    }
  };
}

/** The same for an answer that came whole. */
export function keepReasoningOf(keep: Keep, clientId: string | undefined, response: ChatResponse): void {
  for (const { parts } of response.choices) {
    const choice = new Choice(keep, clientId);
    for (const part of parts) choice.read(part);
  }
}

/**
 * The ids of tool calls in the history that came back bare: without a token, and without one on the reasoning or on another
 * call before them in the same turns of the assistant (gemini signs only the first of several calls).
 */
export function bareCalls({ turns }: Pick<ChatRequest, 'turns'>): string[] {
  const ids: string[] = [];
  let proven = false;
  for (const { role, parts } of turns) {
    if (role !== 'assistant') {
      proven = false;
      continue;
    }
    for (const part of parts) {
      if (part.type !== 'reasoning' && part.type !== 'tool-call') continue;
      if (part.token !== undefined) proven = true;
      else if (part.type === 'tool-call' && !proven && part.id !== '') ids.push(part.id);
    }
  }
  return ids.length > CALLS_LIMIT ? ids.slice(-CALLS_LIMIT) : ids;
}

/** What was kept of the calls that came back bare; undefined when there are none, and then nobody is asked. */
export function recallReasoning(
  keep: Keep,
  clientId: string | undefined,
  request: Pick<ChatRequest, 'turns'>,
): Promise<Recalled | undefined> {
  const ids = bareCalls(request);
  return ids.length === 0 ? NOTHING : recall(keep, clientId, ids);
}

async function recall(
  keep: Keep,
  clientId: string | undefined,
  ids: readonly string[],
): Promise<Recalled | undefined> {
  const byKey = new Map(ids.map((id) => [keyOf(clientId, id), id]));
  const texts = await keep.get('reasoning', [...byKey.keys()]);
  const recalled = new Map<string, KeptReasoning>();
  for (const [key, text] of texts) {
    const id = byKey.get(key);
    const kept = keptReasoning(parseJson(text));
    if (id !== undefined && kept !== undefined) recalled.set(id, kept);
  }
  return recalled.size === 0 ? undefined : recalled;
}

/** What was read from the disk may be damaged, or of another version: then it is as if nothing had been kept. */
function keptReasoning(value: unknown): KeptReasoning | undefined {
  const json = objectOf(value);
  if (json === undefined) return undefined;
  const { before, token } = json as { before?: unknown; token?: unknown };
  if (!Array.isArray(before) || !before.every(isReasoning)) return undefined;
  if (token === undefined) return before.length === 0 ? undefined : { before };
  return isToken(token) ? { before, token } : undefined;
}

function isReasoning(value: unknown): value is ReasoningPart {
  if (!isObject(value) || value['type'] !== 'reasoning') return false;
  if (value['form'] !== 'summary' && value['form'] !== 'text') return false;
  if (!Array.isArray(value['sections'])) return false;
  if (!listOf(value['sections']).every((section) => typeof section === 'string')) return false;
  if (value['itemId'] !== undefined && typeof value['itemId'] !== 'string') return false;
  return value['token'] === undefined || isToken(value['token']);
}

const TOKEN_KINDS: readonly unknown[] = [
  'signature',
  'redacted',
  'encrypted',
  'thought',
] satisfies readonly OpaqueToken['kind'][];

function isToken(value: unknown): value is OpaqueToken {
  if (!isObject(value) || !TOKEN_KINDS.includes(value['kind'])) return false;
  if (value['itemId'] !== undefined && typeof value['itemId'] !== 'string') return false;
  return textOf(value['vendor']) !== undefined && textOf(value['value']) !== undefined;
}
