// Rewrites a JSON Schema into what a target understands of it. Only the schema is touched: names of properties and data
// (default, enum, examples) are never taken for keywords (G43). What cannot be said is put into the description or reported.

import { isObject, type JsonObject } from '../../model/json.ts';
import type { LossAction, LossSeverity } from '../../model/loss.ts';
import { finished } from './finish.ts';
import { addAlternatives, addPart, type Node } from './merge.ts';
import { constToEnum, hasPlainTypes, nullableToTypes, plainTypes, typesToNullable } from './nulls.ts';
import { definitionOf, isRecursive, resolved } from './pointer.ts';
import {
  ANNOTATIONS,
  BOOKKEEPING,
  LIMITS,
  SCHEMA_RULES,
  type SchemaRules,
  type SchemaTarget,
} from './targets.ts';

/** Hears of one loss. `path` is within the schema ("properties.age.minimum"), '' for its root. */
export type SchemaReport = (
  path: string,
  feature: string,
  action: LossAction,
  severity: LossSeverity,
  note: string,
) => void;

/** Most nodes that a schema may have, references written out; what lies beyond accepts anything. */
export const MOST_NODES = 10_000;

/** How deep nodes may be nested. */
const DEEPEST = 64;

/** How often a schema that refers to itself is written out before it is cut. */
const MOST_ROUNDS = 2;

/** How many references in a row are followed from the root of arguments. */
const MOST_HOPS = 8;

const NOTHING: Node = new Map();

const SCHEMA_MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);

const SCHEMA_LISTS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);

const SCHEMAS: ReadonlySet<string> = new Set([
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'additionalItems',
  'contentSchema',
]);

/** Where a node stands: the steps that lead there, its depth, and the references that were followed. */
interface Place {
  readonly above: Place | undefined;
  readonly step: string;
  readonly depth: number;
  readonly refs: readonly string[];
}

function below(above: Place, step: string): Place {
  return { above, step, depth: above.depth + 1, refs: above.refs };
}

/** "properties.age.minimum". Put together only where something is told. */
function pathOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.above)
    if (at.step !== '') steps.push(at.step);
  return steps.reverse().join('.');
}

/** True when nothing on the node itself has to be said in other words; what is below it may. */
function isPlain(schema: JsonObject, rules: SchemaRules): boolean {
  for (const key of Object.keys(schema)) {
    if (BOOKKEEPING.has(key) || key === 'nullable') return false;
    if (key === 'type' && !hasPlainTypes(schema[key])) return false;
    if (key === 'const' && rules.constToEnum) return false;
    if (key === 'allOf' && rules.joinsAllOf) return false;
  }
  return true;
}

/**
 * The schema as the target takes it; the same object when nothing is to be changed. Takes any JSON value that is an
 * object and never throws; twice is the same as once.
 */
export function compileSchema(schema: JsonObject, target: SchemaTarget, report: SchemaReport): JsonObject {
  const rules = SCHEMA_RULES[target];
  const compiler = new Compiler(schema, rules, report);
  const root = compiler.root();
  return isObject(root) ? root : {};
}

class Compiler {
  private readonly schema: JsonObject;
  private readonly rules: SchemaRules;
  private readonly report: SchemaReport;
  private readonly inlines: boolean;
  /** Features that were reported: once per schema is enough. */
  private readonly told = new Set<string>();
  private nodes = 0;

  constructor(schema: JsonObject, rules: SchemaRules, report: SchemaReport) {
    this.schema = schema;
    this.rules = rules;
    this.report = report;
    this.inlines = rules.refs === 'inline' || (rules.refs === 'acyclic' && isRecursive(schema));
  }

  root(): unknown {
    const place: Place = { above: undefined, step: '', depth: 0, refs: [] };
    const { rules, schema } = this;
    if (!rules.objectRoot) return this.node(schema, place);
    return this.node(this.objectRoot(schema, place), place);
  }

  /** Arguments are one object: no reference, no alternatives and no parts at the root. */
  private objectRoot(schema: JsonObject, place: Place): JsonObject {
    const node: Node = new Map(Object.entries(schema));
    for (let hops = 0; hops < MOST_HOPS && node.has('$ref'); hops++) {
      const ref = node.get('$ref');
      const target = typeof ref === 'string' ? resolved(this.schema, ref) : undefined;
      node.delete('$ref');
      if (isObject(target) && target !== schema) addPart(node, target);
    }
    this.joinParts(node, place);
    for (const key of ['$ref', 'nullable', 'enum', 'const']) node.delete(key);
    for (const key of ['anyOf', 'oneOf']) {
      const branches = node.get(key);
      if (!Array.isArray(branches)) continue;
      node.delete(key);
      addAlternatives(node, branches.map((branch) => this.shallow(branch)).filter(isObject));
      this.tell(
        below(place, key),
        'schema-root-union',
        'approximated',
        'Alternatives of a tool’s arguments were put together.',
      );
    }
    node.set('type', 'object');
    return unless(node, schema);
  }

