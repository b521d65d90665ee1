// The completion script for zsh. https://zsh.sourceforge.io/Doc/Release/Completion-System.html

import { type CompletionPlace, steps, valueNames, valuesOf } from './completion-tree.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const anyOf = (texts: readonly string[]): string => texts.map(quoted).join('|');
/** A name and what it is: the first colon parts them. */
const described = (name: string, description: string): string =>
  quoted(`${name.replaceAll(':', '\\:')}:${description}`);

/** The script; it works both as a file in a folder of $fpath and when it is evaluated. */
export function zshCompletion(places: readonly CompletionPlace[]): string {
  const withValue = valueNames(places);
  const files = valuesOf(places, 'file').flatMap(([names]) => names);
  const free = valuesOf(places, 'any').flatMap(([names]) => names);
  const lines = [
    '#compdef sluice',
    '# eval "$(sluice completion zsh)"',
    '_sluice() {',
    "  local at='' word",
    '  local -i index=2',
    '  local -a proposed options',
    '  while (( index < CURRENT )); do',
    '    word=$words[index]',
    '    case "$at $word" in',
    ...(withValue.length === 0 ? [] : [`      ${anyOf(withValue)}) (( index += 1 )) ;;`]),
    ...steps(places).map(([from, to]) => `      ${quoted(from)}) at=${quoted(to)} ;;`),
    '    esac',
    '    (( index += 1 ))',
    '  done',
    '  case "$at $words[CURRENT-1]" in',
    ...valuesOf(places, 'choices').map(
      ([names, { choices }]) =>
        `    ${anyOf(names)}) proposed=(${choices.map(quoted).join(' ')}); _describe 'value' proposed; return ;;`,
    ),
    ...(files.length === 0 ? [] : [`    ${anyOf(files)}) _files; return ;;`]),
    ...(free.length === 0 ? [] : [`    ${anyOf(free)}) return 1 ;;`]),
    '  esac',
    '  case "$at" in',
    ...places.flatMap(placeLines),
    '  esac',
    "  (( $#proposed )) && _describe 'command' proposed",
    "  _describe -o 'option' options",
    '}',
    'if [ "$funcstack[1]" = "_sluice" ]; then _sluice "$@"; else compdef _sluice sluice; fi',
  ];
  return lines.join('\n');
}

function placeLines({ path, commands, options, argument }: CompletionPlace): string[] {
  const choices = argument?.kind === 'choices' ? argument.choices : [];
  const proposed = [
    ...commands.map(({ name, description }) => described(name, description)),
    ...choices.map(quoted),
  ];
  const flags = options.flatMap(({ names, description }) =>
    names.map((name) => described(name, description)),
  );
  return [
    `    ${quoted(path)})`,
    `      proposed=(${proposed.join(' ')})`,
    `      options=(${flags.join(' ')})`,
    `      ${argument?.kind === 'file' ? '_files ' : ''};;`,
  ];
}
