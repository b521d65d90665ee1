// Complete answers of the Responses API, background ones that have only begun included, and its token counts.

import type { Bytes } from '../../bytes.ts';
import type { Use } from '../../model/dialect-id.ts';
import type { JsonObject } from '../../model/json.ts';
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
      'status',
      'output',
      'input_tokens',
      'usage',
      'service_tier',
      'tool_usage',
      'id',
      'model',
      'detail',
      'message',
      'code',
    ],
    flaw: (answer) => (use === 'count-tokens' ? countFlaw(answer) : flawOf(answer)),
    idMember: 'id',
    modelMember: 'model',
    billedWith: 'web_search_call',
    usage: usageWithin,
    readUsage,
  } satisfies AnswerRules);
}

function flawOf(answer: JsonObject): Flaw | undefined {
  const isThere = Array.isArray(answer['output']);
  const reported = reportedFlaw(isThere ? { error: answer['error'] } : answer);
  if (reported !== undefined) return reported;
  const { status } = answer;
  if (status === 'failed') return 'with a response that failed.';
  const isUnderway = status === 'in_progress' || status === 'queued';
  return isThere || isUnderway ? undefined : 'without output.';
}

function countFlaw(answer: JsonObject): Flaw | undefined {
  return (
    reportedFlaw(answer) ?? (typeof answer['input_tokens'] === 'number' ? undefined : 'without input_tokens.')
  );
}
