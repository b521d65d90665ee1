// Citations. Google counts positions in bytes of UTF-8 over the whole answer, the model in UTF-16 units of a part's text.
// https://ai.google.dev/api/generate-content#GroundingMetadata

import type { Citation } from '../../model/content.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';

/** Bytes of the UTF-8 form; a lone surrogate counts three, as its replacement does. */
function utf8Length(text: string, end: number = text.length): number {
  let bytes = 0;
  for (let at = 0; at < end; at++) bytes += bytesAt(text, at);
  return bytes;
}

/** Bytes of all texts. */
export function bytesOf(texts: readonly string[]): number {
  return texts.reduce((bytes, text) => bytes + utf8Length(text), 0);
}

/** Bytes of a unit: a pair has four, two for each half. */
function bytesAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  const isHigh = unit >= 0xd800 && unit < 0xdc00 && isBetween(text.charCodeAt(at + 1), 0xdc00, 0xdfff);
  const isLow = unit >= 0xdc00 && unit < 0xe000 && isBetween(text.charCodeAt(at - 1), 0xd800, 0xdbff);
  return isHigh || isLow ? 2 : 3;
}

function isBetween(unit: number, first: number, last: number): boolean {
  return unit >= first && unit <= last;
}

/** The UTF-16 positions of byte positions, in one walk over the text; positions beyond it are absent. */
function unitsOf(text: string, positions: readonly number[]): ReadonlyMap<number, number> {
  const units = new Map<number, number>();
  const wanted = [...new Set(positions)].sort((a, b) => a - b);
  let bytes = 0;
  let at = 0;
  for (const position of wanted) {
    while (at < text.length && bytes < position) bytes += bytesAt(text, at++);
    if (bytes === position) units.set(position, at);
  }
  return units;
}

/** One statement and where it is said to come from. */
interface Found {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly quote: string | undefined;
  readonly url: string | undefined;
  readonly title: string | undefined;
  readonly raw: JsonObject;
}

/**
 * The citations of the last text of an answer. `earlier`: the texts before it. Positions are taken where the
 * cited words stand there, counted over the whole answer or over this text alone; otherwise the words are all there is.
 */
export function citationsOf(facts: JsonObject, text: string, earlier: readonly string[]): Citation[] {
  const found = [
    ...groundings(objectOf(facts['groundingMetadata'])),
    ...sources(objectOf(facts['citationMetadata'])),
  ];
  if (found.length === 0) return [];
  const before = bytesOf(earlier);
  const places = found.flatMap(({ start, end }) => [start ?? 0, end ?? -1]);
  const units = unitsOf(text, [...places, ...places.map((place) => place - before)]);
  return found.map(({ start, end, quote, url, title, raw }) => {
    const range = end === undefined ? undefined : rangeOf(units, text, quote, start ?? 0, end, before);
    return {
      ...(url === undefined ? {} : { url }),
      ...(title === undefined ? {} : { title }),
      ...(quote === undefined ? {} : { quote }),
      ...(range === undefined ? {} : { start: range[0], end: range[1] }),
      dialect: 'gemini' as const,
      raw,
    };
  });
}

function rangeOf(
  units: ReadonlyMap<number, number>,
  text: string,
  quote: string | undefined,
  start: number,
  end: number,
  before: number,
): readonly [number, number] | undefined {
  for (const base of before === 0 ? [0] : [before, 0]) {
    const from = units.get(start - base);
    const to = units.get(end - base);
    if (from === undefined || to === undefined || from > to) continue;
    if (quote === undefined || text.slice(from, to) === quote) return [from, to];
  }
  return undefined;
}

function groundings(metadata: JsonObject | undefined): Found[] {
  const chunks = listOf(metadata?.['groundingChunks']);
  return listOf(metadata?.['groundingSupports']).flatMap((entry) => {
    const support = objectOf(entry) ?? {};
    const segment = objectOf(support['segment']) ?? {};
    return listOf(support['groundingChunkIndices']).flatMap((index): Found[] => {
      const chunk = typeof index === 'number' ? objectOf(chunks[index]) : undefined;
      const source = objectOf(chunk?.['web'] ?? chunk?.['retrievedContext'] ?? chunk?.['maps']);
      if (source === undefined) return [];
      const url = textOf(source['uri']);
      const title = textOf(source['title']);
      return [{ ...segmentOf(segment), quote: textOf(segment['text']), url, title, raw: support }];
    });
  });
}

/** Both names are in use: citationSources in the API of Gemini, citations in that of Vertex AI. */
function sources(metadata: JsonObject | undefined): Found[] {
  return listOf(metadata?.['citationSources'] ?? metadata?.['citations']).flatMap((entry): Found[] => {
    const raw = objectOf(entry);
    if (raw === undefined) return [];
    return [
      { ...segmentOf(raw), quote: undefined, url: textOf(raw['uri']), title: textOf(raw['title']), raw },
    ];
  });
}

function segmentOf(segment: JsonObject): Pick<Found, 'start' | 'end'> {
  return { start: position(segment['startIndex']), end: position(segment['endIndex']) };
}

function position(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** Citations as Google's sources, positions in bytes. Those without an address have no form here. */
export function writeSources(citations: readonly Citation[], text: string, before: number): JsonObject[] {
  return citations.flatMap(({ url, title, start, end }) => {
    if (url === undefined) return [];
    const from = start === undefined ? {} : { startIndex: before + utf8Length(text, start) };
    const to = end === undefined ? {} : { endIndex: before + utf8Length(text, end) };
    return [{ ...from, ...to, uri: url, ...(title === undefined ? {} : { title }) }];
  });
}
