// What the files that write a request share.

import type { DialectId } from '../../model/dialect-id.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import type { ModelTraits } from '../../model/traits.ts';

/** One request as it is written. */
export interface Writing {
  /** The request came in this format: its turns keep their form, and `ext` is in our words. */
  readonly own: boolean;
  readonly traits: ModelTraits;
  readonly losses: LossReport;
  /** Where the conversation stands in the format that it came in. */
  readonly turnsAt: string;
  /** Losses that were told already and would be told again for every turn. */
  readonly told: Set<string>;
}

/** Where each format has its conversation. */
export const TURNS_AT: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'messages',
  'openai-responses': 'input',
  'anthropic-messages': 'messages',
  gemini: 'contents',
};

/** Reports something that has no place here. */
export function dropped(
  { losses }: Writing,
  path: string,
  feature: string,
  severity: 'hint' | 'quality' | 'semantic',
  note: string,
): void {
  losses.add({ path, feature, action: 'dropped', severity, note });
}

/** The members of `ext` that may be written. */
export function extFor(writing: Writing, ext: JsonObject | undefined): JsonObject | undefined {
  return writing.own ? ext : undefined;
}
