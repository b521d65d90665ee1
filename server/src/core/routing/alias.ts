// Aliases: names that clients use for a model. Exact name first, then the longest `prefix*`, then `*`.

/** alias → model. A target is taken literally. */
export type Aliases = Readonly<Record<string, string>>;

/** The model that an alias stands for, or undefined when no alias applies. */
export function resolveAlias(aliases: Aliases, model: string): string | undefined {
  if (Object.hasOwn(aliases, model)) return aliases[model];
  let best = -1;
  let target: string | undefined;
  for (const key of Object.keys(aliases)) {
    const prefix = key.length - 1;
    if (prefix > best && key.endsWith('*') && model.startsWith(key.slice(0, prefix))) {
      best = prefix;
      target = aliases[key];
    }
  }
  return target;
}
