// Answers of Gemini: an event is a whole answer with the parts that are new.
// https://ai.google.dev/api/generate-content

import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../wire/json.ts';
import type { Draft } from './draft.ts';
import { keepPicture, pictureUrl } from './pictures.ts';
import type { ReplyUsage } from './reply.ts';

/** A whole answer, or one event. */
export function readGemini(draft: Draft, json: JsonObject): void {
  const blocked = textOf(objectOf(json['promptFeedback'])?.['blockReason']);
  draft.note({
    model: textOf(json['modelVersion']),
    usage: usageOf(objectOf(json['usageMetadata'])),
    stop: blocked === undefined ? undefined : `blocked: ${blocked}`,
  });
  for (const [at, candidate] of objectsOf(json['candidates']).entries()) {
    const index = numberOf(candidate['index']) ?? at;
    if (index > 0) {
      draft.other(index);
      continue;
    }
    for (const part of objectsOf(objectOf(candidate['content'])?.['parts'])) readPart(draft, part);
    draft.note({ stop: textOf(candidate['finishReason']) });
  }
}

function readPart(draft: Draft, part: JsonObject): void {
  const key = draft.fresh();
  const { text, thought } = part;
  if (typeof text === 'string') {
    if (text !== '') draft.grow(thought === true ? 'reasoning' : 'text', text);
    return;
  }
  const call = objectOf(part['functionCall']);
  if (call !== undefined) {
    const args = JSON.stringify(call['args'] ?? {});
    draft.put(key, 'tool', args, { name: textOf(call['name']), id: textOf(call['id']) });
    return;
  }
  const data = objectOf(part['inlineData']);
  const type = textOf(data?.['mimeType']);
  const base64 = textOf(data?.['data']);
  if (type !== undefined && base64 !== undefined) keepPicture(draft, key, pictureUrl(type, base64));
  else if (Object.keys(part).some((name) => name !== 'thoughtSignature'))
    draft.put(key, 'other', JSON.stringify(part, undefined, 2), { name: Object.keys(part)[0] });
}

function usageOf(usage: JsonObject | undefined): ReplyUsage | undefined {
  if (usage === undefined) return undefined;
  const reasoning = numberOf(usage['thoughtsTokenCount']) ?? 0;
  return {
    input: (numberOf(usage['promptTokenCount']) ?? 0) + (numberOf(usage['toolUsePromptTokenCount']) ?? 0),
    cacheRead: numberOf(usage['cachedContentTokenCount']) ?? 0,
    output: (numberOf(usage['candidatesTokenCount']) ?? 0) + reasoning,
    reasoning,
  };
}
