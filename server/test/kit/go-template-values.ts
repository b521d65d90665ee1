// The values of Go templates: how an expression is read, and what the functions give that the chart of this repository
// uses, as text/template, Sprig and Helm define them.

import { createHash } from 'node:crypto';
import { stringify } from 'yaml';

/** What an expression gives. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** Where an expression is evaluated. */
export interface Scope {
  readonly dot: Value;
  /** Innermost first. */
  readonly variables: readonly Map<string, Value>[];
  include(name: string, dot: Value): string;
}

/** What a template takes for true. */
export function truth(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

const indent = (spaces: number, text: string): string => text.replace(/^/gm, ' '.repeat(spaces));
const compare = (a: Value, b: Value): number => Number(a) - Number(b);

/** Go writes maps with their keys in order. */
function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

const FUNCTIONS: Readonly<Record<string, (...args: Value[]) => Value>> = {
  and: (...args) => args.find((arg) => !truth(arg)) ?? args.at(-1) ?? null,
  or: (...args) => args.find((arg) => truth(arg)) ?? args.at(-1) ?? null,
  not: (value = null) => !truth(value),
  gt: (a = null, b = null) => compare(a, b) > 0,
  add: (...args) => args.reduce<number>((sum, arg) => sum + Number(arg), 0),
  div: (a = null, b = null) => Math.trunc(Number(a) / Number(b)),
  int: (value = null) => Math.trunc(Number(value)),
  default: (other = null, value = null) => (truth(value) ? value : other),
  quote: (value = null) => JSON.stringify(String(value)),
  contains: (part = null, text = null) => String(text).includes(String(part)),
  trunc: (length = null, text = null) => String(text).slice(0, Number(length)),
  trimSuffix: (end = null, text = null) =>
    String(text).endsWith(String(end)) ? String(text).slice(0, -String(end).length) : text,
  printf: (format = null, ...args) => {
    let next = 0;
    return String(format).replace(/%s/g, () => String(args[next++]));
  },
  nindent: (spaces = null, text = null) => `\n${indent(Number(spaces), String(text))}`,
  toYaml: (value = null) => stringify(sorted(value)).trimEnd(),
  toJson: (value = null) => JSON.stringify(sorted(value)),
  toPrettyJson: (value = null) => JSON.stringify(sorted(value), null, 2),
  sha256sum: (text = null) => createHash('sha256').update(String(text)).digest('hex'),
  deepCopy: (value = null) => structuredClone(value),
  list: (...args) => args,
  concat: (...args) => args.flat(1),
  dict: (...args) =>
    Object.fromEntries(
      args.flatMap((arg, index) => (index % 2 === 0 ? [[String(arg), args[index + 1] ?? null]] : [])),
    ),
  set: (map = null, key = null, value = null) => Object.assign(map ?? {}, { [String(key)]: value }),
  fail: (message = null) => {
    throw new Error(String(message));
  },
};

/** The value of a pipeline such as `include "a" . | nindent 4`. */
export function evaluate(pipeline: string, scope: Scope): Value {
  const words = pipeline.match(/"(?:[^"\\]|\\.)*"|[()|]|(?:\$\w*|\.)?[\w.]*[\w.$]|-?\d+/g) ?? [];
  if (words.join('').length !== pipeline.replace(/\s+(?=(?:[^"]|"(?:[^"\\]|\\.)*")*$)/g, '').length)
    throw new Error(`Not understood: ${pipeline}`);
  let at = 0;
  const operand = (): Value => {
    const word = words[at++] ?? '';
    if (word === '(') {
      const value = piped();
      if (words[at++] !== ')') throw new Error(`A ")" is missing: ${pipeline}`);
      return value;
    }
    if (word.startsWith('"')) return JSON.parse(word);
    if (/^-?\d+$/.test(word)) return Number(word);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word.startsWith('.')) return field(scope.dot, word.slice(1));
    if (word.startsWith('$')) {
      const [name = '', ...path] = word.split('.');
      const home = scope.variables.find((known) => known.has(name));
      if (home === undefined) throw new Error(`${name} is not declared.`);
      return field(home.get(name) ?? null, path.join('.'));
    }
    return call(word, [], scope);
  };
  const command = (last: readonly Value[]): Value => {
    const word = words[at] ?? '';
    const isCall = /^[a-z]\w*$/i.test(word) && word !== 'true' && word !== 'false';
    if (!isCall) return operand();
    at += 1;
    const args: Value[] = [];
    while (at < words.length && words[at] !== '|' && words[at] !== ')') args.push(operand());
    return call(word, [...args, ...last], scope);
  };
  const piped = (): Value => {
    let value = command([]);
    while (words[at] === '|') {
      at += 1;
      value = command([value]);
    }
    return value;
  };
  const value = piped();
  if (at < words.length)
    throw new Error(`Not understood after "${words.slice(0, at).join(' ')}": ${pipeline}`);
  return value;
}

function call(name: string, args: readonly Value[], scope: Scope): Value {
  if (name === 'include') return scope.include(String(args[0]), args[1] ?? null);
  const known = FUNCTIONS[name];
  if (known === undefined) throw new Error(`There is no function "${name}".`);
  return known(...args);
}

/** Members of what is not there are nothing, as in Helm; those of a text are a mistake. */
function field(value: Value, path: string): Value {
  let found = value;
  for (const name of path.split('.').filter((part) => part !== '')) {
    if (found === null) throw new Error(`nil has no member ${name}`);
    if (typeof found !== 'object' || Array.isArray(found))
      throw new Error(`${String(found)} has no member ${name}`);
    found = found[name] ?? null;
  }
  return found;
}
