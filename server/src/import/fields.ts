// Reads objects of unknown origin: asks for members by name and type, tells what has the wrong one, and remembers which
// members nobody asked for, so that nothing is left out in silence.

import type { PlanBuilder } from './plan.ts';

const WRONG = 'The value cannot be read, so it was left out. Correct it there, or set it here by hand.';

/** What YAML calls true and false, and variables do. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

/** True for an object that is no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of one object. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #plan: PlanBuilder;
  readonly #asked: Set<string> = new Set<string>();
  /** What the object is called in reports, as in `upstreams[0]`; empty for the whole file. */
  readonly place: string;

  constructor(value: unknown, place: string, plan: PlanBuilder) {
    this.#value = isObject(value) ? value : {};
    this.#plan = plan;
    this.place = place;
  }

  /** How a member is called in reports. */
  at(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`;
  }

  /** The value as it is; null counts as absent. */
  any(name: string): unknown {
    this.#asked.add(name);
    const value = Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    return value === null ? undefined : value;
  }

  has(name: string): boolean {
    return this.any(name) !== undefined;
  }

  /** Text without white space around it; undefined where absent or empty. Numbers are texts, too. */
  text(name: string): string | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') return this.#wrong(name);
    const text = String(value).trim();
    return text === '' ? undefined : text;
  }

  /** A whole number between two; what lies outside, and what is none, is told. */
  whole(name: string, least: number, most: number): number | undefined {
    const number = this.number(name);
    if (number === undefined) return undefined;
    return Number.isInteger(number) && number >= least && number <= most ? number : this.#wrong(name);
  }

  number(name: string): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : this.#wrong(name);
  }

  flag(name: string): boolean | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'boolean') return value;
    const known = typeof value === 'string' ? FLAGS.get(value.toLowerCase()) : undefined;
    return known ?? this.#wrong(name);
  }

  /** A list; empty where there is none. */
  list(name: string): readonly unknown[] {
    const value = this.any(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) return this.#wrong(name) ?? [];
    return value;
  }

  /** The texts of a list without repeats; other entries are told. */
  texts(name: string): readonly string[] {
    const entries = this.list(name);
    const texts = entries.filter((entry) => typeof entry === 'string').map((entry) => entry.trim());
    if (texts.length < entries.length) this.#wrong(name);
    return [...new Set(texts.filter((text) => text !== ''))];
  }

  object(name: string): Fields | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) return this.#wrong(name);
    return new Fields(value, this.at(name), this.#plan);
  }

  /** The objects of a list. */
  objects(name: string): readonly Fields[] {
    return this.list(name).flatMap((entry, index) => {
      const place = `${this.at(name)}[${index}]`;
      if (isObject(entry)) return new Fields(entry, place, this.#plan);
      this.#plan.missing(place, 'It is not an object, so it was left out.');
      return [];
    });
  }

  /** name → text; entries of other types are told. */
  textMap(name: string): ReadonlyMap<string, string> {
    const inner = this.object(name);
    const map = new Map<string, string>();
    for (const key of inner?.names() ?? []) {
      const text = inner?.text(key);
      if (text !== undefined) map.set(key, text);
    }
    return map;
  }

  names(): readonly string[] {
    return Object.keys(this.#value);
  }

  /** Members that nobody has asked for. */
  rest(): readonly string[] {
    return this.names().filter((name) => !this.#asked.has(name));
  }

  /** Tells of everything that nobody has asked for. */
  tellRest(why: string = 'This setting is not known here. See docs/reference/config.md.'): void {
    const rest = this.rest().map((name) => this.at(name.slice(0, 60)));
    if (rest.length > 0) this.#plan.missing(rest.join(', '), why);
  }

  #wrong(name: string): undefined {
    this.#plan.missing(this.at(name), WRONG);
    return undefined;
  }
}

/** Seconds as milliseconds within what the configuration takes for a duration. */
export function msOf(seconds: number): number {
  return Math.min(86_400_000, Math.max(1, Math.round(seconds * 1000)));
}

/** "500 MB", "5mb", "1048576" in bytes; undefined for anything else. */
export function bytesOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(b|kb|mb|gb)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }[(match[2] ?? 'b').toLowerCase()] ?? 1;
  return Math.round(Number(match[1]) * unit);
}

/** A body limit within what the configuration takes. */
export function bodyLimitOf(bytes: number): number {
  return Math.min(1_073_741_824, Math.max(1024, Math.round(bytes)));
}
