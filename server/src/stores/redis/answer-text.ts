// An answer as the one text under which Redis keeps it: a line that says whose it is, then the answer itself, so that a
// purge need not read answers to know whom they belong to.

import { isObject, parseJson } from '../../core/model/json.ts';
import type { CachedAnswer } from '../../exchange/ports.ts';

/** Where an answer begins, so that the whole first line is read with one question. */
export const headLength = 4_096;

/** Writes an answer. */
export function writeAnswer({ text, ...head }: CachedAnswer): string {
  return `${JSON.stringify(head)}\n${text}`;
}

/** Reads the first line; undefined for what is no answer, or one that another version has written. */
export function readHead(written: string): Omit<CachedAnswer, 'text'> | undefined {
  const end = written.indexOf('\n');
  const head = parseJson(end === -1 ? written : written.slice(0, end));
  if (!isObject(head)) return undefined;
  const { clientId, model, modelServed, upstreamId, createdAtMs, freshUntilMs, expiresAtMs } = head;
  const { costNanoUsd, losses } = head;
  if (typeof model !== 'string' || typeof modelServed !== 'string' || typeof upstreamId !== 'string')
    return undefined;
  if (typeof createdAtMs !== 'number' || typeof freshUntilMs !== 'number' || typeof expiresAtMs !== 'number')
    return undefined;
  return {
    clientId: typeof clientId === 'string' ? clientId : undefined,
    model,
    modelServed,
    upstreamId,
    createdAtMs,
    freshUntilMs,
    expiresAtMs,
    ...(typeof costNanoUsd === 'number' ? { costNanoUsd } : {}),
    ...(typeof losses === 'string' ? { losses } : {}),
  };
}

/** Reads an answer. */
export function readAnswer(written: string): CachedAnswer | undefined {
  const head = readHead(written);
  return head === undefined ? undefined : { ...head, text: written.slice(written.indexOf('\n') + 1) };
}
