// Arguments of a call that Vertex AI streams value by value: each piece names its place by a JSON path, and strings come in
// pieces of their own. https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc

import { keepDigits, writeExactly } from '../../json/exact-numbers.ts';
import { isObject, type JsonObject, listOf, objectOf } from '../../model/json.ts';

/** Puts the pieces of one call together. */
export interface PartialArguments {
  /** Takes the pieces of one chunk. */
  add(partialArgs: unknown): void;
  /** Takes members that came whole. */
  addWhole(args: JsonObject): void;
  /** All arguments so far as JSON text. */
  text(): string;
}

/** Deepest place that is written; longer paths are left out. */
const DEEPEST = 64;

type Container = Record<string, unknown> | unknown[];

/** No arguments yet. */
export function createPartialArguments(): PartialArguments {
  const root: Record<string, unknown> = emptyObject();
  /** The path of a string that is not complete. */
  let growing: string | undefined;

  const addPiece = (piece: JsonObject) => {
    const path = typeof piece['jsonPath'] === 'string' ? piece['jsonPath'] : '';
    const steps = stepsOf(path);
    if (steps === undefined || !VALUES.some((member) => member in piece)) return;
    const place = placeOf(root, steps);
    if (place === undefined) return;
    const [container, key] = place;
    const value = pieceValue(piece);
    const before = read(container, key);
    const continues = growing === path && typeof before === 'string' && typeof value === 'string';
    write(container, key, continues ? before + value : value);
    growing = piece['willContinue'] === true ? path : undefined;
  };

  return {
    add(partialArgs) {
      for (const piece of listOf(partialArgs)) if (isObject(piece)) addPiece(piece);
    },
    addWhole(args) {
      for (const [name, value] of Object.entries(args)) root[name] = value;
      keepDigits(args, root);
    },
    text: () => writeExactly(root),
  };
}

/** Without a prototype, so that any name is a plain member. */
function emptyObject(): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  return object;
}

const VALUES = ['stringValue', 'numberValue', 'boolValue', 'nullValue', 'structValue', 'listValue'];

function pieceValue(piece: JsonObject): unknown {
  const member = VALUES.find((name) => name in piece);
  return member === undefined || member === 'nullValue' ? null : piece[member];
}

/** `$.a.b[0]['c']` as its steps; undefined for what is no path to a value. */
function stepsOf(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  const step = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (found === null || steps.length === DEEPEST) return undefined;
    const [, name, index, single, double] = found;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'));
  }
  return steps.length === 0 ? undefined : steps;
}

/** The container and key of the last step, containers on the way made as needed. */
function placeOf(
  root: Container,
  steps: readonly (string | number)[],
): readonly [Container, string | number] | undefined {
  let container = root;
  for (const [at, step] of steps.entries()) {
    const key = keyIn(container, step);
    if (key === undefined) return undefined;
    if (at === steps.length - 1) return [container, key];
    const inside = read(container, key);
    if (Array.isArray(inside) || objectOf(inside) !== undefined) container = inside as Container;
    else {
      const made: Container = typeof steps[at + 1] === 'number' ? [] : emptyObject();
      write(container, key, made);
      container = made;
    }
  }
  return undefined;
}

/** Lists grow by one at most: an index far beyond the end would cost memory for nothing. */
function keyIn(container: Container, step: string | number): string | number | undefined {
  if (!Array.isArray(container)) return String(step);
  return typeof step === 'number' ? Math.min(step, container.length) : undefined;
}

function read(container: Container, key: string | number): unknown {
  if (Array.isArray(container)) return container[Number(key)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

function write(container: Container, key: string | number, value: unknown): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  else Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}
