// What can be wrong with an alias before it is sent. Pure.

/** An alias as it is typed. */
export interface TypedAlias {
  readonly name: string;
  readonly target: string;
}

/** What is wrong, by field; a word of the messages. */
export interface AliasFaults {
  readonly name?: 'aliasNeeded' | 'aliasTaken';
  readonly target?: 'aliasNeeded' | 'aliasItself';
}

/** Judges it against the aliases that there are; `editing` is the name of the one that is changed. */
export function aliasFaults(
  { name, target }: TypedAlias,
  aliases: Readonly<Record<string, string>>,
  editing: string | undefined,
): AliasFaults {
  const [own, other] = [name.trim(), target.trim()];
  return {
    ...(own === '' ? { name: 'aliasNeeded' } : {}),
    ...(own !== '' && own !== editing && Object.hasOwn(aliases, own) ? { name: 'aliasTaken' } : {}),
    ...(other === '' ? { target: 'aliasNeeded' } : {}),
    ...(other !== '' && own === other ? { target: 'aliasItself' } : {}),
  };
}

/** What has to be sent; a new name takes the old one out. */
export function aliasPatch(
  { name, target }: TypedAlias,
  editing: string | undefined,
): Record<string, string | null> {
  const own = name.trim();
  return {
    ...(editing !== undefined && editing !== own ? { [editing]: null } : {}),
    [own]: target.trim(),
  };
}
