// Complete answers of generateContent, embedContent, batchEmbedContents and countTokens.

import type { Bytes } from '../../bytes.ts';
import type { Use } from '../../model/dialect-id.ts';
import { isFilled, type JsonObject } from '../../model/json.ts';
import type { AnswerReading } from '../dialect.ts';
import { type AnswerRules, readJsonAnswer, reportedFlaw } from '../kit/answer.ts';
import { readUsage, usageWithin } from './usage.ts';

/** Judges a complete answer. */
export function readAnswer(body: Bytes, use: Use): AnswerReading {
  return readJsonAnswer(body, {
    members: [
      'error',
      'candidates',
      'promptFeedback',
      'embedding',
      'embeddings',
      'predictions',
      'totalTokens',
      'usageMetadata',
      'modelVersion',
      'responseId',
    ],
    flaw: (answer) => reportedFlaw({ error: answer['error'] }) ?? flawOf(answer, use),
    idMember: 'responseId',
    modelMember: 'modelVersion',
    billedWith: 'webSearchQueries',
    usage: usageWithin,
    readUsage,
  } satisfies AnswerRules);
}

function flawOf(answer: JsonObject, use: Use): string | undefined {
  if (use === 'count-tokens')
    return typeof answer['totalTokens'] === 'number' ? undefined : 'without totalTokens.';
  if (use === 'embed') {
    const isThere = ['embedding', 'embeddings', 'predictions'].some((member) => isFilled(answer[member]));
    return isThere ? undefined : 'without embeddings.';
  }
  // A refused prompt has feedback and no candidates.
  const isThere = isFilled(answer['candidates']) || isFilled(answer['promptFeedback']);
  return isThere ? undefined : 'without candidates.';
}
