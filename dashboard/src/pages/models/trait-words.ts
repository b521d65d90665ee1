// What a model takes, in words.

import type { ModelView, TraitsView } from '../../../../server/src/admin/contract.ts';
import type { Format } from '../../language/format.ts';
import type { ModelsText } from './messages.ts';

/** A name and what is said under it. */
export type TraitFact = readonly [name: string, value: string];

/** How much it takes and writes, where that is known. */
export function limitFacts(
  { contextWindow, maxOutputTokens }: Pick<ModelView, 'contextWindow' | 'maxOutputTokens'>,
  text: ModelsText,
  format: Format,
): readonly TraitFact[] {
  const told = (tokens: number | undefined): string =>
    tokens === undefined ? text.limitUnknown : text.tokensOf(format.integer(tokens));
  return [
    [text.limitContext, told(contextWindow)],
    [text.limitOutput, told(maxOutputTokens)],
  ];
}

/** Words that are put one after the other. */
const said = (...words: readonly (string | false)[]): string =>
  words.filter((word) => word !== false).join(' · ');

/** Everything that people ask about a model. */
export function traitFacts(traits: TraitsView, text: ModelsText, format: Format): readonly TraitFact[] {
  return [
    [text.reads, format.list([text.text, ...mediaOf(traits, text)])],
    [text.reasoning, reasoningWords(traits, text, format)],
    [text.tools, said(text.toolsOwn, traits.strictTools && text.toolsStrict, ...traits.hostedTools)],
    [text.structured, structuredWords(traits, text)],
    [text.sampling, traits.sampling ? text.samplingYes : text.samplingNo],
    [
      text.stops,
      traits.stopSequences === 0 ? text.stopsNone : text.stopsMost(format.integer(traits.stopSequences)),
    ],
    [text.promptCache, promptCacheWords(traits, text)],
  ];
}

/** What sets it apart from a model that reads text alone, a word each, for a row of a list. */
export function traitBadges(traits: TraitsView, text: ModelsText): readonly string[] {
  return [...(traits.reasoning.by === 'none' ? [] : [text.traitReasoning]), ...mediaOf(traits, text)];
}

function mediaOf({ images, documents, audio, video }: TraitsView, text: ModelsText): readonly string[] {
  const media: readonly (readonly [boolean, string])[] = [
    [images, text.images],
    [documents, text.documents],
    [audio, text.audio],
    [video, text.video],
  ];
  return media.flatMap(([is, word]) => (is ? [word] : []));
}

function reasoningWords({ reasoning }: TraitsView, text: ModelsText, format: Format): string {
  const { by, efforts, canBeOff } = reasoning;
  if (by === 'none') return text.reasoningNone;
  const how =
    by === 'budget'
      ? text.reasoningBudget
      : by === 'adaptive'
        ? text.reasoningAdaptive(format.list(efforts))
        : text.reasoningEffort(format.list(efforts));
  return said(how, !canBeOff && text.reasoningAlways);
}

function structuredWords({ outputSchema, jsonOutput }: TraitsView, text: ModelsText): string {
  if (outputSchema !== 'none') return text.structuredSchema;
  return jsonOutput ? text.structuredJson : text.structuredNone;
}

function promptCacheWords({ cacheMarks, promptCacheKey }: TraitsView, text: ModelsText): string {
  const words = said(cacheMarks !== 'none' && text.promptCacheMarks, promptCacheKey && text.promptCacheKey);
  return words === '' ? text.promptCacheOwn : words;
}
