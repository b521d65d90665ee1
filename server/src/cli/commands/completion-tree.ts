// The command line as data for shell completions, taken from the program itself, so that no list is kept by hand.

import type { Argument, Command, Option } from 'commander';

/** What may stand as the value of an option, or as an argument. */
export type CompletionValue =
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'file' }
  /** Anything: nothing is proposed. */
  | { readonly kind: 'any' };

/** An option with all its spellings. */
export interface CompletionOption {
  /** As they are typed: "-c", "--config". */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent: it takes none. */
  readonly value?: CompletionValue;
}

/** A command at its place. */
export interface CompletionPlace {
  /** "" for the program, "/keys/add" for a sub-command. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletionOption[];
  /** Of its first argument; absent: it takes none. */
  readonly argument?: CompletionValue;
}

/** Names of values that are paths. */
const PATHS = /file|path|folder|directory|database/i;

/** All places of a program, the program itself first. What `sluice` alone does can be told its options without its name. */
export function completionPlaces(program: Command, byDefault?: string): readonly CompletionPlace[] {
  const [root, ...rest] = placesBelow(program, '');
  if (root === undefined) return [];
  const own = rest.find(({ path }) => path === `/${byDefault}`);
  const named = new Set(root.options.flatMap(({ names }) => names));
  const more = (own?.options ?? []).filter(({ names }) => !names.some((name) => named.has(name)));
  return [{ ...root, options: [...root.options, ...more] }, ...rest];
}

function placesBelow(command: Command, path: string): CompletionPlace[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const argument = command.registeredArguments[0];
  const place: CompletionPlace = {
    path,
    commands: commands.flatMap((one) =>
      [one.name(), ...one.aliases()].map((name) => ({ name, description: oneLine(one.description()) })),
    ),
    options: help.visibleOptions(command).map(optionOf),
    ...(argument === undefined ? {} : { argument: completedBy(argument, argument.name()) }),
  };
  const below = commands.flatMap((one) =>
    [one.name(), ...one.aliases()].flatMap((name) => placesBelow(one, `${path}/${name}`)),
  );
  return [place, ...below];
}

function optionOf(option: Option): CompletionOption {
  const names = [option.short, option.long].filter((name) => name !== undefined && name !== null);
  const takes = option.required || option.optional;
  const shown = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? '';
  return {
    names,
    description: oneLine(option.description),
    ...(takes ? { value: completedBy(option, shown) } : {}),
  };
}

function completedBy({ argChoices }: Pick<Option | Argument, 'argChoices'>, name: string): CompletionValue {
  if (argChoices !== undefined) return { kind: 'choices', choices: argChoices };
  return PATHS.test(name) ? { kind: 'file' } : { kind: 'any' };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Every option that takes a value, at its place, as "path name". */
export function valueNames(places: readonly CompletionPlace[]): string[] {
  return places.flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value !== undefined)
      .flatMap(({ names }) => names.map((name) => `${path} ${name}`)),
  );
}

/** Every way from one place to the next: from "path word" to a path. */
export function steps(places: readonly CompletionPlace[]): readonly (readonly [from: string, to: string])[] {
  return places.flatMap(({ path, commands }) =>
    commands.map(({ name }) => [`${path} ${name}`, `${path}/${name}`] as const),
  );
}

/** Options of all places whose values are of a kind, as "path name" with the value. */
export function valuesOf<Kind extends CompletionValue['kind']>(
  places: readonly CompletionPlace[],
  kind: Kind,
): readonly (readonly [names: readonly string[], value: Extract<CompletionValue, { kind: Kind }>])[] {
  return places.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value !== undefined && isOfKind(value, kind)
        ? [[names.map((name) => `${path} ${name}`), value] as const]
        : [],
    ),
  );
}

function isOfKind<Kind extends CompletionValue['kind']>(
  value: CompletionValue,
  kind: Kind,
): value is Extract<CompletionValue, { kind: Kind }> {
  return value.kind === kind;
}
