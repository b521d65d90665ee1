// Citations as `annotations` of a message. Their positions count from the start of the message's whole content, those of
// the model from the start of their own text part.

import type { Citation } from '../../model/content.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';

/** The citation of an annotation; `offset` is how much text of the message stands before the part. */
export function readAnnotation(wire: unknown, offset: number): Citation | undefined {
  if (!isObject(wire)) return undefined;
  const cited = objectOf(wire['url_citation']) ?? wire;
  const url = textOf(cited['url']);
  const title = textOf(cited['title']);
  const quote = textOf(cited['content']);
  const start = position(cited['start_index'], offset);
  const end = position(cited['end_index'], offset);
  return {
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(quote === undefined ? {} : { quote }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    dialect: 'openai-chat',
    raw: wire,
  };
}

function position(value: unknown, offset: number): number | undefined {
  return typeof value === 'number' && value >= offset ? value - offset : undefined;
}

/**
 * The annotation of a citation; undefined for those without a URL, which this format cannot say. Citations without
 * positions stand for their whole part, `length` long.
 */
export function writeAnnotation(citation: Citation, offset: number, length: number): JsonObject | undefined {
  if (citation.dialect === 'openai-chat') return citation.raw;
  const { url, title, start, end } = citation;
  if (url === undefined) return undefined;
  return {
    type: 'url_citation',
    url_citation: {
      start_index: offset + (start ?? 0),
      end_index: offset + (end ?? length),
      title: title ?? url,
      url,
    },
  };
}
