// Log-probabilities of tokens, as they stand beside the delta or message of a choice.

import type { TokenLogprob } from '../../model/content.ts';
import { isObject, type JsonObject, listOf } from '../../model/json.ts';

/** The readable ones of a list; undefined where there are none. */
export function readLogprobs(list: unknown): TokenLogprob[] | undefined {
  const read: TokenLogprob[] = [];
  for (const item of listOf(list)) {
    const one = readOne(item);
    if (one === undefined) continue;
    const top = listOf((item as JsonObject)['top_logprobs'])
      .map(readOne)
      .filter((other) => other !== undefined);
    read.push({ ...one, top });
  }
  return read.length === 0 ? undefined : read;
}

function readOne(item: unknown): Omit<TokenLogprob, 'top'> | undefined {
  if (!isObject(item)) return undefined;
  const { token, logprob, bytes } = item;
  if (typeof token !== 'string' || typeof logprob !== 'number') return undefined;
  const isBytes = Array.isArray(bytes) && bytes.every((byte) => typeof byte === 'number');
  return { token, logprob, ...(isBytes ? { bytes } : {}) };
}

/** The list as the format has it: every token with its bytes (null where unknown) and its alternatives. */
export function writeLogprobs(logprobs: readonly TokenLogprob[]): JsonObject[] {
  return logprobs.map(({ token, logprob, bytes, top }) => ({
    token,
    logprob,
    bytes: bytes ?? null,
    top_logprobs: top.map((other) => ({
      token: other.token,
      logprob: other.logprob,
      bytes: other.bytes ?? null,
    })),
  }));
}
