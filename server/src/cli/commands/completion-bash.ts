// The completion script for bash, also for the old one of macOS (3.2).

import { type CompletionPlace, steps, valueNames, valuesOf } from './completion-tree.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const anyOf = (texts: readonly string[]): string => texts.map(quoted).join('|');

/** The script. */
export function bashCompletion(places: readonly CompletionPlace[]): string {
  const withValue = valueNames(places);
  const files = valuesOf(places, 'file').flatMap(([names]) => names);
  const free = valuesOf(places, 'any').flatMap(([names]) => names);
  const lines = [
    '# bash completion for sluice',
    '# eval "$(sluice completion bash)"',
    '_sluice() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="" at="" words="" files="" index=1 word',
    '  COMPREPLY=()',
    '  [ "$COMP_CWORD" -gt 0 ] && before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  # "--option=value" comes in three words.',
    '  if [ "$current" = "=" ]; then current=""',
    '  elif [ "$before" = "=" ]; then before="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    '  while [ "$index" -lt "$COMP_CWORD" ]; do',
    '    word="${COMP_WORDS[index]}"',
    '    case "$at $word" in',
    ...(withValue.length === 0
      ? []
      : [
          `      ${anyOf(withValue)})`,
          '        index=$((index + 1))',
          '        [ "${COMP_WORDS[index]}" = "=" ] && index=$((index + 1)) ;;',
        ]),
    ...steps(places).map(([from, to]) => `      ${quoted(from)}) at=${quoted(to)} ;;`),
    '    esac',
    '    index=$((index + 1))',
    '  done',
    '  case "$at $before" in',
    ...valuesOf(places, 'choices').map(
      ([names, { choices }]) =>
        `    ${anyOf(names)}) COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$current")); return ;;`,
    ),
    ...(files.length === 0 ? [] : [`    ${anyOf(files)}) files=1 ;;`]),
    ...(free.length === 0 ? [] : [`    ${anyOf(free)}) return ;;`]),
    '  esac',
    '  if [ -z "$files" ]; then',
    '    case "$at" in',
    ...places.map(
      (place) => `      ${quoted(place.path)}) words=${quoted(wordsOf(place))}${fileMark(place)} ;;`,
    ),
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  if [ -n "$files" ] && [ "${#COMPREPLY[@]}" -eq 0 ]; then',
    '    compopt -o filenames 2>/dev/null',
    '    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")',
    '  fi',
    '}',
    'complete -F _sluice sluice',
  ];
  return lines.join('\n');
}

function wordsOf({ commands, options, argument }: CompletionPlace): string {
  const choices = argument?.kind === 'choices' ? argument.choices : [];
  const names = [...commands.map(({ name }) => name), ...choices, ...options.flatMap((one) => one.names)];
  return names.join(' ');
}

const fileMark = ({ argument }: CompletionPlace): string => (argument?.kind === 'file' ? '; files=1' : '');
