// Complete answers of the OpenAI endpoints that speak in chat's terms: chat and text completions, embeddings, moderations.

import type { Bytes } from '../../bytes.ts';
import type { Use } from '../../model/dialect-id.ts';
import { isFilled, type JsonObject, listOf, objectOf } from '../../model/json.ts';
import type { AnswerReading } from '../dialect.ts';
import { type AnswerRules, type Flaw, readJsonAnswer, reportedFlaw } from '../kit/answer.ts';
import { readUsage, usageWithin } from './usage.ts';

/** Judges a complete answer. */
export function readAnswer(body: Bytes, use: Use): AnswerReading {
  return readJsonAnswer(body, {
    members: [
      'error',
      'type',
      'object',
      'choices',
      'data',
      'results',
      'usage',
      'service_tier',
      'id',
      'model',
      'detail',
      'message',
      'code',
    ],
    flaw: (answer) => flawOf(answer, use),
    idMember: 'id',
    modelMember: 'model',
    usage: usageWithin,
    readUsage,
  } satisfies AnswerRules);
}

function flawOf(answer: JsonObject, use: Use): Flaw | undefined {
  const member = use === 'embed' ? 'data' : use === 'moderate' ? 'results' : 'choices';
  const isThere = Array.isArray(answer[member]);
  const reported = reportedFlaw(isThere ? { error: answer['error'] } : answer) ?? choiceFlaw(answer);
  if (reported !== undefined) return reported;
  return isFilled(answer[member]) && isThere ? undefined : `without ${member}.`;
}

/** OpenRouter reports the failure of a provider inside the choice. */
function choiceFlaw(answer: JsonObject): Flaw | undefined {
  const choice = objectOf(listOf(answer['choices'])[0]);
  return choice?.['finish_reason'] === 'error' ? reportedFlaw({ error: choice['error'] }) : undefined;
}
