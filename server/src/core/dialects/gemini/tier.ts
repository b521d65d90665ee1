// Service tiers: Google's words and those of the model. https://ai.google.dev/gemini-api/docs/flex-inference

/** Google's word, in any case, as the model has it. Unknown words stay. */
export function tierToWord(tier: string): string {
  const word = tier.toLowerCase().replace(/^service_tier_/, '');
  if (word === 'standard') return 'default';
  return word === 'unspecified' ? 'auto' : word;
}

/** Google's word for one of the model; undefined where there is none. */
export function tierFromWord(word: string): string | undefined {
  if (word === 'default') return 'standard';
  if (word === 'auto') return 'unspecified';
  return word === 'flex' || word === 'priority' ? word : undefined;
}
