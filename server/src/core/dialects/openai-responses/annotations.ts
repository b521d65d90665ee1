// Citations and log-probabilities of a text, both ways.

import type { Citation, TokenLogprob } from '../../model/content.ts';
import { isObject, type JsonObject, listOf, textOf } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';

function positionOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** One annotation; undefined for what is not an object. */
export function decodeAnnotation(raw: unknown): Citation | undefined {
  if (!isObject(raw)) return undefined;
  const url = textOf(raw['url']);
  const title = textOf(raw['title']) ?? textOf(raw['filename']);
  const start = positionOf(raw['start_index']);
  const end = positionOf(raw['end_index']);
  return {
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    dialect: 'openai-responses',
    raw,
  };
}

/** A list of annotations. */
export function decodeAnnotations(raw: unknown): Citation[] {
  const citations: Citation[] = [];
  for (const item of listOf(raw)) {
    const citation = decodeAnnotation(item);
    if (citation !== undefined) citations.push(citation);
  }
  return citations;
}

/** Citations of a text. Those without a place are about all of it; those without an address have no form here. */
export function encodeAnnotations(
  citations: readonly Citation[] | undefined,
  text: string,
  losses: LossReport,
): JsonObject[] {
  const annotations: JsonObject[] = [];
  for (const { dialect, raw, url, title, start, end } of citations ?? []) {
    if (dialect === 'openai-responses') annotations.push(raw);
    else if (url !== undefined)
      annotations.push({
        type: 'url_citation',
        start_index: start ?? 0,
        end_index: end ?? text.length,
        url,
        title: title ?? url,
      });
    else
      losses.add({
        path: 'output[].content[].annotations',
        feature: 'citations',
        action: 'dropped',
        severity: 'hint',
        note: 'This format cites addresses only; a citation of a document was left out.',
      });
  }
  return annotations;
}

function decodeToken(raw: unknown): TokenLogprob['top'][number] | undefined {
  if (!isObject(raw) || typeof raw['token'] !== 'string' || typeof raw['logprob'] !== 'number')
    return undefined;
  const bytes = raw['bytes'];
  return {
    token: raw['token'],
    logprob: raw['logprob'],
    ...(Array.isArray(bytes) ? { bytes: bytes.filter((byte) => typeof byte === 'number') } : {}),
  };
}

/** A list of log-probabilities; undefined where it is none or empty. */
export function decodeLogprobs(raw: unknown): TokenLogprob[] | undefined {
  if (!Array.isArray(raw) || raw.length === 0) return undefined;
  const logprobs: TokenLogprob[] = [];
  for (const item of raw) {
    const token = decodeToken(item);
    if (token === undefined || !isObject(item)) continue;
    const top = listOf(item['top_logprobs']).flatMap((one) => decodeToken(one) ?? []);
    logprobs.push({ ...token, top });
  }
  return logprobs.length === 0 ? undefined : logprobs;
}

/** Log-probabilities of a text; empty for none. */
export function encodeLogprobs(logprobs: readonly TokenLogprob[] | undefined): JsonObject[] {
  if (logprobs === undefined) return [];
  return logprobs.map(({ token, bytes, logprob, top }) => ({
    token,
    bytes: bytes ?? [],
    logprob,
    top_logprobs: top.map((one) => ({ token: one.token, bytes: one.bytes ?? [], logprob: one.logprob })),
  }));
}
