// How fast an answer came, token by token.

import type { Usage } from '../model/usage.ts';
import { genAiTokens } from './gen-ai.ts';

/** What is known of an answer that has ended; times are epoch milliseconds. */
export interface Paced {
  readonly streamed: boolean;
  readonly firstOutputAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly usage: Usage | undefined;
}

/** Seconds between two output tokens; undefined where the answer did not come token by token. */
export function secondsPerToken(
  { streamed, firstOutputAtMs, endedAtMs }: Omit<Paced, 'usage'>,
  outputTokens: number,
): number | undefined {
  if (!streamed || firstOutputAtMs === undefined || outputTokens < 2) return undefined;
  return (endedAtMs - firstOutputAtMs) / 1_000 / (outputTokens - 1);
}

/** Output tokens per second after the first, to a tenth; undefined where nobody can say, or all came at once. */
export function tokensPerSecond(answer: Paced): number | undefined {
  const { usage } = answer;
  const pace = usage === undefined ? undefined : secondsPerToken(answer, genAiTokens(usage).output);
  return pace === undefined || pace <= 0 ? undefined : Math.round(10 / pace) / 10;
}
