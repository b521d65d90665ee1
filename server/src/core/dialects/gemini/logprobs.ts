// Log-probabilities: chosen tokens and, in a second list, the alternatives of each.
// https://ai.google.dev/api/generate-content#LogprobsResult

import type { TokenLogprob } from '../../model/content.ts';
import { type JsonObject, listOf, objectOf } from '../../model/json.ts';

/** Reads a `logprobsResult`. */
export function readLogprobs(result: unknown): TokenLogprob[] {
  const chosen = listOf(objectOf(result)?.['chosenCandidates']);
  const tops = listOf(objectOf(result)?.['topCandidates']);
  return chosen.map((candidate, at) => ({
    ...tokenOf(candidate),
    top: listOf(objectOf(tops[at])?.['candidates']).map(tokenOf),
  }));
}

function tokenOf(candidate: unknown): { readonly token: string; readonly logprob: number } {
  const { token, logProbability } = objectOf(candidate) ?? {};
  return {
    token: typeof token === 'string' ? token : '',
    logprob: typeof logProbability === 'number' ? logProbability : 0,
  };
}

/** Writes a `logprobsResult`. */
export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  const written = ({ token, logprob }: { readonly token: string; readonly logprob: number }) => ({
    token,
    logProbability: logprob,
  });
  return {
    topCandidates: tokens.map(({ top }) => ({ candidates: top.map(written) })),
    chosenCandidates: tokens.map(written),
  };
}
