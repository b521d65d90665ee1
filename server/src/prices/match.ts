// How well the pattern of a catalogue row fits a model name. The catalogue's own rule is "the first row that matches", and
// many of its patterns are beginnings of names; here the closest row is taken, and a beginning only counts where what
// follows is a version, so that a new member of a family is not billed at the price of an old one.

import type { MatchLogic } from '@pydantic/genai-prices';

const EXACT = 10_000;
const EXPRESSION = 5_000;
/** A condition that only excludes. */
const CONDITION = 1;

/** 0: does not fit. More is closer. `name` is in lower case. */
export function closeness(pattern: MatchLogic, name: string): number {
  if ('or' in pattern) return Math.max(0, ...pattern.or.map((part) => closeness(part, name)));
  if ('and' in pattern) {
    const parts = pattern.and.map((part) => closeness(part, name));
    return parts.includes(0) ? 0 : Math.max(0, ...parts);
  }
  if ('equals' in pattern) return name === pattern.equals.toLowerCase() ? EXACT : 0;
  if ('regex' in pattern) {
    if (!new RegExp(pattern.regex, 'i').test(name)) return 0;
    return pattern.regex.startsWith('^') && pattern.regex.endsWith('$') ? EXPRESSION : CONDITION;
  }
  if ('starts_with' in pattern) return within(name, pattern.starts_with.toLowerCase(), 0);
  if ('ends_with' in pattern) {
    const end = pattern.ends_with.toLowerCase();
    return name.endsWith(end) && isPlace(name.slice(0, -end.length)) ? end.length : 0;
  }
  const part = pattern.contains.toLowerCase();
  const at = name.indexOf(part);
  return at !== -1 && isPlace(name.slice(0, at)) ? within(name, part, at) : 0;
}

function within(name: string, part: string, at: number): number {
  if (part === '' || !name.startsWith(part, at)) return 0;
  return isVersion(part, name.slice(at + part.length)) ? part.length : 0;
}

/** What may stand before a name: a region, a vendor, a path. */
function isPlace(before: string): boolean {
  return before === '' || /[/.:~]$/.test(before);
}

/** Dates, version numbers and the words for "the newest" that follow a name without making it another model. */
const VERSION =
  /^(?:[-@:._/](?:\d{8}|\d{6}|\d{4}|\d{4}-\d{2}(?:-\d{2})?|\d{2}-(?:\d{4}|\d{2})|\d{3}|v\d+(?::\d+)?|latest|preview|exp|beta|default|\*))+$/;

/** True where a name that goes on like this is still the same model. */
function isVersion(part: string, rest: string): boolean {
  if (rest === '' || VERSION.test(rest)) return true;
  // Fine-tuned models carry names of their owners.
  if (part.startsWith('ft:') || part.endsWith('.ft-')) return true;
  if (/[-@:._/]$/.test(part)) return VERSION.test(`-${rest}`);
  // A number that is cut in two: "2025" of "20250514" and "0" of "001", but not "1" of "15".
  const digits = /\d*$/.exec(part)?.[0] ?? '';
  const more = /^\d*/.exec(rest)?.[0] ?? '';
  if (digits === '' || more === '' || digits.length + more.length < 3) return false;
  return VERSION.test(`-${digits}${rest}`);
}
