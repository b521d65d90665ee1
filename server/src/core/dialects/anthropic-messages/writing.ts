// What the encoders of a request hand to each other.

import { readExactly } from '../../json/exact-numbers.ts';
import type { CacheMark } from '../../model/content.ts';
import type { DialectId } from '../../model/dialect-id.ts';
import { type JsonObject, objectOf } from '../../model/json.ts';
import type { LossAction, LossReport, LossSeverity } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';

/** One object of the body while it is being written. */
export type Wire = Record<string, unknown>;

/** One request on its way out. */
export interface Writing {
  readonly request: ChatRequest;
  readonly traits: ModelTraits;
  /** It came in this format: its `ext` members go out again, and it is not improved upon. */
  readonly own: boolean;
  readonly losses: LossReport;
  /** Where the conversation stands in the format that it came in. */
  readonly turnsAt: string;
  /** The nodes that carry a cache mark, in the order in which the provider reads them. */
  readonly marked: Wire[];
}

const TURNS_AT: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'messages',
  'openai-responses': 'input',
  'anthropic-messages': 'messages',
  gemini: 'contents',
};

/** Begins to write a request. */
export function beginWriting(request: ChatRequest, traits: ModelTraits, losses: LossReport): Writing {
  return {
    request,
    traits,
    own: request.origin === 'anthropic-messages',
    losses,
    turnsAt: TURNS_AT[request.origin],
    marked: [],
  };
}

/** Reports a loss; `words` = path, feature, note. */
export function lose(
  losses: LossReport,
  action: LossAction,
  severity: LossSeverity,
  ...[path, feature, note]: readonly [path: string, feature: string, note: string]
): void {
  losses.add({ path, feature, action, severity, note });
}

/** Writes `cache_control`, as it stood where the node came in this format. */
export function writeMark(
  writing: Writing,
  node: Wire,
  cache: CacheMark | undefined,
  ext: JsonObject | undefined,
): void {
  const kept = writing.own ? ext?.['cache_control'] : undefined;
  if (cache === undefined) {
    // The mark was taken off on the way: what it looked like must not come back. An odd one never was a mark.
    if (objectOf(kept)?.['type'] === 'ephemeral') delete node['cache_control'];
    return;
  }
  node['cache_control'] = kept ?? controlOf(cache);
  writing.marked.push(node);
}

/** The `cache_control` of a mark. */
export function controlOf({ ttl }: CacheMark): Wire {
  return ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl };
}

/** The input of a tool_use, and whether it is what the arguments say. */
export interface ToolInput {
  readonly input: JsonObject;
  readonly faithful: boolean;
}

/**
 * Arguments as the object that this format wants: none are `{}`, and what is no object, such as the free text of a custom
 * tool, stands under "input".
 */
export function inputOf(text: string): ToolInput {
  const value = readExactly(text);
  const input = objectOf(value);
  if (input !== undefined) return { input, faithful: true };
  if (value === null || text.trim() === '') return { input: {}, faithful: true };
  return { input: { input: text }, faithful: false };
}
