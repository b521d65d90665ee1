// How deep a body is nested: what is read, copied and written recursively must not be deeper than the stack allows.

/** Most levels of a body: those of a request to a model, and those that an endpoint puts around it. */
export const MOST_LEVELS = 260;

/** True where lists and objects stand in one another more than `levels` deep. Walks without recursion. */
export function nestedDeeperThan(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      if (depth >= levels) return true;
      for (const member of Object.values(one)) below.push(member);
    }
    level = below;
  }
  return false;
}
