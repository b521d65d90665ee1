// Parses the events of a stream. Most of them differ from the one before in one string alone, a few words of the answer:
// those are recognised by the text around it, and only the string is parsed. What is not exactly alike is parsed whole.

import { isObject, type JsonObject, parseJson } from '../../model/json.ts';

/** Where the string stands that changes from event to event. */
export interface Place {
  readonly holder: JsonObject;
  readonly member: string;
}

/** What is known of the events of a format. */
export interface Likeness {
  /** The place of an event that is one of many; undefined for any other. */
  locate(json: JsonObject): Place | undefined;
  /** Members of the event that change as well and that nobody reads: a number before the string, padding after it. */
  readonly number?: string;
  readonly padding?: string;
}

/** An event that later ones are compared with: its text in pieces, around what may change. */
interface Pattern {
  readonly json: JsonObject;
  readonly holder: Record<string, unknown>;
  readonly member: string;
  /** Up to the number where there is one, else up to the string with its quote. */
  readonly head: string;
  /** From the number to the string with its quote. */
  readonly middle: string | undefined;
  /** From the end of the string, with its quote, to the padding with its quote, or to the end. */
  readonly tail: string;
  /** From the end of the padding. */
  readonly end: string | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NINE = 0x39;

/** After so many events in a row that were like none before, no more is compared. */
const MOST_TRIES = 4;
/** A piece of a longer string is kept by the runtime as a view that holds all of the string. */
const COPIED_LENGTH = 12;

/**
 * A parser for the events of one stream: the same as JSON.parse, undefined for what is no JSON. It may give the same object
 * again with another string in it, in which the members `number` and `padding` are those of an earlier event: what is kept
 * of an event must not be the holder of its place.
 */
export function createEventParser(likeness: Likeness): (data: string) => unknown {
  let pattern: Pattern | undefined;
  let tries = MOST_TRIES;

  return (data) => {
    if (pattern !== undefined) {
      const text = alike(pattern, data);
      if (text !== undefined) {
        pattern.holder[pattern.member] = text;
        tries = MOST_TRIES;
        return pattern.json;
      }
    }
    const json = parseJson(data);
    if (tries > 0 && isObject(json)) {
      const place = likeness.locate(json);
      if (place !== undefined) {
        tries--;
        pattern = patternOf(data, place, likeness);
      }
    }
    return json;
  };
}

/** The string of an event that is otherwise like the pattern; undefined where it is not. */
function alike({ head, middle, tail, end }: Pattern, data: string): string | undefined {
  let at = head.length;
  if (data.slice(0, at) !== head) return undefined;
  if (middle !== undefined) {
    at = endOfNumber(data, at);
    if (at === -1 || data.slice(at, at + middle.length) !== middle) return undefined;
    at += middle.length;
  }
  const start = at;
  let isPlain = true;
  for (let code = data.charCodeAt(at); code !== QUOTE; code = data.charCodeAt(++at)) {
    // Neither a control character nor the end of the data (NaN).
    if (!(code >= 0x20)) return undefined;
    if (code === BACKSLASH) {
      isPlain = false;
      at++;
    }
  }
  if (!endsAlike(data, at, tail, end)) return undefined;
  if (isPlain && at - start <= COPIED_LENGTH) return data.slice(start, at);
  const text = parseJson(data.slice(start - 1, at + 1));
  return typeof text === 'string' ? text : undefined;
}

function endsAlike(data: string, at: number, tail: string, end: string | undefined): boolean {
  if (end === undefined) return data.length === at + tail.length && data.slice(at) === tail;
  let after = at + tail.length;
  if (data.slice(at, after) !== tail) return false;
  while (isPadding(data.charCodeAt(after))) after++;
  return data.length === after + end.length && data.slice(after) === end;
}

/** Where a whole number without a sign ends that begins here; -1 for none. */
function endOfNumber(data: string, from: number): number {
  let at = from;
  while (data.charCodeAt(at) >= ZERO && data.charCodeAt(at) <= NINE) at++;
  if (at === from || (data.charCodeAt(from) === ZERO && at > from + 1)) return -1;
  return at;
}

/** Letters and digits, and what else stands for itself in JSON and in padding. */
function isPadding(code: number): boolean {
  return (code >= ZERO && code <= NINE) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** The pattern of an event; undefined where its text cannot be told apart for sure. */
function patternOf(data: string, place: Place, likeness: Likeness): Pattern | undefined {
  const { number, padding } = likeness;
  const literal = JSON.stringify(place.holder[place.member]);
  const at = data.indexOf(literal, data.indexOf(`"${place.member}"`));
  if (at === -1) return undefined;
  const before = data.slice(0, at + 1);
  const after = data.slice(at + literal.length - 1);
  const numbered = number === undefined ? null : new RegExp(`"${number}":\\s*(\\d+)`, 'd').exec(before);
  const padded =
    padding === undefined ? null : new RegExp(`"${padding}":\\s*"([A-Za-z0-9]*)"`, 'd').exec(after);
  const [numberFrom, numberTo] = numbered?.indices?.[1] ?? [undefined, undefined];
  const [paddingFrom, paddingTo] = padded?.indices?.[1] ?? [undefined, undefined];
  const pieces = {
    head: copied(before.slice(0, numberFrom)),
    middle: numberTo === undefined ? undefined : copied(before.slice(numberTo)),
    tail: copied(after.slice(0, paddingFrom)),
    end: paddingTo === undefined ? undefined : copied(after.slice(paddingTo)),
  };
  return proven(pieces, likeness);
}

/** A text that holds no other one in memory. */
function copied(text: string): string {
  const copy: unknown = JSON.parse(JSON.stringify(text));
  return typeof copy === 'string' ? copy : '';
}

/** A number, a string and a padding that no event has by chance. */
const PROBE = { number: 8_000_539, text: 'probe of the string', padding: 'probeOfThePadding' };

/**
 * The pattern, once an event made of its pieces has shown that each thing that changes is where it is thought to be: then
 * every event of these pieces with another number, string and padding is the same but for them.
 */
function proven(
  pieces: Pick<Pattern, 'head' | 'middle' | 'tail' | 'end'>,
  { locate, number, padding }: Likeness,
): Pattern | undefined {
  const { head, middle, tail, end } = pieces;
  const numbered = middle === undefined ? head : `${head}${PROBE.number}${middle}`;
  const padded = end === undefined ? tail : `${tail}${PROBE.padding}${end}`;
  const json = parseJson(`${numbered}${PROBE.text}${padded}`);
  if (!isObject(json)) return undefined;
  const found = locate(json);
  if (found === undefined || found.holder[found.member] !== PROBE.text) return undefined;
  if (middle !== undefined && json[number ?? ''] !== PROBE.number) return undefined;
  if (end !== undefined && json[padding ?? ''] !== PROBE.padding) return undefined;
  return { ...pieces, json, holder: found.holder as Record<string, unknown>, member: found.member };
}
