// The longest answer of a model where it is known, told apart from what is only assumed for want of better.

import type { ModelTraits } from '../../model/traits.ts';
import { DEFAULT_TRAITS } from './defaults.ts';

/** From here on it means that no limit is known (defaults.ts). */
const UNLIMITED = 1_000_000;
/** The makers of two formats, whose defaults are what their own models do. */
const OWN_MODELS = /claude|gemini/i;

/** In tokens; undefined: nobody knows. */
export function knownOutput({ dialect, maxOutputTokens }: ModelTraits, model: string): number | undefined {
  if (maxOutputTokens >= UNLIMITED) return undefined;
  const isAssumed = maxOutputTokens === DEFAULT_TRAITS[dialect].maxOutputTokens && !OWN_MODELS.test(model);
  return isAssumed ? undefined : maxOutputTokens;
}
