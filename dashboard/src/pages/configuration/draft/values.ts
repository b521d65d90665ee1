// JSON values by place: reading, comparing, and the single changes that lead from one to another.

/** One step into a value: a member of an object, or an entry of a list. */
export type Step = string | number;
/** A place in the configuration. */
export type Path = readonly Step[];

/** One change to a place; `value` absent takes it out. */
export interface Edit {
  readonly path: Path;
  readonly value?: unknown;
}

/** An object of JSON. */
export type Members = Readonly<Record<string, unknown>>;

/** True for an object that is no list. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True where two values are written alike, but for the order of members. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (!isMembers(one) || !isMembers(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]))
  );
}

/** The value at a place; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let now = value;
  for (const step of path) {
    if (Array.isArray(now)) now = typeof step === 'number' ? now[step] : undefined;
    else if (isMembers(now)) now = Object.hasOwn(now, step) ? now[String(step)] : undefined;
    else return undefined;
  }
  return now;
}

/** A value with one change in it; objects on the way are made. */
export function withEdit(value: unknown, { path, value: put }: Edit): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return put;
  if (Array.isArray(value) && typeof step === 'number') {
    if (rest.length === 0 && put === undefined) return value.filter((_, index) => index !== step);
    const items: unknown[] = [...value];
    items[step] = withEdit(items[step], { path: rest, value: put });
    return items;
  }
  const members = isMembers(value) ? value : {};
  const { [String(step)]: old, ...others } = members;
  if (rest.length === 0 && put === undefined) return others;
  if (put === undefined && old === undefined) return members;
  return { ...members, [String(step)]: withEdit(old, { path: rest, value: put }) };
}

/** A place as the gateway names it: "upstreams[0].priority", "aliases["a b"]". */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** True where `path` is `outer` or lies within it. */
export function isWithin(path: Path, outer: Path): boolean {
  return outer.length <= path.length && outer.every((step, index) => step === path[index]);
}

/** The single changes that make `after` of `before`, in an order in which they can be applied. */
export function changesBetween(before: unknown, after: unknown, path: Path = []): readonly Edit[] {
  if (same(before, after)) return [];
  if (isMembers(before) && isMembers(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => changesBetween(before[name], after[name], [...path, name]));
  }
  const ids = idsOf(before);
  if (Array.isArray(before) && Array.isArray(after) && ids !== undefined && same(ids, idsOf(after)))
    return before.flatMap((item, index) => changesBetween(item, after[index], [...path, index]));
  return [after === undefined ? { path } : { path, value: after }];
}

/** The ids of the entries of a list; undefined where it is no list of entries with ids of their own. */
export function idsOf(list: unknown): readonly string[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const ids: string[] = [];
  for (const item of list) {
    const id = isMembers(item) ? item['id'] : undefined;
    if (typeof id !== 'string' || ids.includes(id)) return undefined;
    ids.push(id);
  }
  return ids;
}
