// OpenRouter's `reasoning_details`: reasoning with what proves it, as a list of items. It is the one slot for opaque tokens
// that Chat Completions clients know, so tokens of every vendor travel in it, others than OpenRouter's in our wrapping.
// https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks

import { type ReasoningPart, reasoningText } from '../../model/content.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import { type OpaqueToken, readSlot, writeSlot } from '../../model/token.ts';

/** The vendor whose tokens stand in the list as they are. */
const DETAILS_VENDOR = 'openrouter';

/** What one item says. */
export interface Detail {
  /** Items of one index, or of one id, belong together; undefined: to whatever came before. */
  readonly key: string | undefined;
  readonly form: ReasoningPart['form'];
  readonly text: string;
  readonly token: OpaqueToken | undefined;
  readonly itemId: string | undefined;
}

/** Reads one item; undefined for what is none, and for kinds without reasoning (server tool calls). */
export function readDetail(wire: unknown): Detail | undefined {
  if (!isObject(wire)) return undefined;
  const { type, index } = wire;
  if (type !== 'reasoning.text' && type !== 'reasoning.summary' && type !== 'reasoning.encrypted')
    return undefined;
  const id = textOf(wire['id']);
  const format = textOf(wire['format']);
  const slot = textOf(type === 'reasoning.encrypted' ? wire['data'] : wire['signature']) ?? '';
  const text = type === 'reasoning.text' ? wire['text'] : wire['summary'];
  const itemId = format === undefined ? id : `${format}:${id ?? ''}`;
  const token = readSlot(slot, {
    vendor: DETAILS_VENDOR,
    kind: type === 'reasoning.encrypted' ? 'encrypted' : 'signature',
    ...(itemId === undefined ? {} : { itemId }),
  });
  return {
    key: typeof index === 'number' ? `${index}` : id,
    form: type === 'reasoning.summary' ? 'summary' : 'text',
    text: typeof text === 'string' ? text : '',
    token,
    itemId: id,
  };
}

/** The parts that a complete list stands for. */
export function partsOfDetails(details: readonly unknown[]): ReasoningPart[] {
  const parts: ReasoningPart[] = [];
  let last: (Detail & { readonly whole: string }) | undefined;
  for (const wire of details) {
    const detail = readDetail(wire);
    if (detail === undefined) continue;
    const joins = last !== undefined && belongsTo(last, detail);
    if (joins) parts.pop();
    const before = joins ? last : undefined;
    const token = detail.token ?? before?.token;
    const itemId = detail.itemId ?? before?.itemId;
    // An encrypted item carries no text of its own, so it cannot tell the form.
    const form =
      before !== undefined && (detail.text === '' || before.whole !== '') ? before.form : detail.form;
    last = { ...detail, form, token, itemId, whole: (before?.whole ?? '') + detail.text };
    parts.push(reasoningPart(form, last.whole, token, itemId));
  }
  return parts;
}

/**
 * True where the beginning of a list of ours is missing. Clients that put streams together by assignment (OpenAI's own)
 * keep the last list alone, and its vendor refuses a part of what it made; what was kept here is whole.
 */
export function lacksBeginning(details: readonly unknown[]): boolean {
  const [first] = details;
  if (!isObject(first) || typeof first['index'] !== 'number' || first['index'] < 1) return false;
  return details.some((wire) => {
    const vendor = readDetail(wire)?.token?.vendor;
    return vendor !== undefined && vendor !== DETAILS_VENDOR;
  });
}

/** Pieces of one index belong together until a token closes them. */
function belongsTo(last: Detail, next: Detail): boolean {
  if (next.key !== undefined && last.key !== undefined && next.key !== last.key) return false;
  return last.token === undefined;
}

/** A reasoning part of one text. */
export function reasoningPart(
  form: ReasoningPart['form'],
  text: string,
  token: OpaqueToken | undefined,
  itemId: string | undefined,
): ReasoningPart {
  return {
    type: 'reasoning',
    form,
    sections: text === '' ? [] : [text],
    ...(token === undefined ? {} : { token }),
    ...(itemId === undefined ? {} : { itemId }),
  };
}

/**
 * The items of one part. `wrap`: towards clients, where tokens of other vendors are wrapped; towards upstreams only tokens
 * of the target's own vendor are left, and go as they are.
 */
export function detailsOf(part: ReasoningPart, index: number, wrap: boolean): JsonObject[] {
  const { token } = part;
  const text = reasoningText(part);
  const facts = { ...identity(part), index };
  const value = token === undefined ? undefined : wrap ? writeSlot(token, DETAILS_VENDOR) : token.value;
  if (value !== undefined && token?.kind === 'signature')
    return [{ type: 'reasoning.text', text, signature: value, ...facts }];
  const items: JsonObject[] = [];
  if (text !== '') {
    const shown =
      part.form === 'summary'
        ? { type: 'reasoning.summary', summary: text }
        : { type: 'reasoning.text', text };
    items.push({ ...shown, ...facts });
  }
  if (value !== undefined) items.push({ type: 'reasoning.encrypted', data: value, ...facts });
  return items;
}

/** `format` and `id` of an item. OpenRouter needs the format back, so its tokens carry it in their item id. */
function identity(part: ReasoningPart): JsonObject {
  const { token, itemId } = part;
  if (token?.vendor !== DETAILS_VENDOR || token.itemId === undefined)
    return itemId === undefined ? {} : { id: itemId };
  const colon = token.itemId.indexOf(':');
  const id = itemId ?? token.itemId.slice(colon + 1);
  return {
    ...(colon === -1 ? {} : { format: token.itemId.slice(0, colon) }),
    ...(id === '' ? {} : { id }),
  };
}
