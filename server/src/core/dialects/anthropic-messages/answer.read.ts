// Complete answers of the Messages API and its token counts.

import type { Bytes } from '../../bytes.ts';
import type { Use } from '../../model/dialect-id.ts';
import { type JsonObject, objectOf } from '../../model/json.ts';
import type { AnswerReading } from '../dialect.ts';
import { type AnswerRules, type Flaw, readJsonAnswer, reportedFlaw } from '../kit/answer.ts';
import { readUsage } from './usage.ts';

/** Judges a complete answer. */
export function readAnswer(body: Bytes, use: Use): AnswerReading {
  return readJsonAnswer(body, {
    members: [
      'type',
      'error',
      'content',
      'input_tokens',
      'usage',
      'id',
      'model',
      'detail',
      'message',
      'code',
    ],
    flaw: (answer) => (use === 'count-tokens' ? countFlaw(answer) : flawOf(answer)),
    idMember: 'id',
    modelMember: 'model',
    usage: (answer) => objectOf(answer['usage']),
    readUsage,
  } satisfies AnswerRules);
}

/** A message may be empty: a model that has nothing to add after a tool's result ends its turn without content. */
function flawOf(answer: JsonObject): Flaw | undefined {
  const isThere = Array.isArray(answer['content']);
  const reported = reportedFlaw(isThere ? { error: answer['error'] } : answer);
  return reported ?? (isThere ? undefined : 'without content.');
}

function countFlaw(answer: JsonObject): Flaw | undefined {
  return (
    reportedFlaw(answer) ?? (typeof answer['input_tokens'] === 'number' ? undefined : 'without input_tokens.')
  );
}