  /** A branch with its own reference resolved, nothing more. */
  private shallow(branch: unknown): unknown {
    const ref = isObject(branch) ? branch['$ref'] : undefined;
    return typeof ref === 'string' ? resolved(this.schema, ref) : branch;
  }

  private tell(
    place: Place,
    feature: string,
    action: LossAction,
    note: string,
    severity: LossSeverity = 'quality',
  ): void {
    const key = `${feature} ${note}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.report(pathOf(place), feature, action, severity, note);
  }

  private node(schema: unknown, place: Place): unknown {
    if (!isObject(schema)) return this.rules.keeps === undefined ? schema : {};
    if (++this.nodes > MOST_NODES || place.depth > DEEPEST) {
      if (Object.keys(schema).length === 0) return schema;
      this.tell(
        place,
        'schema-size',
        'approximated',
        'The schema is too large or too deep; the rest of it accepts anything.',
      );
      return {};
    }
    const ref = schema['$ref'];
    return typeof ref === 'string' && this.rules.refs !== 'keep'
      ? this.reference(schema, ref, place)
      : this.plain(schema, place);
  }

  private reference(schema: JsonObject, ref: string, place: Place): unknown {
    const { $ref: _ref, ...all } = schema;
    const beside = Object.fromEntries(Object.entries(all).filter(([key]) => !BOOKKEEPING.has(key)));
    const target = resolved(this.schema, ref);
    const rounds = place.refs.filter((earlier) => earlier === ref).length;
    const container = definitionOf(ref)?.[0] ?? '';
    if (target !== undefined && !this.inlines && this.rules.definitions.includes(container)) {
      if (Object.keys(all).length === 0) return schema;
      if (Object.keys(beside).length === 0 || rounds > 0) {
        if (rounds > 0)
          this.tell(place, 'schema-ref', 'dropped', 'Words beside a reference were dropped.', 'hint');
        return { $ref: ref };
      }
    }
    if (target === undefined) {
      this.tell(
        place,
        'schema-ref',
        'approximated',
        `The reference "${ref.slice(0, 100)}" leads nowhere here.`,
      );
      return this.plain(beside, place);
    }
    if (rounds >= MOST_ROUNDS) {
      this.tell(place, 'schema-recursion', 'approximated', 'A schema that contains itself was cut.');
      return this.plain({ type: 'object' }, { ...place, depth: place.depth + 1 });
    }
    const joined = isObject(target) ? { ...target, ...beside } : beside;
    return this.node(joined, { ...place, depth: place.depth + 1, refs: [...place.refs, ref] });
  }

  /** Puts the parts of an allOf into their node. Gives the place with the references that were followed. */
  private joinParts(node: Node, place: Place): Place {
    const parts = node.get('allOf');
    if (!Array.isArray(parts)) return place;
    const refs = [...place.refs];
    node.delete('allOf');
    let agrees = true;
    const waiting: unknown[] = [...parts].reverse();
    for (let steps = 0; waiting.length > 0 && steps < MOST_NODES; steps++) {
      const part = waiting.pop();
      if (!isObject(part)) continue;
      const { $ref: ref, allOf, ...rest } = part;
      if (!addPart(node, rest)) agrees = false;
      if (Array.isArray(allOf)) waiting.push(...[...allOf].reverse());
      if (typeof ref !== 'string') continue;
      const target = resolved(this.schema, ref);
      if (target === undefined || refs.filter((earlier) => earlier === ref).length >= MOST_ROUNDS)
        agrees = false;
      else {
        refs.push(ref);
        waiting.push(target);
      }
    }
    if (!agrees)
      this.tell(
        place,
        'schema-all-of',
        'approximated',
        'Parts that contradict each other were put together.',
      );
    return { ...place, refs };
  }

  private plain(schema: JsonObject, place: Place): unknown {
    const { rules } = this;
    if (rules.keeps === undefined && isPlain(schema, rules)) return this.inner(schema, place);
    const node: Node = new Map(Object.entries(schema));
    // A lone part is its node: `{allOf: [{$ref}], description}` is how some generators write words beside a reference.
    const parts = node.get('allOf');
    if (rules.refs !== 'keep' && Array.isArray(parts) && parts.length === 1 && isObject(parts[0])) {
      const only: JsonObject = parts[0];
      if (typeof only['$ref'] === 'string') {
        const { allOf: _parts, ...rest } = schema;
        return this.node({ ...only, ...rest, $ref: only['$ref'] }, place);
      }
    }
    const inner = rules.joinsAllOf ? this.joinParts(node, place) : place;
    this.words(node, inner);
    for (const [key, value] of [...node]) {
      const kept = this.keyword(key, value, node, inner);
      if (kept === undefined) node.delete(key);
      else if (kept !== value) node.set(key, kept);
    }
    finished(node, rules, (feature, action, severity, note) =>
      this.tell(inner, feature, action, note, severity),
    );
    return unless(node, schema);
  }

  /** A node that stays as it is, apart from what is below it. */
  private inner(schema: JsonObject, place: Place): JsonObject {
    let node: Node | undefined;
    for (const key of Object.keys(schema)) {
      const value = schema[key];
      const kept = this.keyword(key, value, NOTHING, place);
      if (kept === value) continue;
      node ??= new Map(Object.entries(schema));
      if (kept === undefined) node.delete(key);
      else node.set(key, kept);
    }
    return node === undefined ? schema : Object.fromEntries(node);
  }

  /** Says what the node says in the words of the target. */
  private words(node: Node, place: Place): void {
    const { rules } = this;
    for (const key of BOOKKEEPING) node.delete(key);
    if (this.inlines) for (const key of ['$defs', 'definitions']) node.delete(key);
    plainTypes(node);
    if (rules.oneOfToAnyOf && Array.isArray(node.get('oneOf'))) {
      const branches: unknown = node.get('oneOf');
      node.delete('oneOf');
      if (!node.has('anyOf')) node.set('anyOf', branches);
      else this.tell(place, 'schema-one-of', 'dropped', 'Alternatives beside others were dropped.');
    }
    if (rules.constToEnum) constToEnum(node);
    if (rules.nulls === 'nullable') typesToNullable(node);
    else nullableToTypes(node);
  }

  /** What becomes of one keyword; undefined = it goes. */
  private keyword(key: string, value: unknown, node: Node, place: Place): unknown {
    const { rules } = this;
    if (rules.keeps !== undefined && !rules.keeps.has(key)) {
      // Limits are put into words when the node is finished.
      if (LIMITS.has(key)) return value;
      this.tellOf(key, place);
      return undefined;
    }
    if (key === 'definitions' && rules.refs !== 'keep' && !rules.definitions.includes(key)) return undefined;
    if (typeof value !== 'object' && rules.keeps === undefined) return value;
    if (SCHEMA_MAPS.has(key)) return this.map(value, below(place, key));
    if (key === 'additionalProperties' && typeof value === 'boolean') return value;
    if (SCHEMA_LISTS.has(key)) return this.list(value, below(place, key));
    if (!SCHEMAS.has(key)) return value;
    if (!Array.isArray(value)) return this.node(value, below(place, key));
    if (rules.keeps === undefined) return this.list(value, below(place, key));
    // Before 2020-12 a list of `items` was what prefixItems is now.
    this.tell(
      below(place, key),
      'schema-tuple',
      'approximated',
      'A list of item schemas became one of any of them.',
    );
    return node.has('prefixItems')
      ? {}
      : this.node(value.length === 1 ? value[0] : { anyOf: value }, below(place, key));
  }

  private tellOf(key: string, place: Place): void {
    const harmless =
      ANNOTATIONS.has(key) || key === 'additionalProperties' || key.startsWith('x-') || key === '$anchor';
    const note = `The schema keyword "${key.slice(0, 60)}" is not known there.`;
    this.tell(below(place, key), 'schema-keyword', 'dropped', note, harmless ? 'hint' : 'quality');
  }

  private map(value: unknown, place: Place): unknown {
    if (!isObject(value)) return this.rules.keeps === undefined ? value : undefined;
    let changed: Map<string, unknown> | undefined;
    for (const name of Object.keys(value)) {
      const schema = value[name];
      const kept = this.node(schema, below(place, name));
      if (kept === schema) continue;
      changed ??= new Map(Object.entries(value));
      changed.set(name, kept);
    }
    return changed === undefined ? value : Object.fromEntries(changed);
  }

  private list(value: unknown, place: Place): unknown {
    if (!Array.isArray(value)) return this.rules.keeps === undefined ? value : undefined;
    let changed = false;
    const items = value.map((schema: unknown, at) => {
      const kept = this.node(schema, below(place, String(at)));
      if (kept !== schema) changed = true;
      return kept;
    });
    return changed ? items : value;
  }
}

/** The node as an object, or `schema` itself when they are the same. */
function unless(node: Node, schema: JsonObject): JsonObject {
  const keys = Object.keys(schema);
  const same =
    keys.length === node.size && keys.every((key) => node.has(key) && node.get(key) === schema[key]);
  return same ? schema : Object.fromEntries(node);
}
