// What is known of a model behind a provider: the defaults of the format, then every rule that matches, in order, so
// that later ones win. Families of models come first, hosts after them, and the operator's word comes last.

import type { DialectId } from '../../model/dialect-id.ts';
import type { ModelTraits, TraitsOverride } from '../../model/traits.ts';
import { matchesAny } from '../../routing/glob.ts';
import { accountRules } from './accounts.ts';
import { anthropicRules } from './anthropic.ts';
import { bareName } from './bare-name.ts';
import { deepseekRules } from './deepseek.ts';
import { DEFAULT_TRAITS } from './defaults.ts';
import { geminiRules } from './gemini.ts';
import { groqRules } from './groq.ts';
import { hostRules } from './hosts.ts';
import { mistralRules } from './mistral.ts';
import { moonshotRules } from './moonshot.ts';
import { openaiRules } from './openai.ts';
import { openrouterRules } from './openrouter.ts';
import type { TraitsRule } from './rule.ts';
import { xaiRules } from './xai.ts';
import { zaiRules } from './zai.ts';

export { DEFAULT_TRAITS } from './defaults.ts';
export type { TraitsRule } from './rule.ts';

/** All rules in the order in which they are applied. */
export const TRAITS_RULES: readonly TraitsRule[] = [
  ...openaiRules,
  ...anthropicRules,
  ...geminiRules,
  ...mistralRules,
  ...deepseekRules,
  ...xaiRules,
  ...moonshotRules,
  ...zaiRules,
  ...groqRules,
  ...openrouterRules,
  ...hostRules,
  ...accountRules,
];

/** An operator's word on some models: globs of names as the upstream knows them. */
export interface TraitsForModels {
  readonly models: readonly string[];
  readonly traits: TraitsOverride;
}

/** Most models that are remembered; names come from clients. */
const MOST_KNOWN = 1000;

const known = new Map<string, ModelTraits>();
const overridden = new WeakMap<readonly TraitsForModels[], Map<string, ModelTraits>>();

function applied(traits: ModelTraits, override: TraitsOverride): ModelTraits {
  const { reasoning, ...members } = override;
  return { ...traits, ...members, reasoning: { ...traits.reasoning, ...reasoning } };
}

function matches(rule: TraitsRule, provider: string, dialect: DialectId, names: readonly string[]): boolean {
  if (rule.dialect !== undefined && rule.dialect !== dialect) return false;
  if (rule.providers !== undefined && !rule.providers.includes(provider)) return false;
  return names.some((name) => matchesAny(rule.models, name));
}

/** What only fits together: a format that has no place for something cannot be given it by a rule on a model. */
function settled(traits: ModelTraits): ModelTraits {
  if (traits.dialect !== 'openai-responses') return traits;
  return {
    ...traits,
    stopSequences: 0,
    manyChoices: false,
    seed: false,
    penalties: false,
    logitBias: false,
    topK: false,
  };
}

function worked(
  provider: string,
  dialect: DialectId,
  model: string,
  overrides: readonly TraitsForModels[],
): ModelTraits {
  const lower = model.toLowerCase();
  const names = [lower, bareName(model)];
  let traits: ModelTraits = { ...DEFAULT_TRAITS[dialect], vendor: provider };
  for (const rule of TRAITS_RULES)
    if (matches(rule, provider, dialect, names)) traits = applied(traits, rule.traits);
  traits = settled(traits);
  for (const override of overrides)
    if (matchesAny(override.models, model)) traits = applied(traits, override.traits);
  return traits;
}

const NONE: readonly TraitsForModels[] = [];

/**
 * The traits of a model of a provider in one of its formats. Remembered per list of overrides (the list itself is the
 * key, so keep one list per configuration).
 */
export function traitsFor(
  provider: string,
  dialect: DialectId,
  model: string,
  overrides: readonly TraitsForModels[] = NONE,
): ModelTraits {
  let store = known;
  if (overrides.length > 0) {
    store = overridden.get(overrides) ?? new Map<string, ModelTraits>();
    overridden.set(overrides, store);
  }
  const key = `${provider}\n${dialect}\n${model}`;
  const found = store.get(key);
  if (found !== undefined) return found;
  const traits = worked(provider, dialect, model, overrides);
  if (store.size >= MOST_KNOWN) store.clear();
  store.set(key, traits);
  return traits;
}
