// Reads members of a request whose shape nobody has checked. Absent and null are the same; the first member of the wrong
// type is remembered, so that reading goes on without exceptions. Nobody keeps track of where the reader stands: the path
// of a fault is looked up in the body when there is one, and costs nothing when there is none.

import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject } from '../../model/json.ts';

/** A member that is not what it must be. */
interface Fault {
  /** The object or list that it stands in. */
  readonly holder: object;
  readonly member: string | number;
  /** "a string", "true or false". */
  readonly expected: string;
}

/** What has been found wrong so far. Readers of answers do not look at it: they take what they can get. */
export interface Reading {
  fault: Fault | undefined;
  /** Where readers made an object or list of their own in place of one of the body: that one. */
  readonly copies: Map<object, object>;
}

/** A reading that has found nothing wrong yet. */
export function createReading(): Reading {
  return { fault: undefined, copies: new Map() };
}

/** Remembers the first fault; `expected` is what the member must be ("an object"). */
export function wrong(
  reading: Reading,
  holder: object,
  member: string | number,
  expected: string,
): undefined {
  reading.fault ??= { holder, member, expected };
  return undefined;
}

/** The error that a body deserves; undefined when nothing was wrong with it. */
export function errorOf(reading: Reading, body: JsonObject): SluiceError | undefined {
  const { fault } = reading;
  if (fault === undefined) return undefined;
  const holder = reading.copies.get(fault.holder) ?? fault.holder;
  const path = below(pathTo(holder, body), fault.member);
  return sluiceError('invalid_request', `'${path}' must be ${fault.expected}.`, { param: path });
}

/** A value of the body and the way to it. */
interface Step {
  readonly value: object;
  readonly above: Step | undefined;
  readonly member: string | number;
}

/** "messages[2].content"; '' for the body itself, and for what is not in it. */
function pathTo(wanted: object, body: JsonObject): string {
  const waiting: Step[] = [{ value: body, above: undefined, member: '' }];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    if (step.value === wanted) return written(step);
    for (const [member, value] of Object.entries(step.value)) {
      if (typeof value !== 'object' || value === null) continue;
      waiting.push({ value, above: step, member: Array.isArray(step.value) ? Number(member) : member });
    }
  }
  return '';
}

function written(step: Step): string {
  const members: (string | number)[] = [];
  for (let at = step; at.above !== undefined; at = at.above) members.push(at.member);
  return members.reduceRight<string>((path, member) => below(path, member), '');
}

function below(path: string, member: string | number): string {
  if (typeof member === 'number') return `${path}[${member}]`;
  return path === '' ? member : `${path}.${member}`;
}

/** A string; '' counts. */
export function stringIn(reading: Reading, from: JsonObject, member: string): string | undefined {
  const value = from[member];
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? undefined : wrong(reading, from, member, 'a string');
}

/** A string that must be there; '' where it is not. */
export function requiredString(reading: Reading, from: JsonObject, member: string): string {
  const value = from[member];
  if (typeof value === 'string') return value;
  wrong(reading, from, member, 'a string');
  return '';
}

/** A finite number. */
export function numberIn(reading: Reading, from: JsonObject, member: string): number | undefined {
  const value = from[member];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return value === undefined || value === null ? undefined : wrong(reading, from, member, 'a number');
}

/** True or false. */
export function booleanIn(reading: Reading, from: JsonObject, member: string): boolean | undefined {
  const value = from[member];
  if (typeof value === 'boolean') return value;
  return value === undefined || value === null ? undefined : wrong(reading, from, member, 'true or false');
}

/** An object. */
export function objectIn(reading: Reading, from: JsonObject, member: string): JsonObject | undefined {
  const value = from[member];
  if (isObject(value)) return value;
  return value === undefined || value === null ? undefined : wrong(reading, from, member, 'an object');
}

/** A list. */
export function listIn(reading: Reading, from: JsonObject, member: string): readonly unknown[] | undefined {
  const value = from[member];
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? undefined : wrong(reading, from, member, 'an array');
}

/** A list of strings. */
export function stringsIn(reading: Reading, from: JsonObject, member: string): readonly string[] | undefined {
  const list = listIn(reading, from, member);
  if (list === undefined) return undefined;
  for (const item of list)
    if (typeof item !== 'string') return wrong(reading, from, member, 'an array of strings');
  return list as readonly string[];
}

/** An object whose members are all strings. */
export function labelsIn(
  reading: Reading,
  from: JsonObject,
  member: string,
): Readonly<Record<string, string>> | undefined {
  const labels = objectIn(reading, from, member);
  if (labels === undefined) return undefined;
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(labels)) {
    if (typeof value === 'string') entries.push([name, value]);
    else wrong(reading, labels, name, 'a string');
  }
  return Object.fromEntries(entries);
}

/** True when an object has members of its own. */
export function hasMembers(object: JsonObject): boolean {
  for (const _member in object) return true;
  return false;
}

/** The members of an object that are not in `known`, null ones aside; undefined when there are none. */
export function unknownMembers(from: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: Record<string, unknown> | undefined;
  for (const member in from) {
    if (known.has(member)) continue;
    const value = from[member];
    if (value === null || value === undefined || member === '__proto__') continue;
    rest ??= {};
    rest[member] = value;
  }
  return rest;
}

/** The same with those that are null, for formats in which null says something else than nothing. */
export function otherMembers(from: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: Record<string, unknown> | undefined;
  for (const member in from) {
    if (known.has(member) || member === '__proto__') continue;
    rest ??= {};
    rest[member] = from[member];
  }
  return rest;
}

/** `{ ext }`, to be spread; nothing where there is none. */
export function extra(from: JsonObject, known: ReadonlySet<string>): { readonly ext?: JsonObject } {
  const ext = unknownMembers(from, known);
  return ext === undefined ? {} : { ext };
}
