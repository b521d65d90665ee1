// Token usage in Google's arithmetic: the prompt includes what was cached, the candidates do not include thoughts.
// https://ai.google.dev/api/generate-content#UsageMetadata

import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import type { Usage } from '../../model/usage.ts';
import { tierFromWord } from './tier.ts';

/** The `usageMetadata` of an answer. */
export function encodeUsage(usage: Usage, serviceTier: string | undefined, losses: LossReport): JsonObject {
  const { uncached, cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther, audio } = usage.input;
  const prompt = uncached + cacheRead + cacheWrite5m + cacheWrite1h + cacheWriteOther + audio;
  if (cacheWrite5m + cacheWrite1h + cacheWriteOther > 0)
    losses.add({
      path: 'usageMetadata',
      feature: 'usage-cache-write',
      action: 'approximated',
      severity: 'hint',
      note: 'What was written to a cache is counted as prompt only.',
    });
  const { text, reasoning, audio: audioOut } = usage.output;
  const pictures = usage.extras?.outputImageTokens ?? 0;
  const candidates = text + audioOut + pictures;
  const tier = serviceTier === undefined ? undefined : tierFromWord(serviceTier);
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + candidates + reasoning,
    ...(cacheRead === 0 ? {} : { cachedContentTokenCount: cacheRead }),
    ...(reasoning === 0 ? {} : { thoughtsTokenCount: reasoning }),
    promptTokensDetails: details(prompt, audio, 0),
    ...(audioOut + pictures === 0
      ? {}
      : { candidatesTokensDetails: details(candidates, audioOut, pictures) }),
    ...(tier === undefined || tier === 'unspecified' ? {} : { serviceTier: tier }),
  };
}

function details(all: number, audio: number, pictures: number): JsonObject[] {
  const list = [{ modality: 'TEXT', tokenCount: all - audio - pictures }];
  if (audio > 0) list.push({ modality: 'AUDIO', tokenCount: audio });
  if (pictures > 0) list.push({ modality: 'IMAGE', tokenCount: pictures });
  return list;
}
